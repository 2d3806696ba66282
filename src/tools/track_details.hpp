// SPDX-License-Identifier: BSD-2-Clause
// All that is known of one connection, as lines for a screen: what both directions have side by side, the rest
// below, its rate as a sparkline. Walks the table of directives.
#pragma once

#include <array>
#include <vector>

#include "flow/rates.hpp"
#include "layout/picture.hpp"
#include "layout/spark.hpp"
#include "report/columns.hpp"

namespace tools {

std::vector<layout::Line> track_details(const report::Record& record,
                                        const std::array<std::uint64_t, flow::Rates::history_steps>& history,
                                        const report::CellForm& form, layout::Glyphs glyphs,
                                        std::size_t columns);

}  // namespace tools
