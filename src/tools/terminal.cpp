// SPDX-License-Identifier: BSD-2-Clause
#include "tools/terminal.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace tools {

namespace {

/// Only the characters follow the locale; numbers and dates never do.
bool is_utf8_locale() {
  static const bool is_utf8 = [] {
    std::setlocale(LC_CTYPE, "");
    return std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  }();
  return is_utf8;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

report::Screen look_at_screen() {
  report::Screen screen;
  screen.is_utf8 = is_utf8_locale();
  screen.is_terminal = ::isatty(STDOUT_FILENO) == 1;
  if (!screen.is_terminal) return screen;
  screen.is_coloured = environment("NO_COLOR").empty() && environment("TERM") != "dumb";
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    screen.columns = size.ws_col;
    screen.rows = size.ws_row;
  }
  return screen;
}

}  // namespace tools
