// SPDX-License-Identifier: BSD-2-Clause
#include "stats/ladder.hpp"

namespace stats {

std::array<std::uint64_t, 64> standard_ladder() {
  // 10^(k/8) in units of 10^-17, so that the rates are the same on every machine.
  constexpr std::array<std::uint64_t, 8> steps = {
      100'000'000'000'000'000, 133'352'143'216'332'403, 177'827'941'003'892'280, 237'137'370'566'165'526,
      316'227'766'016'837'933, 421'696'503'428'582'249, 562'341'325'190'349'080, 749'894'209'332'455'827};
  std::array<std::uint64_t, 64> rates{};
  std::uint64_t divisor = 10'000'000'000;  // the first decade is that of 10^7 thousandths
  for (std::size_t k = 0; k < rates.size(); ++k) {
    if (k > 0 && k % steps.size() == 0) divisor /= 10;
    rates[k] = (steps[k % steps.size()] + divisor / 2) / divisor;
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
