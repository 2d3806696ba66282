// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "stats/live_timeline.hpp"

#include "support.hpp"

using base::Nanoseconds;
using base::ns_per_ms;
using base::ns_per_s;
using stats::LiveTimeline;
using stats::TimelineOptions;
using test::IntervalLog;
using Entries = std::vector<IntervalLog::Entry>;

namespace {

constexpr Nanoseconds grace = 100 * ns_per_ms;

/// A live timeline and its clock. Times are milliseconds since the start of the capture.
struct Capture {
  explicit Capture(const TimelineOptions& options) : timeline(options, grace, clock, log) {}

  /// Lets time pass, ticking when the timeline asks for it.
  void until(Nanoseconds ms) {
    const Nanoseconds target = start_monotonic + ms * ns_per_ms;
    for (;;) {
      const auto deadline = timeline.deadline();
      if (!deadline || *deadline > target) break;
      clock.advance(std::max<Nanoseconds>(0, *deadline - clock.monotonic_ns));
      timeline.tick();
    }
    clock.advance(target - clock.monotonic_ns);
  }

  /// Time passes and nobody looks.
  void stall_until(Nanoseconds ms) { clock.advance(start_monotonic + ms * ns_per_ms - clock.monotonic_ns); }

  void packet_at(Nanoseconds ms) { timeline.add(start_wall + ms * ns_per_ms, test::any_packet(), 1); }
  /// One that is stamped by the wall clock as it is.
  void packet_now() { timeline.add(clock.wall_ns, test::any_packet(), 1); }

  IntervalLog::Entry entry(Nanoseconds begin_ms, Nanoseconds length_ms, std::uint64_t packets) const {
    return {start_wall + begin_ms * ns_per_ms, length_ms * ns_per_ms, packets, packets};
  }

  test::FakeClock clock;
  Nanoseconds start_wall = clock.wall_ns, start_monotonic = clock.monotonic_ns;
  IntervalLog log;
  LiveTimeline timeline;
};

TimelineOptions every(Nanoseconds ms) { return {ms * ns_per_ms, {}, {}}; }

}  // namespace

TEST_CASE("live: lines come on time with no packets at all") {
  Capture capture(every(1000));
  CHECK(capture.timeline.origin() == capture.start_wall);
  for (Nanoseconds line = 1; line <= 20; ++line) {
    capture.until(line * 1000 + 50);
    CHECK(capture.log.entries.size() == static_cast<std::size_t>(line) - 1);
    capture.until(line * 1000 + 250);
    REQUIRE(capture.log.entries.size() == static_cast<std::size_t>(line));
    CHECK(capture.log.entries.back() == capture.entry((line - 1) * 1000, 1000, 0));
  }
  CHECK_FALSE(capture.timeline.is_over());
  CHECK(capture.timeline.observed() == 20 * ns_per_s);
}

TEST_CASE("live: a packet exactly on the boundary belongs to the earlier interval") {
  Capture capture(every(1000));
  capture.stall_until(1050);
  capture.packet_at(1000);
  capture.timeline.add(capture.start_wall + 1000 * ns_per_ms + 1, test::any_packet(), 1);
  capture.until(2500);
  CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 1), capture.entry(1000, 1000, 1)});
}

TEST_CASE("live: packets that come late or early find their interval while it is open") {
  Capture capture(every(1000));
  capture.until(500);
  capture.packet_now();
  capture.until(1020);
  capture.packet_now();  // of the second interval, before the first is closed
  capture.until(1090);
  capture.packet_at(999);  // of the first, in its grace
  capture.until(1150);
  capture.packet_at(998);    // too late: counted in the open one
  capture.packet_at(-5000);  // stamped before the start: in no interval
  capture.until(2200);
  CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 2), capture.entry(1000, 1000, 2)});
}

