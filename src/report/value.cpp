// SPDX-License-Identifier: BSD-2-Clause
#include "report/value.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "layout/width.hpp"

namespace report {

namespace {

using base::Uint128;

constexpr std::uint64_t half_ns_per_s = 2 * base::ns_per_s;
constexpr int decimals_most = 9;
constexpr std::uint64_t width_most = 1000;

constexpr std::array<std::uint64_t, decimals_most + 1> powers_of_ten = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

std::uint64_t power_of_ten(int exponent) { return powers_of_ten[static_cast<std::size_t>(exponent)]; }

struct Prefixes {
  std::uint64_t base;
  std::span<const std::string_view> names;
};

Prefixes prefixes_of(char unit) {
  static constexpr std::array<std::string_view, 7> decimal = {"", "k", "M", "G", "T", "P", "E"};
  static constexpr std::array<std::string_view, 7> binary = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  if (unit == 'k') return {1000, decimal};
  if (unit == 'i') return {1024, binary};
  return {1, std::span(decimal).first(1)};
}

/// A count or a length of time, exactly. The denominator is even, so that its half is whole.
struct Ratio {
  bool is_negative;
  Uint128 numerator;
  Uint128 denominator;
};

Ratio exact(const Value& value) {
  if (value.kind == Value::Kind::count) return {false, Uint128{value.count} * 2, 2};
  const auto twice_ns = static_cast<Uint128>(value.twice_ns);
  const bool is_negative = value.twice_ns < 0;
  return {is_negative, is_negative ? 0 - twice_ns : twice_ns, half_ns_per_s};
}

/// The magnitude in units of the last decimal, rounded as floor(x + 0.5) is: a half goes up, which below
/// zero is towards zero.
Uint128 rounded(const Ratio& ratio, int decimals) {
  const Uint128 half = ratio.denominator / 2 - (ratio.is_negative ? 1 : 0);
  return (ratio.numerator * power_of_ten(decimals) + half) / ratio.denominator;
}

void append_decimal(std::string& out, bool is_negative, Uint128 magnitude, int decimals) {
  const std::uint64_t power = power_of_ten(decimals);
  if (is_negative && magnitude > 0) out += '-';
  base::append_integer(out, static_cast<std::uint64_t>(magnitude / power));
  if (decimals == 0) return;
  const std::size_t point = out.size();
  base::append_integer(out, power + static_cast<std::uint64_t>(magnitude % power));
  out[point] = '.';  // in place of the leading 1
}

void append_exact(std::string& out, Ratio ratio, char unit, int decimals) {
  const Prefixes prefixes = prefixes_of(unit);
  std::size_t prefix = 0;
  Uint128 magnitude = rounded(ratio, decimals);
  // Asked of the rounded number: 999.95 k is 1.0 M.
  while (prefix + 1 < prefixes.names.size() && magnitude >= Uint128{prefixes.base} * power_of_ten(decimals)) {
    ratio.denominator *= prefixes.base;
    magnitude = rounded(ratio, decimals);
    ++prefix;
  }
  append_decimal(out, ratio.is_negative, magnitude, decimals);
  out += prefixes.names[prefix];
}

void append_real(std::string& out, double real, char unit, int decimals) {
  const Prefixes prefixes = prefixes_of(unit);
  const auto base = static_cast<double>(prefixes.base);
  const double rounded_up_from = base - 0.5 / static_cast<double>(power_of_ten(decimals));
  double scale = 1;
  std::size_t prefix = 0;
  if (!std::isfinite(real)) real = 0;
  while (prefix + 1 < prefixes.names.size() && std::fabs(real) / scale >= rounded_up_from) {
    scale *= base;
    ++prefix;
  }
  base::append_fixed(out, real / scale, decimals);
  out += prefixes.names[prefix];
}

bool is_number(Value::Kind kind) { return kind <= Value::Kind::time; }

void append_endpoint(std::string& out, const Value& value) {
  if (value.address.is_ipv6) out += '[';
  packet::append_address(out, value.address);
  out += value.address.is_ipv6 ? "]:" : ":";
  base::append_integer(out, value.count);
}

/// What is no number.
void append_word(std::string& out, const Value& value) {
  switch (value.kind) {
    case Value::Kind::flag: out += value.count != 0 ? "yes" : "no"; break;
    case Value::Kind::text: base::append_printable(out, value.text); break;
    case Value::Kind::address: packet::append_address(out, value.address); break;
    case Value::Kind::endpoint: append_endpoint(out, value); break;
    default: out += '-'; break;
  }
}

/// The digits, the point and the prefix; or the word.
void append_unpadded(std::string& out, const Value& value, char unit, std::optional<int> precision) {
  if (!is_number(value.kind)) return append_word(out, value);
  const bool is_whole =
      value.kind == Value::Kind::count && !precision && (unit == 0 || value.count < prefixes_of(unit).base);
  if (is_whole) return base::append_integer(out, value.count);
  const bool is_real = value.kind == Value::Kind::real;
  const int decimals = precision.value_or(unit != 0 ? 1 : is_real ? 2 : 6);
  if (is_real) return append_real(out, value.real, unit, decimals);
  append_exact(out, exact(value), unit, decimals);
}

void insert_fill(std::string& out, std::size_t at, const std::string& fill, std::size_t times) {
  if (fill.size() == 1) {
    out.insert(at, times, fill.front());
    return;
  }
  for (std::size_t i = 0; i < times; ++i) out.insert(at, fill);
}

/// Fills what stands behind `begin`, so many columns, up to the width.
void pad(std::string& out, std::size_t begin, std::size_t length, const NumberSpec& spec) {
  if (length >= spec.width) return;
  const std::size_t missing = spec.width - length;
  const std::size_t left = spec.align == '<' ? 0 : spec.align == '^' ? missing / 2 : missing;
  insert_fill(out, begin, spec.fill, left);
  insert_fill(out, out.size(), spec.fill, missing - left);
}

[[noreturn]] void reject(std::string_view spec, const std::string& why) {
  throw base::usage_error("'" + base::printable(spec) + "': " + why);
}

bool is_alignment(std::string_view text) { return text == "<" || text == ">" || text == "^"; }

/// The first character of `text`, of as many bytes as its first one says.
std::string_view first_character(std::string_view text) {
  if (text.empty()) return text;
  const auto lead = static_cast<unsigned char>(text.front());
  return text.substr(0, lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
}

/// Takes the digits that `rest` begins with.
std::string_view take_digits(std::string_view& rest) {
  const std::string_view digits = rest.substr(0, rest.find_first_not_of("0123456789"));
  rest.remove_prefix(digits.size());
  return digits;
}

void take_alignment(NumberSpec& spec, std::string_view text, std::string_view& rest) {
  const std::string_view fill = first_character(rest);
  if (is_alignment(rest.substr(fill.size(), 1))) {
    if (base::printable(fill) != fill) reject(text, "the fill has to be a printable character");
    spec.fill = fill;
    rest.remove_prefix(fill.size());
  } else if (!is_alignment(fill)) {
    return;
  }
  spec.align = rest.front();
  rest.remove_prefix(1);
}

void take_width(NumberSpec& spec, std::string_view text, std::string_view& rest) {
  const std::string_view digits = take_digits(rest);
  if (digits.empty()) return;
  if (digits.front() == '0') reject(text, "a width begins with 1 to 9 (0>8 fills with zeros)");
  const auto width = base::parse_whole(digits, width_most);
  if (!width) reject(text, "a width is at most " + std::to_string(width_most));
  spec.width = *width;
}

void take_precision(NumberSpec& spec, std::string_view text, std::string_view& rest) {
  if (!rest.starts_with('.')) return;
  rest.remove_prefix(1);
  const std::string_view digits = take_digits(rest);
  if (digits.empty()) reject(text, "the precision behind the point is missing");
  const auto precision = base::parse_whole(digits, decimals_most);
  if (!precision) reject(text, "a precision is 0 to " + std::to_string(decimals_most));
  spec.precision = static_cast<int>(*precision);
}

/// A sign at the begin that other tools have for an alignment; empty where there is none.
std::string_view foreign_alignment(std::string_view text) {
  constexpr std::string_view foreign = "=+-_,|*#";
  for (const std::size_t at : {first_character(text).size(), std::size_t{0}}) {
    if (at < text.size() && foreign.find(text[at]) != std::string_view::npos) return text.substr(at, 1);
  }
  return {};
}

void take_unit(NumberSpec& spec, std::string_view text, std::string_view rest) {
  if (rest.empty()) return;
  const std::string_view unit = first_character(rest);
  if (unit != "k" && unit != "i") {
    const std::string_view sign = rest.size() == text.size() ? foreign_alignment(text) : std::string_view{};
    if (!sign.empty()) reject(text, "no alignment " + std::string(sign) + ": <, > or ^");
    reject(text, "no unit " + base::printable(unit) + ": k or i");
  }
  if (rest.size() > 1) reject(text, "nothing can follow the unit " + std::string(unit));
  spec.unit = unit.front();
}

/// `align` is what holds where the spec has none.
NumberSpec parse_spec(std::string_view text, char align) {
  if (text.empty()) throw base::usage_error("a spec is missing behind the colon, as in >10.1k");
  NumberSpec spec;
  spec.align = align;
  std::string_view rest = text;
  take_alignment(spec, text, rest);
  take_width(spec, text, rest);
  take_precision(spec, text, rest);
  take_unit(spec, text, rest);
  return spec;
}

void append_shortest(std::string& out, double real) {
  const bool is_zero = real == 0 || !std::isfinite(real);  // 0 has no sign here
  std::array<char, 400> buffer;  // the smallest doubles have 324 zeros and 17 digits
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), is_zero ? 0.0 : real,
                                 std::chars_format::fixed)
                       .ptr;
  out.append(buffer.data(), end);
}

}  // namespace

