// SPDX-License-Identifier: BSD-2-Clause
#include "stats/capacity.hpp"

#include "stats/stored_timeline.hpp"
#include "support.hpp"
#include "traffic.hpp"

using base::Nanoseconds;
using base::ns_per_ms;
using base::ns_per_s;
using stats::Capacity;

namespace {

/// Hands a timeline's intervals on.
struct IntervalsOf final : stats::IntervalSink {
  explicit IntervalsOf(Capacity& its_capacity) : capacity(its_capacity) {}
  void on_interval(const stats::Interval& interval) override { capacity.add(interval); }
  void on_empty(const stats::Interval& first, std::uint64_t count) override {
    capacity.add_empty(first.length, count);
  }
  Capacity& capacity;
};

void read(Capacity& capacity, const test::Traffic& packets, std::optional<Nanoseconds> length) {
  IntervalsOf sink(capacity);
  stats::StoredTimeline timeline({length, {}, {}}, sink);
  for (const test::Arrival& packet : packets) {
    timeline.add(packet.timestamp, test::any_packet(), packet.size);
    capacity.add(packet.timestamp, packet.size);
  }
  timeline.end();
}

stats::Interval carrying(std::uint32_t bytes, Nanoseconds length) {
  stats::Interval interval;
  interval.length = length;
  interval.add(test::any_packet(), bytes);
  return interval;
}

}  // namespace

TEST_CASE("without packets all is 0") {
  Capacity capacity({1000}, true, 38);
  CHECK(capacity.packets() == 0);
  CHECK(capacity.bytes() == 0);
  CHECK(capacity.rate_mean() == 0.0);
  CHECK(capacity.rates().quantile(95) == 0.0);
  CHECK(capacity.windows().bytes_most(3) == 0);
  CHECK(capacity.lines().front().queue.packets() == 0);
  CHECK(capacity.lines().front().line.exceeded_percent() == 0.0);
}

