// SPDX-License-Identifier: BSD-2-Clause
// What is told of a whole sample at its end: accounting (-a) and capacity (-b, -B), as tcpstat 1.5
// words them.
#pragma once

#include <string>

#include "stats/accounting.hpp"
#include "stats/line.hpp"

namespace report {

/// Two lines: how long the line was exceeded, and the largest rate of any interval.
void append_line(std::string& out, const stats::Line& line, double peak_bps);

/// Five lines: bytes per second, minute, hour, day and month (of 30 days), in binary units.
void append_accounting(std::string& out, const stats::Accounting& accounting);

}  // namespace report
