// SPDX-License-Identifier: BSD-2-Clause
#include "view/curses.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "base/error.hpp"
#include "view/terminfo.hpp"

namespace view {

namespace {

constexpr int escape_delay_ms = 25;
constexpr short accent_pair = 1, warning_pair = 2, good_pair = 3;

/// While it lives these signals are handled, by nothing: curses then installs no handlers of its own, nor does it ignore
/// SIGTSTP while it draws, which would lose one that waits for the loop.
class HandledSignals {
 public:
  HandledSignals() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &formers_[i]);
  }
  ~HandledSignals() {
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &formers_[i], nullptr);
  }
  HandledSignals(const HandledSignals&) = delete;
  HandledSignals& operator=(const HandledSignals&) = delete;

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
  std::array<struct sigaction, signals.size()> formers_{};
};

}  // namespace

Curses::File Curses::file_of(int descriptor, const char* mode) {
  const int own = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  File file(own < 0 ? nullptr : ::fdopen(own, mode));
  if (!file) throw base::Error("the terminal: " + base::system_reason(errno));
  return file;
}

Curses::Curses(Tty& tty, const layout::Size& size, bool wants_colours)
    : input_(file_of(tty.keys(), "r")),
      output_(file_of(STDOUT_FILENO, "w")),
      memory_(::memfd_create("screen", MFD_CLOEXEC)) {
  if (memory_.number() < 0) throw base::Error("memfd_create: " + base::system_reason(errno));
  const std::string type = terminal_type();
  farewell_ = farewell_of(type, ::fileno(output_.get()));
  // curses would believe any size that the terminal claims, but believes these first.
  ::setenv("LINES", std::to_string(size.rows).c_str(), 1);
  ::setenv("COLUMNS", std::to_string(size.columns).c_str(), 1);
  tty.take_over(farewell_);
  {
    const HandledSignals signals;
    screen_ = ::newterm(type.c_str(), output_.get(), input_.get());
  }
  for (const char* name : {"LINES", "COLUMNS"}) ::unsetenv(name);  // the size may change
  if (screen_ == nullptr) throw base::Error("curses cannot set up the screen");
  // These work on a terminal only; from then on its mode is Tty's.
  ::cbreak();
  ::noecho();
  ::nonl();
  ::dup3(memory_.number(), ::fileno(output_.get()), O_CLOEXEC);
  ::typeahead(-1);
  ::set_escdelay(escape_delay_ms);
  if (wants_colours && ::has_colors()) make_colours();
  pad_ = ::newpad(1, 1);
  ::nodelay(pad_, true);
}

Curses::~Curses() {
  ::delwin(pad_);
  ::delscreen(screen_);
}

void Curses::make_colours() {
  is_coloured_ = ::start_color() == OK;
  const short ground = ::use_default_colors() == OK ? short{-1} : short{COLOR_BLACK};
  ::init_pair(accent_pair, COLOR_CYAN, ground);
  ::init_pair(warning_pair, COLOR_RED, ground);
  ::init_pair(good_pair, COLOR_GREEN, ground);
}

int Curses::attributes_of(layout::Style style) const {
  using layout::Style;
  const auto coloured = [this](short pair, chtype otherwise) {
    return is_coloured_ ? static_cast<chtype>(COLOR_PAIR(pair)) : otherwise;
  };
  const auto attributes = [&]() -> chtype {
    switch (style) {
      case Style::plain: break;
      case Style::dim: return A_DIM;
      case Style::bold: return A_BOLD;
      case Style::accent: return coloured(accent_pair, A_NORMAL);
      case Style::warning: return coloured(warning_pair, A_BOLD);
      case Style::good: return coloured(good_pair, A_NORMAL);
      case Style::header: return A_REVERSE;
      case Style::alarm: return A_REVERSE | coloured(warning_pair, A_BOLD);
      case Style::selected: return A_REVERSE | A_BOLD;
    }
    return A_NORMAL;
  };
  return static_cast<int>(attributes());
}

std::string Curses::take_output() const {
  const off_t size = ::lseek(memory_.number(), 0, SEEK_CUR);
  std::string bytes(static_cast<std::size_t>(std::max<off_t>(size, 0)), '\0');
  const ssize_t count = ::pread(memory_.number(), bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  ::lseek(memory_.number(), 0, SEEK_SET);
  return bytes;
}

Key key_of_code(int code) {
  switch (code) {
    case KEY_UP: return {Key::Name::up};
    case KEY_DOWN: return {Key::Name::down};
    case KEY_LEFT: return {Key::Name::left};
    case KEY_RIGHT: return {Key::Name::right};
    case KEY_A3:
    case KEY_PPAGE: return {Key::Name::page_up};
    case KEY_C3:
    case KEY_NPAGE: return {Key::Name::page_down};
    case KEY_A1:
    case KEY_FIND:
    case KEY_HOME: return {Key::Name::home};
    case KEY_C1:
    case KEY_SELECT:
    case KEY_END: return {Key::Name::end};
    case KEY_ENTER: return {Key::Name::enter};
    case KEY_BACKSPACE: return {Key::Name::backspace};
    case KEY_DC: return {Key::Name::remove};
    default: return {};
  }
}

}  // namespace view
