// SPDX-License-Identifier: BSD-2-Clause
#include "base/text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace base {

namespace {

template <typename Number>
void append_decimal(std::string& out, Number value) {
  std::array<char, 24> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  out.append(buffer.data(), end);
}

/// A finite decimal number. long double has the 64 bits that nanoseconds since the epoch need.
std::optional<long double> parse_decimal(std::string_view text) {
  // libstdc++ 12 looks for "inf" and "nan" past the end.
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  if (first >= text.size() || std::string_view("0123456789.").find(text[first]) == std::string_view::npos) {
    return std::nullopt;
  }
  long double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc{} || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// How many bytes of `text` are one well-formed UTF-8 sequence of two bytes or more; 0 if none.
std::size_t multibyte_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  const bool is_overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool is_out_of_range = (lead == 0xed && byte(1) >= 0xa0) || (lead == 0xf4 && byte(1) >= 0x90);
  const bool is_c1_control = lead == 0xc2 && byte(1) < 0xa0;
  return is_overlong || is_out_of_range || is_c1_control ? 0 : length;
}

}  // namespace

void append_integer(std::string& out, std::int64_t value) { append_decimal(out, value); }
void append_integer(std::string& out, std::uint64_t value) { append_decimal(out, value); }

void append_fixed(std::string& out, double value, int decimals) {
  if (!std::isfinite(value)) value = 0;
  std::array<char, 400> buffer;  // the largest double has 309 digits before the point
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, decimals)
          .ptr;
  out.append(buffer.data(), end);
}

std::string fixed(double value, int decimals) {
  std::string text;
  append_fixed(text, value, decimals);
  return text;
}

namespace {

std::optional<Nanoseconds> parse_scaled(std::string_view text, Nanoseconds ns_per_unit) {
  const auto value = parse_decimal(text);
  if (!value) return std::nullopt;
  const long double nanoseconds = std::round(*value * static_cast<long double>(ns_per_unit));
  if (std::fabs(nanoseconds) > static_cast<long double>(time_limit)) return std::nullopt;
  return static_cast<Nanoseconds>(nanoseconds);
}

}  // namespace

std::optional<Nanoseconds> parse_seconds(std::string_view text) { return parse_scaled(text, ns_per_s); }

std::optional<Nanoseconds> parse_length(std::string_view text) {
  Nanoseconds ns_per_unit = ns_per_s;
  if (text.ends_with('s')) {
    text.remove_suffix(1);
    if (text.ends_with('m') || text.ends_with('u')) {
      ns_per_unit = text.back() == 'm' ? ns_per_ms : ns_per_us;
      text.remove_suffix(1);
    }
  }
  return parse_scaled(text, ns_per_unit);
}

std::optional<std::uint64_t> parse_whole(std::string_view text, std::uint64_t most) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, status] = std::from_chars(text.data(), end, value);
  if (status != std::errc{} || stop != end || value > most) return std::nullopt;
  return value;
}

namespace {

/// A decimal number with an optional suffix, a power of 1000.
std::optional<long double> parse_suffixed(std::string_view text) {
  constexpr std::string_view suffixes = "kMGT";
  long double factor = 1;
  if (!text.empty()) {
    const auto power = suffixes.find(text.back());
    if (power != std::string_view::npos) {
      for (std::size_t i = 0; i <= power; ++i) factor *= 1000;
      text.remove_suffix(1);
    }
  }
  const auto value = parse_decimal(text);
  if (!value) return std::nullopt;
  return *value * factor;
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  const auto value = parse_suffixed(text);
  if (!value || !std::isfinite(static_cast<double>(*value))) return std::nullopt;
  return static_cast<double>(*value);
}

std::optional<std::uint64_t> parse_rate_milli(std::string_view text) {
  const auto value = parse_suffixed(text);
  if (!value) return std::nullopt;
  const long double milli = std::round(*value * 1000);
  if (milli < 0 || milli > 1e18L) return std::nullopt;
  return static_cast<std::uint64_t>(milli);
}

void append_printable(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = byte >= 0x20 && byte < 0x7f ? 1 : multibyte_length(text);
    if (length > 0) {
      out += text.substr(0, length);
    } else {
      out += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    }
    text.remove_prefix(length > 0 ? length : 1);
  }
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(out, text);
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t end; (end = text.find(separator)) != std::string_view::npos; text.remove_prefix(end + 1)) {
    parts.push_back(text.substr(0, end));
  }
  parts.push_back(text);
  return parts;
}

}  // namespace base
