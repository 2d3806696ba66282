// SPDX-License-Identifier: BSD-2-Clause
// The load of a line, as uptime(1) has it for a machine: an average of the interval rates that
// forgets within a minute, and the largest rate so far.
#pragma once

#include <cstdint>

#include "stats/interval.hpp"

namespace stats {

class Load {
 public:
  /// Takes one interval in: load += (bps − load) · (1 − exp(−T/60)); the first sets load = bps. An
  /// interval of length 0 changes nothing.
  void add(const Interval& interval);

  /// Takes in `count` empty intervals of this length at once.
  void add_empty(base::Nanoseconds length, std::uint64_t count);

  /// Load over peak; 1 while there was no traffic.
  double ratio() const { return peak_bps_ > 0 ? load_bps_ / peak_bps_ : 1.0; }
  double peak_bps() const { return peak_bps_; }

 private:
  double load_bps_ = 0;
  double peak_bps_ = 0;
  bool has_begun_ = false;
};

}  // namespace stats
