// SPDX-License-Identifier: BSD-2-Clause
#include "stats/distinct.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace stats {

namespace {

/// What the empty registers, a share of all below 1, add to the sum: x + Σ x^(2^k) 2^(k-1) over k >= 1.
double sigma(double share) {
  double sum = share, before = 0;
  for (double weight = 1; sum != before; weight *= 2) {
    share *= share;
    before = sum;
    sum += share * weight;
  }
  return sum;
}

}  // namespace

void Distinct::add_new(const packet::Address& address, std::uint64_t hash) {
  if (count_ == exact_most) {
    become_sketch();
    raise(hash);
    return;
  }
  if (slots_.size() <= 2 * count_) grow();
  slot_of(address, hash) = address;
  ++count_;
}

void Distinct::grow() {
  constexpr std::size_t slots_least = 16;
  const auto former =
      std::exchange(slots_, std::vector<packet::Address>(std::max(slots_least, 2 * slots_.size()), none));
  for (const packet::Address& address : former) {
    if (address != none) slot_of(address, hash_of(address)) = address;
  }
}

void Distinct::become_sketch() {
  registers_.resize(registers);
  for (const packet::Address& address : std::exchange(slots_, {})) {
    if (address != none) raise(hash_of(address));
  }
}

// The improved raw estimator of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches"
// (2017): one formula, where that of Flajolet et al. (2007) changes to linear counting for small counts and is
// 2.4 % too high just above the change, at 41,000. Its correction for counts near 2^64 is left out.
std::uint64_t Distinct::estimate() const {
  std::array<std::uint32_t, 66 - register_bits> registers_of_run{};
  for (const std::uint8_t run : registers_) ++registers_of_run[run];
  double sum = 0;
  for (std::size_t run = registers_of_run.size() - 1; run > 0; --run) sum = (sum + registers_of_run[run]) / 2;
  constexpr double total = registers;
  sum += total * sigma(registers_of_run[0] / total);
  const double count = total * total / (2 * std::numbers::ln2 * sum);
  return std::max<std::uint64_t>(exact_most + 1, static_cast<std::uint64_t>(std::llround(count)));
}

}  // namespace stats
