// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "stats/followed_timeline.hpp"

#include "support.hpp"

using base::Nanoseconds;
using base::ns_per_ms;
using base::ns_per_s;
using stats::FollowedTimeline;
using stats::TimelineOptions;
using test::IntervalLog;
using Entries = std::vector<IntervalLog::Entry>;

namespace {

constexpr Nanoseconds grace = 100 * ns_per_ms;
constexpr Nanoseconds year_ms = Nanoseconds{365} * 86'400 * 1000;

/// A followed timeline and its clock. Times are milliseconds since the reader's start; a capture that is `age_ms`
/// old has its packets stamped so much earlier.
struct Capture {
  explicit Capture(const TimelineOptions& options, Nanoseconds age_ms = 0)
      : age(age_ms * ns_per_ms), timeline(options, grace, clock, log) {}

  /// Lets time pass, ticking when the timeline asks for it.
  void until(Nanoseconds ms) {
    const Nanoseconds target = start_monotonic + ms * ns_per_ms;
    for (;;) {
      const auto deadline = timeline.deadline();
      if (!deadline || *deadline > target) break;
      clock.advance(std::max<Nanoseconds>(0, *deadline - clock.monotonic_ns));
      timeline.tick();
    }
    stall_until(ms);
  }

  /// Time passes and nobody looks.
  void stall_until(Nanoseconds ms) {
    clock.advance(std::max<Nanoseconds>(0, start_monotonic + ms * ns_per_ms - clock.monotonic_ns));
  }

  void read(Nanoseconds ms) { timeline.add(stamp(ms), test::any_packet(), 1); }
  /// These are in the file, and no others.
  void find(std::initializer_list<Nanoseconds> stamps_ms) {
    for (const Nanoseconds ms : stamps_ms) read(ms);
    timeline.catch_up();
  }

  Nanoseconds stamp(Nanoseconds ms) const { return start_wall + ms * ns_per_ms - age; }
  std::uint64_t counted() const {
    std::uint64_t packets = 0;
    for (const auto& entry : log.entries) packets += entry.packets;
    return packets;
  }
  IntervalLog::Entry entry(Nanoseconds begin_ms, Nanoseconds length_ms, std::uint64_t packets) const {
    return {stamp(begin_ms), length_ms * ns_per_ms, packets, packets};
  }

  Nanoseconds age;
  test::FakeClock clock;
  Nanoseconds start_wall = clock.wall_ns, start_monotonic = clock.monotonic_ns;
  IntervalLog log;
  FollowedTimeline timeline;
};

TimelineOptions every(Nanoseconds ms) { return {ms * ns_per_ms, {}, {}}; }

}  // namespace

