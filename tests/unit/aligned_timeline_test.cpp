// SPDX-License-Identifier: BSD-2-Clause
// --align: intervals that end at multiples of their length since the epoch, of every kind of timeline.
#include <algorithm>

#include "stats/followed_timeline.hpp"
#include "stats/live_timeline.hpp"
#include "support.hpp"

using base::Nanoseconds;
using base::ns_per_ms;
using base::ns_per_s;
using stats::StoredTimeline;
using stats::TimelineOptions;
using test::IntervalLog;
using Entries = std::vector<IntervalLog::Entry>;

namespace {

constexpr Nanoseconds grace = 100 * ns_per_ms;

TimelineOptions aligned(Nanoseconds length, std::optional<Nanoseconds> limit = {},
                        std::optional<std::uint64_t> count = {}) {
  return {length, limit, count, true};
}

/// Packets at these times, of 1 byte each, then the end of the file.
IntervalLog run(const TimelineOptions& options, const std::vector<Nanoseconds>& times) {
  IntervalLog log;
  StoredTimeline timeline(options, log);
  for (const Nanoseconds time : times) timeline.add(time, test::any_packet(), 1);
  timeline.end();
  return log;
}

bool is_multiple(Nanoseconds time, Nanoseconds length) { return time % length == 0; }

/// A live timeline and its clock; times are milliseconds since the epoch.
struct Capture {
  Capture(const TimelineOptions& options, Nanoseconds start_ms)
      : start(start_ms), clock(at(start_ms)), timeline(options, grace, clock, log) {}

  static test::FakeClock at(Nanoseconds ms) {
    test::FakeClock clock;
    clock.wall_ns = ms * ns_per_ms;
    return clock;
  }

  /// Lets so much time pass, ticking all the while; the wall clock runs faster by so many parts in a
  /// million.
  void pass(Nanoseconds ms, Nanoseconds faster_ppm = 0) {
    for (Nanoseconds step = 0; step < ms; ++step) {
      clock.monotonic_ns += ns_per_ms;
      clock.wall_ns += ns_per_ms + faster_ppm;
      timeline.tick();
    }
  }
  void packet_now() { timeline.add(clock.wall_ns, test::any_packet(), 1); }

  Nanoseconds start;
  test::FakeClock clock;
  IntervalLog log;
  stats::LiveTimeline timeline;
};

}  // namespace

TEST_CASE("how long an interval is that begins there") {
  const TimelineOptions options = aligned(10);
  CHECK(options.length_from(0) == 10);
  CHECK(options.length_from(1) == 9);
  CHECK(options.length_from(9) == 1);
  CHECK(options.length_from(10) == 10);
  CHECK(options.length_from(-1) == 1);
  CHECK(options.length_from(-9) == 9);
  CHECK(options.length_from(-10) == 10);
  CHECK(TimelineOptions{10, {}, {}}.length_from(3) == 10);
  CHECK(TimelineOptions{{}, {}, {}, true}.length_from(3) == 0);
}

TEST_CASE("stored, aligned: an interval is (k * length, (k + 1) * length]") {
  CHECK(run(aligned(10), {13, 15, 20, 21}).entries == Entries{{10, 10, 3, 3}, {20, 10, 1, 1}});
  SUBCASE("a first packet exactly on a multiple belongs to the earlier one") {
    CHECK(run(aligned(10), {20}).entries == Entries{{10, 10, 1, 1}});
    CHECK(run(aligned(10), {20, 20, 21}).entries == Entries{{10, 10, 2, 2}, {20, 10, 1, 1}});
    CHECK(run(aligned(10), {0}).entries == Entries{{-10, 10, 1, 1}});
  }
  SUBCASE("a nanosecond after it, to the later one") {
    CHECK(run(aligned(10), {21}).entries == Entries{{20, 10, 1, 1}});
  }
  SUBCASE("before the epoch too") {
    CHECK(run(aligned(10), {-15, -10, -9}).entries == Entries{{-20, 10, 2, 2}, {-10, 10, 1, 1}});
  }
  SUBCASE("the last one counts as a whole one") {
    CHECK(run(aligned(5 * ns_per_s), {7 * ns_per_s}).entries == Entries{{5 * ns_per_s, 5 * ns_per_s, 1, 1}});
  }
  SUBCASE("the whole sample as one interval begins with its first packet") {
    CHECK(run({{}, {}, {}, true}, {13, 27}).entries == Entries{{13, 14, 2, 2}});
  }
  SUBCASE("a sample without packets is one interval from the epoch on") {
    CHECK(run(aligned(10), {}).entries == Entries{{0, 10, 0, 0}});
  }
}

