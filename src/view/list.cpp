// SPDX-License-Identifier: BSD-2-Clause
#include "view/list.hpp"

#include <algorithm>
#include <numeric>

#include "layout/cut.hpp"

namespace view {

namespace {

using layout::Style;
using report::ListColumn;

constexpr std::size_t elastic_least = 12;
constexpr std::ptrdiff_t far = 1 << 30;

/// What stays of an endpoint when it is cut: its port.
std::size_t tail_bytes(const ListColumn& column, const std::string& text) {
  if (column.field.directive->get.kind != report::Value::Kind::endpoint) return 0;
  const std::size_t colon = text.rfind(':');
  return colon == std::string::npos ? 0 : text.size() - colon;
}

Style style_of(const ListColumn& column, const std::string& text) {
  if (column.field.name != "state") return Style::plain;
  if (text == "RESET") return Style::warning;
  if (text == "ESTABLISHED") return Style::good;
  return text == "CLOSED" ? Style::dim : Style::plain;
}

}  // namespace

List::List(std::vector<ListColumn> columns, std::size_t usual)
    : columns_(std::move(columns)), usual_(usual) {}

void List::choose(std::vector<ListColumn> columns) {
  chosen_ = std::move(columns);
  widest_.clear();
}

/// By what was on the screen last: several keys may come before it is drawn again.
bool List::move(const Key& key) {
  const auto page = static_cast<std::ptrdiff_t>(page_);
  const bool selects = key.name == Key::Name::up || key.name == Key::Name::down;
  std::ptrdiff_t by = 0;
  switch (key.name) {
    case Key::Name::up: by = -1; break;
    case Key::Name::down: by = 1; break;
    case Key::Name::page_up: by = -page; break;
    case Key::Name::page_down: by = page; break;
    case Key::Name::home: by = -far; break;
    case Key::Name::end: by = far; break;
    default: return false;
  }
  if (selects && !has_selection_) {  // the first key selects, the next ones move
    has_selection_ = size_ > 0;
    selected_place_ = first_;
    return true;
  }
  std::size_t& place = has_selection_ ? selected_place_ : first_;
  const std::size_t most = size_ - std::min(size_, has_selection_ ? 1 : page_);
  place = static_cast<std::size_t>(std::clamp(static_cast<std::ptrdiff_t>(place) + by, std::ptrdiff_t{0},
                                              static_cast<std::ptrdiff_t>(most)));
  selected_.reset();  // it is what stands at that place
  return true;
}

void List::sort_by_neighbour(int by) {
  if (shown_.empty()) return;
  const auto count = static_cast<std::ptrdiff_t>(shown_.size());
  std::ptrdiff_t place = by > 0 ? -1 : count;  // unsorted
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    if (order_.by && shown_[i].field.name == order_.by->field.name) place = static_cast<std::ptrdiff_t>(i);
  }
  place = (place + by + count) % count;
  order_ = {shown_[static_cast<std::size_t>(place)]};
}

/// A blank in front of each column.
std::size_t List::width() const {
  return std::accumulate(shown_.begin(), shown_.end(), std::size_t{0},
                         [](std::size_t sum, const ListColumn& column) { return sum + 1 + column.width; });
}

/// Chooses columns for a screen so wide. On a narrow one addresses are cut first, then what stands before the last
/// of the usual columns is left out.
void List::fit(std::size_t columns) {
  shown_ = chosen_.empty() ? columns_ : chosen_;
  if (!chosen_.empty()) {
    while (shown_.size() > 1 && width() > columns) shown_.pop_back();
    return;
  }
  while (shown_.size() > usual_ && width() > columns) shown_.pop_back();
  if (shown_.back().goes_with_next) shown_.pop_back();
  for (ListColumn& column : shown_) {
    if (column.is_elastic && width() > columns) {
      column.width -= std::min(column.width - elastic_least, width() - columns);
    }
  }
  while (shown_.size() > 3 && width() > columns) shown_.erase(shown_.end() - 2);
}

/// Gives the room that is left to columns whose cells are wider than they are.
void List::widen(const std::vector<std::vector<std::string>>& cells, std::size_t columns) {
  if (columns != columns_before_) widest_.clear();
  columns_before_ = columns;
  std::size_t room = columns - std::min(columns, width());
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    ListColumn& column = shown_[i];
    if (!column.is_elastic) continue;
    std::size_t& widest = widest_[column.field.name];
    widest = std::max(widest, column.width);
    for (const auto& row : cells) widest = std::max(widest, layout::columns_of(row[i]));
    const std::size_t more = std::min(room, widest - column.width);
    column.width += more;
    room -= more;
  }
}

