// SPDX-License-Identifier: BSD-2-Clause
// RSTs, and what comes on ports that are in use or were.
#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::Peer;
using test::shake_hands;
using test::told;

namespace {

void close(Peer& client, Peer& server) {
  shake_hands(client, server);
  client.fin(30_ms);
  server.fin(40_ms);
  client.ack(50_ms);
}

/// The same ports again, from the first packet to an ACK of the server's SYN|ACK 20 ms later.
void open_again(Peer& client, Peer& server, base::Nanoseconds at) {
  client.begin_anew(77'000'000);
  server.begin_anew(66'000'000);
  client.syn(at);
  server.syn_ack(at + 10_ms);
  client.ack(at + 20_ms);
}

const std::string closed =
    "40000>80 CLOSED fin 0s-50ms, handshake 20ms, rtt 20ms, least 20ms\n"
    "  > 4 packets, SYN, FIN\n"
    "  < 2 packets, SYN, FIN\n";

/// The state that a RST of the server leaves behind, so far from the next byte it would send.
std::string state_after_rst(std::uint32_t distance) {
  const std::string text = told([=](Peer& client, Peer& server) {
    shake_hands(client, server);
    server.data(30_ms, 500);
    client.ack(40_ms);
    server.send(50_ms, rst, server.next + distance, 0);
  });
  return text.substr(text.find(' ') + 1, text.find(" 0s") - text.find(' ') - 1);
}

}  // namespace

TEST_CASE("a RST") {
  SUBCASE("of the client") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.data(30_ms, 10);
            client.rst(31_ms);
          }) ==
          "40000>80 RESET reset 0s-31ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, 10 bytes, SYN, RST\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("that answers a SYN") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.rst_ack(10_ms);
          }) ==
          "40000>80 RESET reset 0s-10ms, rtt 10ms, least 10ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets, RST\n");
  }
  SUBCASE("that answers another SYN does not count") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.acknowledge(5000);
            server.rst_ack(10_ms);
          }) ==
          "40000>80 SYN_SENT open 0s-10ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets, RST\n");
  }
  SUBCASE("of the client that wants no connection after all") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
            client.rst(20_ms);
          }) ==
          "40000>80 RESET reset 0s-20ms, rtt 10ms, least 10ms\n"
          "  > 2 packets, SYN, RST\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("in the answer to a FIN") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin(30_ms);
            server.rst_ack(40_ms);
          }) ==
          "40000>80 RESET reset 0s-40ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, SYN, FIN\n"
          "  < 2 packets, SYN, RST\n");
  }
  SUBCASE("and a second one, and data that are late: no more than packets") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.rst(30_ms);
            client.rst(31_ms);
            server.data(35_ms, 500);
            client.rst(45_ms);
          }) ==
          "40000>80 RESET reset 0s-45ms, handshake 20ms, rtt 20ms, least 20ms, first byte 35ms\n"
          "  > 5 packets, SYN, 3 RST\n"
          "  < 2 packets, 500 bytes, SYN\n");
  }
  SUBCASE("is all there is") {
    CHECK(told([](Peer& client, Peer&) { client.rst(0_ms); }) ==
          "40000>80 RESET reset 0s-0s, guessed, one way\n"
          "  > 1 packets, RST\n"
          "  < 0 packets\n");
  }
}

