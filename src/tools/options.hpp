// SPDX-License-Identifier: BSD-2-Clause
// What tcpstat's command line asks for, checked to the last character. How the options are spelt is in
// arguments; what becomes of them is left to the program.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "capture/live.hpp"
#include "flow/busiest.hpp"
#include "stats/breakdown.hpp"
#include "stats/line.hpp"
#include "stats/timeline.hpp"

namespace tools {

inline constexpr const char* version = "2.4.0";

struct Options {
  std::vector<std::string> interfaces;   ///< live; "auto" chooses one
  std::vector<std::string> files;        ///< stored; "-" is standard input
  std::optional<std::string> file_list;  ///< names of more, one a line; "-" is standard input
  bool is_followed = false;              ///< the one file grows
  bool hides_progress = false;
  std::string filter;
  capture::LiveOptions live;

  stats::TimelineOptions timeline;
  base::Nanoseconds subtracted = 0;   ///< -R
  bool includes_link_header = false;  ///< -l

  enum class OutputKind { text, table, json, csv };
  OutputKind output = OutputKind::text;
  std::string format;                               ///< of text
  std::optional<std::string> fields;                ///< of the others; none: the usual ones
  bool hides_empty = false;                         ///< -e
  bool has_summary = false;                         ///< --summary
  std::vector<std::string> alerts;                  ///< --alert
  bool is_accounting = false;                       ///< -a
  std::vector<stats::Line> lines;                   ///< -b and -B, in this order
  std::vector<std::uint64_t> capacity_rates_milli;  ///< --capacity
  bool finds_capacity = false;                      ///< --capacity auto
  std::optional<std::uint32_t> overhead_bytes;      ///< of each packet, in lines and capacity

  bool prints_connections = false;               ///< -c
  std::string connection_format;                 ///< of text
  std::optional<std::string> connection_fields;  ///< of JSON and CSV; none: the usual ones
  std::size_t connections_most = 1'000'000;      ///< --max-connections
  bool vlan_is_in_key = false;                   ///< --vlan-key
  std::optional<flow::Top> top;                  ///< --top
  std::vector<stats::BreakdownKind> breakdowns;  ///< --by
  bool wants_intervals = true;                   ///< see prints_intervals()

  bool lists_interfaces = false;  ///< -D
  std::string message;            ///< not empty: print this and end (help, version)

  bool is_live() const { return files.empty() && !file_list; }
  /// Whether packets come while time passes, rather than all at once.
  bool goes_by_the_clock() const { return is_live() || is_followed; }
  bool wants_capacity() const { return finds_capacity || !capacity_rates_milli.empty(); }
  /// Whether a report takes the place of the lines of intervals.
  bool has_report() const {
    return is_accounting || !lines.empty() || wants_capacity() || !breakdowns.empty();
  }
  bool prints_intervals() const { return wants_intervals && !has_report(); }
};

/// --buffer-size, in bytes. Throws a usage Error.
std::uint32_t parse_buffer_size(const std::string& kib);

/// Reads the command line. Throws a usage Error.
Options parse_options(int argc, const char* const* argv);

}  // namespace tools
