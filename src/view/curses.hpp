// SPDX-License-Identifier: BSD-2-Clause
// curses, set up for one terminal. It writes into a file in memory, from where Tty takes the bytes: left alone it would
// wait for a terminal that does not read, or turn in a loop. Signals and the terminal's mode are not its business
// either. For view/screen alone.
#pragma once

#define NCURSES_NOMACROS 1
#include <curses.h>

#include <cstdio>
#include <memory>
#include <string>

#include "base/descriptor.hpp"
#include "layout/picture.hpp"
#include "view/keys.hpp"
#include "view/tty.hpp"

namespace view {

class Curses {
 public:
  /// Takes the terminal over. Throws an Error, before it touches it, where TERM names none that it can draw on.
  Curses(Tty& tty, const layout::Size& size, bool wants_colours);
  ~Curses();
  Curses(const Curses&) = delete;
  Curses& operator=(const Curses&) = delete;

  const std::string& farewell() const { return farewell_; }
  /// Where keys are read: not a window, which would be drawn by that.
  WINDOW* pad() const { return pad_; }
  int attributes_of(layout::Style style) const;
  /// What curses has written since the last time.
  std::string take_output() const;

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, CloseFile>;

  static File file_of(int descriptor, const char* mode);
  void make_colours();

  File input_, output_;
  base::Descriptor memory_;
  std::string farewell_;
  SCREEN* screen_ = nullptr;
  WINDOW* pad_ = nullptr;
  bool is_coloured_ = false;
};

/// The key behind one of curses' codes (KEY_UP).
Key key_of_code(int code);

}  // namespace view