Value Value::of_count(std::uint64_t count) { return {.kind = Kind::count, .count = count}; }
Value Value::of_real(double real) { return {.kind = Kind::real, .real = real}; }
Value Value::of_seconds(base::Int128 twice_ns) { return {.kind = Kind::seconds, .twice_ns = twice_ns}; }
Value Value::of_time(base::Int128 twice_ns) { return {.kind = Kind::time, .twice_ns = twice_ns}; }

base::Nanoseconds Value::whole_ns() const {
  constexpr base::Int128 most = std::numeric_limits<base::Nanoseconds>::max();
  return base::floor_quotient(std::clamp(twice_ns, -2 * most, 2 * most), 2);
}

double Value::number() const {
  if (kind == Kind::count) return static_cast<double>(count);
  if (kind == Kind::real) return std::isfinite(real) ? real : 0.0;
  const Ratio seconds = exact(*this);
  const double magnitude = base::nearest_quotient(seconds.numerator, seconds.denominator);
  return seconds.is_negative ? -magnitude : magnitude;
}

Value Value::of_flag(bool is_set) { return {.kind = Kind::flag, .count = is_set ? 1U : 0U}; }
Value Value::of_text(std::string_view text) { return {.kind = Kind::text, .text = text}; }
Value Value::of_address(const packet::Address& address) {
  return {.kind = Kind::address, .address = address};
}
Value Value::of_endpoint(const packet::Address& address, std::uint16_t port) {
  return {.kind = Kind::endpoint, .count = port, .address = address};
}

