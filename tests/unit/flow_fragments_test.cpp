// SPDX-License-Identifier: BSD-2-Clause
#include "flow/fragments.hpp"

#include <algorithm>

#include "flow_script.hpp"

using namespace test::times;
using test::Octets;
using test::Watch;
using test::Way;

namespace {

const Way ipv4, ipv6{.is_ipv6 = true}, extended{.is_ipv6 = true, .extensions = {0, 60}};

/// The parts of a UDP datagram with 3,000 bytes of payload: 8 + 1472, 1480 and 48.
constexpr std::size_t parts = 3;
Octets part_of_datagram(const Way& way, std::uint32_t identification, std::size_t number,
                        std::uint16_t port = 5000) {
  const Octets datagram = test::datagram(test::udp, port, 53, 3000);
  constexpr std::size_t part_bytes = 1480;
  const std::size_t begin = number * part_bytes, end = std::min(begin + part_bytes, datagram.size());
  const Octets piece(datagram.data() + begin, datagram.data() + end);
  return ip_packet(way, address_of(way, 1), address_of(way, 2), test::udp, piece,
                   test::Part{identification, static_cast<std::uint16_t>(begin), number + 1 < parts});
}
constexpr std::array<std::size_t, parts> payload_bytes = {1472, 1480, 48};

void see_part(Watch& watch, base::Nanoseconds at, const Way& way, std::uint32_t identification,
              std::size_t number, std::uint16_t port = 5000) {
  watch.see(at, way, part_of_datagram(way, identification, number, port), payload_bytes[number]);
}

}  // namespace

TEST_CASE("in whatever order fragments come, they belong to the connection of the first one") {
  for (const Way& way : {ipv4, ipv6, extended, Way{.vlans = {9}}}) {
    std::array<std::size_t, parts> order = {0, 1, 2};
    do {
      Watch watch;
      see(watch, 0_ms, 5000, test::udp, way);
      for (std::size_t i = 0; i < parts; ++i) {
        see_part(watch, 10_ms + static_cast<base::Nanoseconds>(i) * 1_ms, way, 77, order[i]);
      }
      watch.end();
      CAPTURE(order[0]);
      CAPTURE(order[1]);
      CHECK(watch.tally.unattributed == 0);
      CHECK(watch.text() ==
            "5000>53 OPEN open 0s-12ms, one way\n"
            "  > 4 packets, 3010 bytes\n"
            "  < 0 packets\n");
    } while (std::ranges::next_permutation(order).found);
  }
}

TEST_CASE("a connection begins with the fragment that came first, though it said nothing of ports") {
  Watch watch;
  see_part(watch, 10_ms, ipv4, 77, 2);
  see_part(watch, 11_ms, ipv4, 77, 1);
  see_part(watch, 12_ms, ipv4, 77, 0);
  watch.end();
  CHECK(watch.text() ==
        "5000>53 OPEN open 10ms-12ms, one way\n"
        "  > 3 packets, 3000 bytes\n"
        "  < 0 packets\n");
}

TEST_CASE("without the first one they belong to nobody") {
  Watch watch;
  see_part(watch, 0_ms, ipv4, 77, 1);
  see_part(watch, 1_ms, ipv4, 77, 2);
  see_part(watch, 2_ms, ipv6, 0xabcdef01, 2);
  watch.end();
  CHECK(watch.records.empty());
  CHECK(watch.tally.unattributed == 3);
  SUBCASE("also where their header was cut off") {
    Watch cut;
    const Octets frame = frame_of(ipv6, part_of_datagram(ipv6, 77, 1));
    cut.see_frame(0_ms, first(frame, 14 + 40 + 7), static_cast<std::uint32_t>(frame.size()));
    cut.end();
    CHECK(cut.records.empty());
    CHECK(cut.tally.unattributed == 1);
  }
  SUBCASE("also where it was cut off before its ports") {
    Watch cut;
    const Octets frame = frame_of(ipv4, part_of_datagram(ipv4, 77, 0));
    cut.see_frame(0_ms, first(frame, 37), static_cast<std::uint32_t>(frame.size()));
    see_part(cut, 1_ms, ipv4, 77, 1);
    cut.end();
    CHECK(cut.records.empty());
    CHECK(cut.tally.unattributed == 2);
  }
}

