// SPDX-License-Identifier: BSD-2-Clause
// Text that is too wide for its place, cut so that the reader sees that it was. Columns are those of width.hpp;
// what is missing leaves one of them to an ellipsis.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace layout {

/// The begin of `text`, `…` behind it where something is missing: at most `columns` wide.
std::string cut_end(std::string_view text, std::size_t columns);

/// `…` in the place of its middle; the last `tail_bytes` of it stay whole while there is room for them.
std::string cut_middle(std::string_view text, std::size_t columns, std::size_t tail_bytes = 0);

}  // namespace layout
