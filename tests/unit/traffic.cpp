// SPDX-License-Identifier: BSD-2-Clause
#include "traffic.hpp"

#include <algorithm>
#include <cmath>

namespace test {

namespace {

constexpr std::size_t sample_count = 3000;

// The distributions of the standard library differ from one to another.
std::uint64_t below(std::mt19937_64& engine, std::uint64_t limit) { return engine() % limit; }

Traffic with_sizes(Traffic packets, const std::vector<std::uint32_t>& sizes) {
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i].size = sizes[i % sizes.size()];
  return packets;
}

/// Timestamps rounded down to whole `grain`s: many are equal.
Traffic coarse(Traffic packets, base::Nanoseconds grain) {
  for (Arrival& packet : packets) packet.timestamp -= packet.timestamp % grain;
  return packets;
}

/// Every few packets one is stamped up to `back` too early.
Traffic jittered(Traffic packets, std::uint64_t seed, base::Nanoseconds back) {
  std::mt19937_64 engine(seed);
  for (Arrival& packet : packets) {
    if (below(engine, 4) != 0) continue;
    packet.timestamp -= static_cast<base::Nanoseconds>(below(engine, static_cast<std::uint64_t>(back)));
  }
  return packets;
}

/// Every hundredth packet comes 1 ns to about a year after the one before it.
Traffic with_gaps(Traffic packets, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  base::Nanoseconds shift = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i % 100 == 99) shift += base::Nanoseconds{1} << below(engine, 56);
    packets[i].timestamp += shift;
  }
  return packets;
}

Traffic shifted(Traffic packets, base::Nanoseconds by) {
  for (Arrival& packet : packets) packet.timestamp += by;
  return packets;
}

std::vector<TrafficSample> make_samples() {
  const Traffic random = poisson(1, sample_count, 60'000, 40, 1514);
  return {{"no packet", {}},
          {"one packet", {{traffic_begin, 1500}}},
          {"constant rate", constant_rate(sample_count, 120'000, 1500)},
          {"random", random},
          {"random, a gigabit", poisson(2, sample_count, 6'000, 64, 1514)},
          {"bursts", on_off(3, sample_count)},
          {"equal timestamps", coarse(random, base::ns_per_ms)},
          {"all at one time", coarse(constant_rate(500, 1, 1000), base::ns_per_s)},
          {"running backwards", jittered(random, 4, 500'000)},
          {"running far backwards", jittered(random, 5, 3000 * base::ns_per_s)},
          {"gaps", with_gaps(on_off(6, sample_count), 7)},
          {"before 1970", shifted(random, -traffic_begin - base::ns_per_s / 20)},
          {"size 0", with_sizes(random, {0})},
          {"sizes 0 and others", with_sizes(random, {0, 1, 0, 0, 1500})},
          {"64 kB", with_sizes(poisson(8, sample_count, 500'000, 40, 40), {65535, 66, 2047, 2048, 2049})},
          {"4 GB", with_sizes(poisson(9, 200, 1e9, 40, 40), {0xffffffff, 1U << 21, 3'000'000, 60})}};
}

}  // namespace

base::Nanoseconds PoissonClock::next() {
  const double uniform = static_cast<double>((engine_() >> 11) + 1) * 0x1p-53;  // above 0, at most 1
  elapsed_ns_ -= static_cast<long double>(std::log(uniform) * gap_mean_ns_);
  return traffic_begin + static_cast<base::Nanoseconds>(elapsed_ns_);
}

Traffic constant_rate(std::size_t count, base::Nanoseconds gap, std::uint32_t size) {
  Traffic packets;
  for (std::size_t i = 0; i < count; ++i) {
    packets.push_back({traffic_begin + static_cast<base::Nanoseconds>(i) * gap, size});
  }
  return packets;
}

Traffic poisson(std::uint64_t seed, std::size_t count, double gap_mean_ns, std::uint32_t size_least,
                std::uint32_t size_most) {
  PoissonClock clock(seed, gap_mean_ns);
  std::mt19937_64 engine(seed + 1000);
  Traffic packets;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t more = below(engine, size_most - size_least + std::uint64_t{1});
    packets.push_back({clock.next(), size_least + static_cast<std::uint32_t>(more)});
  }
  return packets;
}

Traffic on_off(std::uint64_t seed, std::size_t count) {
  std::mt19937_64 engine(seed);
  Traffic packets;
  base::Nanoseconds now = traffic_begin;
  while (packets.size() < count) {
    const std::uint64_t burst = 1 + below(engine, 100);
    for (std::uint64_t i = 0; i < burst && packets.size() < count; ++i, now += base::ns_per_us) {
      packets.push_back({now, static_cast<std::uint32_t>(64 + below(engine, 1451))});
    }
    now += static_cast<base::Nanoseconds>(below(engine, 20 * base::ns_per_ms));
  }
  return packets;
}

const std::vector<TrafficSample>& traffic_samples() {
  static const std::vector<TrafficSample> samples = make_samples();
  return samples;
}

Traffic forward(const Traffic& packets) {
  Traffic result = packets;
  for (std::size_t i = 1; i < result.size(); ++i) {
    result[i].timestamp = std::max(result[i].timestamp, result[i - 1].timestamp);
  }
  return result;
}

}  // namespace test
