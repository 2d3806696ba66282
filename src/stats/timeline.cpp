// SPDX-License-Identifier: BSD-2-Clause
#include "stats/timeline.hpp"

namespace stats {

base::Nanoseconds TimelineOptions::length_from(base::Nanoseconds begin) const {
  if (!length || !is_aligned) return length.value_or(0);
  const base::Nanoseconds past_multiple = (begin % *length + *length) % *length;
  return *length - past_multiple;
}

}  // namespace stats
