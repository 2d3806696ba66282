// SPDX-License-Identifier: BSD-2-Clause
#include "stats/windows.hpp"

#include <algorithm>

#include "support.hpp"
#include "traffic.hpp"

using base::Nanoseconds;
using stats::SlidingWindows;
using test::Traffic;

namespace {

/// A window moved packet by packet; the timestamps do not run backwards.
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

SlidingWindows windows_of(const Traffic& packets) {
  SlidingWindows windows;
  for (const test::Arrival& packet : packets) windows.add(packet.timestamp, packet.size);
  return windows;
}

void check_exact(const Traffic& packets) {
  const SlidingWindows windows = windows_of(packets);
  const Traffic forward = test::forward(packets);
  for (std::size_t i = 0; i < SlidingWindows::lengths.size(); ++i) {
    CAPTURE(SlidingWindows::lengths[i]);
    REQUIRE(windows.bytes_most(i) == fullest_window(forward, SlidingWindows::lengths[i]));
  }
}

void check_nearly(const Traffic& packets) {
  const SlidingWindows windows = windows_of(packets);
  for (std::size_t i = 0; i < SlidingWindows::lengths.size(); ++i) {
    const Nanoseconds length = SlidingWindows::lengths[i];
    CAPTURE(length);
    CHECK(windows.bytes_most(i) <= fullest_window(packets, length));
    CHECK(windows.bytes_most(i) >= fullest_window(packets, length - 16'000));
  }
}

/// One after the other, each beginning where the one before ends.
Traffic joined(const std::vector<Traffic>& parts) {
  Traffic all;
  for (const Traffic& part : parts) {
    const Nanoseconds shift = all.empty() ? 0 : all.back().timestamp - part.front().timestamp;
    for (const test::Arrival& packet : part) all.push_back({packet.timestamp + shift, packet.size});
  }
  return all;
}

}  // namespace

TEST_CASE("each window is that of a list moved packet by packet, on all kinds of traffic") {
  for (const test::TrafficSample& sample : test::traffic_samples()) {
    CAPTURE(sample.name);
    check_exact(sample.packets);
  }
}

TEST_CASE("a window grows and shrinks with the traffic") {
  using test::poisson;
  const Traffic slow = poisson(30, 2000, 2e6, 64, 1514), fast = poisson(31, 150'000, 7e3, 64, 1514);
  const Traffic medium = poisson(32, 40'000, 5e4, 64, 1514);
  SUBCASE("slow, then fast") { check_exact(joined({slow, medium, fast})); }
  SUBCASE("fast, then slow") { check_exact(joined({fast, medium, slow})); }
  SUBCASE("in turn") { check_exact(joined({slow, fast, slow, medium, fast, slow})); }
  SUBCASE("bursts") { check_exact(joined({test::on_off(33, 100'000), slow, test::on_off(34, 50'000)})); }
}

TEST_CASE("a short window finds its way after a long time in which it was not looked at") {
  const Traffic large = test::constant_rate(1000, 900, 64'000),
                larger = test::constant_rate(1100, 900, 65'000);
  for (std::size_t count = 118'000; count < 128'000; count += 997) {
    check_exact(joined({large, test::constant_rate(count, 50'000, 64), larger}));
  }
}

TEST_CASE("a packet as old as the window is long is not inside") {
  SlidingWindows windows;
  CHECK(windows.bytes_most(0) == 0);
  CHECK(windows.bits_per_second(3) == 0.0);
  windows.add(0, 1000);
  windows.add(base::ns_per_ms, 500);
  CHECK(windows.bytes_most(0) == 1000);
  CHECK(windows.bytes_most(1) == 1500);
  windows.add(2 * base::ns_per_ms - 1, 600);
  CHECK(windows.bytes_most(0) == 1100);
  CHECK(windows.bits_per_second(0) == 8.8e6);
  CHECK(windows.bits_per_second(3) == 16800.0);
}

TEST_CASE("up to 196,608 timestamps a second are exact") {
  Traffic packets = test::constant_rate(400'000, base::ns_per_s / 196'608 + 1, 0);
  // Ever larger ones: the last window is the fullest.
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i].size = static_cast<std::uint32_t>(i / 100);
  check_exact(packets);
}

TEST_CASE("above that, a window is never too full, and not emptier than one 16 us shorter") {
  const Traffic sparse = test::poisson(35, 20'000, 1e5, 64, 1514);
  const Traffic dense = test::poisson(36, 600'000, 1000, 64, 1514);  // a million packets a second
  const Traffic denser = test::poisson(37, 1'200'000, 900, 64, 1514);
  const Traffic densest = test::poisson(38, 300'000, 50, 64, 1514);
  SUBCASE("ever more, so that the fullest window begins among joined packets") {
    const Traffic packets = joined({sparse, dense, denser});
    check_nearly(packets);
    CHECK(windows_of(packets).bytes_most(3) < fullest_window(packets, base::ns_per_s));
  }
  SUBCASE("ever fewer") { check_nearly(joined({densest, dense, sparse})); }
  SUBCASE("bursts and silence") { check_nearly(joined({sparse, densest, sparse, densest, dense})); }
}

TEST_CASE("above that, a packet 16 us after the newest entry has one of its own") {
  SlidingWindows windows;
  for (Nanoseconds i = 0; i < 200'000; ++i) windows.add(i, 1);
  windows.add(300'000, 1);
  windows.add(316'000, 1'000'000);
  windows.add(316'000 + base::ns_per_s - 1, 500'000);
  CHECK(windows.bytes_most(3) == 1'500'000);
}
