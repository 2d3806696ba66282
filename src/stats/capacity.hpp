// SPDX-License-Identifier: BSD-2-Clause
// What line a sample needs: its rates over intervals and over short windows, the queues before lines of
// given speeds, and which of many lines would have done. Exact to the packet, but for what its parts say of
// themselves; the queues and windows do not depend on the intervals.
#pragma once

#include <memory>
#include <vector>

#include "stats/interval.hpp"
#include "stats/line.hpp"
#include "stats/probe.hpp"
#include "stats/queue.hpp"
#include "stats/rates.hpp"
#include "stats/windows.hpp"

namespace stats {

/// A line of one speed: packet by packet, and by the rule of -b.
struct CapacityLine {
  CapacityLine(std::uint64_t rate_milli, std::uint32_t overhead_bytes)
      : queue(rate_milli), line(rate_milli, Line::Mode::carried, overhead_bytes) {}

  Queue queue;
  Line line;
};

class Capacity {
 public:
  /// Each packet takes `overhead_bytes` more of the line than its size. With `has_probe` the standard ladder
  /// of lines is tried too.
  Capacity(const std::vector<std::uint64_t>& rates_milli, bool has_probe, std::uint32_t overhead_bytes);

  /// A packet of the sample, in the order of the capture.
  void add(base::Nanoseconds timestamp, std::uint32_t size);
  /// A closed interval of the sample.
  void add(const Interval& interval);
  /// `count` intervals of this length without packets.
  void add_empty(base::Nanoseconds length, std::uint64_t count);

  std::uint32_t overhead_bytes() const { return overhead_bytes_; }
  std::uint64_t packets() const { return packets_; }
  base::Uint128 bytes() const { return bytes_; }  ///< overhead included
  const SlidingWindows& windows() const { return windows_; }
  Rates& rates() { return rates_; }
  /// Of the intervals that have a length, in bits/s.
  double rate_mean() const;
  const std::vector<CapacityLine>& lines() const { return lines_; }
  const Probe* probe() const { return probe_.get(); }  ///< nullptr: none was asked for
  /// Packets stamped earlier than one before them: they count as stamped with it.
  std::uint64_t backwards() const { return backwards_; }
  base::Nanoseconds backwards_most() const { return backwards_most_; }  ///< how much earlier
  /// When the last packet came, or the latest of those before it.
  base::Nanoseconds latest() const { return latest_; }

 private:
  std::uint32_t overhead_bytes_;
  std::uint64_t packets_ = 0;
  base::Uint128 bytes_ = 0;
  base::Nanoseconds latest_ = base::time_earliest;
  std::uint64_t backwards_ = 0;
  base::Nanoseconds backwards_most_ = 0;
  SlidingWindows windows_;
  Rates rates_;
  base::Uint128 interval_bytes_ = 0;  // of the intervals that have a length
  base::Uint128 intervals_ns_ = 0;
  std::vector<CapacityLine> lines_;
  std::unique_ptr<Probe> probe_;
};

}  // namespace stats