TEST_CASE("stored, aligned: gaps") {
  const auto log = run(aligned(10), {13, 54});
  CHECK(log.entries ==
        Entries{{10, 10, 1, 1}, {20, 10, 0, 0}, {30, 10, 0, 0}, {40, 10, 0, 0}, {50, 10, 1, 1}});
  CHECK(log.empty == 3);
  SUBCASE("a packet on the last boundary of a gap") {
    CHECK(run(aligned(10), {13, 50}).entries.back() == IntervalLog::Entry{40, 10, 1, 1});
  }
  SUBCASE("billions of intervals come at once") {
    CHECK(run(aligned(1), {5, 4'000'000'000'000'000'000}).empty == 3'999'999'999'999'999'994);
  }
}

TEST_CASE("stored, aligned: -s counts from the first packet, not from the begin of its interval") {
  CHECK(run(aligned(10, 25), {13, 38}).entries == Entries{{10, 10, 1, 1}, {20, 10, 0, 0}, {30, 10, 1, 1}});
  CHECK(run(aligned(10, 25), {13, 39}).entries == Entries{{10, 10, 1, 1}, {20, 10, 0, 0}, {30, 10, 0, 0}});
  SUBCASE("zero lines follow while an interval begins before the limit") {
    CHECK(run(aligned(10, 17), {13}).entries == Entries{{10, 10, 1, 1}, {20, 10, 0, 0}});
    CHECK(run(aligned(10, 18), {13}).entries == Entries{{10, 10, 1, 1}, {20, 10, 0, 0}, {30, 10, 0, 0}});
  }
}

TEST_CASE("stored, aligned: a count of intervals") {
  const std::vector<Nanoseconds> times{13, 14, 21, 95};
  CHECK(run(aligned(10, {}, 1), times).entries == Entries{{10, 10, 2, 2}});
  CHECK(run(aligned(10, {}, 3), times).entries == Entries{{10, 10, 2, 2}, {20, 10, 1, 1}, {30, 10, 0, 0}});
}

TEST_CASE("stored, aligned: after SIGUSR1 the next interval ends at the next multiple") {
  IntervalLog log;
  StoredTimeline timeline(aligned(100), log);
  timeline.add(130, test::any_packet(), 1);
  timeline.add(160, test::any_packet(), 1);
  timeline.cut();
  timeline.add(170, test::any_packet(), 1);
  timeline.add(200, test::any_packet(), 1);
  timeline.add(201, test::any_packet(), 1);
  timeline.end();
  CHECK(log.entries == Entries{{100, 60, 2, 2}, {160, 40, 2, 2}, {200, 100, 1, 1}});
  SUBCASE("also over a gap") {
    IntervalLog gap_log;
    StoredTimeline with_gap(aligned(100), gap_log);
    with_gap.add(160, test::any_packet(), 1);
    with_gap.cut();
    with_gap.add(450, test::any_packet(), 1);
    with_gap.end();
    CHECK(gap_log.entries ==
          Entries{{100, 60, 1, 1}, {160, 40, 0, 0}, {200, 100, 0, 0}, {300, 100, 0, 0}, {400, 100, 1, 1}});
  }
}

