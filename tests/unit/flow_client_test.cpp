// SPDX-License-Identifier: BSD-2-Clause
// Who is the client, and whether that is a guess.
#include "flow_script.hpp"

using namespace test::times;
using test::Pair;
using test::Peer;
using test::told;
using test::Watch;
using test::Way;

namespace {

const Way ipv4, ipv6{.is_ipv6 = true};

/// The ports of a TCP connection that is picked up in its middle, by data of that port.
std::string told_by_data_of(std::uint16_t sender, std::uint16_t receiver) {
  Watch watch;
  Pair pair(watch, ipv4, false, 1, 2, sender, receiver);
  pair.client.next = pair.server.next = 500;
  pair.client.data(0_ms, 100);
  watch.end();
  const std::string text = watch.text();
  return text.substr(0, text.find(' ')) + (watch.only().is_guessed ? " guessed" : "");
}

/// The same of a UDP datagram.
std::string told_by_datagram_of(std::uint16_t sender, std::uint16_t receiver,
                                std::uint8_t protocol = test::udp) {
  Watch watch;
  const test::Octets datagram = test::datagram(protocol, sender, receiver, 5);
  watch.see(0, ipv4, ip_packet(ipv4, address_of(ipv4, 1), address_of(ipv4, 2), protocol, datagram), 5);
  watch.end();
  const std::string text = watch.text();
  return text.substr(0, text.find(' ')) + (watch.only().is_guessed ? " guessed" : "");
}

/// An ICMP message from one host to another.
void send(Watch& watch, base::Nanoseconds at, const Way& way, std::uint32_t from, std::uint32_t to, int type,
          int identifier, std::size_t bytes) {
  const test::Octets message =
      test::icmp_message(static_cast<std::uint8_t>(type), static_cast<std::uint16_t>(identifier), bytes);
  const std::uint8_t protocol = way.is_ipv6 ? test::icmpv6 : test::icmp;
  watch.see(at, way, ip_packet(way, address_of(way, from), address_of(way, to), protocol, message), bytes);
}

}  // namespace