TEST_CASE("a RST counts where its receiver would take it: in its window of 1,000 bytes") {
  CHECK(state_after_rst(0) == "RESET reset");
  CHECK(state_after_rst(1) == "RESET reset");
  CHECK(state_after_rst(1000) == "RESET reset");
  CHECK(state_after_rst(1001) == "ESTABLISHED open");
  CHECK(state_after_rst(0xffffffff) == "ESTABLISHED open");
  CHECK(state_after_rst(0x80000000) == "ESTABLISHED open");
  SUBCASE("which may begin before what was sent last") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.acknowledge(1);
            server.data(30_ms, 500);
            client.data(31_ms, 10);
            server.send(40_ms, rst, 1, 0);
          }) ==
          "40000>80 RESET reset 0s-40ms, handshake 20ms, rtt 20ms, least 20ms, first byte 30ms\n"
          "  > 3 packets, 10 bytes, SYN\n"
          "  < 3 packets, 500 bytes, SYN, RST\n");
  }
  SUBCASE("or where its sender would go on, however far that is") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            server.data(30_ms, 1400);
            server.rst(40_ms);
          }) ==
          "40000>80 RESET reset 0s-40ms, handshake 20ms, rtt 20ms, least 20ms, first byte 30ms\n"
          "  > 2 packets, SYN\n"
          "  < 3 packets, 1400 bytes, SYN, RST\n");
  }
  SUBCASE("and is larger where windows are scaled") {
    CHECK(told([](Peer& client, Peer& server) {
            client.scale = 3, server.scale = 0;
            shake_hands(client, server);
            server.send(30_ms, rst, 1 + 8000, 0);
          }) ==
          "40000>80 RESET reset 0s-30ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 2 packets, SYN, RST\n");
    CHECK(told([](Peer& client, Peer& server) {
            client.scale = 3;
            shake_hands(client, server);
            server.send(30_ms, rst, 1 + 8000, 0);
          }) ==
          "40000>80 ESTABLISHED open 0s-30ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 2 packets, SYN, RST\n");
  }
}

TEST_CASE("a RST where less is known, or that says more") {
  SUBCASE("one direction is seen only: it must be what comes next there") {
    for (const std::uint32_t distance : {0U, 1U}) {
      CHECK(told([=](Peer& client, Peer& server) {
              client.syn(0_ms);
              server.lose(1);
              client.ack(20_ms);
              client.data(30_ms, 100);
              client.send(40_ms, rst, client.next + distance, 0);
            }) == (distance == 0 ? std::string("40000>80 RESET reset") : "40000>80 ESTABLISHED open") +
                      " 0s-40ms, handshake 20ms, one way\n"
                      "  > 4 packets, 100 bytes, SYN, RST\n"
                      "  < 0 packets\n");
    }
  }
  SUBCASE("out of the window it disturbs nothing") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            server.send(30_ms, rst | ack, 100'001, 0);
            server.data(40_ms, 500);
            client.ack(50_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-50ms, handshake 20ms, rtt 20ms, least 20ms, first byte 40ms\n"
          "  > 3 packets, SYN\n"
          "  < 3 packets, 500 bytes, SYN, RST\n");
  }
  SUBCASE("with a SYN in it opens nothing") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.send(30_ms, syn | rst, 5000, 0);
          }) ==
          "40000>80 ESTABLISHED open 0s-30ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, 2 SYN, RST\n"
          "  < 1 packets, SYN\n");
  }
}

