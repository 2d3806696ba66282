// SPDX-License-Identifier: BSD-2-Clause
#include "flow/table.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "flow_script.hpp"

using namespace test::times;
using flow::Ended;
using test::Pair;
using test::Watch;
using test::Way;

namespace {

const Way ipv4;

flow::TrackerOptions at_most(std::size_t connections) { return {.table = {.connections_most = connections}}; }

void see_icmp(Watch& watch, base::Nanoseconds at, const Way& way) {
  const std::uint8_t protocol = way.is_ipv6 ? test::icmpv6 : test::icmp;
  const test::Octets message = test::icmp_message(way.is_ipv6 ? 128 : 8, 7, 10);
  watch.see(at, way, ip_packet(way, address_of(way, 1), address_of(way, 2), protocol, message), 10);
}

}  // namespace

TEST_CASE("when it is full, the longest idle one is let go, and counted") {
  Watch watch(at_most(3));
  see(watch, 0_s, 1);
  see(watch, 1_s, 2);
  see(watch, 2_s, 3);
  see(watch, 3_s, 1);
  CHECK(watch.tally.evicted == 0);
  see(watch, 4_s, 4);
  CHECK(watch.tally.evicted == 1);
  REQUIRE(watch.records.size() == 1);
  CHECK(watch.records[0].connection.client().port == 2);
  CHECK(watch.records[0].ended == Ended::evicted);
  CHECK(watch.table().size() == 3);
  see(watch, 5_s, 2);  // a new one, and the next is let go
  CHECK(watch.records[1].connection.client().port == 3);
  CHECK(watch.tally.opened == 5);
  watch.end();
  SUBCASE("of whatever kind") {
    Watch mixed(at_most(3));
    see(mixed, 0_s, 1, test::sctp);
    see_icmp(mixed, 1_s, ipv4);
    see(mixed, 2_s, 3);
    for (int i = 3; i < 6; ++i) see(mixed, i * 1_s, 10 + i, test::udp_lite);
    REQUIRE(mixed.records.size() == 3);
    CHECK(mixed.records[0].connection.key.protocol() == test::sctp);
    CHECK(mixed.records[1].connection.key.protocol() == test::icmp);
    CHECK(mixed.records[2].connection.key.protocol() == test::udp);
    mixed.end();
  }
  SUBCASE("one that has ended makes room too, and is not counted as let go") {
    Watch ended(at_most(1));
    Pair pair(ended, ipv4, false);
    pair.client.syn(0_s);
    pair.server.rst_ack(0_s);
    CHECK(ended.table().open() == 0);
    CHECK(ended.table().size() == 1);
    see(ended, 1_s, 1);
    CHECK(ended.tally.evicted == 0);
    CHECK(ended.records[0].ended == Ended::reset);
    CHECK(ended.table().open() == 1);
    ended.end();
  }
}

TEST_CASE("a SYN flood: the table stays within its bound, says what it let go, and keeps who is busy") {
  constexpr std::uint32_t flood = 50'000, most = 1000;
  Watch watch(at_most(most), false);
  Pair pair(watch, ipv4, false);
  shake_hands(pair.client, pair.server);
  test::Random random(1);
  for (std::uint32_t i = 0; i < flood; ++i) {
    const auto sequence = static_cast<std::uint32_t>(random.next());
    const auto port = static_cast<std::uint16_t>(random.next());
    const packet::Address from = {0, 0x0a000000 + i, false};
    const test::Octets segment = test::tcp_segment(port, 80, {flow::tcp_flag::syn, sequence, 0, 1000, {}}, 0);
    watch.see(i * 10_us, ipv4, ip_packet(ipv4, from, address_of(ipv4, 2), test::tcp, segment), 0);
    if (i % 900 == 0) pair.client.data(i * 10_us, 100);
  }
  watch.tracker().flush();
  CHECK(watch.table().size() == most);
  CHECK(watch.tally.opened == flood + 1);
  CHECK(watch.tally.evicted == flood + 1 - most);
  watch.end();
  CHECK(watch.records.size() == flood + 1);
  const auto is_busy = [](const Watch::Record& record) { return record.connection.out().packets > 50; };
  const auto busy = std::ranges::find_if(watch.records, is_busy);
  REQUIRE(busy != watch.records.end());
  CHECK(busy->ended == Ended::open);
}

