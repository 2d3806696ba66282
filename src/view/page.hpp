// SPDX-License-Identifier: BSD-2-Clause
// Lines that take the place of a list for a while: help, the details of a row, a choice of columns. Longer ones
// are scrolled; where they are for choosing, one of them is selected.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/picture.hpp"
#include "view/keys.hpp"

namespace view {

class Page {
 public:
  explicit Page(std::string title) : title_(std::move(title)) {}
  /// One of so many lines is selected.
  Page(std::string title, std::size_t choices)
      : title_(std::move(title)), has_choice_(true), count_(choices) {}

  /// Takes keys that move. False: it is none of them.
  bool move(const Key& key);
  /// Which line is selected.
  std::size_t chosen() const { return chosen_; }

  /// `hint` is the last line. `lines` must be as wide as the screen at most.
  layout::Picture compose(const std::vector<layout::Line>& lines, layout::Size size, const std::string& hint);

 private:
  std::string title_;
  bool has_choice_ = false;
  std::size_t first_ = 0;
  std::size_t chosen_ = 0;
  std::size_t page_ = 1;
  std::size_t count_ = 0;
};

}  // namespace view