TEST_CASE("an identification is another packet's after 60 s") {
  for (const Way& way : {ipv4, ipv6}) {
    const auto told = [&](base::Nanoseconds since, std::size_t before, std::size_t after) {
      Watch watch;
      see_part(watch, 0_ms, way, 77, before, 5000);
      see_part(watch, since, way, 77, after, 6000);
      watch.end();
      return watch.text() + std::to_string(watch.tally.unattributed);
    };
    // A later one, and then a first one.
    CHECK(told(60_s, 1, 0) ==
          "6000>53 OPEN open 0s-60s, one way\n  > 2 packets, 2952 bytes\n  < 0 packets\n0");
    CHECK(told(60_s + 1_ns, 1, 0) ==
          "6000>53 OPEN open 60000000001ns-60000000001ns, one way\n"
          "  > 1 packets, 1472 bytes\n  < 0 packets\n1");
    // The other way round.
    CHECK(told(60_s, 0, 1) ==
          "5000>53 OPEN open 0s-60s, one way\n  > 2 packets, 2952 bytes\n  < 0 packets\n0");
    CHECK(told(60_s + 1_ns, 0, 1) ==
          "5000>53 OPEN open 0s-0s, one way\n  > 1 packets, 1472 bytes\n  < 0 packets\n1");
  }
}

TEST_CASE("an identification that is used again within 60 s is the later packet's") {
  Watch watch;
  see_part(watch, 0_s, ipv4, 77, 0, 5000);
  see_part(watch, 0_s, ipv4, 77, 1, 5000);
  see_part(watch, 1_s, ipv4, 77, 0, 6000);
  see_part(watch, 1_s, ipv4, 77, 1, 6000);
  see_part(watch, 59_s, ipv4, 77, 0, 7000);
  see_part(watch, 61_s, ipv4, 77, 1, 7000);
  watch.end();
  CHECK(watch.text() ==
        "5000>53 OPEN open 0s-0s, one way\n  > 2 packets, 2952 bytes\n  < 0 packets\n"
        "6000>53 OPEN open 1s-1s, one way\n  > 2 packets, 2952 bytes\n  < 0 packets\n"
        "7000>53 OPEN open 59s-61s, one way\n  > 2 packets, 2952 bytes\n  < 0 packets\n");
}

TEST_CASE("fragments of other ends, other protocols, other identifications are not mixed up") {
  Watch watch;
  for (const std::uint32_t identification : {1U, 2U, 0x10001U}) {
    const auto port = static_cast<std::uint16_t>(5000 + identification % 7);
    see_part(watch, 0_ms, ipv6, identification, 0, port);
  }
  for (const std::uint32_t identification : {0x10001U, 2U, 1U})
    see_part(watch, 1_ms, ipv6, identification, 2);
  see_part(watch, 2_ms, ipv4, 1, 2);
  const Octets back = ip_packet(ipv6, address_of(ipv6, 2), address_of(ipv6, 1), test::udp, test::filled(48),
                                test::Part{1, 2960, false});
  watch.see(2_ms, ipv6, back, 48);
  const Octets icmp = ip_packet(ipv6, address_of(ipv6, 1), address_of(ipv6, 2), test::icmpv6,
                                test::filled(48), test::Part{1, 2960, false});
  watch.see(2_ms, ipv6, icmp, 48);
  watch.end();
  CHECK(watch.records.size() == 3);
  CHECK(watch.tally.unattributed == 3);
  for (const Watch::Record& record : watch.records) {
    CHECK(record.connection.out().packets == 2);
    CHECK(record.connection.out().payload_bytes == 1520);
  }
}