TEST_CASE("what is there can be looked through: each once, by a number of its own") {
  Watch watch(at_most(100));
  test::Random random(2);
  for (int i = 0; i < 2000; ++i) {
    see(watch, i * 1_s, static_cast<int>(random.below(300)));
    if (i % 100 != 99) continue;
    std::set<std::uint32_t> numbers;
    std::set<std::uint16_t> ports;
    watch.table().each([&](std::uint32_t number, const flow::Connection& connection) {
      numbers.insert(number);
      ports.insert(connection.client().port);
    });
    CHECK(numbers.size() == watch.table().size());
    CHECK(ports.size() == watch.table().size());
    CHECK(*numbers.rbegin() < 100);  // numbers are used again
  }
  CHECK(watch.table().now() == watch.epoch + 1999_s);
  watch.end();
}

TEST_CASE("what was not idle lately can be looked through: of each kind the latest first, as far as wanted") {
  Watch watch;
  for (const int port : {1, 2, 3, 1}) see(watch, 0_s, port);
  for (const int port : {7, 8, 7}) see(watch, 0_s, port, test::sctp);
  std::map<std::uint8_t, std::vector<int>> ports;
  const auto look = [&](std::size_t most) {
    ports.clear();
    watch.table().each_recent([&](std::uint32_t, const flow::Connection& connection) {
      std::vector<int>& of_kind = ports[connection.key.protocol()];
      of_kind.push_back(connection.client().port);
      return of_kind.size() < most;
    });
    return ports;
  };
  CHECK((look(9) == std::map<std::uint8_t, std::vector<int>>{{test::udp, {1, 3, 2}}, {test::sctp, {7, 8}}}));
  CHECK((look(1) == std::map<std::uint8_t, std::vector<int>>{{test::udp, {1}}, {test::sctp, {7}}}));
  watch.end();
}

TEST_CASE("at the end they are let go in the order in which they began") {
  Watch watch;
  test::Random random(3);
  for (int i = 0; i < 500; ++i) {
    see(watch, i * 10_ms, static_cast<int>(random.below(40)), random.below(2) == 0 ? test::udp : test::sctp);
  }
  watch.end();
  const auto begin_of = [](const Watch::Record& record) { return record.connection.begin; };
  CHECK(std::ranges::is_sorted(watch.records, {}, begin_of));
  CHECK(std::ranges::is_sorted(watch.records, {}, &Watch::Record::number));
  CHECK(watch.count_of(Ended::open) == watch.records.size());
  CHECK(watch.records.size() > 60);
}

TEST_CASE("while the table grows every connection stays where it is found") {
  constexpr int connections = 20'000;
  Watch watch({}, false);
  for (int round = 0; round < 2; ++round) {
    for (int port = 0; port < connections; ++port) see(watch, port * 1_us, port);
  }
  watch.end();
  CHECK(watch.tally.opened == connections);
  CHECK(std::ranges::all_of(watch.records, [](const Watch::Record& record) {
    return record.connection.out().packets + record.connection.in().packets == 2;
  }));
}

TEST_CASE("each packet is counted in the tally that it came with") {
  class Nobody final : public flow::Listener {
    void on_end(std::uint32_t, const flow::Connection&, Ended) override {}
  } nobody;
  flow::Table table({.connections_most = 2}, nobody);
  std::array<flow::Tally, 3> tallies;
  for (std::size_t i = 0; i < 30; ++i) {
    flow::Segment& segment = table.vacant();
    segment = {};
    segment.key.set({address_of(ipv4, 1), address_of(ipv4, 2)}, static_cast<std::uint16_t>(i), 1, test::udp);
    segment.timestamp = static_cast<base::Nanoseconds>(i);
    table.add(tallies[i / 10]);
  }
  table.flush();
  for (const flow::Tally& tally : tallies) CHECK(tally.opened == 10);
  CHECK(tallies[0].evicted == 8);
  CHECK(tallies[1].evicted == 10);
  CHECK(tallies[2].evicted == 10);
}

