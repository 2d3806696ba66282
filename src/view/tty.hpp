// SPDX-License-Identifier: BSD-2-Clause
// The terminal under the screen: its mode, its size, where keys come from, and what is written to it, which waits for
// nobody: a terminal that does not read (a line that is slow or gone) gets the rest later. It keeps one picture and
// the farewell at most. What the bytes mean is view/screen's business.
#pragma once

#include <termios.h>

#include <string>
#include <string_view>

#include "base/descriptor.hpp"
#include "base/time.hpp"
#include "layout/picture.hpp"

namespace view {

class Tty {
 public:
  /// Standard output. Throws an Error where that is no terminal, or where there is none to read keys from.
  Tty();
  ~Tty() { give_back(); }
  Tty(const Tty&) = delete;
  Tty& operator=(const Tty&) = delete;

  /// Where keys come from: standard input, or else the controlling terminal.
  int keys() const { return keys_.number(); }
  /// As it is at the moment; 80x24 where the terminal does not know.
  layout::Size size() const;

  /// Each key at once, none echoed; Ctrl-C and Ctrl-Z stay signals, Ctrl-S does not halt the screen. `farewell` is what
  /// a crash writes before it gives the terminal back.
  void take_over(std::string_view farewell);
  /// The mode as it was before; what the terminal does not take in half a second is lost. In the background nothing is
  /// touched: the terminal is the shell's.
  void give_back();

  void put(std::string_view bytes) { pending_ += bytes; }
  /// Writes what has been put; waits for the terminal for so long. False: it has not taken everything.
  bool flush(base::Nanoseconds patience);

  /// Whether job control lets this process have the terminal.
  bool is_foreground() const;

  /// Whether the other side of the terminal has gone, as far as reading and writing could tell.
  bool is_gone() const { return is_gone_; }
  /// When there was no key to read, and this is why.
  void look_for_end(int error_number);

 private:
  base::Descriptor output_;
  base::Descriptor keys_;
  termios former_mode_{};
  bool is_taken_over_ = false;
  bool is_gone_ = false;
  std::string pending_;
};

}  // namespace view