TEST_CASE("two interfaces, or VLANs that are told apart, see the fragments of the same packet") {
  const auto told = [](const Way& here, const Way& there, bool vlan_is_in_key) {
    Watch watch({.vlan_is_in_key = vlan_is_in_key});
    see_part(watch, 0_ms, here, 77, 2);
    for (const Way& way : {here, there}) see_part(watch, 1_ms, way, 77, 0);
    for (const Way& way : {here, there}) see_part(watch, 2_ms, way, 77, 1);
    see_part(watch, 3_ms, there, 77, 2);
    watch.end();
    return watch.text();
  };
  const std::string both =
      "5000>53 OPEN open 0s-2ms, one way\n  > 3 packets, 3000 bytes\n  < 0 packets\n"
      "5000>53 OPEN open 1ms-3ms, one way\n  > 3 packets, 3000 bytes\n  < 0 packets\n";
  CHECK(told({}, {.interface = 1}, false) == both);
  CHECK(told({.vlans = {7}}, {.vlans = {8}}, true) == both);
}

TEST_CASE("of a fragmented TCP segment the flags count once, and its payload as a whole") {
  for (const Way& way : {ipv4, ipv6}) {
    for (const bool is_reversed : {false, true}) {
      Watch watch;
      test::Pair pair(watch, way, false);
      pair.client.syn(0_ms);
      pair.server.syn_ack(10_ms);
      pair.client.ack(20_ms);
      const Octets whole =
          test::tcp_segment(40'000, 80, {flow::tcp_flag::ack, 1'000'001, 2'000'001, 1000, {}}, 2000);
      const auto see = [&](base::Nanoseconds at, std::size_t begin, std::size_t end, std::size_t payload) {
        const Octets piece(whole.data() + begin, whole.data() + end);
        const test::Part part{5, static_cast<std::uint16_t>(begin), end < whole.size()};
        watch.see(at, way, ip_packet(way, address_of(way, 1), address_of(way, 2), test::tcp, piece, part),
                  payload);
      };
      if (is_reversed) see(30_ms, 1480, 2020, 540);
      see(30_ms, 0, 1480, 1460);
      if (!is_reversed) see(30_ms, 1480, 2020, 540);
      pair.client.next = 2001;
      pair.server.ack(40_ms);
      pair.client.fin(50_ms);
      pair.server.fin(60_ms);
      pair.client.ack(70_ms);
      watch.end();
      CHECK(watch.text() ==
            "40000>80 CLOSED fin 0s-70ms, handshake 20ms, rtt 20ms, least 20ms\n"
            "  > 6 packets, 2000 bytes, SYN, FIN\n"
            "  < 3 packets, SYN, FIN\n");
    }
  }
}

TEST_CASE("the table of fragments is bounded: what is pushed out is said to belong to nobody") {
  Watch watch({}, false);
  constexpr std::uint32_t packets = 20'000, kept_most = 4096;
  for (std::uint32_t i = 0; i < packets; ++i) see_part(watch, i * 1_us, ipv6, i, 1);
  CHECK(watch.tally.unattributed >= packets - kept_most);
  CHECK(watch.tally.unattributed <= packets - kept_most * 9 / 10);  // nearly all places are used
  SUBCASE("the latest ones are still there") {
    const std::uint64_t lost = watch.tally.unattributed;
    for (std::uint32_t i = packets - 500; i < packets; ++i) see_part(watch, 1_s, ipv6, i, 0);
    watch.end();
    CHECK(watch.only().out().packets >= 1000 - 5);
    CHECK(watch.only().out().packets + watch.tally.unattributed == packets + 500);
    CHECK(watch.tally.unattributed > lost);
  }
  SUBCASE("at the end nothing waits") {
    watch.end();
    CHECK(watch.tally.unattributed == packets);
  }
}

TEST_CASE("fragments that wait add up to 4 GiB at most") {
  Watch watch;
  Octets later = part_of_datagram(ipv4, 77, 1);
  later[2] = later[3] = 0;  // no length: that of the frame
  for (int i = 0; i < 5; ++i) watch.see_frame(0_ms, frame_of(ipv4, later), 0x60000000);
  see_part(watch, 1_ms, ipv4, 77, 0);
  watch.end();
  CHECK(watch.recorded() == Watch::Sum{3, 2 * (std::uint64_t{0x60000000} - 14) + 1500,
                                       2 * (std::uint64_t{0x60000000} - 34) + 1472});
  CHECK(watch.tally.unattributed == 3);
}
