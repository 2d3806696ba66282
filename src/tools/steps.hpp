// SPDX-License-Identifier: BSD-2-Clause
// When steps of capture time end: each is as long as the one before, the first begins with the first packet. Of a gap
// only its begin and its end are steps. A single timestamp far ahead ends none, as in flow::Table; far back, steps go
// on from there.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "base/time.hpp"

namespace tools {

class Steps {
 public:
  explicit Steps(base::Nanoseconds length) : length_(length) {}

  struct Ended {
    std::array<base::Nanoseconds, 2> ends{};  ///< of steps, the first `count` of them
    std::size_t count = 0;
    bool is_back = false;    ///< the step is cut: time runs from an earlier point on
    bool has_begun = false;  ///< the first step, or the first one after that
  };

  /// Whether advance() has anything to do at this time.
  bool concerns(base::Nanoseconds timestamp) const {
    return timestamp >= end_ || end_ - timestamp > disorder_most + length_;
  }
  /// A packet, or a clock, says that it is so late.
  Ended advance(base::Nanoseconds timestamp);

  /// When the present one ends; nothing before the first packet.
  std::optional<base::Nanoseconds> end() const {
    return end_ == base::time_earliest ? std::nullopt : std::optional(end_);
  }
  base::Nanoseconds length() const { return length_; }

 private:
  static constexpr base::Nanoseconds disorder_most = 60 * base::ns_per_s;
  static constexpr base::Nanoseconds leap_most = 3'600 * base::ns_per_s;

  base::Nanoseconds length_;
  base::Nanoseconds end_ = base::time_earliest;
  std::optional<base::Nanoseconds> doubtful_;  // a leap ahead that is not believed yet
};

}  // namespace tools
