// SPDX-License-Identifier: BSD-2-Clause
#include "stats/queue.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/histogram.hpp"
#include "support.hpp"
#include "traffic.hpp"

using base::Int128;
using base::Nanoseconds;
using base::Uint128;
using stats::Queue;
using test::Traffic;

namespace {

constexpr Int128 units_per_byte = 8'000'000'000'000;  // rate_milli * ns: 10^-12 bit

Int128 quotient_up(Int128 numerator, Int128 denominator) {
  return (numerator + denominator - 1) / denominator;
}

/// Lindley's recursion packet by packet, all times multiplied by the rate.
struct Reference {
  Reference(const Traffic& packets, std::uint64_t rate_milli) : rate(rate_milli) {
    for (const test::Arrival& packet : test::forward(packets)) add(packet);
    std::sort(delays_ns.begin(), delays_ns.end());
    if (!packets.empty()) longest = std::max(longest, free - started);
  }

  void add(const test::Arrival& packet) {
    const Int128 now = rate * packet.timestamp, service = packet.size * units_per_byte;
    if (!any || now > free) {
      if (any) longest = std::max(longest, free - started);
      started = free = now;
    }
    any = true;
    const Int128 delay = free - now;
    delayed += delay > 0 ? 1 : 0;
    delay_sum += static_cast<Uint128>(delay);
    delay_most = std::max(delay_most, delay);
    stay_most = std::max(stay_most, delay + service);
    delays_ns.push_back(static_cast<std::uint64_t>(quotient_up(delay, rate)));
    free += service;
    service_sum += service;
  }

  /// What has been transmitted until `end`, in units.
  Int128 busy(Nanoseconds end) const {
    return any ? service_sum - std::max(Int128{0}, free - rate * end) : Int128{0};
  }

  Int128 rate;
  bool any = false;
  Int128 free = 0, started = 0, longest = 0, service_sum = 0;
  std::uint64_t delayed = 0;
  Uint128 delay_sum = 0;
  Int128 delay_most = 0, stay_most = 0;
  std::vector<std::uint64_t> delays_ns;
};

Queue queue_of(const Traffic& packets, std::uint64_t rate_milli) {
  Queue queue(rate_milli);
  for (const test::Arrival& packet : packets) queue.add(packet.timestamp, packet.size);
  return queue;
}

void check_delays(const Queue& queue, const Reference& reference) {
  const auto rate = static_cast<Uint128>(reference.rate);
  const std::size_t count = reference.delays_ns.size();
  REQUIRE(queue.packets() == count);
  REQUIRE(queue.delayed() == reference.delayed);
  REQUIRE(queue.delay_mean_ns() == base::nearest_quotient(reference.delay_sum, rate * count));
  REQUIRE(queue.delay_most() == quotient_up(reference.delay_most, reference.rate));
  for (const unsigned percent : {50U, 95U, 99U, 100U}) {
    const std::uint64_t exact = count == 0 ? 0 : reference.delays_ns[base::nearest_rank(percent, count) - 1];
    const auto found = static_cast<std::uint64_t>(queue.delay_quantile(percent));
    REQUIRE(found >= exact);
    REQUIRE(found - exact <= exact / 1000);
  }
}

void check_line(const Queue& queue, const Reference& reference, const Traffic& packets) {
  REQUIRE(queue.backlog_bytes_most() == quotient_up(reference.delay_most, units_per_byte));
  REQUIRE(queue.buffer_bytes_most() == quotient_up(reference.stay_most, units_per_byte));
  REQUIRE(queue.busy_longest() == quotient_up(reference.longest, reference.rate));
  const Nanoseconds last = packets.empty() ? 0 : test::forward(packets).back().timestamp;
  for (const Nanoseconds later : {0L, 1L, 12'345L, 1'000'000L, 1'000'000'000L, 1L << 59}) {
    const Int128 busy = reference.busy(last + later);
    REQUIRE(queue.busy(last + later) == (2 * busy + reference.rate) / (2 * reference.rate));
  }
}

}  // namespace

TEST_CASE("a queue is Lindley's recursion packet by packet, on all kinds of traffic") {
  // From a bit a second to 10^15; the odd ones leave remainders.
  const std::vector<std::uint64_t> rates_milli = {1'000'000,
                                                  28'800'000,
                                                  9'999'999'967,
                                                  100'000'000'000,
                                                  100'000'000'003,
                                                  999'999'999'989,
                                                  1'000'000'000'000,
                                                  10'000'000'000'000,
                                                  999'999'999'999'999'989,
                                                  1'000'000'000'000'000'000};
  for (const test::TrafficSample& sample : test::traffic_samples()) {
    CAPTURE(sample.name);
    for (const std::uint64_t rate_milli : rates_milli) {
      CAPTURE(rate_milli);
      if (sample.packets.size() > 1 && sample.packets.front().size > 1U << 20 && rate_milli < 28'800'000) {
        continue;  // past the year 2152
      }
      const Queue queue = queue_of(sample.packets, rate_milli);
      const Reference reference(sample.packets, rate_milli);
      check_delays(queue, reference);
      check_line(queue, reference, sample.packets);
    }
  }
}

