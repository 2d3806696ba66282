// SPDX-License-Identifier: BSD-2-Clause
// What happens to connections while packets are counted: counters for whoever adds it up by time. The table
// writes them; what they are of - an interval, a whole run - is up to its user.
#pragma once

#include <cstdint>

#include "base/histogram.hpp"

namespace flow {

/// Every connection that is opened is closed, reset, timed out or evicted once, or still open.
struct Tally {
  std::uint64_t opened = 0;
  std::uint64_t closed = 0;  ///< by FINs
  std::uint64_t reset = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t evicted = 0;
  std::uint64_t segments = 0;  ///< of TCP that take sequence numbers: payload, SYN, FIN
  std::uint64_t retransmissions = 0;
  std::uint64_t out_of_order = 0;
  std::uint64_t zero_windows = 0;
  std::uint64_t unattributed = 0;  ///< packets of tracked protocols that belong to no connection
  /// Samples of the way there and back, in ns: of one half as it was measured, the least of the other half.
  base::Histogram round_trips{8};
};

}  // namespace flow