TEST_CASE("followed: before the first packet there is no interval and nothing to wait for") {
  Capture capture({1000 * ns_per_ms, 5000 * ns_per_ms, 3});
  capture.timeline.catch_up();
  CHECK_FALSE(capture.timeline.deadline().has_value());
  capture.until(100'000);
  capture.timeline.tick();
  capture.timeline.cut();
  CHECK(capture.log.entries.empty());
  CHECK_FALSE(capture.timeline.is_over());
  SUBCASE("it begins the first one, whenever it comes") {
    capture.find({100'000});
    capture.until(101'150);
    CHECK(capture.timeline.origin() == capture.stamp(100'000));
    CHECK(capture.log.entries == Entries{capture.entry(100'000, 1000, 1)});
  }
  SUBCASE("SIGINT ends the run without a line") {
    capture.timeline.interrupt();
    CHECK(capture.timeline.is_over());
    CHECK(capture.log.entries.empty());
    CHECK(capture.timeline.observed() == 0);
  }
}

TEST_CASE("followed: what is in the file already is put into intervals by its timestamps, at once") {
  for (const Nanoseconds age_ms : {Nanoseconds{0}, year_ms}) {
    Capture capture(every(1000), age_ms);
    for (const Nanoseconds ms : {-10'000, -9'500, -9'000, -8'999, -6'000, -100}) capture.read(ms);
    CHECK_FALSE(capture.timeline.deadline().has_value());
    CHECK(capture.log.entries == Entries{capture.entry(-10'000, 1000, 3), capture.entry(-9000, 1000, 1),
                                         capture.entry(-8000, 1000, 0), capture.entry(-7000, 1000, 1),
                                         capture.entry(-6000, 1000, 0), capture.entry(-5000, 1000, 0),
                                         capture.entry(-4000, 1000, 0), capture.entry(-3000, 1000, 0),
                                         capture.entry(-2000, 1000, 0)});
  }
}

TEST_CASE("followed: after that lines come on time by the wall clock, with no packets at all") {
  Capture capture(every(1000));
  capture.find({-2000, -1500, -1000});
  CHECK(capture.log.entries.empty());
  capture.timeline.tick();  // the first is due already
  CHECK(capture.log.entries == Entries{capture.entry(-2000, 1000, 3)});
  for (Nanoseconds end = 0; end <= 20'000; end += 1000) {
    const auto lines = static_cast<std::size_t>(end / 1000 + 1);
    capture.until(end + 90);
    CHECK(capture.log.entries.size() == lines);
    capture.until(end + 110);
    REQUIRE(capture.log.entries.size() == lines + 1);
    CHECK(capture.log.entries.back() == capture.entry(end - 1000, 1000, 0));
  }
}

TEST_CASE("followed: a capture that paused less than a minute ago catches up with the wall clock") {
  Capture capture(every(1000));
  capture.find({-30'000, -29'900});
  capture.timeline.tick();
  CHECK(capture.log.entries.size() == 29);
  CHECK(capture.log.entries.front() == capture.entry(-30'000, 1000, 2));
  capture.until(5110);
  CHECK(capture.log.entries.size() == 35);
  CHECK(capture.log.entries.back() == capture.entry(4000, 1000, 0));
}

TEST_CASE("followed: an old capture goes on from its last packet, with no lines for the time since") {
  for (const Nanoseconds age_ms : {Nanoseconds{70'000}, Nanoseconds{3'600'000}, year_ms, 30 * year_ms}) {
    CAPTURE(age_ms);
    Capture capture(every(1000), age_ms);
    capture.find({0, 400, 1700});
    CHECK(capture.log.entries.size() == 1);
    capture.until(350);
    CHECK(capture.log.entries.size() == 1);
    capture.until(450);  // 1700 ms, and 400 more
    CHECK(capture.log.entries.size() == 2);
    capture.until(10'350);
    CHECK(capture.log.entries.size() == 11);
    CHECK(capture.log.entries[0] == capture.entry(0, 1000, 2));
    CHECK(capture.log.entries[1] == capture.entry(1000, 1000, 1));
    CHECK(capture.log.entries[10] == capture.entry(10'000, 1000, 0));
  }
}

TEST_CASE("followed: an old capture that arrives bit by bit prints no more lines than there is time") {
  Capture capture(every(1000), year_ms);
  Nanoseconds each_ms = 0;
  SUBCASE("slower than it was made") { each_ms = 3000; }
  SUBCASE("faster than it was made") { each_ms = 100; }
  for (Nanoseconds i = 0; i < 20; ++i) {
    capture.until(i * each_ms);
    capture.find({i * 1000});
  }
  CHECK(capture.log.entries.size() <=
        static_cast<std::size_t>(std::max<Nanoseconds>(20, 19 * each_ms / 1000)));
  capture.timeline.interrupt();
  CHECK(capture.counted() == 20);
}

TEST_CASE("followed: a packet exactly on the boundary, and one that comes in the grace") {
  Capture capture(every(1000));
  capture.find({0});
  capture.until(1020);
  capture.find({1000, 999});
  capture.until(1090);
  CHECK(capture.log.entries.empty());
  capture.until(1110);
  CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 3)});
}

TEST_CASE("followed: packets that come late count in the interval that is open, and are told of") {
  Capture capture(every(1000));
  capture.find({0});
  capture.until(3500);
  CHECK(capture.timeline.late() == 0);
  capture.find({100, 900, 1100, 2900, 3300});  // a writer that writes 4 KiB at a time
  CHECK(capture.timeline.late() == 4);
  CHECK(capture.log.entries.size() == 3);
  capture.until(4110);
  CHECK(capture.log.entries.back() == capture.entry(3000, 1000, 5));
  CHECK(capture.timeline.origin() == capture.stamp(0));
}

TEST_CASE("followed: packets of an interval that is still open are not late") {
  Capture capture(every(1000));
  capture.find({0});
  SUBCASE("at the same time as the first one") { capture.find({0, 0}); }
  SUBCASE("before the first one, as several processors hand them over") { capture.find({-1}); }
  SUBCASE("in the grace") {
    capture.until(1090);
    capture.find({1, 1000});
  }
  CHECK(capture.timeline.late() == 0);
}

TEST_CASE("followed: packets more than a minute late do not keep the next lines from coming on time") {
  Capture capture(every(1000));
  capture.find({0});
  capture.until(100'110);
  REQUIRE(capture.log.entries.size() == 100);
  capture.find({5000, 10'000});  // 90 s late
  capture.until(103'110);
  CHECK(capture.log.entries.size() == 103);
  CHECK(capture.log.entries[100] == capture.entry(100'000, 1000, 2));
  SUBCASE("and SIGUSR1 prints a true length") {
    capture.until(103'500);
    capture.find({20'000});
    capture.timeline.cut();
    CHECK(capture.log.entries.back() == capture.entry(103'000, 500, 1));
  }
}

TEST_CASE("followed: a stall is made up for, each packet in its own interval") {
  Capture capture(every(1000));
  capture.find({0});
  capture.stall_until(10'500);
  capture.find({500, 1500, 2500, 2600, 9500});
  capture.timeline.tick();
  REQUIRE(capture.log.entries.size() == 10);
  CHECK(capture.log.entries[0] == capture.entry(0, 1000, 2));
  CHECK(capture.log.entries[2] == capture.entry(2000, 1000, 2));
  CHECK(capture.log.entries[9] == capture.entry(9000, 1000, 1));
}

TEST_CASE("followed: when the wall clock jumps, lines come on time all the same") {
  for (const Nanoseconds jump : {3600 * ns_per_s, -7200 * ns_per_s, -86'400 * 365 * ns_per_s}) {
    CAPTURE(jump);
    Capture capture(every(1000));
    capture.find({0, 500});
    capture.until(1500);
    capture.clock.wall_ns += jump;
    capture.until(5110);
    CHECK(capture.log.entries.size() == 5);
    CHECK(capture.log.entries.back() == capture.entry(4000, 1000, 0));
  }
}

TEST_CASE("followed: SIGUSR1 prints the open interval with its true length and starts a new one") {
  Capture capture(every(1000));
  capture.find({-3500, 0});
  capture.until(300);
  capture.find({250});
  capture.log.entries.clear();
  capture.timeline.cut();
  CHECK(capture.log.entries == Entries{capture.entry(-500, 800, 2)});
  SUBCASE("from there on") {
    capture.find({290, 310});
    capture.until(1410);
    CHECK(capture.log.entries.back() == capture.entry(300, 1000, 2));
  }
  SUBCASE("in the grace of the interval it is a whole one") {
    capture.until(1340);
    capture.timeline.cut();
    CHECK(capture.log.entries.back() == capture.entry(300, 1000, 0));
  }
}

TEST_CASE("followed: SIGUSR1 before the file has been read to its end goes by the packets so far") {
  Capture capture(every(1000), year_ms);
  for (const Nanoseconds ms : {0, 300, 1700}) capture.read(ms);
  capture.timeline.cut();
  CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 2), capture.entry(1000, 700, 1)});
}

TEST_CASE("followed: with the whole sample as one interval SIGUSR1 is how to ask for numbers") {
  Capture capture({});
  capture.find({-5000, -100});
  CHECK_FALSE(capture.timeline.deadline().has_value());
  capture.until(100'000);
  capture.timeline.cut();
  CHECK(capture.log.entries == Entries{capture.entry(-5000, 105'000, 2)});
  capture.find({120'000});
  capture.until(150'000);
  capture.timeline.cut();
  CHECK(capture.log.entries.back() == capture.entry(100'000, 50'000, 1));
}

TEST_CASE("followed: SIGINT prints the open interval with its true length and ends the run") {
  Capture capture(every(1000));
  capture.find({0, 300});
  SUBCASE("in the middle") {
    capture.until(1700);
    capture.find({1600});
    capture.timeline.interrupt();
    CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 2), capture.entry(1000, 700, 1)});
  }
  SUBCASE("in the grace") {
    capture.until(1040);
    capture.timeline.interrupt();
    CHECK(capture.log.entries == Entries{capture.entry(0, 1000, 2)});
  }
  SUBCASE("at the end of its input, which a pipe may have") {
    capture.until(400);
    capture.timeline.end();
    CHECK(capture.log.entries == Entries{capture.entry(0, 400, 2)});
  }
  CHECK(capture.timeline.is_over());
  CHECK_FALSE(capture.timeline.deadline().has_value());
  const std::size_t count = capture.log.entries.size();
  capture.find({2000});  // what comes later is left out
  capture.timeline.interrupt();
  capture.timeline.cut();
  capture.timeline.end();
  capture.timeline.tick();
  CHECK(capture.log.entries.size() == count);
}

TEST_CASE("followed: -s ends the run, packets or none, and the last interval with it") {
  Capture capture({1000 * ns_per_ms, 2500 * ns_per_ms, {}});
  capture.find({0, 100});
  SUBCASE("no more packets") {
    capture.until(2590);
    CHECK_FALSE(capture.timeline.is_over());
    capture.until(2610);
  }
  SUBCASE("packets go on") {
    capture.until(2550);
    capture.find({2500, 2501, 2549});
    capture.until(2610);
    REQUIRE_FALSE(capture.log.entries.empty());
    CHECK(capture.log.entries.back().packets == 1);
  }
  SUBCASE("nobody looks for a while") {
    capture.stall_until(20'000);
    capture.timeline.tick();
  }
  CHECK(capture.timeline.is_over());
  REQUIRE(capture.log.entries.size() == 3);
  CHECK(capture.log.entries[0] == capture.entry(0, 1000, 2));
  CHECK(capture.log.entries[2].begin == capture.stamp(2000));
  CHECK(capture.log.entries[2].length == 500 * ns_per_ms);  // its true length, as when live
  CHECK_FALSE(capture.timeline.deadline().has_value());
}

TEST_CASE("followed: -s with the whole sample as one interval") {
  Capture capture({{}, 2000 * ns_per_ms, {}});
  capture.find({0});
  capture.until(1999);
  capture.find({1990});
  capture.until(2110);
  CHECK(capture.timeline.is_over());
  CHECK(capture.log.entries == Entries{capture.entry(0, 2000, 2)});
}

TEST_CASE("followed: -s that is over in what was in the file already") {
  Capture capture({1000 * ns_per_ms, 2000 * ns_per_ms, {}});
  for (const Nanoseconds ms : {-300'000, -299'500, -200'000, -100}) capture.read(ms);
  CHECK(capture.timeline.is_over());
  CHECK(capture.log.entries == Entries{capture.entry(-300'000, 1000, 2), capture.entry(-299'000, 1000, 0)});
}

TEST_CASE("followed: a count of intervals, by packets and by the clock") {
  Capture capture({1000 * ns_per_ms, {}, 4});
  capture.find({-1500, -400});
  capture.until(2490);
  CHECK_FALSE(capture.timeline.is_over());
  SUBCASE("on time") { capture.until(2610); }
  SUBCASE("after a stall") {
    capture.stall_until(1'000'000);
    capture.timeline.tick();
  }
  CHECK(capture.timeline.is_over());
  REQUIRE(capture.log.entries.size() == 4);
  CHECK(capture.log.entries.back() == capture.entry(1500, 1000, 0));
}

TEST_CASE("followed: no packet is lost, none counts twice, no time is left out, whatever happens when") {
  test::Random random(14);
  for (int round = 0; round < 300; ++round) {
    const Nanoseconds age_ms = random.below(2) == 0 ? 0 : year_ms;
    Capture capture(
        random.below(5) == 0 ? TimelineOptions{} : every(static_cast<Nanoseconds>(20 + random.below(400))),
        age_ms);
    std::uint64_t sent = 0;
    for (Nanoseconds ms = 60; ms < 3000; ms += static_cast<Nanoseconds>(random.below(60))) {
      random.below(20) == 0 ? capture.stall_until(ms) : capture.until(ms);
      if (random.below(30) == 0) capture.timeline.cut();
      capture.read(ms - static_cast<Nanoseconds>(random.below(50)));
      ++sent;
      if (random.below(3) > 0) capture.timeline.catch_up();
    }
    capture.timeline.interrupt();
    Nanoseconds end = capture.timeline.origin();
    for (const auto& entry : capture.log.entries) {
      REQUIRE(entry.begin == end);
      end += entry.length;
    }
    REQUIRE(capture.counted() == sent);
  }
}
