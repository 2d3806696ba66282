// SPDX-License-Identifier: BSD-2-Clause
#include "view/rows.hpp"

#include <algorithm>

namespace view {

namespace {

char lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

bool has_text(const std::string& where, const std::string& text) {
  const auto equal = [](char left, char right) { return lower(left) == lower(right); };
  return std::search(where.begin(), where.end(), text.begin(), text.end(), equal) != where.end();
}

bool any_cell_has(const std::vector<report::ListColumn>& columns, const report::Record& record,
                  const std::string& text, const report::CellForm& form) {
  return std::ranges::any_of(columns, [&](const report::ListColumn& column) {
    return has_text(report::cell_text(column, record, form), text);
  });
}

}  // namespace

Ranking::Ranking(const Rows& rows, const Order& order, const std::vector<report::ListColumn>& columns,
                 const std::string& text, const report::CellForm& form)
    : has_order_(order.by.has_value()),
      is_descending_(order.by ? order.by->is_descending != order.is_reversed : order.is_reversed),
      totals_(columns.size()) {
  ranked_.reserve(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const report::Record& record = rows.record(row);
    if (!text.empty() && !any_cell_has(columns, record, text, form)) continue;
    ranked_.push_back({order.by ? report::sort_key(order.by->field.value(record)) : report::SortKey{},
                       rows.identity(row), row});
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].is_summed) totals_[i] += columns[i].field.value(record).count;
    }
  }
}

bool Ranking::is_before(const Ranked& left, const Ranked& right) const {
  if (left.key != right.key) return is_descending_ ? left.key > right.key : left.key < right.key;
  const bool is_turned = is_descending_ && !has_order_;
  return is_turned ? left.identity > right.identity : left.identity < right.identity;
}

std::vector<std::size_t> Ranking::window(std::size_t first, std::size_t count) {
  const auto compare = [this](const Ranked& left, const Ranked& right) { return is_before(left, right); };
  first = std::min(first, ranked_.size());
  const std::size_t last = std::min(first + count, ranked_.size());
  const auto begin = ranked_.begin() + static_cast<std::ptrdiff_t>(first);
  const auto end = ranked_.begin() + static_cast<std::ptrdiff_t>(last);
  if (first > 0 && begin != ranked_.end())
    std::ranges::nth_element(ranked_.begin(), begin, ranked_.end(), compare);
  std::partial_sort(begin, end, ranked_.end(), compare);
  std::vector<std::size_t> rows;
  for (auto each = begin; each != end; ++each) rows.push_back(each->row);
  return rows;
}

std::optional<std::size_t> Ranking::place_of(const Identity& identity) const {
  const auto found = std::ranges::find(ranked_, identity, &Ranked::identity);
  if (found == ranked_.end()) return std::nullopt;
  const Ranked row = *found;
  return static_cast<std::size_t>(
      std::ranges::count_if(ranked_, [&](const Ranked& other) { return is_before(other, row); }));
}

}  // namespace view
