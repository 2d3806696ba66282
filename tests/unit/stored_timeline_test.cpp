// SPDX-License-Identifier: BSD-2-Clause
#include <algorithm>

#include "stats/stored_timeline.hpp"

#include "support.hpp"

using base::Nanoseconds;
using base::ns_per_s;
using stats::StoredTimeline;
using stats::TimelineOptions;
using test::IntervalLog;
using Entries = std::vector<IntervalLog::Entry>;

namespace {

constexpr Nanoseconds day = 1'700'000'000 * ns_per_s;

TimelineOptions every(Nanoseconds length) { return {length, {}, {}}; }

/// Packets at these times, of 1 byte each, then the end of the file.
IntervalLog run(const TimelineOptions& options, const std::vector<Nanoseconds>& times) {
  IntervalLog log;
  StoredTimeline timeline(options, log);
  for (const Nanoseconds time : times) timeline.add(time, test::any_packet(), 1);
  timeline.end();
  CHECK(timeline.is_over());
  return log;
}

}  // namespace

TEST_CASE("stored: an interval is (begin, begin + length]") {
  SUBCASE("a packet exactly on the boundary belongs to the earlier interval") {
    const auto log = run(every(ns_per_s), {day, day + ns_per_s, day + 2 * ns_per_s});
    CHECK(log.entries == Entries{{day, ns_per_s, 2, 2}, {day + ns_per_s, ns_per_s, 1, 1}});
  }
  SUBCASE("one a nanosecond later does not") {
    const auto log = run(every(ns_per_s), {day, day + ns_per_s + 1});
    CHECK(log.entries == Entries{{day, ns_per_s, 1, 1}, {day + ns_per_s, ns_per_s, 1, 1}});
  }
  SUBCASE("the last interval counts as a whole one") {
    CHECK(run(every(5 * ns_per_s), {day, day + 1}).entries == Entries{{day, 5 * ns_per_s, 2, 2}});
    CHECK(run(every(5 * ns_per_s), {day}).entries == Entries{{day, 5 * ns_per_s, 1, 1}});
  }
  SUBCASE("a timestamp of 0, and one before the epoch, are timestamps as any other") {
    CHECK(run(every(10), {0, 10, 11}).entries == Entries{{0, 10, 2, 2}, {10, 10, 1, 1}});
    CHECK(run(every(10), {-15, -5, -4}).entries == Entries{{-15, 10, 2, 2}, {-5, 10, 1, 1}});
  }
}

TEST_CASE("stored: intervals without packets") {
  SUBCASE("one, and several") {
    const auto log = run(every(10), {0, 35, 36});
    CHECK(log.entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}, {20, 10, 0, 0}, {30, 10, 2, 2}});
    CHECK(log.empty == 2);
  }
  SUBCASE("none where the next packet is in the next interval, to its end") {
    CHECK(run(every(10), {0, 20}).empty == 0);
    CHECK(run(every(10), {0, 21}).empty == 1);
    CHECK(run(every(10), {0, 30}).empty == 1);
  }
  SUBCASE("billions of them come at once") {
    const auto log = run(every(1), {0, 4'000'000'000'000'000'000});
    CHECK(log.empty == 3'999'999'999'999'999'998);
    CHECK(log.entries.back() == IntervalLog::Entry{3'999'999'999'999'999'999, 1, 1, 1});
  }
  SUBCASE("nothing drifts, also at an interval that no double holds") {
    const Nanoseconds tenth = ns_per_s / 10;
    const auto log = run(every(tenth), {day, day + 1'000'000 * tenth, day + 1'000'000 * tenth + 1});
    CHECK(log.entries.back() == IntervalLog::Entry{day + 1'000'000 * tenth, tenth, 1, 1});
    CHECK(log.empty == 999'998);
  }
}

TEST_CASE("stored: a timestamp that runs backwards is counted in the open interval") {
  const auto log = run(every(10), {100, 111, 50, 109, 112});
  CHECK(log.entries == Entries{{100, 10, 1, 1}, {110, 10, 4, 4}});
}

