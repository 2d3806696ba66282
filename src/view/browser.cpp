// SPDX-License-Identifier: BSD-2-Clause
#include "view/browser.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "layout/cut.hpp"

namespace view {

namespace {

using layout::Style;
using report::ListColumn;

const std::vector<std::pair<std::string, std::string>> own_help = {
    {"Up Down PgUp PgDn", "select a row, scroll"},
    {"Home End", "the first rows, the last ones"},
    {"Enter", "the details of the selected row"},
    {"Esc", "back; no selection, no text"},
    {"s", "sort by the next of the usual keys"},
    {"< >", "sort by the column to the left or right"},
    {"r", "reverse the order"},
    {"/", "show only rows with a text"},
    {"c", "choose columns"},
    {"b", "rates in bits or bytes"},
    {"h ?", "this help"},
};

std::string without_newline(std::string text) {
  std::ranges::replace(text, '\n', ' ');
  return text;
}

layout::Line plain_line(const std::string& text, std::size_t columns) {
  return {{layout::cut_end(text, columns), Style::plain}};
}

bool is_character(const Key& key, char32_t character) {
  return key.name == Key::Name::character && key.character == character;
}

}  // namespace

Browser::Browser(BrowserOptions options, Program& program)
    : options_(std::move(options)), program_(program), list_(options_.columns, options_.usual) {}

void Browser::set_mode(Mode mode) {
  mode_ = mode;
  prompt_.reset();
  switch (mode) {
    case Mode::list:
      detailed_.reset();
      details_.clear();
      break;
    case Mode::help: page_ = Page("Keys"); break;
    case Mode::details: page_ = Page(program_.what()); break;
    case Mode::columns: page_ = Page("Columns", options_.choice.size()); break;
    case Mode::text: prompt_.emplace("Show rows with: ", list_.text()); break;
    case Mode::filter: prompt_.emplace("Capture filter: ", program_.filter()); break;
  }
}

void Browser::on_key(const Key& key) {
  message_.clear();
  switch (mode_) {
    case Mode::list: return on_list_key(key);
    case Mode::text:
    case Mode::filter: return on_prompt_key(key);
    case Mode::help:
    case Mode::details:
    case Mode::columns: return on_page_key(key);
  }
}

void Browser::cycle_order() {
  const auto known = std::ranges::find_if(
      options_.cycle, [&](const NamedOrder& each) { return each.order.is_by(list_.order()); });
  const bool is_last = known == options_.cycle.end() || known + 1 == options_.cycle.end();
  list_.sort_by(is_last ? options_.cycle.front().order : (known + 1)->order);
}

void Browser::on_list_key(const Key& key) {
  if (list_.move(key)) return;
  if (key.name == Key::Name::escape) {
    list_.clear_selection();
    return list_.set_text("");
  }
  if (key.name == Key::Name::enter && list_.shown() > 0) {
    if (!list_.has_selection()) list_.move({Key::Name::down});
    return set_mode(Mode::details);
  }
  if (key.name != Key::Name::character) return;
  switch (key.character) {
    case U's': return cycle_order();
    case U'<': return list_.sort_by_neighbour(-1);
    case U'>': return list_.sort_by_neighbour(1);
    case U'r': return list_.reverse();
    case U'/': return set_mode(Mode::text);
    case U'f': return set_mode(Mode::filter);
    case U'c': return set_mode(Mode::columns);
    case U'b': list_.form.is_in_bits = !list_.form.is_in_bits; return;
    case U'h':
    case U'?': return set_mode(Mode::help);
    default: return program_.on_key(key);
  }
}

void Browser::on_page_key(const Key& key) {
  if (page_.move(key)) return;
  if (mode_ == Mode::columns && (is_character(key, U' ') || key.name == Key::Name::enter))
    return toggle_column();
  if (is_character(key, U'p') && mode_ == Mode::details) return program_.on_key(key);
  set_mode(Mode::list);
}

void Browser::on_prompt_key(const Key& key) {
  const Prompt::State state = prompt_->on_key(key);
  const std::string text = prompt_->text();
  if (mode_ == Mode::text) list_.set_text(state == Prompt::State::given_up ? "" : text);
  if (state == Prompt::State::typing) return;
  const bool is_filter = mode_ == Mode::filter && state == Prompt::State::done;
  set_mode(Mode::list);
  if (!is_filter) return;
  try {
    program_.set_filter(text);
  } catch (const base::Error& error) {
    tell(error.what());
  }
}

/// From the usual columns of this screen to those that the user wants.
void Browser::toggle_column() {
  if (chosen_.empty()) {
    for (const ListColumn& shown : list_.chosen_or_shown()) {  // whose widths may be those of the screen
      const auto same = [&](const ListColumn& other) { return other.field.name == shown.field.name; };
      chosen_.push_back(*std::ranges::find_if(options_.choice, same));
    }
  }
  const ListColumn& column = options_.choice[page_.chosen()];
  const auto same = [&](const ListColumn& other) { return other.field.name == column.field.name; };
  if (std::erase_if(chosen_, same) == 0) chosen_.push_back(column);
  list_.choose(chosen_);
}

std::string Browser::order_name() const {
  const Order& order = list_.order();
  const auto known =
      std::ranges::find_if(options_.cycle, [&](const NamedOrder& each) { return each.order.is_by(order); });
  const std::string name = known != options_.cycle.end() ? known->name : "Sorted by " + order.by->heading;
  return name + (order.is_reversed ? ", reversed" : "");
}

/// What takes the place of the status.
std::string Browser::urgent() const {
  if (!message_.empty() || list_.shows_warning()) return message_;
  return program_.warning();
}

/// Where people look for it: the count, then, from column 46 on, what the program and the order say.
std::string Browser::foot(std::size_t columns) const {
  constexpr std::size_t status_column = 46;
  const std::string last = std::to_string(list_.first() + list_.shown());
  const std::string first = std::to_string(list_.first() + (list_.shown() == 0 ? 0 : 1));
  std::string text = " " + program_.what() + " " + first + "-" + last + " of " + std::to_string(list_.size());
  if (!list_.text().empty()) text += " with '" + list_.text() + "'";
  const std::string message = urgent();
  if (!message.empty()) return layout::cut_end(text + "  " + message, columns);
  const std::string filter =
      program_.filter().empty() ? "" : "  Filter: " + base::printable(program_.filter());
  const std::string remark = program_.remark().empty() ? "" : "  " + program_.remark();
  const std::string status = program_.status() + "  " + order_name() + remark + filter;
  const std::size_t left = columns - std::min(columns, layout::columns_of(status) + 1);
  text = layout::pad(text + "  ", std::min(status_column, left), layout::Align::left);
  return layout::cut_end(text + status, columns);
}

layout::Picture Browser::compose_list(layout::Size size) {
  const layout::Size body{size.columns, size.rows - std::min<std::size_t>(size.rows, 1)};
  layout::Picture picture{list_.compose(program_.rows(), body, program_.warning())};
  if (prompt_) {
    picture.lines.push_back(prompt_->line(size.columns));
    picture.cursor = {prompt_->cursor_column(size.columns), body.rows};
  } else {
    const Style style = urgent().empty() ? Style::header : Style::alarm;
    picture.lines.push_back({{layout::pad(foot(size.columns), size.columns, layout::Align::left), style}});
  }
  return picture;
}

std::vector<layout::Line> Browser::help_lines(layout::Size size) const {
  std::vector<layout::Line> lines;
  const auto add = [&](const auto& rows) {
    for (const auto& [keys, meaning] : rows) {
      lines.push_back(plain_line(" " + layout::pad(keys, 19, layout::Align::left) + meaning, size.columns));
    }
  };
  add(options_.help);
  add(own_help);
  return lines;
}

std::vector<layout::Line> Browser::column_lines(layout::Size size) const {
  const auto& present = chosen_.empty() ? list_.columns() : chosen_;
  std::vector<layout::Line> lines;
  for (const ListColumn& column : options_.choice) {
    const bool is_present = std::ranges::any_of(
        present, [&](const ListColumn& other) { return other.field.name == column.field.name; });
    const std::string name = layout::pad(column.field.name, 24, layout::Align::left);
    const std::string unit = column.field.directive->unit;
    lines.push_back(plain_line((is_present ? " [x] " : " [ ] ") + name + column.field.directive->meaning +
                                   (unit.empty() ? "" : " [" + unit + "]"),
                               size.columns));
  }
  return lines;
}

std::vector<layout::Line> Browser::detail_lines(layout::Size size) {
  if (!detailed_) {  // the list knows which row it is once it has looked
    list_.compose(program_.rows(), size, "");
    if (list_.selected_row()) detailed_ = program_.rows().identity(*list_.selected_row());
  }
  const Rows& rows = program_.rows();
  for (std::size_t row = 0; detailed_ && row < rows.size(); ++row) {
    if (rows.identity(row) == *detailed_) return details_ = program_.details(row, size);
  }
  std::vector<layout::Line> lines{plain_line(" It is gone; this was the last of it:", size.columns)};
  lines.insert(lines.end(), details_.begin(), details_.end());
  return lines;
}

layout::Picture Browser::compose(layout::Size size) {
  switch (mode_) {
    case Mode::list:
    case Mode::text:
    case Mode::filter: return compose_list(size);
    case Mode::help: return page_.compose(help_lines(size), size, "any other key: back");
    case Mode::columns: return page_.compose(column_lines(size), size, "Space: show or hide  Esc: back");
    case Mode::details: {
      const auto lines = detail_lines(size);
      return page_.compose(lines, size, without_newline(program_.status()) + "  Esc: back");
    }
  }
  return {};
}

}  // namespace view
