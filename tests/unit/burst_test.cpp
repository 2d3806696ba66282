// SPDX-License-Identifier: BSD-2-Clause
#include "stats/burst.hpp"

#include <algorithm>
#include <map>

#include "support.hpp"
#include "traffic.hpp"

using base::Nanoseconds;
using stats::Burst;
using test::Traffic;

namespace {

/// The bytes of each tenth that has any: tenth k is (begin + k * tenth, begin + (k + 1) * tenth].
std::map<Nanoseconds, std::uint64_t> tenths_of(const Traffic& packets, Nanoseconds window,
                                               Nanoseconds begin) {
  std::map<Nanoseconds, std::uint64_t> tenths;
  Nanoseconds latest = 0;
  for (const test::Arrival& packet : packets) {
    const base::Int128 offset = base::Int128{packet.timestamp} - begin - 1;
    latest = std::max(latest, base::floor_quotient(offset, window / 10));
    tenths[latest] += packet.size;
  }
  return tenths;
}

std::uint64_t fullest_tenth(const std::map<Nanoseconds, std::uint64_t>& tenths) {
  std::uint64_t most = 0;
  for (const auto& [index, bytes] : tenths) most = std::max(most, bytes);
  return most;
}

/// Any ten tenths in a row; the fullest ends with one that has packets.
std::uint64_t fullest_ten(const std::map<Nanoseconds, std::uint64_t>& tenths) {
  std::uint64_t most = 0;
  for (auto last = tenths.begin(); last != tenths.end(); ++last) {
    std::uint64_t bytes = 0;
    for (auto each = tenths.lower_bound(last->first - 9); each != std::next(last); ++each)
      bytes += each->second;
    most = std::max(most, bytes);
  }
  return most;
}

/// The fullest (t - length, t], t where packets are.
std::uint64_t fullest_window(const Traffic& packets, Nanoseconds length) {
  std::uint64_t most = 0, bytes = 0;
  std::size_t first = 0;
  for (const test::Arrival& packet : packets) {
    bytes += packet.size;
    while (packets[first].timestamp <= packet.timestamp - length) bytes -= packets[first++].size;
    most = std::max(most, bytes);
  }
  return most;
}

Burst burst_of(const Traffic& packets, Nanoseconds window, Nanoseconds begin) {
  Burst burst(window, begin);
  for (const test::Arrival& packet : packets) burst.add(packet.timestamp, packet.size);
  return burst;
}

}  // namespace

TEST_CASE("a burst is the fullest ten tenths in a row, on all kinds of traffic") {
  for (const test::TrafficSample& sample : test::traffic_samples()) {
    CAPTURE(sample.name);
    const Nanoseconds first = sample.packets.empty() ? 0 : sample.packets.front().timestamp;
    for (const Nanoseconds window : {100'000L, 1'000'003L, 10'000'009L, 100'000'000L, 1'000'000'000L}) {
      for (const Nanoseconds begin : {first - 1, first, first - 12'345'678, first + 5 * window / 2}) {
        CAPTURE(window);
        const Burst burst = burst_of(sample.packets, window, begin);
        REQUIRE(burst.bytes_most() == fullest_ten(tenths_of(sample.packets, window, begin)));
      }
    }
  }
}

TEST_CASE("a burst is never above the fullest window anywhere, and below it by at most one tenth") {
  for (const test::TrafficSample& sample : test::traffic_samples()) {
    CAPTURE(sample.name);
    const Traffic packets = test::forward(sample.packets);
    const Nanoseconds begin = packets.empty() ? 0 : packets.front().timestamp - 1;
    for (const Nanoseconds window : {100'000L, 1'000'000L, 30'000'000L}) {
      CAPTURE(window);
      const std::uint64_t exact = fullest_window(packets, window);
      const std::uint64_t found = burst_of(packets, window, begin).bytes_most();
      REQUIRE(found <= exact);
      REQUIRE(exact <= found + fullest_tenth(tenths_of(packets, window, begin)));
    }
  }
}

TEST_CASE("a packet on the end of a tenth is in it") {
  Burst burst(1'000'000, 0);
  burst.add(100'000, 1);    // tenth 0
  burst.add(1'000'000, 2);  // tenth 9
  CHECK(burst.bytes_most() == 3);
  burst.add(1'000'001, 10);  // tenth 10: tenth 0 has left
  CHECK(burst.bytes_most() == 12);
  CHECK(burst.bits_per_second() == 96'000.0);
}

TEST_CASE("after a long gap, too") {
  Burst burst(1'000'000, 0);
  burst.add(1, 1);
  burst.add(2'000'000, 10);  // tenth 19
  burst.add(3'000'000, 20);  // tenth 29
  CHECK(burst.bytes_most() == 20);
  burst.add(1'000'000'000'000'001, 30);
  burst.add(1'000'000'001'000'000, 40);
  CHECK(burst.bytes_most() == 70);
}

TEST_CASE("the rate of a burst divides by the window, not by what is left of it inside") {
  Burst burst(base::ns_per_s, 0);
  CHECK(burst.bits_per_second() == 0.0);
  burst.add(1, 1000);
  CHECK(burst.bits_per_second() == 8000.0);
  CHECK(Burst(0, 0).bits_per_second() == 0.0);
}
