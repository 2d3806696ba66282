// SPDX-License-Identifier: BSD-2-Clause
// The busiest connections of an interval (--top), the busiest first: for a person lines that stand indented
// under that of the interval, 100 columns at most with IPv4, or records of JSON.
#pragma once

#include <span>
#include <string>

#include "flow/busiest.hpp"
#include "report/directives.hpp"

namespace report {

/// The record is that of the interval.
void append_top(std::string& out, std::span<const flow::Busy> busiest, const IntervalRecord& record);
/// `by` is what they are in order of.
void append_top_json(std::string& out, std::span<const flow::Busy> busiest, flow::Top::By by,
                     const IntervalRecord& record);

}  // namespace report
