// SPDX-License-Identifier: BSD-2-Clause
// Numbers to text and back, and text from outside made safe to print. None of it depends on the
// locale. Parsers take the whole text or nothing: no leading space, no sign "+", no hexadecimal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace base {

/// Appends `value` in decimal.
void append_integer(std::string& out, std::int64_t value);
void append_integer(std::string& out, std::uint64_t value);

/// Appends `value` as printf's %.*f does; 0 where it is not finite.
void append_fixed(std::string& out, double value, int decimals);

/// The same as append_fixed, as a string.
std::string fixed(double value, int decimals);

/// Seconds ("0.1", "5", "1e-3", "-1"), exact to the nanosecond; nothing beyond ±`time_limit`.
std::optional<Nanoseconds> parse_seconds(std::string_view text);

/// A length of time with a unit ("100us", "10ms", "1s"; none: seconds), exact to the nanosecond.
std::optional<Nanoseconds> parse_length(std::string_view text);

/// A whole number from 0 to `most`.
std::optional<std::uint64_t> parse_whole(std::string_view text, std::uint64_t most);

/// A number with an optional suffix k, M, G or T (powers of 1000): "1.5M" is 1,500,000.
std::optional<double> parse_number(std::string_view text);

/// A rate with an optional suffix k, M, G or T (powers of 1000), in thousandths: "1.5M" is
/// 1,500,000,000. At most 10^18.
std::optional<std::uint64_t> parse_rate_milli(std::string_view text);

/// `text` with control characters and bytes that are not UTF-8 written as \xhh: safe on a terminal.
std::string printable(std::string_view text);
void append_printable(std::string& out, std::string_view text);

/// Splits at every `separator`; empty parts stay.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace base
