// SPDX-License-Identifier: BSD-2-Clause
#include "view/screen.hpp"

#include <langinfo.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "layout/width.hpp"
#include "view/curses.hpp"
#include "view/glyphs.hpp"
#include "view/terminfo.hpp"

namespace view {

namespace {

using layout::Size;

constexpr base::Nanoseconds patience = 20 * base::ns_per_ms;
constexpr char32_t ctrl_l = 0x0c, escape = 0x1b;

std::string text_of(const Size& size) {
  return std::to_string(size.columns) + "x" + std::to_string(size.rows);
}

/// What is drawn on, of a terminal of this size.
Size used_of(const Size& size) {
  return {std::min(size.columns, Screen::most.columns), std::min(size.rows, Screen::most.rows)};
}

}  // namespace

Screen::Screen(const ScreenOptions& options)
    : size_(tty_.size()), is_utf8_(std::string_view(::nl_langinfo(CODESET)) == "UTF-8") {
  if (size_.columns < least.columns || size_.rows < least.rows) {
    throw base::Error("the terminal has " + text_of(size_) + " characters: " + text_of(least) +
                      " are needed");
  }
  curses_ = std::make_unique<Curses>(tty_, used_of(size_), options.is_coloured);
  take_back();
}

Screen::~Screen() { suspend(); }

std::optional<Key> Screen::read_key() {
  while (true) {
    wint_t code = 0;
    errno = 0;
    const int kind = ::wget_wch(curses_->pad(), &code);
    if (kind == ERR) {
      tty_.look_for_end(errno);
      return std::nullopt;
    }
    if (kind == KEY_CODE_YES) return key_of_code(static_cast<int>(code));
    if (code == escape) return key_after_escape();
    if (code != ctrl_l) return key_of(static_cast<char32_t>(code));
    ::clearok(::curscr, true);
    if (!is_suspended_ && tty_.flush(0)) update();
  }
}

/// Of a key that the terminal's description does not name.
Key Screen::key_after_escape() {
  constexpr std::size_t longest = 16;
  std::u32string rest;
  for (wint_t code = 0; rest.size() < longest && !is_whole_sequence(rest);) {
    if (::wget_wch(curses_->pad(), &code) != OK) break;
    rest += static_cast<char32_t>(code);
  }
  return rest.empty() ? key_of(escape) : key_of_sequence(rest);
}

void Screen::look_at_size() {
  size_ = tty_.size();
  const Size used = used_of(size_);
  ::resize_term(static_cast<int>(used.rows), static_cast<int>(used.columns));
  ::clearok(::curscr, true);  // what a terminal does to its lines meanwhile differs
}

bool Screen::draw(const layout::Picture& picture) {
  if (is_suspended_ && !take_back()) return !wants_terminal_;
  if (!tty_.flush(0)) return false;
  const Size used = used_of(size_);
  ::werase(::stdscr);
  for (std::size_t row = 0; row < std::min(used.rows, picture.lines.size()); ++row) {
    draw_line(picture.lines[row], row);
  }
  const layout::Picture::Cursor cursor = picture.cursor.value_or(layout::Picture::Cursor{0, 0});
  ::wmove(::stdscr, static_cast<int>(std::min(cursor.row, used.rows - 1)),
          static_cast<int>(std::min(cursor.column, used.columns - 1)));
  ::curs_set(picture.cursor ? 1 : 0);
  ::wnoutrefresh(::stdscr);
  return update();
}

void Screen::draw_line(const layout::Line& line, std::size_t row) {
  const std::size_t columns = used_of(size_).columns;
  std::size_t column = 0;
  for (const layout::Span& span : line) {
    if (column >= columns) break;
    const std::wstring glyphs = glyphs_of(span.text, columns - column, is_utf8_);
    ::wattrset(::stdscr, curses_->attributes_of(span.style));
    ::mvwaddnwstr(::stdscr, static_cast<int>(row), static_cast<int>(column), glyphs.data(),
                  static_cast<int>(glyphs.size()));
    column += layout::columns_of(span.text);
  }
}

/// Brings the terminal to what curses has in mind.
bool Screen::update() {
  ::doupdate();
  tty_.put(curses_->take_output());
  return tty_.flush(patience);
}

void Screen::suspend() {
  wants_terminal_ = false;
  if (is_suspended_) return;
  is_suspended_ = true;
  ::endwin();
  tty_.put(curses_->take_output());
  if (!has_alternate_screen()) tty_.put("\r\n");  // the picture stays; the prompt comes below
  tty_.give_back();
}

void Screen::resume() {
  if (!is_suspended_) ::endwin();  // stopped without a word: curses is to begin with its escapes anew
  is_suspended_ = wants_terminal_ = true;
  take_back();
}

bool Screen::take_back() {
  if (!wants_terminal_ || !tty_.is_foreground()) return false;
  is_suspended_ = false;
  tty_.take_over(curses_->farewell());
  ::keypad(curses_->pad(), true);
  look_at_size();
  return true;
}

}  // namespace view
