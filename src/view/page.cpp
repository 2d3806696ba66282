// SPDX-License-Identifier: BSD-2-Clause
#include "view/page.hpp"

#include <algorithm>

#include "layout/cut.hpp"
#include "layout/width.hpp"

namespace view {

namespace {

using layout::Style;

layout::Line bar(const std::string& text, std::size_t columns) {
  return {{layout::pad(layout::cut_end(" " + text, columns), columns, layout::Align::left), Style::header}};
}

}  // namespace

bool Page::move(const Key& key) {
  std::size_t& place = has_choice_ ? chosen_ : first_;
  const std::size_t most =
      has_choice_ ? count_ - std::min<std::size_t>(count_, 1) : count_ - std::min(count_, page_);
  switch (key.name) {
    case Key::Name::up: place -= std::min<std::size_t>(place, 1); break;
    case Key::Name::down: place += 1; break;
    case Key::Name::page_up: place -= std::min(place, page_); break;
    case Key::Name::page_down: place += page_; break;
    case Key::Name::home: place = 0; break;
    case Key::Name::end: place = most; break;
    default: return false;
  }
  place = std::min(place, most);
  return true;
}

layout::Picture Page::compose(const std::vector<layout::Line>& lines, layout::Size size,
                              const std::string& hint) {
  count_ = lines.size();
  page_ = size.rows - std::min<std::size_t>(size.rows, 2);
  if (has_choice_ && chosen_ < first_) first_ = chosen_;
  if (has_choice_ && chosen_ >= first_ + page_) first_ = chosen_ - page_ + 1;
  first_ = std::min(first_, count_ - std::min(count_, page_));
  layout::Picture picture;
  picture.lines.push_back(bar(title_, size.columns));
  for (std::size_t i = first_; i < std::min(count_, first_ + page_); ++i) {
    picture.lines.push_back(lines[i]);
    if (!has_choice_ || i != chosen_) continue;
    for (layout::Span& span : picture.lines.back()) span.style = Style::selected;
  }
  picture.lines.resize(1 + page_);
  const bool is_whole = count_ <= page_;
  const std::string place = is_whole ? ""
                                     : "  lines " + std::to_string(first_ + 1) + "-" +
                                           std::to_string(std::min(count_, first_ + page_)) + " of " +
                                           std::to_string(count_);
  picture.lines.push_back(bar(hint + place, size.columns));
  return picture;
}

}  // namespace view
