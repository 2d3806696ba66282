// SPDX-License-Identifier: BSD-2-Clause
// Would the traffic have fitted a slower line? Counts the intervals in which it would not: plainly,
// or with what did not fit carried into the next interval. Exact, in integers.
#pragma once

#include <cstdint>

#include "stats/interval.hpp"

namespace stats {

/// One line of the capacity that -b and -B ask about.
class Line {
 public:
  enum class Mode {
    plain,   ///< -B: an interval exceeds when its own rate does
    carried  ///< -b: what exceeds is carried on, until it is drained
  };

  /// `rate_milli` is the capacity in thousandths of a bit per second, at least 1. Each packet takes
  /// `overhead_bytes` more of the line than its size.
  Line(std::uint64_t rate_milli, Mode mode, std::uint32_t overhead_bytes = 0)
      : rate_milli_(rate_milli), mode_(mode), overhead_bytes_(overhead_bytes) {}

  void add(const Interval& interval);
  /// `count` intervals of this length without packets.
  void add_empty(base::Nanoseconds length, std::uint64_t count);

  Mode mode() const { return mode_; }
  double rate_bps() const { return base::nearest_quotient(rate_milli_, 1000); }
  /// How long the line was exceeded, in ns and in seconds.
  base::Uint128 exceeded_ns() const { return exceeded_ns_; }
  double exceeded_seconds() const { return base::nearest_quotient(exceeded_ns_, base::ns_per_s); }
  /// That as a percentage of all the time; 0 where there was none.
  double exceeded_percent() const { return base::nearest_quotient(exceeded_ns_ * 100, total_ns_); }
  /// Whether it was exceeded for at most so large a share of the time.
  bool is_exceeded_at_most(unsigned percent) const { return exceeded_ns_ * 100 <= total_ns_ * percent; }
  /// The largest rate of any interval, overhead included, in bits/s.
  double peak_bps() const { return peak_bps_; }

 private:
  base::Uint128 capacity(base::Nanoseconds length) const {
    return base::Uint128{rate_milli_} * static_cast<base::Uint128>(length);
  }

  std::uint64_t rate_milli_;
  Mode mode_;
  std::uint32_t overhead_bytes_;
  double peak_bps_ = 0;
  base::Uint128 carried_ = 0;  // in milli-bit/s times ns, as capacity(): 10^-12 bit
  base::Uint128 exceeded_ns_ = 0;
  base::Uint128 total_ns_ = 0;
};

}  // namespace stats
