// SPDX-License-Identifier: BSD-2-Clause
#include "stats/burst.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace stats {

Burst::Burst(base::Nanoseconds window, base::Nanoseconds begin)
    : window_(window),
      tenth_(std::max<base::Nanoseconds>(window / base::Nanoseconds{tenth_count}, 1)),
      tenth_end_(begin + tenth_) {}

double Burst::bits_per_second() const {
  if (window_ <= 0) return 0;
  return base::nearest_quotient(base::Uint128{bytes_most_} * 8 * base::ns_per_s,
                                static_cast<base::Uint128>(window_));
}

void Burst::move(base::Nanoseconds timestamp) {
  for (std::size_t i = 0; i < tenth_count && timestamp > tenth_end_; ++i) drop_oldest();
  if (timestamp <= tenth_end_) return;
  // All tenths are empty by now: the rest of the gap at once.
  tenth_end_ += ((timestamp - tenth_end_ - 1) / tenth_ + 1) * tenth_;
}

void Burst::drop_oldest() {
  tenth_end_ += tenth_;
  newest_ = newest_ + 1 == tenth_count ? 0 : newest_ + 1;
  bytes_ -= tenths_[newest_];
  tenths_[newest_] = 0;
}

}  // namespace stats
