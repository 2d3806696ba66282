// SPDX-License-Identifier: BSD-2-Clause
// How far a long run has come, on a terminal's standard error: a line that is drawn over itself and gone
// before anything else is written. Runs of less than a second show nothing.
#pragma once

#include <cstddef>
#include <optional>

#include "base/time.hpp"
#include "capture/source.hpp"

namespace tools {

class ProgressLine {
 public:
  /// `is_wanted` is the user's word; nothing is ever shown where standard error is no terminal.
  ProgressLine(bool is_wanted, const base::Clock& clock);
  ~ProgressLine() { erase(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// When (monotonic) it wants to be drawn; none: never.
  std::optional<base::Nanoseconds> deadline() const;
  void draw(const capture::Extent& extent);
  void erase();

 private:
  const base::Clock& clock_;
  base::Nanoseconds start_;
  base::Nanoseconds next_;
  bool is_shown_;
  std::size_t columns_ = 0;  // on the screen
};

/// The line itself: share, rate, time left. `elapsed` > 0.
std::string describe_progress(const capture::Extent& extent, base::Nanoseconds elapsed);

}  // namespace tools
