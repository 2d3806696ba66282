// SPDX-License-Identifier: BSD-2-Clause
// Rankings (--by) at the end of a run: for a person in columns, as records of JSON, as CSV (RFC 4180). All
// keys, most bytes first; then what had no key, (none), and what found no room in the table, (others).
#pragma once

#include <span>
#include <string>

#include "stats/breakdown.hpp"

namespace report {

/// By number; of those that are not in it the number is shown. They may hold anything.
using InterfaceNames = std::span<const std::string>;

void append_breakdown(std::string& out, const stats::Breakdown& breakdown, InterfaceNames interfaces = {});

/// A record for each row. The share is one of all bytes, 0 to 1; (none) and (others) have no rank.
void append_breakdown_json(std::string& out, const stats::Breakdown& breakdown,
                           InterfaceNames interfaces = {});

/// Once, before all rankings.
void append_breakdown_csv_header(std::string& out);
void append_breakdown_csv(std::string& out, const stats::Breakdown& breakdown,
                          InterfaceNames interfaces = {});

}  // namespace report
