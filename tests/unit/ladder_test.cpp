// SPDX-License-Identifier: BSD-2-Clause
#include "stats/ladder.hpp"

#include <cmath>
#include <vector>

#include "stats/queue.hpp"
#include "support.hpp"
#include "traffic.hpp"

using base::Nanoseconds;
using stats::Ladder;
using test::Traffic;

namespace {

const std::vector<Nanoseconds> bounds = {0, 1, 1000, 333'333, base::ns_per_ms, 50 * base::ns_per_ms};

/// The largest delay on each rung, each on a queue of its own.
std::vector<Nanoseconds> delays_of(const Traffic& packets, const std::vector<std::uint64_t>& rates_milli) {
  std::vector<Nanoseconds> delays;
  for (const std::uint64_t rate_milli : rates_milli) {
    stats::Queue queue(rate_milli);
    for (const test::Arrival& packet : packets) queue.add(packet.timestamp, packet.size);
    delays.push_back(queue.delay_most());
  }
  return delays;
}

void check_rungs(const Ladder& ladder, const std::vector<Nanoseconds>& delays, Nanoseconds bound) {
  CAPTURE(bound);
  std::optional<std::size_t> slowest;
  for (std::size_t i = delays.size(); i-- > 0;) {
    CAPTURE(ladder.rate_milli(i));
    REQUIRE(ladder.meets(i, bound) == (delays[i] <= bound));
    if (delays[i] <= bound) slowest = i;
  }
  REQUIRE(ladder.slowest(bound) == slowest);
}

void check_ladder(const Traffic& packets, const std::vector<std::uint64_t>& rates_milli) {
  const std::vector<Nanoseconds> delays = delays_of(packets, rates_milli);
  for (const Nanoseconds delay_most : bounds) {
    Ladder ladder(rates_milli, delay_most);
    for (const test::Arrival& packet : packets) ladder.add(packet.timestamp, packet.size);
    for (const Nanoseconds bound : bounds) {
      if (bound <= delay_most) check_rungs(ladder, delays, bound);
    }
  }
}

std::vector<std::uint64_t> standard_rates() {
  const auto ladder = stats::standard_ladder();
  return {ladder.begin(), ladder.end()};
}

}  // namespace

TEST_CASE("each rung is a queue of its own, on all kinds of traffic") {
  for (const test::TrafficSample& sample : test::traffic_samples()) {
    CAPTURE(sample.name);
    check_ladder(sample.packets, standard_rates());
  }
}

TEST_CASE("rungs close together, and the slowest and the fastest there are") {
  std::vector<std::uint64_t> rates_milli = {1, 1000, 1'000'000};
  for (std::uint64_t i = 0; i < 30; ++i) rates_milli.push_back(99'999'999'985 + i);
  for (std::uint64_t rate = 1'000'000'000'000; rate <= 1'000'000'000'000'000'000; rate *= 10) {
    rates_milli.push_back(rate);
  }
  check_ladder(test::constant_rate(2000, 120'000, 1500), rates_milli);
  check_ladder(test::poisson(50, 2000, 120'000, 64, 1514), rates_milli);
}

TEST_CASE("a stream of constant rate fits exactly the line of that rate") {
  const std::vector<std::uint64_t> rates_milli = {99'999'999'999, 100'000'000'000, 100'000'000'001};
  Ladder ladder(rates_milli, base::ns_per_s);
  for (const test::Arrival& packet : test::constant_rate(1000, 120'000, 1500)) {
    ladder.add(packet.timestamp, packet.size);
  }
  CHECK_FALSE(ladder.meets(0, 0));
  CHECK(ladder.meets(0, 1));
  CHECK(ladder.meets(1, 0));
  CHECK(ladder.slowest(0) == std::size_t{1});
}

TEST_CASE("a delay of exactly the bound is within it, the largest bound too") {
  const std::vector<std::uint64_t> rates_milli = {4'000'000, 8'000'000};  // 2 and 1 ms a byte
  Ladder ladder(rates_milli, 40 * base::ns_per_ms);
  ladder.add(0, 40);
  ladder.add(0, 1);
  CHECK_FALSE(ladder.meets(0, 40 * base::ns_per_ms));
  CHECK(ladder.meets(1, 40 * base::ns_per_ms));
  CHECK_FALSE(ladder.meets(1, 40 * base::ns_per_ms - 1));
}

TEST_CASE("where no line is fast enough, none is named") {
  const std::vector<std::uint64_t> rates_milli = {1000, 2000};
  Ladder ladder(rates_milli, base::ns_per_ms);
  CHECK(ladder.slowest(0) == std::size_t{0});  // no packet was ever delayed
  for (int i = 0; i < 3; ++i) ladder.add(test::traffic_begin, 1500);
  CHECK_FALSE(ladder.slowest(base::ns_per_ms).has_value());
  CHECK_FALSE(ladder.meets(1, base::ns_per_ms));
  CHECK_FALSE(ladder.meets(2, base::ns_per_ms));  // there is none
  CHECK_FALSE(Ladder({}, 1).slowest(1).has_value());
}

TEST_CASE("the standard ladder has eight rates a decade from 10 kbit/s on") {
  const auto rates_milli = stats::standard_ladder();
  for (std::size_t k = 0; k < rates_milli.size(); ++k) {
    CAPTURE(k);
    const long double exact = std::pow(10.0L, 7.0L + static_cast<long double>(k) / 8);
    CHECK(std::fabs(static_cast<long double>(rates_milli[k]) - exact) <= exact * 0.0005L);
    std::uint64_t digits = rates_milli[k];
    while (digits % 10 == 0) digits /= 10;
    CHECK(digits < 10'000);  // as it is printed
    if (k % 8 == 0) CHECK(rates_milli[k] == static_cast<std::uint64_t>(std::llround(exact)));
  }
  CHECK(rates_milli.front() == 10'000'000);
  CHECK(rates_milli.back() == 749'900'000'000'000);
}
