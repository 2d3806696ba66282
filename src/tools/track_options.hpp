// SPDX-License-Identifier: BSD-2-Clause
// What tcptrack's command line asks for, checked to the last character; and its words, with their help. What becomes
// of them is left to the program.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"
#include "capture/live.hpp"

namespace tools {

struct TrackOptions {
  std::string interface = "auto";           ///< live
  std::optional<std::string> file;          ///< stored; "-" is standard input
  capture::LiveOptions live;                ///< with the filter, of both
  std::optional<std::uint64_t> pace_milli;  ///< stored: so many times as fast as it was, in thousandths

  bool shows_started_only = false;                ///< -d
  bool is_fast = false;                           ///< -f
  bool shows_all_protocols = false;               ///< --all
  base::Nanoseconds linger = 2 * base::ns_per_s;  ///< -r
  std::size_t connections_most = 1'000'000;       ///< --max-connections

  bool is_batch = false;                      ///< --batch, or standard output is no terminal
  bool is_json = false;                       ///< in batch
  std::optional<base::Nanoseconds> interval;  ///< of batch, and of the screen
  std::optional<std::uint64_t> count;         ///< of batch
  std::optional<std::string> sort;
  std::optional<std::string> columns;
  bool resolves = false;
  bool is_in_bits = false;
  bool hides_colours = false;
  std::optional<std::string> log;  ///< a file

  std::string message;  ///< not empty: print this and end (help, version)

  bool is_live() const { return !file; }
  /// Whether one table tells of all connections, at the end.
  bool is_whole() const { return is_batch && !is_live() && !interval; }
  /// How often rows are looked at anew.
  base::Nanoseconds step() const { return interval.value_or(is_fast ? base::ns_per_s / 10 : base::ns_per_s); }
};

/// Reads the command line. Throws a usage Error.
TrackOptions parse_track_options(int argc, const char* const* argv);

}  // namespace tools
