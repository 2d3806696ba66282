// SPDX-License-Identifier: BSD-2-Clause
// File descriptors that lines go to. Text is gathered for each and written at once: one write(2) for
// each descriptor and line.
#pragma once

#include <string>
#include <vector>

namespace report {

class Sinks {
 public:
  /// The place of a descriptor among these; it is taken in if it is new. Throws a usage Error where it is
  /// not open for writing.
  std::size_t open(int descriptor);

  /// What will be written to the descriptor at this place.
  std::string& text(std::size_t place) { return sinks_[place].text; }

  /// Whether what was written there last does not end its line.
  bool is_inside_line(std::size_t place) const { return sinks_[place].is_inside_line; }

  /// Writes what was gathered. A descriptor that fails does not keep the others from being written;
  /// then throws an Error for the first that failed.
  void flush();

 private:
  struct Sink {
    int descriptor;
    bool may_block;  // a pipe, a terminal or a socket: its reader may be slow
    std::string text;
    bool is_inside_line = false;
  };
  std::vector<Sink> sinks_;
};

}  // namespace report
