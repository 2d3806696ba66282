// SPDX-License-Identifier: BSD-2-Clause
#include "stats/rates.hpp"

#include <algorithm>
#include <bit>

#include "base/histogram.hpp"

namespace stats {

void Rates::add(double bps, std::uint64_t count) {
  if (count == 0) return;
  if (!(bps > 0)) bps = 0;
  intervals_ += count;
  most_ = std::max(most_, bps);
  if (!runs_.empty() && runs_.back().bps == bps) {
    runs_.back().count += count;
    return;
  }
  if (runs_.size() == runs_most) make_room();
  runs_.push_back({bps, count});
  is_sorted_ = false;
}

double Rates::quantile(unsigned percent) {
  sort();
  const std::uint64_t rank = base::nearest_rank(percent, intervals_);
  std::uint64_t counted = 0;
  for (const Run& run : runs_) {
    counted += run.count;
    if (counted >= rank) return std::min(run.bps, most_);
  }
  return most_;
}

/// Leaves at most half of the runs. Grids of fewer bits are part of those of more, so that rounding
/// again is the same as rounding once.
void Rates::make_room() {
  sort();
  for (unsigned bits = 13; runs_.size() > runs_most / 2; --bits) round_up(bits);
}

void Rates::sort() {
  if (is_sorted_) return;
  std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) { return a.bps < b.bps; });
  join_equal();
  is_sorted_ = true;
}

void Rates::join_equal() {
  std::size_t joined = 0;
  for (const Run& run : runs_) {
    if (joined > 0 && runs_[joined - 1].bps == run.bps) {
      runs_[joined - 1].count += run.count;
    } else {
      runs_[joined++] = run;
    }
  }
  runs_.resize(joined);
}

void Rates::round_up(unsigned mantissa_bits) {
  // Numbers that are not negative sort as their bits do; a carry goes into the exponent, as it should.
  const std::uint64_t dropped = (std::uint64_t{1} << (52 - mantissa_bits)) - 1;
  for (Run& run : runs_) {
    run.bps = std::bit_cast<double>((std::bit_cast<std::uint64_t>(run.bps) + dropped) & ~dropped);
  }
  join_equal();
}

}  // namespace stats