NumberSpec parse_number_spec(std::string_view text) { return parse_spec(text, '>'); }

NumberSpec parse_text_spec(std::string_view text) {
  const NumberSpec spec = parse_spec(text, '<');
  if (spec.precision || spec.unit != 0) reject(text, "words have neither a precision nor a unit");
  return spec;
}

void append_number(std::string& out, const Value& value, const NumberSpec& spec) {
  const std::size_t begin = out.size();
  append_unpadded(out, value, spec.unit, spec.precision);
  const bool may_be_wide = value.kind == Value::Kind::text;
  pad(out, begin, may_be_wide ? layout::columns_of(std::string_view(out).substr(begin)) : out.size() - begin,
      spec);
}

void append_human(std::string& out, const Value& value, char unit) {
  append_unpadded(out, value, unit, std::nullopt);
}

void append_plain(std::string& out, const Value& value, int decimals) {
  switch (value.kind) {
    case Value::Kind::count: base::append_integer(out, value.count); break;
    case Value::Kind::real: base::append_fixed(out, value.real, decimals); break;
    case Value::Kind::seconds:
    case Value::Kind::time: append_exact(out, exact(value), 0, decimals); break;
    default: append_word(out, value); break;
  }
}

void append_raw(std::string& out, const Value& value) {
  if (value.kind == Value::Kind::real) return append_shortest(out, value.real);
  if (value.kind == Value::Kind::flag) {
    out += value.count != 0 ? "true" : "false";
    return;
  }
  append_plain(out, value, decimals_most);
}

}  // namespace report
