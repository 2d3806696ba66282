// SPDX-License-Identifier: BSD-2-Clause
// How long connections may be idle, and whose time that is.
#include "flow_script.hpp"

using namespace test::times;
using flow::Ended;
using test::Pair;
using test::Watch;
using test::Way;

namespace {

const Way ipv4, ipv6{.is_ipv6 = true};

void see_icmp(Watch& watch, base::Nanoseconds at, const Way& way) {
  const std::uint8_t protocol = way.is_ipv6 ? test::icmpv6 : test::icmp;
  const test::Octets message = test::icmp_message(way.is_ipv6 ? 128 : 8, 7, 10);
  watch.see(at, way, ip_packet(way, address_of(way, 1), address_of(way, 2), protocol, message), 10);
}

/// A packet that belongs to no connection.
void see_igmp(Watch& watch, base::Nanoseconds at) {
  constexpr std::uint8_t igmp = 2;
  const test::Octets packet =
      ip_packet(ipv4, address_of(ipv4, 1), address_of(ipv4, 2), igmp, test::filled(8));
  watch.see_frame(at, frame_of(ipv4, packet), 42);
}

/// A connection in some state at 0 s, and something more of it at another time.
struct Kind {
  const char* name;
  base::Nanoseconds timeout;
  std::function<void(Pair&)> begin;
  std::function<void(Pair&, base::Nanoseconds)> go_on;
  Ended ended = Ended::timeout;
};

const flow::Timeouts timeouts{
    .established = 50_s, .transitory = 40_s, .udp = 30_s, .icmp = 20_s, .ended = 10_s};

void shake_hands(Pair& pair) {
  pair.client.syn(0_s);
  pair.server.syn_ack(0_s);
  pair.client.ack(0_s);
}

std::vector<Kind> kinds() {
  const auto ack = [](Pair& pair, base::Nanoseconds at) { pair.client.ack(at); };
  const auto syn_ack = [](Pair& pair, base::Nanoseconds at) { pair.server.syn_ack(at); };
  std::vector<Kind> all = {
      {"SYN", 40_s, [](Pair& pair) { pair.client.syn(0_s); }, syn_ack},
      {"SYN|ACK", 40_s, [](Pair& pair) { pair.server.syn_ack(0_s); }, syn_ack},
      {"established", 50_s, shake_hands, ack},
      {"picked up in the middle", 50_s, [](Pair& pair) { pair.server.data(0_s, 1); }, ack},
      {"one FIN", 50_s, [](Pair& pair) { shake_hands(pair), pair.server.fin(0_s); }, ack},
      {"two FINs", 40_s,
       [](Pair& pair) {
         shake_hands(pair);
         pair.server.fin(0_s);
         pair.client.acknowledge(1);
         pair.client.fin(0_s);
       },
       ack},
      {"closed", 10_s,
       [](Pair& pair) {
         shake_hands(pair);
         pair.client.fin(0_s);
         pair.server.fin(0_s);
         pair.client.ack(0_s);
       },
       ack, Ended::fin},
      {"reset", 10_s, [](Pair& pair) { shake_hands(pair), pair.server.rst(0_s); }, ack, Ended::reset}};
  const auto add_datagrams = [&](const char* name, std::uint8_t protocol, base::Nanoseconds timeout) {
    const auto go_on = [=](Pair& pair, base::Nanoseconds at) { see(pair.client.watch(), at, 9, protocol); };
    all.push_back({name, timeout, [=](Pair& pair) { go_on(pair, 0_s); }, go_on});
  };
  add_datagrams("UDP", test::udp, 30_s);
  add_datagrams("UDP-Lite", test::udp_lite, 30_s);
  add_datagrams("SCTP", test::sctp, 50_s);
  add_datagrams("DCCP", test::dccp, 50_s);
  for (const Way* way : {&ipv4, &ipv6}) {
    const auto go_on = [=](Pair& pair, base::Nanoseconds at) { see_icmp(pair.client.watch(), at, *way); };
    all.push_back({"ICMP", 20_s, [=](Pair& pair) { go_on(pair, 0_s); }, go_on});
  }
  return all;
}

}  // namespace

