// SPDX-License-Identifier: BSD-2-Clause
// One number of one record, and how it becomes text: the classic form, the form for machines, and the
// form that a spec asks for (fill, width, decimals, k or Ki). Counts and times are rounded from exact
// integers. What a number means, and its name, are up to directives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.hpp"
#include "base/time.hpp"

namespace report {

/// One statistic of one record, before it becomes text.
struct Value {
  enum class Kind : std::uint8_t { count, real, seconds, time };

  static Value of_count(std::uint64_t count);
  static Value of_real(double real);
  static Value of_seconds(base::Int128 twice_ns);
  static Value of_time(base::Int128 twice_ns);

  /// As a double, seconds as seconds; 0 where it is not finite.
  double number() const;
  /// Of seconds and times, the whole nanosecond that has begun; the nearest there is where -R leads beyond.
  base::Nanoseconds whole_ns() const;

  Kind kind = Kind::count;
  std::uint64_t count = 0;  ///< Kind::count
  double real = 0;          ///< Kind::real
  /// Kind::seconds and Kind::time (since the epoch), in half nanoseconds: the middle of an odd length is
  /// not whole. Below 2^68 either way.
  base::Int128 twice_ns = 0;
};

/// How a number is to look: [[fill]align][width][.precision][unit]
struct NumberSpec {
  std::string fill = " ";        ///< one character, of one byte or more
  char align = '>';              ///< '<', '>' or '^'
  std::size_t width = 0;         ///< in characters; a longer number stays whole
  std::optional<int> precision;  ///< 0 to 9 decimals
  char unit = 0;                 ///< 'k': k, M, G ... of 1000; 'i': Ki, Mi, Gi ... of 1024; 0: none
};

/// Throws a usage Error that says what is wrong with the spec, as in "'>8q': no unit q: k or i".
NumberSpec parse_number_spec(std::string_view text);

/// Without a precision: counts whole, reals with 2 decimals, seconds with 6; with a unit 1 decimal, but
/// counts below its first prefix whole. A time as seconds since the epoch.
void append_number(std::string& out, const Value& value, const NumberSpec& spec);

/// The same with nothing but a unit: "283.6M".
void append_human(std::string& out, const Value& value, char unit);

/// As tcpstat always printed it. `decimals` is 0 to 9: of a real as printf's %.*f, of seconds rounded half
/// up (floor(x + 0.5), also below zero); a count has none.
void append_plain(std::string& out, const Value& value, int decimals);

/// For JSON and CSV: a real as the shortest decimals that read back the same, without exponent; seconds
/// with nine decimals.
void append_raw(std::string& out, const Value& value);

}  // namespace report
