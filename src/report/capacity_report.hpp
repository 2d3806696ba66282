// SPDX-License-Identifier: BSD-2-Clause
// What --capacity tells at the end: the rates of the traffic, the queues before the lines that were asked
// for, and the slowest lines that would do. For a person, or a record a line as JSON.
#pragma once

#include <string>

#include "stats/capacity.hpp"

namespace report {

/// What the report says beyond what was counted.
struct CapacityContext {
  base::Nanoseconds begin = 0;                ///< of the sample
  base::Nanoseconds observed = 0;             ///< how long it was
  std::optional<base::Nanoseconds> interval;  ///< none: the whole sample
  bool has_link_headers = false;              ///< sizes hold them: -l
  const stats::LineSearch* search = nullptr;  ///< the answers; none: nobody asked
  int readings = 1;                           ///< of the input
  bool has_changed = false;                   ///< it was another one when it was read again
};

void append_capacity(std::string& out, stats::Capacity& capacity, const CapacityContext& context);
void append_capacity_json(std::string& out, stats::Capacity& capacity, const CapacityContext& context);

}  // namespace report
