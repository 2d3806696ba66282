// SPDX-License-Identifier: BSD-2-Clause
// How tcptrack shows its connections: the seam between the run, which knows when, and lines or a screen, which know
// how.
#pragma once

#include <optional>
#include <string>

#include "base/loop.hpp"
#include "flow/connection.hpp"

namespace tools {

class Face {
 public:
  virtual ~Face() = default;

  /// A step has ended; the rows are as they are at `now`, since the epoch.
  virtual void on_step(base::Nanoseconds now) = 0;
  /// There are no more packets; `has_more`: some came since the last step. False: the program has to end.
  virtual bool on_end(base::Nanoseconds now, bool has_more) = 0;
  /// A connection is over.
  virtual void on_over(const flow::Connection& connection, flow::Ended ended) = 0;
  /// How many connections there was no room for in what was shown.
  virtual std::uint64_t left_out() const { return 0; }
  /// Something has changed that is shown.
  virtual void on_news() {}
  /// Shows a message for a while.
  virtual void tell(const std::string&) {}
  /// Monotonic: when on_deadline() is to be called.
  virtual std::optional<base::Nanoseconds> deadline() const { return std::nullopt; }
  virtual void on_deadline() {}
};

}  // namespace tools