TEST_CASE("the overhead is added to each packet, everywhere") {
  Capacity capacity({8'000'000}, true, 38);  // 1000 bytes a second
  read(capacity, {{0, 962}, {ns_per_s / 2, 462}}, ns_per_s);
  CHECK(capacity.overhead_bytes() == 38);
  CHECK(capacity.packets() == 2);
  CHECK(capacity.bytes() == 1500);
  CHECK(capacity.rate_mean() == 12'000.0);
  CHECK(capacity.rates().most() == 12'000.0);
  CHECK(capacity.windows().bytes_most(3) == 1500);
  CHECK(capacity.windows().bytes_most(0) == 1000);
  const stats::CapacityLine& line = capacity.lines().front();
  CHECK(line.queue.delay_most() == ns_per_s / 2);
  CHECK(line.queue.backlog_bytes_most() == 500);
  CHECK(line.line.exceeded_seconds() == 1.0);
  // 500 bytes of 8 bits in 600 ms would do; the rungs are 10 kbit/s and 33.4 % faster each.
  CHECK(capacity.probe()->meets(0, {stats::Demand::Kind::delay, 0, 100 * ns_per_ms}) == false);
  CHECK(capacity.probe()->meets(1, {stats::Demand::Kind::delay, 0, 100 * ns_per_ms}));
  CHECK(capacity.probe()->meets(0, {stats::Demand::Kind::exceeded, 0, 0}) == false);
  CHECK(capacity.probe()->meets(1, {stats::Demand::Kind::exceeded, 0, 0}));
}

TEST_CASE("the lines stand in the order they were asked for, each as by itself") {
  const test::Traffic packets = test::on_off(51, 500);
  Capacity capacity({5'000'000'000, 1'000'000'000, 5'000'000'000}, false, 0);
  read(capacity, packets, 100 * ns_per_ms);
  CHECK(capacity.probe() == nullptr);
  REQUIRE(capacity.lines().size() == 3);
  for (const stats::CapacityLine& each : capacity.lines()) {
    stats::Queue queue(each.queue.rate_milli());
    for (const test::Arrival& packet : packets) queue.add(packet.timestamp, packet.size);
    CHECK(queue.delayed() > 0);
    CHECK(each.queue.delayed() == queue.delayed());
    CHECK(each.queue.delay_most() == queue.delay_most());
    CHECK(each.queue.delay_mean_ns() == queue.delay_mean_ns());
    CHECK(each.line.rate_bps() == static_cast<double>(queue.rate_milli()) / 1000);
  }
  CHECK(capacity.lines()[0].queue.delay_most() < capacity.lines()[1].queue.delay_most());
}

TEST_CASE("queues and windows are the same whatever the interval") {
  const test::Traffic packets = test::on_off(52, 1000);
  Capacity expected({2'000'000'000}, false, 20);
  read(expected, packets, std::nullopt);
  for (const Nanoseconds length : {ns_per_ms, 37 * ns_per_ms, ns_per_s, 1000 * ns_per_s}) {
    CAPTURE(length);
    Capacity capacity({2'000'000'000}, false, 20);
    read(capacity, packets, length);
    const stats::Queue &queue = capacity.lines()[0].queue, &same = expected.lines()[0].queue;
    CHECK(queue.delay_mean_ns() == same.delay_mean_ns());
    CHECK(queue.delay_quantile(95) == same.delay_quantile(95));
    CHECK(queue.busy_longest() == same.busy_longest());
    for (std::size_t i = 0; i < stats::SlidingWindows::lengths.size(); ++i)
      CHECK(capacity.windows().bytes_most(i) == expected.windows().bytes_most(i));
    CHECK(capacity.latest() == expected.latest());
  }
}

TEST_CASE("rates are those of the intervals, empty ones and unequal ones too") {
  Capacity capacity({}, false, 0);
  capacity.add(carrying(1000, ns_per_s));
  capacity.add(carrying(1000, ns_per_s / 2));
  capacity.add_empty(ns_per_s / 4, 10);
  CHECK(capacity.rates().intervals() == 12);
  CHECK(capacity.rates().most() == 16'000.0);
  CHECK(capacity.rates().quantile(50) == 0.0);
  CHECK(capacity.rates().quantile(90) == 8'000.0);
  CHECK(capacity.rate_mean() == 4000.0);  // 2000 bytes in 4 s
  SUBCASE("those of no length have no rate") {
    capacity.add(carrying(1'000'000, 0));
    capacity.add_empty(0, 1000);
    CHECK(capacity.rates().intervals() == 12);
    CHECK(capacity.rate_mean() == 4000.0);
  }
  SUBCASE("a gap of billions of intervals takes no time") {
    capacity.add_empty(1, 4'000'000'000'000'000'000);
    CHECK(capacity.rates().quantile(99) == 0.0);
    CHECK(capacity.rate_mean() > 0.0);
  }
}

TEST_CASE("gaps taken at once are the same as interval by interval") {
  const test::Traffic packets{{0, 100'000}, {50 * ns_per_s, 60}, {90 * ns_per_s, 1500}};
  Capacity at_once({8'000'000}, true, 0), one_by_one({8'000'000}, true, 0);
  read(at_once, packets, ns_per_s);
  one_by_one.add(carrying(100'000, ns_per_s));
  stats::Interval empty;
  empty.length = ns_per_s;
  for (int i = 1; i < 90; ++i) {
    i == 49   ? one_by_one.add(carrying(60, ns_per_s))
    : i == 89 ? one_by_one.add(carrying(1500, ns_per_s))
              : one_by_one.add(empty);
  }
  CHECK(at_once.rates().intervals() == 90);
  CHECK(one_by_one.rates().intervals() == 90);
  CHECK(at_once.rate_mean() == one_by_one.rate_mean());
  CHECK(at_once.lines()[0].line.exceeded_seconds() == 90.0);
  CHECK(one_by_one.lines()[0].line.exceeded_seconds() == 90.0);
  for (std::size_t i = 0; i < at_once.probe()->lines(); ++i) {
    for (unsigned percent = 0; percent <= 100; percent += 5) {
      const stats::Demand demand{stats::Demand::Kind::exceeded, percent, 0};
      CHECK(at_once.probe()->meets(i, demand) == one_by_one.probe()->meets(i, demand));
    }
  }
}

TEST_CASE("the latest packet is the one stamped latest, not the last") {
  Capacity capacity({}, false, 0);
  capacity.add(100, 1);
  capacity.add(900, 1);
  capacity.add(500, 1);
  CHECK(capacity.latest() == 900);
}

TEST_CASE("the largest packets and overheads do not overflow") {
  Capacity capacity({1'000'000'000'000'000'000}, true, 65535);
  for (int i = 0; i < 1000; ++i) capacity.add(i, 0xffffffff);
  CHECK(capacity.bytes() == base::Uint128{0xffffffff} * 1000);
  CHECK(capacity.windows().bytes_most(3) == std::uint64_t{0xffffffff} * 1000);
}