TEST_CASE("a stream of exactly the line's rate has no queue") {
  const Traffic packets = test::constant_rate(10'000, 120'000, 1500);
  const Queue queue = queue_of(packets, 100'000'000'000);
  CHECK(queue.packets() == 10'000);
  CHECK(queue.delayed() == 0);
  CHECK(queue.backlog_bytes_most() == 0);
  CHECK(queue.buffer_bytes_most() == 1500);
  CHECK(queue.delay_mean_ns() == 0.0);
  CHECK(queue.delay_quantile(99) == 0);
  CHECK(queue.busy_longest() == 10'000 * 120'000);
  CHECK(queue.busy(packets.back().timestamp) == 9'999 * 120'000);
  SUBCASE("a thousandth of a bit slower, all but the first are delayed") {
    const Queue slower = queue_of(packets, 99'999'999'999);
    CHECK(slower.delayed() == 9'999);
    CHECK(slower.delay_most() == 1);  // 12 fs a packet
  }
}

TEST_CASE("a queue without packets is all zeros") {
  const Queue queue(1'000'000);
  CHECK(queue.packets() == 0);
  CHECK(queue.delay_mean_ns() == 0.0);
  CHECK(queue.delay_quantile(95) == 0);
  CHECK(queue.buffer_bytes_most() == 0);
  CHECK(queue.busy(test::traffic_begin) == 0);
  CHECK(queue.busy_longest() == 0);
}

TEST_CASE("three packets by hand") {
  Queue queue(8'000'000);     // a byte in a millisecond
  queue.add(0, 100);          // until 100 ms
  queue.add(60'000'000, 10);  // waits 40 ms, until 110 ms
  queue.add(110'000'000, 5);  // arrives as the line becomes free
  CHECK(queue.delayed() == 1);
  CHECK(queue.delay_most() == 40'000'000);
  CHECK(queue.delay_mean_ns() == 40'000'000.0 / 3);
  CHECK(queue.backlog_bytes_most() == 40);
  CHECK(queue.buffer_bytes_most() == 100);
  CHECK(queue.busy_longest() == 115'000'000);
  queue.add(1'000'000'000, 1);
  queue.add(0, 1);  // counts as stamped 1 s
  CHECK(queue.delayed() == 2);
  CHECK(queue.busy(1'000'000'000) == 115'000'000);
  CHECK(queue.busy(0) == 115'000'000);
  CHECK(queue.busy(1'001'500'000) == 116'500'000);
  CHECK(queue.busy(2'000'000'000) == 117'000'000);
}

TEST_CASE("halves of a nanosecond add up to whole ones") {
  Queue queue(16'000'000'000'000);  // a byte in half a nanosecond
  queue.add(0, 2);
  queue.add(10, 1);
  queue.add(10, 1);
  CHECK(queue.delayed() == 1);
  CHECK(queue.delay_most() == 1);
  queue.add(11, 1);  // arrives as the line becomes free
  CHECK(queue.delayed() == 1);
  CHECK(queue.busy(11) == 2);
  queue.add(20, 1);
  CHECK(queue.busy_longest() == 2);
  CHECK(queue.busy(20) == 3);  // 2.5
  CHECK(queue.busy(21) == 3);
  CHECK(queue.delay_mean_ns() == 0.1);
}

TEST_CASE("the mean delay of random arrivals is the M/D/1 queue's") {
  constexpr double load = 0.8, service_ns = 12'000;  // 1500 bytes at 1 Gbit/s
  test::PoissonClock clock(40, service_ns / load);
  Queue queue(1'000'000'000'000);
  for (int i = 0; i < 10'000'000; ++i) queue.add(clock.next(), 1500);
  const double expected_ns = load / (2 * (1 - load)) * service_ns;
  CHECK(queue.delay_mean_ns() == doctest::Approx(expected_ns).epsilon(0.03));
  // Of the packets that arrive, `load` find the line busy.
  CHECK(static_cast<double>(queue.delayed()) / 1e7 == doctest::Approx(load).epsilon(0.01));
}

TEST_CASE("the slowest lines and the largest packets are cut at a bound, never wrapped around") {
  constexpr Nanoseconds cut = base::time_limit + (Nanoseconds{1} << 60);
  Queue queue(1);
  queue.add(test::traffic_begin, 0xffffffff);
  CHECK(queue.busy_longest() == Nanoseconds{1} << 60);
  for (int i = 0; i < 1000; ++i) queue.add(test::traffic_begin + i, 0xffffffff);
  queue.add(base::time_limit, 1500);
  CHECK(queue.delayed() == 1001);
  CHECK(queue.delay_most() == cut - test::traffic_begin - 3);
  CHECK(queue.delay_quantile(100) == queue.delay_most());
  CHECK(queue.delay_mean_ns() < static_cast<double>(queue.delay_most()));
  CHECK(queue.delay_mean_ns() > 0.99 * static_cast<double>(queue.delay_most()));
  CHECK(queue.busy_longest() == cut - test::traffic_begin);
  CHECK(queue.backlog_bytes_most() <= 1000 * std::uint64_t{0xffffffff});
}