TEST_CASE("live: intervals shorter than the grace are open several at a time") {
  Capture capture(every(30));
  capture.stall_until(95);
  for (const Nanoseconds ms : {94, 10, 31, 61, 60, 30, 91}) capture.packet_at(ms);
  CHECK(capture.log.entries.empty());
  capture.until(250);
  REQUIRE(capture.log.entries.size() == 5);
  CHECK(capture.log.entries == Entries{capture.entry(0, 30, 2), capture.entry(30, 30, 2),
                                       capture.entry(60, 30, 1), capture.entry(90, 30, 2),
                                       capture.entry(120, 30, 0)});
}

TEST_CASE("live: after a stall every packet is in its own interval and every line comes") {
  Capture capture(every(1000));
  capture.stall_until(10'000);
  for (const Nanoseconds ms : {500, 1500, 2500, 2600, 9500}) capture.packet_at(ms);
  capture.timeline.tick();
  CHECK(capture.log.entries.size() == 9);
  capture.until(10'150);
  REQUIRE(capture.log.entries.size() == 10);
  CHECK(capture.log.entries[2] == capture.entry(2000, 1000, 2));
  CHECK(capture.log.entries[3] == capture.entry(3000, 1000, 0));
  CHECK(capture.log.entries[9] == capture.entry(9000, 1000, 1));
}

TEST_CASE("live: a stall of very many intervals is survived, in order") {
  Capture capture(every(1));
  capture.stall_until(20'000);
  capture.packet_at(19'999);
  capture.timeline.tick();
  capture.until(20'200);
  REQUIRE(capture.log.entries.size() >= 20'000);
  Nanoseconds begin = capture.start_wall;
  std::uint64_t packets = 0;
  for (const auto& entry : capture.log.entries) {
    REQUIRE(entry.begin == begin);
    begin += entry.length;
    packets += entry.packets;
  }
  CHECK(packets == 1);
}

TEST_CASE("live: when the wall clock jumps, the next interval is anchored anew, and no flood follows") {
  Capture capture(every(1000));
  for (const Nanoseconds jump :
       {3600 * ns_per_s, -7200 * ns_per_s, 400 * ns_per_ms, -86'400 * 365 * ns_per_s}) {
    CAPTURE(jump);
    const auto lines = static_cast<Nanoseconds>(capture.log.entries.size());
    capture.until(lines * 1000 + 300);
    capture.packet_now();
    capture.clock.wall_ns += jump;
    capture.packet_now();
    capture.until(lines * 1000 + 900);
    capture.packet_now();
    capture.until(lines * 1000 + 1500);
    capture.packet_now();
    capture.until(lines * 1000 + 4200);
    REQUIRE(capture.log.entries.size() == static_cast<std::size_t>(lines) + 4);
    std::uint64_t packets = 0;
    for (auto i = static_cast<std::size_t>(lines); i < capture.log.entries.size(); ++i) {
      packets += capture.log.entries[i].packets;
      CHECK(capture.log.entries[i].length == ns_per_s);
    }
    CHECK(packets == 4);
    CHECK(capture.log.entries[static_cast<std::size_t>(lines)].packets == 3);
    const Nanoseconds end = capture.log.entries.back().begin + ns_per_s;
    CHECK(end == capture.clock.wall_ns - 200 * ns_per_ms);
  }
}

TEST_CASE("live: -s ends the run, packets or none") {
  Capture capture({1000 * ns_per_ms, 2500 * ns_per_ms, {}});
  capture.until(2400);
  capture.packet_now();
  CHECK_FALSE(capture.timeline.is_over());
  SUBCASE("no more packets") { capture.until(2750); }
  SUBCASE("packets go on") {
    capture.stall_until(2550);
    capture.packet_at(2500);  // the last that is inside
    capture.packet_at(2501);
    capture.packet_at(2549);
    capture.until(2750);
    CHECK(capture.log.entries.back().packets == 2);
  }
  CHECK(capture.timeline.is_over());
  REQUIRE(capture.log.entries.size() == 3);
  CHECK(capture.log.entries.back().length == 500 * ns_per_ms);  // its true length
  CHECK(capture.timeline.observed() == 2500 * ns_per_ms);
  CHECK_FALSE(capture.timeline.deadline().has_value());
  capture.packet_now();  // what comes later is left out
  capture.timeline.cut();
  capture.timeline.end();
  CHECK(capture.log.entries.size() == 3);
}

TEST_CASE("live: -s with the whole sample as one interval, and as long as the interval") {
  for (const auto& length : {std::optional<Nanoseconds>{}, std::optional<Nanoseconds>{2000 * ns_per_ms}}) {
    Capture capture({length, 2000 * ns_per_ms, {}});
    capture.until(1999);
    capture.packet_now();
    capture.until(2250);
    CHECK(capture.timeline.is_over());
    CHECK(capture.log.entries == Entries{capture.entry(0, 2000, 1)});
  }
}

TEST_CASE("live: a count of intervals") {
  Capture capture({1000 * ns_per_ms, {}, 3});
  capture.until(2999);
  capture.packet_now();
  capture.stall_until(3050);
  capture.packet_now();  // after the last one
  CHECK_FALSE(capture.timeline.is_over());
  capture.until(3250);
  CHECK(capture.timeline.is_over());
  CHECK(capture.log.entries ==
        Entries{capture.entry(0, 1000, 0), capture.entry(1000, 1000, 0), capture.entry(2000, 1000, 1)});
  SUBCASE("a signal after that changes nothing") {
    CHECK(test::status_in_child([&] {
            capture.timeline.interrupt();
            capture.timeline.cut();
            capture.timeline.end();
            return capture.log.entries.size() == 3 && capture.timeline.is_over();
          }) == 0);
  }
}

TEST_CASE("live: SIGUSR1 prints the open interval with its true length and starts a new one") {
  Capture capture(every(1000));
  capture.until(300);
  capture.packet_now();
  capture.timeline.cut();
  capture.stall_until(350);
  capture.packet_at(300);  // stamped before the signal
  capture.packet_at(301);  // and after
  capture.until(550);
  CHECK(capture.log.entries == Entries{capture.entry(0, 300, 2)});
  capture.until(1550);
  CHECK(capture.log.entries == Entries{capture.entry(0, 300, 2), capture.entry(300, 1000, 1)});
  SUBCASE("twice in a row") {
    capture.timeline.cut();
    capture.until(1560);
    capture.timeline.cut();
    capture.until(1850);
    CHECK(capture.log.entries.size() == 4);
    CHECK(capture.log.entries[2] == capture.entry(1300, 250, 0));
    CHECK(capture.log.entries[3] == capture.entry(1550, 10, 0));
  }
  SUBCASE("while the interval before it is still in its grace") {
    capture.until(2350);
    capture.packet_now();
    capture.timeline.cut();
    capture.packet_at(2299);
    capture.until(2700);
    CHECK(capture.log.entries.size() == 4);
    CHECK(capture.log.entries[2] == capture.entry(1300, 1000, 1));
    CHECK(capture.log.entries[3] == capture.entry(2300, 50, 1));
  }
}

TEST_CASE("live: with the whole sample as one interval SIGUSR1 is how to ask for numbers") {
  Capture capture({});
  capture.until(100'000);
  CHECK_FALSE(capture.timeline.deadline().has_value());
  capture.packet_now();
  capture.timeline.cut();
  capture.until(100'250);
  CHECK(capture.log.entries == Entries{capture.entry(0, 100'000, 1)});
  capture.packet_now();
  capture.until(150'000);
  capture.timeline.cut();
  capture.until(150'250);
  CHECK(capture.log.entries.back() == capture.entry(100'000, 50'000, 1));
  CHECK_FALSE(capture.timeline.is_over());
}

TEST_CASE("live: SIGINT prints the open interval with its true length and ends the run") {
  Capture capture(every(1000));
  capture.until(1700);
  capture.packet_now();
  capture.timeline.interrupt();
  SUBCASE("soon: the packets that are on their way still come") {
    CHECK_FALSE(capture.timeline.is_over());
    capture.stall_until(1750);
    capture.packet_at(1699);
    capture.packet_at(1701);  // after the signal
    capture.until(1950);
    CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 0), capture.entry(1000, 700, 2)});
  }
  SUBCASE("the second time at once") {
    capture.timeline.interrupt();
    CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 0), capture.entry(1000, 700, 1)});
  }
  SUBCASE("SIGUSR1 after it changes nothing") {
    capture.timeline.cut();
    capture.until(1950);
    CHECK(capture.log.entries.size() == 2);
  }
  CHECK(capture.timeline.is_over());
  CHECK(capture.timeline.observed() == 1700 * ns_per_ms);
  capture.timeline.interrupt();
  capture.timeline.end();
  CHECK(capture.log.entries.size() == 2);
}

TEST_CASE("live: SIGINT in the grace of an interval prints both") {
  Capture capture(every(1000));
  capture.until(1040);
  capture.timeline.interrupt();
  capture.packet_at(990);
  capture.packet_at(1030);
  capture.until(1300);
  CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 1), capture.entry(1000, 40, 1)});
}

TEST_CASE("live: a capture that dies prints the open interval with its true length, at once") {
  Capture capture(every(1000));
  capture.until(400);
  capture.packet_now();
  capture.timeline.end();
  CHECK(capture.timeline.is_over());
  CHECK(capture.log.entries == Entries{capture.entry(0, 400, 1)});
  CHECK(capture.timeline.observed() == 400 * ns_per_ms);
}

TEST_CASE("live: no packet is lost and none is counted twice, whatever happens when") {
  test::Random random(12);
  for (int round = 0; round < 300; ++round) {
    Capture capture(random.below(5) == 0 ? TimelineOptions{}
                                         : every(static_cast<Nanoseconds>(20 + random.below(400))));
    std::uint64_t sent = 0;
    for (Nanoseconds ms = 60; ms < 3000; ms += static_cast<Nanoseconds>(random.below(60))) {
      random.below(20) == 0 ? capture.stall_until(ms) : capture.until(ms);
      if (random.below(50) == 0)
        capture.clock.wall_ns += (static_cast<Nanoseconds>(random.below(7200)) - 3600) * ns_per_s;
      if (random.below(30) == 0) capture.timeline.cut();
      capture.timeline.add(capture.clock.wall_ns - static_cast<Nanoseconds>(random.below(50 * ns_per_ms)),
                           test::any_packet(), 1);
      ++sent;
    }
    capture.timeline.end();
    std::uint64_t counted = 0;
    Nanoseconds total = 0;
    for (const auto& entry : capture.log.entries) counted += entry.packets, total += entry.length;
    REQUIRE(counted == sent);
    REQUIRE(total == capture.clock.monotonic_ns - capture.start_monotonic);
  }
}

TEST_CASE("live: every packet is in the interval of its stamp, cuts or none") {
  test::Random random(13);
  for (int round = 0; round < 200; ++round) {
    Capture capture(every(static_cast<Nanoseconds>(5 + random.below(400))));
    std::vector<Nanoseconds> stamps;
    for (Nanoseconds ms = 100; ms < 2000; ms += static_cast<Nanoseconds>(random.below(40))) {
      capture.until(ms);
      if (random.below(20) == 0) capture.timeline.cut();
      // What comes after the cut was stamped before it or after it, and is less than the grace late.
      for (std::uint64_t count = random.below(4); count > 0; --count) {
        stamps.push_back(capture.clock.wall_ns - static_cast<Nanoseconds>(random.below(99 * ns_per_ms)));
        capture.timeline.add(stamps.back(), test::any_packet(), 1);
      }
    }
    capture.stall_until(2100);
    capture.timeline.end();
    for (std::size_t i = 0; i < capture.log.entries.size(); ++i) {
      const auto& entry = capture.log.entries[i];
      const auto is_inside = [&](Nanoseconds stamp) {
        return (i == 0 || stamp > entry.begin) && stamp <= entry.begin + entry.length;
      };
      REQUIRE(entry.packets == static_cast<std::uint64_t>(std::ranges::count_if(stamps, is_inside)));
    }
  }
}