TEST_CASE("each kind of connection may be idle for so long, and not 1 ns longer") {
  for (const Kind& kind : kinds()) {
    CAPTURE(kind.name);
    const auto ends_by = [&](const std::function<void(Watch&, Pair&)>& what) {
      Watch watch({.table = {.timeouts = timeouts}});
      Pair pair(watch, ipv4, false);
      kind.begin(pair);
      REQUIRE(watch.table().size() == 1);
      what(watch, pair);
      REQUIRE(watch.records.size() <= 1);
      if (watch.records.empty()) return false;
      CHECK(watch.records[0].ended == kind.ended);
      CHECK(watch.tally.timed_out == (kind.ended == Ended::timeout ? 1 : 0));
      return true;
    };
    // A packet of its own.
    CHECK_FALSE(ends_by([&](Watch&, Pair& pair) { kind.go_on(pair, kind.timeout); }));
    CHECK(ends_by([&](Watch&, Pair& pair) { kind.go_on(pair, kind.timeout + 1_ns); }));
    // Another packet, or none at all.
    CHECK_FALSE(ends_by([&](Watch& watch, Pair&) { see(watch, kind.timeout, 7); }));
    CHECK(ends_by([&](Watch& watch, Pair&) { see(watch, kind.timeout + 1_ns, 7); }));
    CHECK_FALSE(ends_by([&](Watch& watch, Pair&) { see_igmp(watch, kind.timeout); }));
    CHECK(ends_by([&](Watch& watch, Pair&) { see_igmp(watch, kind.timeout + 1_ns); }));
    CHECK_FALSE(ends_by([&](Watch& watch, Pair&) { watch.advance(kind.timeout); }));
    CHECK(ends_by([&](Watch& watch, Pair&) { watch.advance(kind.timeout + 1_ns); }));
    // It is looked for them now and then; not later than after 100 ms.
    CHECK(ends_by([&](Watch& watch, Pair&) {
      watch.advance(kind.timeout);
      watch.advance(kind.timeout + 100_ms);
    }));
  }
}

TEST_CASE("a connection is idle since its latest packet, of whichever end") {
  Watch watch({.table = {.timeouts = timeouts}});
  Pair pair(watch, ipv4, false);
  shake_hands(pair);
  for (int i = 1; i <= 5; ++i) (i % 2 == 0 ? pair.client : pair.server).data(i * 49_s, 1);
  see(watch, 5 * 49_s + 50_s, 7);
  CHECK(watch.records.empty());
  see(watch, 5 * 49_s + 51_s, 7);
  CHECK(watch.only().duration() == 5 * 49_s);
  watch.end();
}

TEST_CASE("a leap of the clock ahead is believed at the second packet") {
  Watch watch({.table = {.timeouts = timeouts}});
  see(watch, 0_s, 1);
  see(watch, 0_s, 2);
  see(watch, 4000_s, 3);
  CHECK(watch.records.empty());
  SUBCASE("not where the next one is not there") {
    see(watch, 1_s, 1);
    see(watch, 8000_s, 4);
    see(watch, 2_s, 2);
    CHECK(watch.records.empty());
  }
  SUBCASE("of whatever connection") {
    see(watch, 4001_s, 4);
    CHECK(watch.tally.timed_out == 2);
    CHECK(watch.table().size() == 2);
  }
  SUBCASE("but an hour is no leap") {
    see(watch, 3600_s, 4);
    CHECK(watch.tally.timed_out == 3);  // so that 4000 s is too far ahead
  }
  watch.end();
}

TEST_CASE("a leap is more than an hour, and the next packet is to be near it") {
  const auto let_go_after = [](std::initializer_list<base::Nanoseconds> times) {
    Watch watch({.table = {.timeouts = timeouts}});
    int port = 0;
    for (const base::Nanoseconds at : times) see(watch, at, ++port);
    return watch.tally.timed_out;
  };
  CHECK(let_go_after({0_s, 3600_s}) == 1);
  CHECK(let_go_after({0_s, 3600_s + 1_ns}) == 0);
  CHECK(let_go_after({0_s, 20'000_s, 16'400_s}) == 2);  // and what is an hour ahead of it
  CHECK(let_go_after({0_s, 20'000_s, 16'400_s - 1_ns}) == 0);
  CHECK(let_go_after({0_s, 20'000_s, 10'000_s, 10'001_s}) == 2);
}

TEST_CASE("a clock that is set back") {
  Watch watch({.table = {.timeouts = timeouts}});
  const auto now = [&] { return watch.table().now() - watch.epoch; };
  see(watch, 1000_s, 1);
  see(watch, 980_s, 2);
  SUBCASE("by up to a minute is disorder") {
    see(watch, 940_s, 3);
    CHECK(now() == 1000_s);
    CHECK(watch.tally.timed_out == 0);
  }
  SUBCASE("by more: time runs from there, and what is stamped too far ahead is over") {
    see(watch, 935_s, 3);
    CHECK(now() == 935_s);
    see(watch, 935'100_ms, 3);
    CHECK(watch.tally.timed_out == 2);
  }
  watch.end();
}
