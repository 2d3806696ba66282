// SPDX-License-Identifier: BSD-2-Clause
// Rows of cells to aligned lines, without a newline at the end: one by one as they come, or all at once in
// columns as wide as their widest cell. Text is never cut and must be printable; what the cells say and how
// wide the screen is are others' business.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "layout/style.hpp"
#include "layout/width.hpp"

namespace layout {

/// A column is as wide as its heading, and at least so wide.
struct Column {
  std::string heading;
  std::size_t width_least = 0;
  Align align = Align::right;
};

/// The style takes no room.
struct Cell {
  Cell(std::string its_text, Style its_style = Style::plain) : text(std::move(its_text)), style(its_style) {}
  Cell(const char* its_text, Style its_style = Style::plain) : text(its_text), style(its_style) {}

  std::string text;
  Style style;
};

/// Columns stand two blanks apart. A cell that is too wide takes the blanks beside it, then moves the next
/// ones on; they are back in their place as soon as there are blanks to save. Rows may be short; cells
/// behind the last column follow it, two blanks apart. No line ends in blanks.
class Table {
 public:
  explicit Table(std::vector<Column> columns, bool is_coloured = false);

  /// The headings, bold.
  std::string header() const;
  std::string row(std::span<const std::string> cells) const;
  std::string row(std::span<const Cell> cells) const;

 private:
  std::vector<Column> columns_;  // width_least is the width
  bool is_coloured_;
};

/// The header, unless all headings are empty, and the rows.
std::vector<std::string> render_all(std::vector<Column> columns, std::span<const std::vector<Cell>> rows,
                                    bool is_coloured = false);

/// How many of the leading columns fit into a screen so wide; 0 where the first does not.
std::size_t fit(std::span<const Column> columns, std::size_t columns_wide);

}  // namespace layout
