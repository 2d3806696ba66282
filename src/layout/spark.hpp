// SPDX-License-Identifier: BSD-2-Clause
// A sparkline: the last values, one character each, on a scale from 0 to the largest of them. It keeps a
// fixed number of values; colour and the choice of glyphs are its user's.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace layout {

enum class Glyphs {
  utf8,  ///< ▁▂▃▄▅▆▇█
  ascii  ///< _+xoXOM@
};

class Spark {
 public:
  static constexpr std::size_t values_usual = 16;

  /// Keeps the last `values` of them, at least one.
  explicit Spark(std::size_t values = values_usual);

  /// What is negative or not finite counts as 0.
  void push(double value);

  /// As many characters as values are kept, the newest last; blanks where there was no value yet. The
  /// lowest level is below an eighth of the largest value, 0 included; the largest has the highest.
  std::string text(Glyphs glyphs) const;

 private:
  std::vector<double> values_;  // a ring
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace layout
