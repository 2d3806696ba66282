// SPDX-License-Identifier: BSD-2-Clause
#include "tools/steps.hpp"

namespace tools {

Steps::Ended Steps::advance(base::Nanoseconds timestamp) {
  if (!concerns(timestamp)) return {};
  if (!end() || timestamp < end_) {
    const bool is_back = end().has_value();
    end_ = timestamp + length_;
    doubtful_.reset();
    return {.is_back = is_back, .has_begun = true};
  }
  const bool is_far = timestamp - end_ > leap_most;
  if (is_far && !(doubtful_ && timestamp >= *doubtful_ - leap_most)) {
    doubtful_ = timestamp;
    return {};
  }
  doubtful_.reset();
  Ended ended{.ends = {end_}, .count = 1};
  end_ += length_;
  if (timestamp < end_) return ended;
  end_ += (timestamp - end_) / length_ * length_;
  ended.ends[ended.count++] = end_;
  end_ += length_;
  return ended;
}

}  // namespace tools
