// SPDX-License-Identifier: BSD-2-Clause
// THE table of statistics. Everything that prints one, or tells a person of one, walks it: the
// format engine, the help, and the check of the man page. To add a statistic: write its row in
// directives.cpp, its line in the man page, and a golden line.
#pragma once

#include <span>
#include <string>

#include "stats/interval.hpp"

namespace report {

/// What a directive renders: one closed interval and what was known when it closed.
struct Record {
  const stats::Interval& interval;
  double load_ratio = 1;             ///< load over peak
  base::Nanoseconds origin = 0;      ///< what relative times count from, since the epoch
  base::Nanoseconds subtracted = 0;  ///< from every time: -R
};

struct Directive {
  char letter;
  const char* name;
  const char* unit;
  const char* meaning;
  void (*render)(std::string& out, const Record& record);
};

/// All rows, in the order of the manual.
std::span<const Directive> directives();

/// The row of a letter; nullptr where there is none.
const Directive* find_directive(char letter);

}  // namespace report
