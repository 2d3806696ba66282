// SPDX-License-Identifier: BSD-2-Clause
// Generated traffic for the tests of what depends on when packets arrive: the same in every run and on
// every machine, for the engine and the arithmetic are given. Sizes and times only, no packets.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/time.hpp"

namespace test {

struct Arrival {
  base::Nanoseconds timestamp;
  std::uint32_t size;
};
using Traffic = std::vector<Arrival>;

inline constexpr base::Nanoseconds traffic_begin = 1'700'000'000 * base::ns_per_s;

/// Arrivals at exponentially distributed distances, one by one.
class PoissonClock {
 public:
  PoissonClock(std::uint64_t seed, double gap_mean_ns) : engine_(seed), gap_mean_ns_(gap_mean_ns) {}
  base::Nanoseconds next();

 private:
  std::mt19937_64 engine_;
  double gap_mean_ns_;
  long double elapsed_ns_ = 0;
};

Traffic constant_rate(std::size_t count, base::Nanoseconds gap, std::uint32_t size);
/// Sizes from `size_least` to `size_most`, each as often.
Traffic poisson(std::uint64_t seed, std::size_t count, double gap_mean_ns, std::uint32_t size_least,
                std::uint32_t size_most);
/// Bursts of 1 to 100 packets 1 us apart, up to 20 ms of silence between them.
Traffic on_off(std::uint64_t seed, std::size_t count);

struct TrafficSample {
  const char* name;
  Traffic packets;
};

/// None, one packet, and a few thousand of each kind: constant, random, bursts, equal timestamps, ones
/// that run backwards, gaps of hours and years, times before 1970, sizes of 0, 64 kB and 4 GB.
const std::vector<TrafficSample>& traffic_samples();

/// The same with each timestamp at least the one before it: what the tools make of it.
Traffic forward(const Traffic& packets);

}  // namespace test