TEST_CASE("ports that are used again") {
  const auto first_then = [](const std::string& second) { return closed + second; };
  SUBCASE("inside TIME-WAIT, with another initial sequence number: a new connection, at once") {
    CHECK(told([](Peer& client, Peer& server) {
            close(client, server);
            open_again(client, server, 60_ms);
          }) == first_then("40000>80 ESTABLISHED open 60ms-80ms, handshake 20ms, rtt 20ms, least 20ms\n"
                           "  > 2 packets, SYN\n"
                           "  < 1 packets, SYN\n"));
  }
  SUBCASE("outside TIME-WAIT") {
    CHECK(told([](Peer& client, Peer& server) {
            close(client, server);
            open_again(client, server, 500_s);
          }) == first_then("40000>80 ESTABLISHED open 500s-500020ms, handshake 20ms, rtt 20ms, least 20ms\n"
                           "  > 2 packets, SYN\n"
                           "  < 1 packets, SYN\n"));
  }
  SUBCASE("by a SYN|ACK, the SYN being lost") {
    CHECK(told([](Peer& client, Peer& server) {
            close(client, server);
            client.begin_anew(77'000'000);
            server.begin_anew(66'000'000);
            client.lose(1);
            server.syn_ack(60_ms);
          }) == first_then("40000>80 SYN|ACK-ACK open 60ms-60ms, one way\n"
                           "  > 0 packets\n"
                           "  < 1 packets, SYN\n"));
  }
  SUBCASE("the other way round: the server is the client now") {
    CHECK(told([](Peer& client, Peer& server) {
            close(client, server);
            open_again(server, client, 60_ms);
          }) == first_then("80>40000 ESTABLISHED open 60ms-80ms, handshake 20ms, rtt 20ms, least 20ms\n"
                           "  > 2 packets, SYN\n"
                           "  < 1 packets, SYN\n"));
  }
  SUBCASE("with the same initial sequence number it is an old SYN") {
    CHECK(told([](Peer& client, Peer& server) {
            close(client, server);
            client.syn(60_ms);
            server.ack(70_ms);
          }) ==
          "40000>80 CLOSED fin 0s-70ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 2 SYN, FIN, 1 retransmitted\n"
          "  < 3 packets, SYN, FIN, 1 duplicate ACKs\n");
  }
}

TEST_CASE("ports that are used again, the old connection not being closed") {
  SUBCASE("after a RST") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.rst_ack(10_ms);
            open_again(client, server, 1000_ms);
          }) ==
          "40000>80 RESET reset 0s-10ms, rtt 10ms, least 10ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets, RST\n"
          "40000>80 ESTABLISHED open 1s-1020ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("after a RST, with the same initial sequence number: a SYN that is tried again") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.rst_ack(10_ms);
            client.syn(510_ms);
            server.rst_ack(520_ms);
          }) ==
          "40000>80 RESET reset 0s-520ms, rtt 10ms, least 10ms\n"
          "  > 2 packets, 2 SYN, 1 retransmitted\n"
          "  < 2 packets, 2 RST\n");
  }
  SUBCASE("while the old one was never closed") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            open_again(client, server, 60_ms);
          }) ==
          "40000>80 ESTABLISHED timeout 0s-20ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, SYN\n"
          "40000>80 ESTABLISHED open 60ms-80ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
}

TEST_CASE("SYN cookies: the SYN|ACK comes again with another initial sequence number") {
  for (const std::uint32_t other_sequence : {77'000'000U, 3'500'000'000U}) {  // larger, or smaller
    CAPTURE(other_sequence);
    CHECK(told([=](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
            client.syn(1000_ms);
            server.begin_anew(other_sequence);
            server.syn_ack(1010_ms);
            client.ack(1020_ms);
            client.data(1030_ms, 100);
            server.data(1050_ms, 500);
            server.data(1051_ms, 500);
            client.ack(1061_ms);
            client.fin(1070_ms);
            server.fin(1080_ms);
            client.ack(1090_ms);
          }) ==
          "40000>80 CLOSED fin 0s-1090ms, handshake 20ms, rtt 23666666ns, least 20ms, first byte 1050ms\n"
          "  > 7 packets, 100 bytes, 2 SYN, FIN, 1 retransmitted\n"
          "  < 5 packets, 1000 bytes, 2 SYN, FIN\n");
  }
}

TEST_CASE("a late SYN|ACK of another initial sequence number does not disturb what is established") {
  CHECK(told([](Peer& client, Peer& server) {
          shake_hands(client, server);
          server.data(30_ms, 500);
          client.ack(40_ms);
          server.send(50_ms, syn | ack, 123'456'789, 0);
          server.data(60_ms, 500);
          client.ack(70_ms);
          client.fin(80_ms);
          server.fin(90_ms);
          client.ack(100_ms);
        }).starts_with("40000>80 CLOSED fin 0s-100ms, handshake 20ms"));
}
