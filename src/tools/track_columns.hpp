// SPDX-License-Identifier: BSD-2-Clause
// Which columns tcptrack shows, and what it sorts by: the usual ones, or those that the command line names. What
// they look like is in report/columns.
#pragma once

#include <string>
#include <vector>

#include "tools/track_options.hpp"
#include "view/rows.hpp"

namespace tools {

/// So many of the usual columns fit on 80 characters; the others come as there is room.
inline constexpr std::size_t usual_columns = 6;

/// Of the screen, and of lines that come again and again. Throws a usage Error.
std::vector<report::ListColumn> track_columns(const TrackOptions& options);
/// All there are.
std::vector<report::ListColumn> all_columns();
/// --sort. Throws a usage Error.
view::Order track_order(const TrackOptions& options);
/// What s goes through, and what it is called.
std::vector<view::NamedOrder> order_cycle();

}  // namespace tools
