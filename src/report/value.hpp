// SPDX-License-Identifier: BSD-2-Clause
// One number or word of one record, and how it becomes text: the classic form, the form for machines, and the
// form that a spec asks for (fill, width, decimals, k or Ki). Counts and times are rounded from exact
// integers. What it means, and its name, are up to directives; quotes around words to JSON and CSV.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/number.hpp"
#include "base/time.hpp"
#include "packet/address.hpp"

namespace report {

/// One statistic of one record, before it becomes text.
struct Value {
  enum class Kind : std::uint8_t { count, real, seconds, time, nothing, flag, text, address, endpoint };

  /// What there is no number of.
  static Value nothing() { return {.kind = Kind::nothing}; }
  static Value of_count(std::uint64_t count);
  static Value of_real(double real);
  static Value of_seconds(base::Int128 twice_ns);
  static Value of_time(base::Int128 twice_ns);
  static Value of_flag(bool is_set);
  /// The characters are not copied: they have to live as long as their record.
  static Value of_text(std::string_view text);
  static Value of_address(const packet::Address& address);
  /// An address with a port: 192.0.2.1:80, [2001:db8::1]:80.
  static Value of_endpoint(const packet::Address& address, std::uint16_t port);

  /// Quoted in JSON.
  static constexpr bool is_text(Kind kind) { return kind >= Kind::text; }

  /// As a double, seconds as seconds; 0 where it is not finite, and of what is no number.
  double number() const;
  /// Of seconds and times, the whole nanosecond that has begun; the nearest there is where -R leads beyond.
  base::Nanoseconds whole_ns() const;

  Kind kind = Kind::count;
  std::uint64_t count = 0;  ///< Kind::count; of a flag 0 or 1, of an endpoint its port
  double real = 0;          ///< Kind::real
  /// Kind::seconds and Kind::time (since the epoch), in half nanoseconds: the middle of an odd length is
  /// not whole. Below 2^68 either way.
  base::Int128 twice_ns = 0;
  std::string_view text = {};    ///< Kind::text; from outside, perhaps
  packet::Address address = {};  ///< Kind::address and Kind::endpoint
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

/// The same for words: [[fill]align][width], to the left unless told otherwise.
NumberSpec parse_text_spec(std::string_view text);

/// Without a precision: counts whole, reals with 2 decimals, seconds with 6; with a unit 1 decimal, but
/// counts below its first prefix whole. A time as seconds since the epoch. A flag is yes or no, nothing is -,
/// text is made printable.
void append_number(std::string& out, const Value& value, const NumberSpec& spec);

/// The same with nothing but a unit: "283.6M".
void append_human(std::string& out, const Value& value, char unit);

/// As tcpstat always printed it. `decimals` is 0 to 9: of a real as printf's %.*f, of seconds rounded half
/// up (floor(x + 0.5), also below zero); a count has none. Words as append_number() has them.
void append_plain(std::string& out, const Value& value, int decimals);

/// For JSON and CSV: a real as the shortest decimals that read back the same, without exponent; seconds
/// with nine decimals; a flag is true or false. Quotes, and what nothing looks like, are left to them.
void append_raw(std::string& out, const Value& value);

}  // namespace report