TEST_CASE("stored, aligned: random captures against a plain model") {
  test::Random random(61);
  for (int round = 0; round < 300; ++round) {
    const auto length = static_cast<Nanoseconds>(1 + random.below(20));
    std::vector<Nanoseconds> times{static_cast<Nanoseconds>(random.below(100)) - 50};
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      times.push_back(times.back() + static_cast<Nanoseconds>(random.spread(60)) - 5);
    }
    Nanoseconds begin = -200 * length;
    while (begin + length < times.front()) begin += length;
    Entries expected{{begin, length, 0, 0}};
    for (const Nanoseconds time : times) {
      while (time > expected.back().begin + length)
        expected.push_back({expected.back().begin + length, length, 0, 0});
      ++expected.back().packets;
      ++expected.back().bytes;
    }
    REQUIRE(run(aligned(length), times).entries == expected);
  }
}

TEST_CASE("live, aligned: the first interval is the rest of its own") {
  Capture capture(aligned(1000 * ns_per_ms), 5'300);
  capture.packet_now();
  capture.pass(650);
  capture.packet_now();
  CHECK(capture.log.entries.empty());
  capture.pass(2500);
  const auto entry = [](Nanoseconds begin_ms, Nanoseconds length_ms, std::uint64_t packets) {
    return IntervalLog::Entry{begin_ms * ns_per_ms, length_ms * ns_per_ms, packets, packets};
  };
  CHECK(capture.log.entries == Entries{entry(5300, 700, 2), entry(6000, 1000, 0), entry(7000, 1000, 0)});
  CHECK(capture.timeline.observed() == 2700 * ns_per_ms);
  SUBCASE("a whole one where the capture starts at a multiple") {
    Capture exact(aligned(1000 * ns_per_ms), 5'000);
    exact.pass(1200);
    CHECK(exact.log.entries == Entries{entry(5000, 1000, 0)});
  }
  SUBCASE("SIGUSR1 cuts one in two that end where it would have") {
    capture.pass(50);
    capture.timeline.cut();
    capture.pass(550);
    CHECK(capture.log.entries.size() == 4);
    CHECK(capture.log.entries.back() == entry(8000, 500, 0));
    capture.pass(1100);
    REQUIRE(capture.log.entries.size() == 6);
    CHECK(capture.log.entries[4] == entry(8500, 500, 0));
    CHECK(capture.log.entries[5] == entry(9000, 1000, 0));
  }
  SUBCASE("-s ends the run so long after its start") {
    Capture limited(aligned(1000 * ns_per_ms, 1500 * ns_per_ms), 5'300);
    limited.pass(1650);
    CHECK(limited.timeline.is_over());
    CHECK(limited.log.entries == Entries{entry(5300, 700, 0), entry(6000, 800, 0)});
  }
  SUBCASE("a count counts the first one too") {
    Capture counted(aligned(1000 * ns_per_ms, {}, 2), 5'300);
    counted.pass(1850);
    CHECK(counted.timeline.is_over());
    CHECK(counted.log.entries == Entries{entry(5300, 700, 0), entry(6000, 1000, 0)});
  }
}

TEST_CASE("live, aligned: a wall clock that is slewed stays aligned, and lines come by the wall clock") {
  for (const Nanoseconds faster_ppm : {500, -500}) {
    CAPTURE(faster_ppm);
    Capture capture(aligned(1000 * ns_per_ms), 5'300);
    for (int second = 0; second < 600; ++second) {
      capture.pass(1000, faster_ppm);
      capture.packet_now();
      const auto& last = capture.log.entries.back();
      // The last line came less than a second and its grace after its end, by the wall clock.
      CHECK(capture.clock.wall_ns - (last.begin + last.length) < ns_per_s + grace + 5 * ns_per_ms);
      CHECK(capture.clock.wall_ns - (last.begin + last.length) >= grace - 5 * ns_per_ms);
    }
    const Entries& entries = capture.log.entries;
    for (std::size_t i = 1; i < entries.size(); ++i) {
      REQUIRE(is_multiple(entries[i].begin, ns_per_s));
      REQUIRE(entries[i].length == ns_per_s);
      REQUIRE(entries[i].begin == entries[i - 1].begin + entries[i - 1].length);
      REQUIRE(entries[i].packets <= 2);
    }
  }
}

TEST_CASE("live, aligned: after a jump of the wall clock intervals are aligned anew") {
  for (const Nanoseconds jump_ms : {3'600'123, -7'200'777, 400}) {
    CAPTURE(jump_ms);
    Capture capture(aligned(1000 * ns_per_ms), 50'000'300);
    capture.pass(2900);
    capture.packet_now();
    capture.clock.wall_ns += jump_ms * ns_per_ms;
    capture.packet_now();
    for (int second = 0; second < 5; ++second) {
      capture.pass(1000);
      capture.packet_now();
    }
    const Entries before = capture.log.entries;
    REQUIRE(before.size() >= 7);
    CHECK(before.size() <= 9);  // no flood
    std::uint64_t packets = 0;
    for (std::size_t i = 1; i < before.size(); ++i) {
      CHECK(is_multiple(before[i].begin + before[i].length, ns_per_s));
      packets += before[i].packets;
    }
    capture.timeline.end();
    for (std::size_t i = before.size(); i < capture.log.entries.size(); ++i)
      packets += capture.log.entries[i].packets;
    CHECK(packets == 7);
    const auto& last = before.back();
    CHECK(capture.clock.wall_ns - (last.begin + last.length) < 2 * ns_per_s);
  }
}

TEST_CASE("live, aligned: no packet is lost and none is counted twice, whatever the clock does") {
  test::Random random(62);
  for (int round = 0; round < 100; ++round) {
    Capture capture(aligned(static_cast<Nanoseconds>(20 + random.below(400)) * ns_per_ms),
                    1'000'000'000 + static_cast<Nanoseconds>(random.below(1000)));
    const auto faster_ppm = static_cast<Nanoseconds>(random.below(1000)) - 500;
    std::uint64_t sent = 0, counted = 0;
    capture.pass(60, faster_ppm);  // no stamp lies before the start
    for (int i = 0; i < 40; ++i) {
      capture.pass(static_cast<Nanoseconds>(random.below(60)), faster_ppm);
      if (random.below(20) == 0)
        capture.clock.wall_ns += (static_cast<Nanoseconds>(random.below(7200)) - 3600) * ns_per_s;
      if (random.below(20) == 0) capture.timeline.cut();
      capture.timeline.add(capture.clock.wall_ns - static_cast<Nanoseconds>(random.below(50 * ns_per_ms)),
                           test::any_packet(), 1);
      ++sent;
    }
    capture.timeline.end();
    for (const auto& entry : capture.log.entries) {
      counted += entry.packets;
      REQUIRE(entry.length >= 0);
    }
    REQUIRE(counted == sent);
  }
}

TEST_CASE("followed, aligned: lines end at multiples, by the packets first and by the clock then") {
  test::FakeClock clock;
  const Nanoseconds now = clock.wall_ns;  // a multiple of a second
  IntervalLog log;
  stats::FollowedTimeline timeline(aligned(ns_per_s), grace, clock, log);
  timeline.add(now - 1300 * ns_per_ms, test::any_packet(), 1);
  timeline.add(now - 300 * ns_per_ms, test::any_packet(), 1);
  timeline.catch_up();
  CHECK(log.entries == Entries{{now - 2 * ns_per_s, ns_per_s, 1, 1}});
  for (int i = 0; i < 25; ++i) {
    clock.advance(100 * ns_per_ms);
    timeline.tick();
  }
  CHECK(log.entries == Entries{{now - 2 * ns_per_s, ns_per_s, 1, 1},
                               {now - ns_per_s, ns_per_s, 1, 1},
                               {now, ns_per_s, 0, 0},
                               {now + ns_per_s, ns_per_s, 0, 0}});
  SUBCASE("SIGINT prints the open one with its true length") {
    timeline.interrupt();
    CHECK(log.entries.back() == IntervalLog::Entry{now + 2 * ns_per_s, 500 * ns_per_ms, 0, 0});
  }
  SUBCASE("after SIGUSR1 the next one ends at the next multiple") {
    timeline.cut();
    clock.advance(650 * ns_per_ms);
    timeline.tick();
    CHECK(log.entries.back() == IntervalLog::Entry{now + 2500 * ns_per_ms, 500 * ns_per_ms, 0, 0});
  }
}
