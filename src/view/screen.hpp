// SPDX-License-Identifier: BSD-2-Clause
// The screen of a program that stays on it: pictures go onto the terminal, keys come from it, and on every way out it
// is as it was before. The only user of curses. It draws what it is given and cuts it at the edge; what stands there
// and what a key means is the program's business. One at a time; the locale has to be set before (setlocale).
#pragma once

#include <memory>
#include <optional>

#include "layout/picture.hpp"
#include "view/keys.hpp"
#include "view/tty.hpp"

namespace view {

class Curses;

struct ScreenOptions {
  bool is_coloured = true;  ///< where the terminal has colours
};

class Screen {
 public:
  /// What a program can do anything useful with.
  static constexpr layout::Size least{40, 5};
  /// A terminal that claims to be larger is used up to here.
  static constexpr layout::Size most{1000, 500};

  /// Takes the terminal over. Throws an Error where standard output is none, where TERM is not set or not known or
  /// cannot place its cursor, where it is smaller than `least`, or where there is none to read keys from.
  explicit Screen(const ScreenOptions& options);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// Readable when keys wait. Then read them until there is none: some may be held already.
  int descriptor() const { return tty_.keys(); }
  /// A key that waits, if any. After Escape it takes 25 ms to see that it was no more than that. Ctrl-L draws everything
  /// anew and is no key.
  std::optional<Key> read_key();
  /// The terminal is not there any more, as reading or writing found out.
  bool is_gone() const { return tty_.is_gone(); }

  layout::Size size() const { return size_; }
  /// After SIGWINCH. It may be smaller than `least` now. Everything is drawn anew the next time.
  void look_at_size();

  /// What has changed since the last picture goes to the terminal. It never waits longer than 20 ms: false where the
  /// terminal has not taken everything; then draw again soon, this or a newer picture (left out while one is on its way).
  bool draw(const layout::Picture& picture);

  /// The terminal as it was: before the program stops itself, for SIGTSTP.
  void suspend();
  /// After SIGCONT, also where something else had stopped it. In the background nothing happens until a later draw()
  /// finds the program in the foreground. The size may be another one.
  void resume();

 private:
  bool take_back();
  bool update();
  Key key_after_escape();
  void draw_line(const layout::Line& line, std::size_t row);

  Tty tty_;
  std::unique_ptr<Curses> curses_;
  layout::Size size_;
  bool is_utf8_;
  bool is_suspended_ = false;
  bool wants_terminal_ = true;
};

}  // namespace view
