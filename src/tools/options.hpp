// SPDX-License-Identifier: BSD-2-Clause
// The command line of tcpstat: every option, once, with its help; values checked to the last
// character. What options mean is left to the program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/live.hpp"
#include "stats/line.hpp"
#include "stats/timeline.hpp"

namespace tools {

inline constexpr const char* version = "2.0.0";

struct Options {
  std::vector<std::string> interfaces;  ///< live; "auto" chooses one
  std::optional<std::string> file;      ///< stored; "-" is standard input
  std::string filter;
  capture::LiveOptions live;

  stats::TimelineOptions timeline;
  base::Nanoseconds subtracted = 0;   ///< -R
  bool includes_link_header = false;  ///< -l

  std::string format;
  bool hides_empty = false;        ///< -e
  bool is_accounting = false;      ///< -a
  std::vector<stats::Line> lines;  ///< -b and -B, in this order

  bool lists_interfaces = false;  ///< -D
  std::string message;            ///< not empty: print this and end (help, version)

  bool is_live() const { return !file.has_value(); }
  bool prints_intervals() const { return !is_accounting && lines.empty(); }
};

/// Reads the command line. Throws a usage Error.
Options parse_options(int argc, const char* const* argv);

}  // namespace tools