TEST_CASE("VLANs and interfaces") {
  const auto told = [](const std::vector<Way>& ways, bool vlan_is_in_key) {
    Watch watch({.vlan_is_in_key = vlan_is_in_key});
    base::Nanoseconds at = 0;
    for (const Way& way : ways) see(watch, at += 1_s, 1, test::udp, way);
    watch.end();
    std::vector<std::array<std::uint32_t, 3>> all;
    for (const Watch::Record& record : watch.records) {
      const flow::Connection& connection = record.connection;
      const auto packets = static_cast<std::uint32_t>(connection.out().packets);
      all.push_back({packets, connection.vlan[0], connection.interface});
    }
    return all;
  };
  using Rows = std::vector<std::array<std::uint32_t, 3>>;
  const Way seven{.vlans = {7}}, eight{.vlans = {8}}, tagged_twice{.vlans = {7, 8}}, priority{.vlans = {0}};
  CHECK(told({seven, eight, seven}, false) == Rows{{3, 7, 0}});
  CHECK(told({seven, eight, seven}, true) == Rows{{2, 7, 0}, {1, 8, 0}});
  CHECK(told({seven, tagged_twice}, true) == Rows{{2, 7, 0}});  // the outermost tag
  CHECK(told({seven, ipv4}, false) == Rows{{2, 7, 0}});
  CHECK(told({ipv4, priority}, true) == Rows{{2, 0, 0}});
  CHECK(told({Way{.vlans = {0x6007}}, seven}, true) == Rows{{2, 7, 0}});  // priority bits are no part of it
  CHECK(told({ipv4, Way{.interface = 1}, Way{.interface = 1}}, false) == Rows{{1, 0, 0}, {2, 0, 1}});
  CHECK(told({Way{.interface = 65'535}, Way{.interface = 70'000}}, false) ==
        Rows{{1, 0, 65'535}, {1, 0, 65'535}});
  SUBCASE("a mirror port that tags each direction differently") {
    for (const bool vlan_is_in_key : {false, true}) {
      Watch watch({.vlan_is_in_key = vlan_is_in_key});
      Pair there(watch, seven, false), back(watch, eight, false);
      there.client.syn(0_ms);
      back.client.lose(1);
      back.server.syn_ack(10_ms);
      there.server.lose(1);
      there.client.ack(20_ms);
      watch.end();
      CHECK(watch.records.size() == (vlan_is_in_key ? 2 : 1));
      if (vlan_is_in_key) continue;
      CHECK(watch.only().state == flow::State::established);
      CHECK(watch.only().vlan == std::array<std::uint16_t, 2>{7, 8});
    }
  }
}

TEST_CASE("both ends of a connection may be the same") {
  Watch watch;
  const packet::Address loopback = {0, 0x7f000001, false};
  for (int i = 0; i < 2; ++i) {
    const test::Octets datagram = test::datagram(test::udp, 5000, 5000, 10);
    watch.see(i * 1_s, ipv4, ip_packet(ipv4, loopback, loopback, test::udp, datagram), 10);
  }
  watch.end();
  CHECK(watch.text() == "5000>5000 OPEN open 0s-1s, one way\n  > 2 packets, 20 bytes\n  < 0 packets\n");
}

TEST_CASE("bytes of the last second") {
  Watch watch;
  const std::uint64_t bytes = 38;  // of an IP packet
  see(watch, 0_ms, 1);
  see(watch, 500_ms, 1);
  see(watch, 1200_ms, 1);
  const auto rate = [&](base::Nanoseconds now) {
    std::uint64_t found = 0;
    watch.table().each([&](std::uint32_t, const flow::Connection& connection) {
      found = connection.bytes_last_second(watch.epoch + now);
    });
    return found;
  };
  CHECK(rate(1250_ms) == bytes + 2 * bytes * 3 / 4);
  CHECK(rate(1999_ms) == bytes);
  CHECK(rate(2000_ms) == bytes);
  CHECK(rate(2500_ms) == bytes / 2);
  CHECK(rate(3000_ms) == 0);
  CHECK(rate(100'000_s) == 0);
  see(watch, 1100_ms, 1);  // late: still counted
  CHECK(rate(2000_ms) == 2 * bytes);
  see(watch, 5000_ms, 1);
  CHECK(rate(5000_ms) == bytes);
  see(watch, 4200_ms, 1);
  CHECK(rate(5000_ms) == 2 * bytes);
  watch.end();
}
