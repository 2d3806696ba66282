// SPDX-License-Identifier: BSD-2-Clause
// The format engine: a printf-like text is compiled once and rendered for every interval. It knows
// letters, escapes and switches of the file descriptor; what a letter means is the table's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/directives.hpp"
#include "report/sink.hpp"

namespace report {

inline constexpr std::string_view default_format = "Time:%S\\tn=%n\\tavg=%a\\tstddev=%d\\tbps=%b\\n";

class Format {
 public:
  /// Compiles `text`. Throws a usage Error that names the place of what is wrong. `sinks` gets the
  /// descriptors it writes to, standard output first; where `may_switch` is false (a program that
  /// runs with other privileges than its user's), switching is an error.
  Format(std::string_view text, Sinks& sinks, bool may_switch);

  /// Appends what this interval looks like to the descriptors' texts.
  void render(const Record& record, Sinks& sinks) const;

 private:
  /// A literal, then a directive, both to the same descriptor.
  struct Piece {
    std::size_t sink;
    std::string literal;
    const Directive* directive = nullptr;
  };

  std::vector<Piece> pieces_;
};

}  // namespace report