TEST_CASE("stored: the whole sample as one interval") {
  CHECK(run({}, {day, day + 7, day + 3}).entries == Entries{{day, 7, 3, 3}});
  CHECK(run({}, {day}).entries == Entries{{day, 0, 1, 1}});
  CHECK(run({}, {day, day - 5}).entries == Entries{{day, 0, 2, 2}});
}

TEST_CASE("stored: a sample without packets is one interval from the epoch on") {
  CHECK(run(every(10), {}).entries == Entries{{0, 10, 0, 0}});
  CHECK(run({}, {}).entries == Entries{{0, 0, 0, 0}});
  CHECK(run({10, 25, {}}, {}).entries == Entries{{0, 10, 0, 0}, {10, 10, 0, 0}, {20, 10, 0, 0}});
  SUBCASE("but not when it is ended by SIGINT before it had one") {
    IntervalLog log;
    StoredTimeline timeline(every(10), log);
    timeline.interrupt();
    timeline.end();
    CHECK(log.entries.empty());
  }
}

TEST_CASE("stored: -s counts nothing stamped later than that after the first packet") {
  const TimelineOptions options{10, 25, {}};
  SUBCASE("exactly so long after is inside") {
    CHECK(run(options, {0, 25}).entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}, {20, 10, 1, 1}});
  }
  SUBCASE("a nanosecond later is not, and zero lines follow while an interval begins before the limit") {
    CHECK(run(options, {0, 26}).entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}, {20, 10, 0, 0}});
    CHECK(run({10, 20, {}}, {0, 26}).entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}});
    CHECK(run({10, 21, {}}, {0}).entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}, {20, 10, 0, 0}});
    CHECK(run({10, 10, {}}, {0}).entries == Entries{{0, 10, 1, 1}});
  }
  SUBCASE("reading goes on: an earlier one may follow a later one") {
    CHECK(run(options, {0, 5000, 12}).entries == Entries{{0, 10, 1, 1}, {10, 10, 1, 1}, {20, 10, 0, 0}});
  }
  SUBCASE("with the whole sample as one interval") {
    CHECK(run({{}, 20, {}}, {0, 7, 21, 15}).entries == Entries{{0, 15, 3, 3}});
  }
  SUBCASE("a limit before an interval's end does not shorten it") {
    CHECK(run({10, 12, {}}, {0, 12, 13}).entries == Entries{{0, 10, 1, 1}, {10, 10, 1, 1}});
  }
}

TEST_CASE("stored: -s stops reading at the first packet more than 60 s past the limit") {
  IntervalLog log;
  StoredTimeline timeline({ns_per_s, 2 * ns_per_s, {}}, log);
  timeline.add(day, test::any_packet(), 1);
  timeline.add(day + 62 * ns_per_s, test::any_packet(), 1);  // exactly 60 s past it
  CHECK_FALSE(timeline.is_over());
  timeline.add(day + 1, test::any_packet(), 1);
  timeline.add(day + 62 * ns_per_s + 1, test::any_packet(), 1);
  CHECK(timeline.is_over());
  CHECK(log.entries == Entries{{day, ns_per_s, 2, 2}, {day + ns_per_s, ns_per_s, 0, 0}});
  SUBCASE("what comes after is left out, and the end of the file adds nothing") {
    timeline.add(day + 2, test::any_packet(), 1);
    timeline.end();
    CHECK(log.entries.size() == 2);
  }
}

TEST_CASE("stored: a count of intervals") {
  const std::vector<Nanoseconds> times{0, 5, 11, 95, 96};
  CHECK(run({10, {}, 1}, times).entries == Entries{{0, 10, 2, 2}});
  CHECK(run({10, {}, 2}, times).entries == Entries{{0, 10, 2, 2}, {10, 10, 1, 1}});
  SUBCASE("empty ones count") {
    CHECK(run({10, {}, 4}, times).entries ==
          Entries{{0, 10, 2, 2}, {10, 10, 1, 1}, {20, 10, 0, 0}, {30, 10, 0, 0}});
    CHECK(run({10, {}, 4}, times).empty == 2);
  }
  SUBCASE("a file that ends earlier ends it") { CHECK(run({10, {}, 100}, {0, 11}).entries.size() == 2); }
  SUBCASE("zero lines after -s count as well") {
    CHECK(run({10, 100, 3}, {0}).entries == Entries{{0, 10, 1, 1}, {10, 10, 0, 0}, {20, 10, 0, 0}});
    CHECK(run({10, 100, 1}, {0}).entries == Entries{{0, 10, 1, 1}});
  }
  SUBCASE("it is over when the last one is closed") {
    IntervalLog log;
    StoredTimeline timeline({10, {}, 2}, log);
    timeline.add(0, test::any_packet(), 1);
    timeline.add(20, test::any_packet(), 1);
    CHECK_FALSE(timeline.is_over());
    timeline.add(21, test::any_packet(), 1);
    CHECK(timeline.is_over());
  }
}

