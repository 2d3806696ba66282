// SPDX-License-Identifier: BSD-2-Clause
#include "report/alert.hpp"

#include <algorithm>
#include <array>

#include "base/calendar.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "report/units.hpp"

namespace report {

namespace {

constexpr std::string_view blanks = " \t\n";

/// Takes a word off `rest`: up to a blank or an operator, or the operator itself.
std::string_view take_word(std::string_view& rest) {
  constexpr std::string_view operators = "<>=!";
  rest.remove_prefix(std::min(rest.find_first_not_of(blanks), rest.size()));
  if (rest.empty()) return rest;
  const bool is_operator = operators.find(rest.front()) != std::string_view::npos;
  std::size_t end = 0;
  while (end < rest.size() && blanks.find(rest[end]) == std::string_view::npos &&
         (operators.find(rest[end]) != std::string_view::npos) == is_operator) {
    ++end;
  }
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

base::Error wrong(std::string_view text, const std::string& why) {
  return base::usage_error("--alert '" + base::printable(text) + "': " + why);
}

std::string quoted(std::string_view word) {
  return word.empty() ? "the end" : "'" + base::printable(word) + "'";
}

}  // namespace

Alert::Alert(std::string_view text, Wishes& wishes) : text_(text), any_of_(1) {
  for (std::string_view rest = text;;) {
    any_of_.back().push_back(parse_comparison(rest, wishes));
    const std::string_view joint = take_word(rest);
    if (joint.empty()) return;
    if (joint == "or") any_of_.emplace_back();
    if (joint != "or" && joint != "and") throw wrong(text_, quoted(joint) + " is neither 'and' nor 'or'");
  }
}

Alert::Comparison Alert::parse_comparison(std::string_view& rest, Wishes& wishes) const {
  struct Name {
    std::string_view text;
    Operator how;
  };
  static constexpr std::array operators = std::to_array<Name>({{">", Operator::above},
                                                               {">=", Operator::at_least},
                                                               {"<", Operator::below},
                                                               {"<=", Operator::at_most},
                                                               {"==", Operator::equal},
                                                               {"=", Operator::equal},
                                                               {"!=", Operator::unequal}});
  const std::string_view name = take_word(rest);
  if (name.empty()) throw wrong(text_, "a comparison is missing, as in bits_per_second > 10M");
  if (name.front() == '(') throw wrong(text_, "there are no parentheses; 'and' binds closer than 'or'");
  Field field = base::in_context("--alert", [&] { return find_field(name, wishes); });
  const std::string_view sign = take_word(rest);
  const auto* const row = std::ranges::find(operators, sign, &Name::text);
  if (row == operators.end()) throw wrong(text_, quoted(sign) + " is no comparison: >, >=, <, <=, == or !=");
  const std::string_view number = take_word(rest);
  const auto value = base::parse_number(number);
  if (!value) throw wrong(text_, quoted(number) + " is no number, as in 1000, 0.5 or 10M");
  return {std::move(field), row->how, *value};
}

bool Alert::is_met(const Comparison& comparison, const IntervalRecord& record) {
  const Value compared = comparison.field.value(record);
  if (compared.kind == Value::Kind::nothing) return false;
  const double value = compared.number();
  switch (comparison.how) {
    case Operator::above: return value > comparison.number;
    case Operator::at_least: return value >= comparison.number;
    case Operator::below: return value < comparison.number;
    case Operator::at_most: return value <= comparison.number;
    case Operator::equal: return value == comparison.number;
    case Operator::unequal: return value != comparison.number;
  }
  return false;
}

bool Alert::is_met(const IntervalRecord& record) const {
  return std::ranges::any_of(any_of_, [&](const std::vector<Comparison>& all) {
    return std::ranges::all_of(all, [&](const Comparison& each) { return is_met(each, record); });
  });
}

bool Alert::changes_when_empty() const {
  return std::ranges::any_of(any_of_, [](const std::vector<Comparison>& all) {
    return std::ranges::any_of(all,
                               [](const Comparison& each) { return each.field.directive->get.is_moving; });
  });
}

std::string Alert::describe(const IntervalRecord& record) const {
  std::vector<std::string_view> told;
  std::string values;
  for (const auto& all : any_of_) {
    for (const Comparison& comparison : all) {
      if (std::ranges::find(told, comparison.field.name) != told.end()) continue;
      told.push_back(comparison.field.name);
      values += (values.empty() ? "" : ", ") + comparison.field.name + " = ";
      // Round trips and shares of segments are small.
      const int decimals = comparison.field.directive->need == Need::connections ? 6 : 2;
      append_plain(values, comparison.field.value(record), decimals);
    }
  }
  std::string when;
  base::append_iso(when, record.interval.begin);
  return "alert: " + values + " (" + base::printable(text_) + "), interval from " + when + " of " +
         text_of_length(record.interval.length);
}

}  // namespace report
