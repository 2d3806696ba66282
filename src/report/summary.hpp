// SPDX-License-Identifier: BSD-2-Clause
// What is told of a whole sample at its end: accounting (-a) and bandwidth (-b, -B), as tcpstat 1.5
// words them, and the summary (--summary); each for a person, or as a record of JSON.
#pragma once

#include <string>

#include "stats/accounting.hpp"
#include "stats/line.hpp"
#include "stats/rates.hpp"

namespace report {

/// Two lines: how long the line was exceeded, and the largest rate of any interval.
void append_line(std::string& out, const stats::Line& line);
void append_line_json(std::string& out, const stats::Line& line);

/// Five lines: bytes per second, minute, hour, day and month (of 30 days), in binary units.
void append_accounting(std::string& out, const stats::Accounting& accounting);
void append_accounting_json(std::string& out, const stats::Accounting& accounting);

struct Summary {
  const stats::Interval& total;        ///< the sum of all intervals
  std::uint64_t intervals;             ///< those of no length too
  base::Nanoseconds intervals_length;  ///< of all of them together
  stats::Rates& rates;
  base::Nanoseconds observed;
  std::uint64_t dropped;  ///< by the kernel
};

/// Packets, bytes and time; the rates of the intervals; the protocols.
void append_summary(std::string& out, const Summary& summary);
void append_summary_json(std::string& out, const Summary& summary);

}  // namespace report
