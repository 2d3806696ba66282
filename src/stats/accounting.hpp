// SPDX-License-Identifier: BSD-2-Clause
// Accounting: all bytes of a sample over the time it was observed. How it is worded, in which units, is
// the report's business.
#pragma once

#include "stats/interval.hpp"

namespace stats {

struct Accounting {
  std::uint64_t bytes = 0;
  base::Nanoseconds observed = 0;  ///< 0 where no time has passed

  /// bytes/s; 0 where no time has passed.
  double bytes_per_second() const {
    return observed > 0 ? base::nearest_quotient(base::Uint128{bytes} * base::ns_per_s,
                                                 static_cast<base::Uint128>(observed))
                        : 0.0;
  }
};

}  // namespace stats
