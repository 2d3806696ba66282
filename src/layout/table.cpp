// SPDX-License-Identifier: BSD-2-Clause
#include "layout/table.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace layout {

namespace {

constexpr std::size_t gap = 2;

std::size_t width_of(const Column& column) {
  return std::max(column.width_least, columns_of(column.heading));
}

std::string_view without_trailing_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// A line while it grows.
class Line {
 public:
  explicit Line(bool is_coloured) : is_coloured_(is_coloured) {}

  /// Puts `text` into the next column.
  void append(std::string_view text, Style style, const Column& column) {
    const std::string_view shown = without_trailing_blanks(text);
    const std::size_t begin = column_begin_, end = begin + column.width_least;
    column_begin_ = end + gap;
    if (shown.empty()) return;
    const std::size_t columns = columns_of(text);
    const std::size_t wanted = column.align == Align::left ? begin : end - std::min(end, columns);
    const std::size_t start = std::max(wanted, text_end_ > 0 ? text_end_ + gap : 0);
    line_.append(start - written_, ' ');
    line_ += paint(shown, style, is_coloured_);
    written_ = start + columns_of(shown);
    text_end_ = start + columns;
  }

  std::string take() { return std::move(line_); }

 private:
  bool is_coloured_;
  std::string line_;
  std::size_t column_begin_ = 0;
  std::size_t written_ = 0;
  std::size_t text_end_ = 0;  // with blanks at the end of the last text, which are not written yet
};

const Column& column_at(const std::vector<Column>& columns, std::size_t index) {
  static const Column behind_the_last{"", 0, Align::left};
  return index < columns.size() ? columns[index] : behind_the_last;
}

}  // namespace

Table::Table(std::vector<Column> columns, bool is_coloured)
    : columns_(std::move(columns)), is_coloured_(is_coloured) {
  for (Column& column : columns_) column.width_least = width_of(column);
}

std::string Table::header() const {
  Line line(is_coloured_);
  for (const Column& column : columns_) line.append(column.heading, Style::bold, column);
  return line.take();
}

std::string Table::row(std::span<const std::string> cells) const {
  Line line(is_coloured_);
  for (std::size_t i = 0; i < cells.size(); ++i) line.append(cells[i], Style::plain, column_at(columns_, i));
  return line.take();
}

std::string Table::row(std::span<const Cell> cells) const {
  Line line(is_coloured_);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line.append(cells[i].text, cells[i].style, column_at(columns_, i));
  }
  return line.take();
}

std::vector<std::string> render_all(std::vector<Column> columns, std::span<const std::vector<Cell>> rows,
                                    bool is_coloured) {
  for (const std::vector<Cell>& row : rows) {
    for (std::size_t i = 0; i < std::min(row.size(), columns.size()); ++i) {
      columns[i].width_least = std::max(columns[i].width_least, columns_of(row[i].text));
    }
  }
  const Table table(std::move(columns), is_coloured);
  std::vector<std::string> lines;
  if (std::string header = table.header(); !header.empty()) lines.push_back(std::move(header));
  for (const std::vector<Cell>& row : rows) lines.push_back(table.row(row));
  return lines;
}

std::size_t fit(std::span<const Column> columns, std::size_t columns_wide) {
  std::size_t taken = 0, fitting = 0;
  for (const Column& column : columns) {
    taken += (fitting > 0 ? gap : 0) + width_of(column);
    if (taken > columns_wide) break;
    ++fitting;
  }
  return fitting;
}

}  // namespace layout