TEST_CASE("stored: SIGUSR1 closes the open interval with its true length") {
  IntervalLog log;
  StoredTimeline timeline(every(100), log);
  timeline.cut();  // before the first packet there is nothing to close
  CHECK(log.entries.empty());
  timeline.add(0, test::any_packet(), 1);
  timeline.add(30, test::any_packet(), 1);
  timeline.cut();
  CHECK(log.entries == Entries{{0, 30, 2, 2}});
  timeline.add(130, test::any_packet(), 1);
  timeline.add(131, test::any_packet(), 1);
  timeline.end();
  CHECK(log.entries == Entries{{0, 30, 2, 2}, {30, 100, 1, 1}, {130, 100, 1, 1}});
}

TEST_CASE("stored: SIGUSR1 with the whole sample as one interval asks for numbers") {
  IntervalLog log;
  StoredTimeline timeline({}, log);
  timeline.add(5, test::any_packet(), 1);
  timeline.add(12, test::any_packet(), 1);
  timeline.cut();
  timeline.add(20, test::any_packet(), 1);
  timeline.cut();
  timeline.cut();
  timeline.end();
  CHECK(log.entries == Entries{{5, 7, 2, 2}, {12, 8, 1, 1}, {20, 0, 0, 0}, {20, 0, 0, 0}});
}

TEST_CASE("stored: SIGINT prints the open interval and ends the run") {
  IntervalLog log;
  StoredTimeline timeline({10, 1000, {}}, log);
  SUBCASE("before the first packet") {
    timeline.interrupt();
    CHECK(log.entries.empty());
  }
  SUBCASE("the interval counts as a whole one, no zero lines follow") {
    timeline.add(0, test::any_packet(), 1);
    timeline.interrupt();
    timeline.interrupt();
    timeline.add(1, test::any_packet(), 1);
    timeline.cut();
    timeline.end();
    CHECK(log.entries == Entries{{0, 10, 1, 1}});
  }
  CHECK(timeline.is_over());
}

TEST_CASE("stored: how long the sample was observed") {
  const auto observed = [](const TimelineOptions& options, const std::vector<Nanoseconds>& times) {
    IntervalLog log;
    StoredTimeline timeline(options, log);
    for (const Nanoseconds time : times) timeline.add(time, test::any_packet(), 1);
    timeline.end();
    return timeline.observed();
  };
  CHECK(observed(every(10), {5, 3, 30, 7}) == 25);
  CHECK(observed(every(10), {5}) == 10);  // no time has passed: the interval
  CHECK(observed(every(10), {5, 5, 4}) == 10);
  CHECK(observed({}, {5}) == 0);
  CHECK(observed({10, 20, {}}, {0, 15, 25}) == 15);  // not what -s leaves out
}

TEST_CASE("stored: random captures against a plain model") {
  test::Random random(11);
  for (int round = 0; round < 300; ++round) {
    const auto length = static_cast<Nanoseconds>(1 + random.below(20));
    std::vector<Nanoseconds> times{static_cast<Nanoseconds>(random.below(50))};
    for (std::uint64_t i = random.below(40); i > 0; --i) {
      times.push_back(times.back() + static_cast<Nanoseconds>(random.spread(60)) - 5);
    }
    Entries expected{{times.front(), length, 0, 0}};
    for (const Nanoseconds time : times) {
      while (time > expected.back().begin + length)
        expected.push_back({expected.back().begin + length, length, 0, 0});
      ++expected.back().packets;
      ++expected.back().bytes;
    }
    REQUIRE(run(every(length), times).entries == expected);
  }
}
