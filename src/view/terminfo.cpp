// SPDX-License-Identifier: BSD-2-Clause
#include "view/terminfo.hpp"

#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"

// The last one: it has macros named as half of the world's variables.
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <term.h>

namespace view {

namespace {

/// What the description has under this name, with its delays as tputs(3) makes them.
std::string capability(const char* name) {
  static std::string text;
  text.clear();
  const char* const value = ::tigetstr(name);
  if (value == nullptr) return {};
  ::tputs(value, 1, [](int byte) {
    text += static_cast<char>(byte);
    return byte;
  });
  return text;
}

/// The description that setupterm(3) has loaded, gone when it goes: curses loads one of its own.
struct Description {
  Description() = default;
  ~Description() { ::del_curterm(::cur_term); }
  Description(const Description&) = delete;
  Description& operator=(const Description&) = delete;
};

}  // namespace

std::string terminal_type() {
  const char* const type = std::getenv("TERM");
  if (type == nullptr || *type == '\0') {
    throw base::Error("TERM is not set: it has to say what kind of terminal this is");
  }
  return type;
}

std::string farewell_of(const std::string& type, int descriptor) {
  int found = 0;
  const bool is_usable = ::setupterm(type.c_str(), descriptor, &found) == OK;
  const Description description;
  const std::string term = "TERM is '" + base::printable(type) + "': ";
  if (!is_usable && found != 1) throw base::Error(term + "no such terminal is known here");
  if (!is_usable || capability("cup").empty()) {
    throw base::Error(term + "such a terminal cannot place text on its screen");
  }
  std::string farewell;
  for (const char* name : {"rmkx", "sgr0", "op", "cnorm"}) farewell += capability(name);
  return farewell + (has_alternate_screen() ? capability("rmcup") : "\r\n" + capability("ed"));
}

bool has_alternate_screen() { return !capability("rmcup").empty(); }

}  // namespace view
