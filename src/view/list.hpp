// SPDX-License-Identifier: BSD-2-Clause
// A list that fills a screen: headings, as many rows as there is room for, a total. It knows where it has been
// scrolled to, which row is selected, what it is sorted by and which text rows must have. Pure: keys go in,
// lines come out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "layout/picture.hpp"
#include "view/keys.hpp"
#include "view/rows.hpp"

namespace view {

class List {
 public:
  /// `columns` in the order of their importance, where they are not chosen: the first `usual` of them on 80
  /// columns, the others as there is room. Chosen ones are shown from the left as far as they fit.
  List(std::vector<report::ListColumn> columns, std::size_t usual);

  /// The columns that the user has chosen; the usual ones where there are none.
  void choose(std::vector<report::ListColumn> columns);

  /// Takes keys that move. False: it is none of them.
  bool move(const Key& key);
  bool has_selection() const { return has_selection_; }
  void clear_selection() {
    has_selection_ = false;
    selected_.reset();
  }

  void sort_by(Order order) { order_ = std::move(order); }
  const Order& order() const { return order_; }
  /// Sorts by the column that stands `by` places to the right of the one it is sorted by.
  void sort_by_neighbour(int by);
  void reverse() { order_.is_reversed = !order_.is_reversed; }

  /// Rows must have this text in one of the columns that are shown.
  void set_text(std::string text) { text_ = std::move(text); }
  const std::string& text() const { return text_; }

  report::CellForm form;

  /// The heading, size.rows - 2 lines of rows, and the total with `warning` in it; rows as they are now.
  std::vector<layout::Line> compose(const Rows& rows, layout::Size size, const std::string& warning);

  // As of the last compose():
  std::size_t first() const { return first_; }          ///< place of the first row on the screen
  std::size_t shown() const { return window_.size(); }  ///< rows on the screen
  std::size_t size() const { return size_; }            ///< rows that could be
  /// Whether there was room for the warning; not beside narrow columns.
  bool shows_warning() const { return shows_warning_; }
  /// The row that is selected.
  std::optional<std::size_t> selected_row() const { return selected_row_; }
  const std::vector<report::ListColumn>& columns() const { return shown_; }
  /// Also those that the user has chosen and there is no room for.
  const std::vector<report::ListColumn>& chosen_or_shown() const {
    return chosen_.empty() ? shown_ : chosen_;
  }

 private:
  void fit(std::size_t columns);
  std::size_t width() const;
  void widen(const std::vector<std::vector<std::string>>& cells, std::size_t columns);
  void scroll(const Ranking& ranking, std::size_t rows_shown);
  layout::Line row_line(const std::vector<std::string>& cells, std::size_t columns, bool is_selected) const;
  std::string heading(std::size_t column) const;
  layout::Line total_line(const Ranking& ranking, std::size_t columns, const std::string& warning);

  std::vector<report::ListColumn> columns_;
  std::size_t usual_;
  std::vector<report::ListColumn> chosen_;  // by the user; empty: columns_
  std::vector<report::ListColumn> shown_;   // widths as on the screen
  std::map<std::string, std::size_t> widest_;  // of elastic columns, lest they jump as rows come and go
  std::size_t columns_before_ = 0;             // of the screen
  Order order_;
  std::string text_;
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t page_ = 1;  // rows of the screen
  bool shows_warning_ = false;
  bool has_selection_ = false;
  std::size_t selected_place_ = 0;
  std::optional<Identity> selected_;  // what stood at that place; none: the selection has moved since
  std::optional<std::size_t> selected_row_;
  std::vector<std::size_t> window_;
};

}  // namespace view
