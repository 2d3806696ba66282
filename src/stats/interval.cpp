// SPDX-License-Identifier: BSD-2-Clause
#include "stats/interval.hpp"

#include <algorithm>
#include <cmath>

namespace stats {

Interval& Interval::operator+=(const Interval& other) {
  bytes_ += other.bytes_;
  const base::Uint128 sum = squares() + other.squares();
  squares_low_ = static_cast<std::uint64_t>(sum);
  squares_high_ = static_cast<std::uint64_t>(sum >> 64);
  size_min_ = std::min(size_min_, other.size_min_);
  size_max_ = std::max(size_max_, other.size_max_);
  for (std::size_t i = 0; i < networks_.size(); ++i) networks_[i] += other.networks_[i];
  for (std::size_t i = 0; i < protocols_.size(); ++i) protocols_[i] += other.protocols_[i];
  return *this;
}

double Interval::size_stddev() const {
  const std::uint64_t count = packets();
  base::Uint128 product = 0;
  const base::Uint128 square = base::Uint128{bytes_} * bytes_;
  if (count == 0) return 0;
  if (__builtin_mul_overflow(squares(), base::Uint128{count}, &product)) {
    // More than 2^128: only with lengths that no link has. The mean is exact enough here.
    const long double mean = static_cast<long double>(bytes_) / count;
    const long double variance = static_cast<long double>(squares()) / count - mean * mean;
    return static_cast<double>(std::sqrt(std::max(variance, 0.0L)));
  }
  return static_cast<double>(std::sqrt(static_cast<long double>(product - square)) / count);
}

double Interval::per_second(base::Uint128 amount) const {
  if (length <= 0) return 0;
  // Whole seconds need no nanoseconds: smaller numbers divide faster.
  const auto divisor = static_cast<base::Uint128>(length);
  if (length % base::ns_per_s == 0) return base::nearest_quotient(amount, divisor / base::ns_per_s);
  return base::nearest_quotient(amount * base::ns_per_s, divisor);
}

}  // namespace stats
