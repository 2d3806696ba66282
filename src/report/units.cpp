// SPDX-License-Identifier: BSD-2-Clause
#include "report/units.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "report/value.hpp"

namespace report {

namespace {

std::string with_prefix(double value, int precision, const char* unit) {
  NumberSpec spec;
  spec.unit = 'k';
  spec.precision = precision;
  std::string text;
  append_number(text, Value::of_real(value), spec);
  const std::size_t digits = text.find_last_of("0123456789") + 1;
  return text.substr(0, digits) + " " + text.substr(digits) + unit;
}

/// Four significant digits, from 1 on.
std::string in_four_digits(double value, const char* unit) {
  if (value <= 0) return std::string("0 ") + unit;
  const double last = std::pow(10, std::floor(std::log10(value)) - 3);  // the value of the fourth digit
  const double rounded = std::max(1e-3, std::round(value / last) * last);
  double scaled = rounded;
  while (scaled >= 999.95) scaled /= 1000;
  return with_prefix(rounded, scaled < 9.9995 ? 3 : scaled < 99.995 ? 2 : 1, unit);
}

}  // namespace

std::string text_of_count(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string text_of_rate(double bps) { return in_four_digits(bps, "bit/s"); }

std::string text_of_bytes(double bytes) {
  return bytes < 1000 ? base::fixed(bytes, 0) + " B" : in_four_digits(bytes, "B");
}

std::string text_of_delay(double ns) { return base::fixed(ns / base::ns_per_ms, 3) + " ms"; }

std::string text_of_time(base::Nanoseconds time) {
  std::string text;
  append_plain(text, Value::of_seconds(base::Int128{time} * 2), 3);
  return text + " s";
}

namespace {

/// Without zeros at the end of its decimals, if `number` has any.
std::string trimmed(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.ends_with('.')) number.pop_back();
  return number;
}

}  // namespace

std::string text_of_length(base::Nanoseconds time) {
  std::string text;
  append_plain(text, Value::of_seconds(base::Int128{time} * 2), 9);
  return trimmed(text) + " s";
}

std::string text_of_speed(double bps) {
  const std::string text = with_prefix(bps, 9, "bit/s");
  const std::size_t blank = text.find(' ');
  return trimmed(text.substr(0, blank)) + text.substr(blank);
}

std::string text_of_percent(double percent) { return base::fixed(percent, 2) + " %"; }

}  // namespace report
