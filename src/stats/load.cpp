// SPDX-License-Identifier: BSD-2-Clause
#include "stats/load.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

namespace {

double forgotten_share(base::Nanoseconds length, double intervals) {
  constexpr double memory_s = 60;
  const double seconds = static_cast<double>(length) / base::ns_per_s;
  return 1 - std::exp(-seconds * intervals / memory_s);
}

}  // namespace

void Load::add(const Interval& interval) {
  if (interval.length <= 0) return;
  const double bps = interval.bits_per_second();
  load_bps_ = has_begun_ ? load_bps_ + (bps - load_bps_) * forgotten_share(interval.length, 1) : bps;
  has_begun_ = true;
  peak_bps_ = std::max(peak_bps_, bps);
}

void Load::add_empty(base::Nanoseconds length, std::uint64_t count) {
  if (length <= 0 || count == 0) return;
  load_bps_ -= load_bps_ * forgotten_share(length, static_cast<double>(count));
  has_begun_ = true;
}

}  // namespace stats