/// Finds the selected row again, and brings it onto the screen.
void List::scroll(const Ranking& ranking, std::size_t rows_shown) {
  size_ = ranking.size();
  page_ = std::max<std::size_t>(1, rows_shown);
  if (selected_) selected_place_ = ranking.place_of(*selected_).value_or(selected_place_);
  selected_place_ = std::min(selected_place_, size_ - std::min<std::size_t>(size_, 1));
  if (has_selection_ && selected_place_ < first_) first_ = selected_place_;
  if (has_selection_ && selected_place_ >= first_ + page_) first_ = selected_place_ - page_ + 1;
  first_ = std::min(first_, size_ - std::min(size_, page_));
}

std::string List::heading(std::size_t column) const {
  const ListColumn& its = shown_[column];
  std::string text = layout::cut_end(its.heading, its.width);
  return layout::pad(text, its.width, its.align);
}

layout::Line List::row_line(const std::vector<std::string>& cells, std::size_t columns,
                            bool is_selected) const {
  layout::Line line;
  std::size_t wide = 0;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const ListColumn& column = shown_[i];
    const std::string cut = layout::cut_middle(cells[i], column.width, tail_bytes(column, cells[i]));
    const std::string cell = " " + layout::pad(cut, column.width, column.align);
    wide += 1 + column.width;
    const Style style = is_selected ? Style::selected : style_of(column, cells[i]);
    if (!line.empty() && line.back().style == style) {
      line.back().text += cell;
    } else {
      line.push_back({cell, style});
    }
  }
  if (wide < columns) line.push_back({std::string(columns - wide, ' '), line.back().style});
  return line;
}

/// The sums stand under their columns; the warning between, as far as there is room.
layout::Line List::total_line(const Ranking& ranking, std::size_t columns, const std::string& warning) {
  std::string sums;
  std::size_t first_sum = columns, wide = 0;
  for (std::size_t i = 0; i < shown_.size(); ++i) {
    const ListColumn& column = shown_[i];
    if (column.is_summed) first_sum = std::min(first_sum, wide);
    wide += 1 + column.width;
    if (first_sum == columns) continue;
    const std::string sum =
        column.is_summed ? report::value_text(column, report::Value::of_count(ranking.totals()[i]), form)
                         : "";
    sums += " " + layout::pad(layout::cut_end(sum, column.width), column.width, column.align);
  }
  const std::string title = std::string(" TOTAL").substr(0, first_sum);
  const std::size_t room = first_sum - title.size();
  constexpr std::size_t room_least = 14;
  shows_warning_ = !warning.empty() && room >= room_least;
  std::string middle = shows_warning_ ? "  " + layout::cut_end(warning, room - 2) : "";
  middle = layout::pad(middle, room, layout::Align::left);
  sums = layout::pad(layout::cut_end(sums, columns - first_sum), columns - first_sum, layout::Align::left);
  return {
      {title, Style::header}, {middle, shows_warning_ ? Style::alarm : Style::header}, {sums, Style::header}};
}

std::vector<layout::Line> List::compose(const Rows& rows, layout::Size size, const std::string& warning) {
  fit(size.columns);
  const std::size_t rows_shown = size.rows - std::min<std::size_t>(size.rows, 2);
  Ranking ranking(rows, order_, shown_, text_, form);
  scroll(ranking, rows_shown);
  window_ = ranking.window(first_, rows_shown);
  std::vector<std::vector<std::string>> cells;
  for (const std::size_t row : window_) {
    const report::Record& record = rows.full_record(row);
    auto& of_row = cells.emplace_back();
    for (const ListColumn& column : shown_) of_row.push_back(report::cell_text(column, record, form));
  }
  widen(cells, size.columns);
  selected_row_.reset();
  if (has_selection_ && !window_.empty()) {
    selected_row_ = window_[selected_place_ - first_];
    selected_ = rows.identity(*selected_row_);
  }
  std::string headings;
  for (std::size_t i = 0; i < shown_.size(); ++i) headings += " " + heading(i);
  std::vector<layout::Line> lines{
      {{layout::pad(headings, size.columns, layout::Align::left), Style::header}}};
  for (std::size_t i = 0; i < window_.size(); ++i) {
    lines.push_back(row_line(cells[i], size.columns, selected_row_ == window_[i]));
  }
  lines.resize(1 + rows_shown);
  lines.push_back(total_line(ranking, size.columns, warning));
  return lines;
}

}  // namespace view
