// SPDX-License-Identifier: BSD-2-Clause
#include "stats/ladder.hpp"

namespace stats {

std::array<std::uint64_t, 64> standard_ladder() {
  // 10^(k/8), as they are printed.
  constexpr std::array<std::uint64_t, 8> steps = {1000, 1334, 1778, 2371, 3162, 4217, 5623, 7499};
  std::array<std::uint64_t, 64> rates{};
  std::uint64_t unit = 10'000;  // the first decade is that of 10^7 thousandths
  for (std::size_t k = 0; k < rates.size(); ++k) {
    if (k > 0 && k % steps.size() == 0) unit *= 10;
    rates[k] = steps[k % steps.size()] * unit;
  }
  return rates;
}

Ladder::Ladder(std::span<const std::uint64_t> rates_milli, base::Nanoseconds delay_most)
    : delay_most_(delay_most) {
  rungs_.reserve(rates_milli.size());
  for (const std::uint64_t rate_milli : rates_milli) rungs_.push_back({rate_milli});
}

bool Ladder::meets(std::size_t rung, base::Nanoseconds bound) const {
  return rung >= first_ && rung < rungs_.size() && rungs_[rung].work_most <= work_within(bound, rungs_[rung]);
}

std::optional<std::size_t> Ladder::slowest(base::Nanoseconds bound) const {
  for (std::size_t rung = first_; rung < rungs_.size(); ++rung) {
    if (meets(rung, bound)) return rung;
  }
  return std::nullopt;
}

void Ladder::raise(std::size_t index, base::Uint128 found) {
  Rung& rung = rungs_[index];
  rung.work_most = found;
  if (found > work_within(delay_most_, rung)) first_ = index + 1;
}

base::Uint128 Ladder::work_within(base::Nanoseconds time, const Rung& rung) {
  return static_cast<base::Uint128>(std::max<base::Nanoseconds>(time, 0)) * rung.rate_milli;
}

}  // namespace stats