TEST_CASE("a TCP connection that is picked up in its middle: the client is a guess") {
  SUBCASE("by a well-known port, whoever sends first") {
    CHECK(told([](Peer& client, Peer& server) {
            client.next = server.next = 500;
            client.data(0_ms, 100);
            server.data(10_ms, 1000);
            client.ack(20_ms);
            client.fin(30_ms);
            server.fin(40_ms);
            client.ack(50_ms);
          }) ==
          "40000>80 CLOSED fin 0s-50ms, rtt 20ms, least 20ms, first byte 10ms, guessed\n"
          "  > 4 packets, 100 bytes, FIN\n"
          "  < 2 packets, 1000 bytes, FIN\n");
    CHECK(told([](Peer& client, Peer& server) {
            client.next = server.next = 500;
            server.data(0_ms, 1000);
            client.ack(10_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-10ms, rtt 10ms, least 10ms, first byte 0s, guessed\n"
          "  > 1 packets\n"
          "  < 1 packets, 1000 bytes\n");
    CHECK(told_by_data_of(1023, 1024) == "1024>1023 guessed");
  }
  SUBCASE("by the lower one where both are, or none") {
    CHECK(told_by_data_of(80, 443) == "443>80 guessed");
    CHECK(told_by_data_of(443, 80) == "443>80 guessed");
    CHECK(told_by_data_of(30'000, 40'000) == "40000>30000 guessed");
    CHECK(told_by_data_of(40'000, 30'000) == "40000>30000 guessed");
  }
  SUBCASE("by who sends first where they are equal") {
    Watch watch;
    Pair pair(watch, ipv4, false, 1, 2, 179, 179);
    pair.server.next = pair.client.next = 9;
    pair.server.data(0_ms, 19);
    pair.client.data(1_ms, 19);
    watch.end();
    CHECK(watch.only().client() == pair.server.end());
    CHECK(bool{watch.only().is_guessed});
  }
  SUBCASE("by a port that has sent a SYN|ACK before, however high") {
    for (const bool syn_is_seen : {true, false}) {
      Watch watch;
      Pair before(watch, ipv6, false, 1, 2, 40'000, 50'000), now(watch, ipv6, false, 1, 2, 40'001, 50'000);
      if (syn_is_seen) before.client.syn(0_ms);
      before.server.syn_ack(10_ms);
      now.server.next = now.client.next = 7;
      now.server.data(20_ms, 100);
      watch.end();
      CHECK(
          watch.text().ends_with("40001>50000 ESTABLISHED open 20ms-20ms, first byte 0s, guessed, one way\n"
                                 "  > 0 packets\n"
                                 "  < 1 packets, 100 bytes\n"));
    }
  }
}

TEST_CASE("a SYN or SYN|ACK that comes late corrects the guess") {
  const auto script = [](bool is_syn) {
    Watch watch;
    Pair pair(watch, ipv4, false, 1, 2, 30'000, 40'000);
    pair.client.lose(1), pair.server.lose(1);
    pair.client.data(10_ms, 100);
    CHECK(watch.table().size() == 1);
    if (is_syn) pair.client.syn(10_ms);
    pair.server.acknowledge(1);
    if (!is_syn) pair.server.syn_ack(10_ms);
    pair.server.acknowledge({});
    pair.server.data(20_ms, 500);
    watch.end();
    return watch.text();
  };
  CHECK(script(true) ==
        "30000>40000 ESTABLISHED open 10ms-20ms, first byte 10ms\n"
        "  > 2 packets, 100 bytes, SYN, 1 out of order\n"
        "  < 1 packets, 500 bytes\n");
  CHECK(script(false) ==
        "30000>40000 ESTABLISHED open 10ms-20ms, rtt 10ms, least 10ms, first byte 10ms\n"
        "  > 1 packets, 100 bytes\n"
        "  < 2 packets, 500 bytes, SYN\n");
}

TEST_CASE("one direction only is kept, and marked") {
  CHECK(told([](Peer& client, Peer& server) {
          client.syn(0_ms);
          server.lose(1);
          client.ack(20_ms);
          client.data(30_ms, 100);
          server.lose(500);
          client.ack(50_ms);
          client.data_from(250_ms, 1, 100);
          client.fin(260_ms);
          server.lose(1);
          client.ack(280_ms);
        }) ==
        "40000>80 CLOSING open 0s-280ms, handshake 20ms, one way\n"
        "  > 7 packets, 200 bytes, SYN, FIN, 1 retransmitted (100)\n"
        "  < 0 packets\n");
  CHECK(told([](Peer& client, Peer& server) {
          client.lose(1);
          server.syn_ack(10_ms);
          client.lose(100);
          server.data(40_ms, 500);
          client.lose(1);
          server.fin(50_ms);
        }) ==
        "40000>80 CLOSING open 10ms-50ms, first byte 30ms, one way\n"
        "  > 0 packets\n"
        "  < 3 packets, 500 bytes, SYN, FIN\n");
}

TEST_CASE("of UDP and its like the client sends first, unless from a well-known port") {
  for (const std::uint8_t protocol : {test::udp, test::udp_lite, test::sctp, test::dccp}) {
    CHECK(told_by_datagram_of(40'000, 53, protocol) == "40000>53");
    CHECK(told_by_datagram_of(53, 40'000, protocol) == "40000>53 guessed");
    CHECK(told_by_datagram_of(1023, 40'000, protocol) == "40000>1023 guessed");
    CHECK(told_by_datagram_of(1024, 40'000, protocol) == "1024>40000");
    CHECK(told_by_datagram_of(40'000, 30'000, protocol) == "40000>30000");
    CHECK(told_by_datagram_of(30'000, 40'000, protocol) == "30000>40000");
    CHECK(told_by_datagram_of(68, 67, protocol) == "68>67");
    CHECK(told_by_datagram_of(67, 68, protocol) == "67>68");
    CHECK(told_by_datagram_of(5353, 5353, protocol) == "5353>5353");
  }
}

TEST_CASE("ICMP messages that have an identifier are connections by it") {
  for (const Way& way : {ipv4, ipv6}) {
    const int request = way.is_ipv6 ? 128 : 8, reply = way.is_ipv6 ? 129 : 0;
    Watch watch;
    send(watch, 0_ms, way, 1, 2, request, 77, 56);
    send(watch, 10_ms, way, 2, 1, reply, 77, 56);
    send(watch, 1000_ms, way, 1, 2, request, 77, 56);
    send(watch, 2000_ms, way, 2, 1, reply, 78, 56);  // the reply is seen first
    send(watch, 2010_ms, way, 1, 2, request, 78, 30);
    watch.end();
    CHECK(watch.text() ==
          "77>77 OPEN open 0s-1s, first byte 10ms\n"
          "  > 2 packets, 112 bytes\n"
          "  < 1 packets, 56 bytes\n"
          "78>78 OPEN open 2s-2010ms, first byte 0s\n"
          "  > 1 packets, 30 bytes\n"
          "  < 1 packets, 56 bytes\n");
    for (const Watch::Record& record : watch.records) {
      CHECK(record.connection.client().address == address_of(way, 1));
      CHECK_FALSE(bool{record.connection.is_guessed});
    }
  }
  for (const int type : {13, 15, 17}) {  // timestamps, information, address masks
    Watch watch;
    send(watch, 0_ms, ipv4, 2, 1, type + 1, 7, 12);
    send(watch, 1_ms, ipv4, 1, 2, type, 7, 12);
    watch.end();
    CHECK(watch.only().client() == flow::Endpoint{address_of(ipv4, 1), 7});
  }
}

TEST_CASE("ICMP errors and all else that has no identifier: one connection for each two hosts") {
  Watch watch;
  for (const int type : {3, 11, 5}) send(watch, 5_ms, ipv4, 9, 1, type, 1234, 28);
  for (const int type : {1, 2, 135, 136, 8}) send(watch, 5_ms, ipv6, 9, 1, type, 1234, 28);
  watch.end();
  CHECK(watch.text() ==
        "0>0 OPEN open 5ms-5ms, one way\n  > 3 packets, 84 bytes\n  < 0 packets\n"
        "0>0 OPEN open 5ms-5ms, one way\n  > 5 packets, 140 bytes\n  < 0 packets\n");
  CHECK(watch.records[0].connection.client().address == address_of(ipv4, 9));
  CHECK_FALSE(bool{watch.records[0].connection.is_guessed});
}
