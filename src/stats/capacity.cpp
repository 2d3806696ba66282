// SPDX-License-Identifier: BSD-2-Clause
#include "stats/capacity.hpp"

#include <algorithm>

namespace stats {

Capacity::Capacity(const std::vector<std::uint64_t>& rates_milli, bool has_probe,
                   std::uint32_t overhead_bytes)
    : overhead_bytes_(overhead_bytes) {
  lines_.reserve(rates_milli.size());
  for (const std::uint64_t rate_milli : rates_milli) lines_.emplace_back(rate_milli, overhead_bytes);
  const auto ladder = standard_ladder();
  if (has_probe) probe_ = std::make_unique<Probe>(std::vector(ladder.begin(), ladder.end()), overhead_bytes);
}

void Capacity::add(base::Nanoseconds timestamp, std::uint32_t size) {
  const std::uint32_t bytes = bytes_on_line(size, overhead_bytes_);
  ++packets_;
  bytes_ += bytes;
  if (timestamp < latest_) {
    ++backwards_;
    backwards_most_ = std::max(backwards_most_, latest_ - timestamp);
  } else {
    latest_ = timestamp;
  }
  windows_.add(timestamp, bytes);
  for (CapacityLine& each : lines_) each.queue.add(timestamp, bytes);
  if (probe_) probe_->add(timestamp, size);
}

void Capacity::add(const Interval& interval) {
  if (interval.length > 0) {
    const base::Uint128 bytes = interval.bytes_with(overhead_bytes_);
    rates_.add(interval.per_second(bytes * 8));
    interval_bytes_ += bytes;
    intervals_ns_ += static_cast<base::Uint128>(interval.length);
  }
  for (CapacityLine& each : lines_) each.line.add(interval);
  if (probe_) probe_->on_interval(interval);
}

void Capacity::add_empty(base::Nanoseconds length, std::uint64_t count) {
  if (length <= 0) return;
  rates_.add(0, count);
  intervals_ns_ += base::Uint128{count} * static_cast<base::Uint128>(length);
  for (CapacityLine& each : lines_) each.line.add_empty(length, count);
  if (probe_) probe_->add_empty(length, count);
}

double Capacity::rate_mean() const {
  return base::nearest_quotient(interval_bytes_ * 8 * base::ns_per_s, intervals_ns_);
}

}  // namespace stats
