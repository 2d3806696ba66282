// SPDX-License-Identifier: BSD-2-Clause
// A condition on the statistics of an interval, as `bits_per_second > 10M and tcp_syn > 1000`. What happens
// when it is met is its user's business.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/fields.hpp"

namespace report {

class Alert {
 public:
  /// Comparisons (>, >=, <, <=, ==, !=) of a statistic with a number, which may have a suffix k, M, G or T;
  /// joined by `and`, which binds closer, and `or`. Of what has no number none is met. Throws a usage Error. `wishes` gets what it needs.
  Alert(std::string_view text, Wishes& wishes);

  bool is_met(const IntervalRecord& record) const;
  /// Whether it may be met by one interval without packets and not by the one before it.
  bool changes_when_empty() const;

  /// `bits_per_second = 12345678.00 (bits_per_second > 10M), interval 2024-03-04T08:20:00.000000Z, 5 s`.
  std::string describe(const IntervalRecord& record) const;

 private:
  enum class Operator { above, at_least, below, at_most, equal, unequal };

  struct Comparison {
    Field field;
    Operator how;
    double number;
  };

  Comparison parse_comparison(std::string_view& rest, Wishes& wishes) const;
  static bool is_met(const Comparison& comparison, const IntervalRecord& record);

  std::string text_;
  std::vector<std::vector<Comparison>> any_of_;  // of the inner ones all
};

}  // namespace report
