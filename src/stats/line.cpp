// SPDX-License-Identifier: BSD-2-Clause
#include "stats/line.hpp"

#include <algorithm>

namespace stats {

void Line::add(const Interval& interval) {
  constexpr base::Uint128 units_per_byte = base::Uint128{8} * 1000 * base::ns_per_s;
  if (interval.length <= 0) return;
  const base::Uint128 room = capacity(interval.length);
  const base::Uint128 bytes = interval.bytes_with(overhead_bytes_);
  const base::Uint128 offered = bytes * units_per_byte + carried_;
  peak_bps_ = std::max(peak_bps_, interval.per_second(bytes * 8));
  const auto length = static_cast<base::Uint128>(interval.length);
  total_ns_ += length;
  if (offered > room) exceeded_ns_ += length;
  if (mode_ == Mode::carried) carried_ = offered > room ? offered - room : 0;
}

void Line::add_empty(base::Nanoseconds length, std::uint64_t count) {
  if (length <= 0 || count == 0) return;
  const base::Uint128 room = capacity(length);
  total_ns_ += base::Uint128{count} * static_cast<base::Uint128>(length);
  if (carried_ == 0) return;
  // Each interval takes `room` off; it exceeds while more than that is there at its begin.
  const base::Uint128 exceeding = std::min<base::Uint128>(count, (carried_ - 1) / room);
  exceeded_ns_ += exceeding * static_cast<base::Uint128>(length);
  const base::Uint128 drained_after = (carried_ - 1) / room + 1;
  carried_ = count >= drained_after ? 0 : carried_ - count * room;
}

}  // namespace stats
