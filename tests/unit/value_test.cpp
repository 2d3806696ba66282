// SPDX-License-Identifier: BSD-2-Clause
#include "report/value.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <random>

#include "support.hpp"

using base::Int128;
using base::Uint128;
using report::NumberSpec;
using report::Value;

namespace {

constexpr std::uint64_t count_most = std::numeric_limits<std::uint64_t>::max();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Value count(std::uint64_t value) { return Value::of_count(value); }
Value real(double value) { return Value::of_real(value); }
/// Of whole nanoseconds.
Value seconds(Int128 ns) { return Value::of_seconds(ns * 2); }

std::string spelt(const Value& value, std::string_view spec) {
  std::string text;
  append_number(text, value, report::parse_number_spec(spec));
  return text;
}

std::string human(const Value& value, char unit) {
  std::string text;
  append_human(text, value, unit);
  return text;
}

std::string plain(const Value& value, int decimals = 2) {
  std::string text;
  append_plain(text, value, decimals);
  return text;
}

std::string raw(const Value& value) {
  std::string text;
  append_raw(text, value);
  return text;
}

std::string printed(double value, int decimals) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

bool rejects(std::string_view spec, std::string_view why) {
  const std::string message = "'" + std::string(spec) + "': " + std::string(why);
  const auto parse = [&] { report::parse_number_spec(spec); };
  return test::is_usage_error(parse) && test::error_of(parse).what() == message;
}

double random_double(std::mt19937_64& generator) {
  double value = 0;
  do value = std::bit_cast<double>(generator());
  while (!std::isfinite(value));
  return value;
}

/// `numerator` / 10^`from` with `to` decimals, rounded half up: by hand, on the digits.
std::string shortened(Uint128 numerator, int from, int to) {
  for (int i = from; i < to; ++i) numerator *= 10;
  for (int i = from; i > to + 1; --i) numerator /= 10;  // a floor of floors; halves stay where they are
  if (from > to) numerator = (numerator + 5) / 10;
  std::string digits;
  for (; numerator > 0; numerator /= 10) digits.insert(0, 1, static_cast<char>('0' + numerator % 10));
  const auto decimals = static_cast<std::size_t>(to);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  if (to > 0) digits.insert(digits.size() - decimals, 1, '.');
  return digits;
}

}  // namespace

TEST_CASE("plainly, a count is an integer and a real is what printf makes of it") {
  CHECK(plain(count(0)) == "0");
  CHECK(plain(count(count_most), 6) == "18446744073709551615");
  CHECK(plain(real(69.175)) == "69.17");
  CHECK(plain(real(0.125)) == "0.12");
  CHECK(plain(real(1.5), 0) == "2");
  std::mt19937_64 generator(1);
  for (int i = 0; i < 20'000; ++i) {
    const double value = random_double(generator);
    const int decimals = i % 10;
    REQUIRE(plain(real(value), decimals) == printed(value, decimals));
    const double usual = static_cast<double>(generator() >> 20) / 1000;
    REQUIRE(plain(real(usual), decimals) == printed(usual, decimals));
  }
}

TEST_CASE("plainly, seconds are rounded half up, also below zero") {
  CHECK(plain(seconds(1'500'000'000), 0) == "2");
  CHECK(plain(seconds(1'499'999'999), 0) == "1");
  CHECK(plain(Value::of_seconds(2'999'999'999), 0) == "1");  // half a nanosecond less than 1.5 s
  CHECK(plain(seconds(-500'000'000), 0) == "0");
  CHECK(plain(seconds(-500'000'001), 0) == "-1");
  CHECK(plain(seconds(-1'500'000'000), 0) == "-1");
  CHECK(plain(seconds(500), 6) == "0.000001");
  CHECK(plain(seconds(499), 6) == "0.000000");
  CHECK(plain(seconds(-500), 6) == "0.000000");
  CHECK(plain(seconds(-501), 6) == "-0.000001");
  CHECK(plain(seconds(-1'000'001'000), 6) == "-1.000001");
  CHECK(plain(Value::of_time(1), 9) == "0.000000001");  // half a nanosecond
  CHECK(plain(Value::of_time(-1), 9) == "0.000000000");
  CHECK(plain(Value::of_time(-3), 9) == "-0.000000001");
  CHECK(plain(Value::of_time(2 * 1'709'540'403'512'345'678), 6) == "1709540403.512346");
  CHECK(plain(seconds(999'999'999), 8) == "1.00000000");
  CHECK(plain(seconds(Int128{1} << 66), 9) == "73786976294.838206464");
  CHECK(plain(seconds(-(Int128{1} << 66)), 9) == "-73786976294.838206464");
}

TEST_CASE("random seconds are those of decimal arithmetic by hand") {
  std::mt19937_64 generator(2);
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t twice = generator() >> (i % 60);
    const int decimals = i % 10;
    const Uint128 ten_times_ns = Uint128{twice} * 5;  // in 10^-10 s
    REQUIRE(plain(Value::of_time(twice), decimals) == shortened(ten_times_ns, 10, decimals));
    // Half up below zero is half down of the magnitude: half up of a bit less.
    const Uint128 just_below = ten_times_ns * 10 - (twice > 0 ? 1 : 0);
    const std::string magnitude = shortened(just_below, 11, decimals);
    const bool is_zero = magnitude.find_first_not_of("0.") == std::string::npos;
    REQUIRE(plain(Value::of_time(-Int128{twice}), decimals) == (is_zero ? magnitude : "-" + magnitude));
  }
}

TEST_CASE("machines get integers, nine decimals, and reals that read back") {
  CHECK(raw(count(count_most)) == "18446744073709551615");
  CHECK(raw(real(0.1)) == "0.1");
  CHECK(raw(real(5)) == "5");
  CHECK(raw(real(-2.5)) == "-2.5");
  CHECK(raw(real(-0.0)) == "0");
  CHECK(raw(real(1e22)) == "10000000000000000000000");
  CHECK(raw(real(1e-7)) == "0.0000001");
  CHECK(raw(Value::of_time(2 * 1'709'540'403'500'000'000)) == "1709540403.500000000");
  CHECK(raw(seconds(-1)) == "-0.000000001");
  CHECK(raw(Value::of_seconds(1)) == "0.000000001");
  std::mt19937_64 generator(3);
  for (int i = 0; i < 20'000; ++i) {
    const double value = i == 0 ? std::numeric_limits<double>::denorm_min() : random_double(generator);
    const std::string text = raw(real(value));
    REQUIRE(text.find_first_not_of("-.0123456789") == std::string::npos);
    REQUIRE(std::strtod(text.c_str(), nullptr) == value);
  }
}

TEST_CASE("what is not finite is 0 in every form") {
  for (const double value : {infinite, -infinite, not_a_number}) {
    CHECK(raw(real(value)) == "0");
    CHECK(plain(real(value)) == "0.00");
    CHECK(human(real(value), 'k') == "0.0");
    CHECK(spelt(real(value), "8.3") == "   0.000");
    CHECK(real(value).number() == 0.0);
  }
}

TEST_CASE("the number of a value is the nearest double") {
  CHECK(count(count_most).number() == 0x1p64);
  CHECK(real(0.3).number() == 0.3);
  CHECK(seconds(100'000'000).number() == 0.1);
  CHECK(Value::of_seconds(-1).number() == -5e-10);
  CHECK(Value::of_time(2 * 1'709'540'403'512'345'678).number() == 1709540403.512345678);
}

TEST_CASE("prefixes of 1000") {
  CHECK(human(count(0), 'k') == "0");
  CHECK(human(count(283), 'k') == "283");
  CHECK(human(count(999), 'k') == "999");
  CHECK(human(count(1000), 'k') == "1.0k");
  CHECK(human(count(1049), 'k') == "1.0k");
  CHECK(human(count(1050), 'k') == "1.1k");
  CHECK(human(count(999'949), 'k') == "999.9k");
  CHECK(human(count(999'950), 'k') == "1.0M");  // never 1000.0k
  CHECK(human(count(283'612'345), 'k') == "283.6M");
  CHECK(human(count(999'949'999'999), 'k') == "999.9G");
  CHECK(human(count(999'950'000'000), 'k') == "1.0T");
  CHECK(human(count(1'000'000'000'000'000), 'k') == "1.0P");
  CHECK(human(count(1'000'000'000'000'000'000), 'k') == "1.0E");
  CHECK(human(count(count_most), 'k') == "18.4E");
}

TEST_CASE("prefixes of 1024") {
  CHECK(human(count(1000), 'i') == "1000");
  CHECK(human(count(1023), 'i') == "1023");
  CHECK(human(count(1024), 'i') == "1.0Ki");
  CHECK(human(count(1'048'524), 'i') == "1023.9Ki");  // 1023.949
  CHECK(human(count(1'048'525), 'i') == "1.0Mi");     // 1023.950: never 1024.0Ki
  std::uint64_t power = 1024;
  for (const char* prefix : {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"}) {
    CHECK(human(count(power), 'i') == std::string("1.0") + prefix);
    CHECK(human(count(power + power / 2), 'i') == std::string("1.5") + prefix);
    power *= 1024;  // ends at 2^70 = 0
  }
  CHECK(human(count((std::uint64_t{1} << 60) - 1), 'i') == "1.0Ei");
  CHECK(human(count(count_most), 'i') == "16.0Ei");
}

TEST_CASE("reals and seconds have prefixes as well, by their magnitude") {
  CHECK(human(real(999.94), 'k') == "999.9");
  CHECK(human(real(999.95), 'k') == "1.0k");
  CHECK(human(real(1023.94), 'i') == "1023.9");
  CHECK(human(real(1023.95), 'i') == "1.0Ki");
  CHECK(human(real(-283'612.5), 'k') == "-283.6k");
  CHECK(human(real(0), 'k') == "0.0");
  CHECK(human(real(5.25e20), 'k') == "525.0E");
  CHECK(human(real(1e24), 'k') == "1000000.0E");  // no prefix is left
  CHECK(human(seconds(3'600 * base::ns_per_s), 'k') == "3.6k");
  CHECK(human(seconds(-3'600 * base::ns_per_s), 'k') == "-3.6k");
  CHECK(human(seconds(999'950'000'000), 'k') == "1.0k");
  CHECK(human(seconds(999'949'999'999), 'k') == "999.9");
  CHECK(human(seconds(-999'950'000'000), 'k') == "-999.9");  // half up
  CHECK(human(seconds(-999'950'000'001), 'k') == "-1.0k");
  CHECK(human(seconds(250'000'000), 'i') == "0.3");
  CHECK(human(seconds(1'709'540'403 * base::ns_per_s), 'k') == "1.7G");
}

TEST_CASE("random counts with prefixes are the integers by hand") {
  std::mt19937_64 generator(4);
  constexpr std::string_view prefixes = "kMGTPE";
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t value = generator() >> (i % 64);
    const int decimals = i % 10;
    std::string expected;
    for (int power = 0; power < 7; ++power) {
      expected = shortened(value, 3 * power, decimals);
      const bool is_short = std::min(expected.find('.'), expected.size()) <= 3;
      if (power > 0) expected += prefixes[static_cast<std::size_t>(power - 1)];
      if (is_short) break;
    }
    REQUIRE(spelt(count(value), "." + std::to_string(decimals) + "k") == expected);
  }
}

TEST_CASE("random reals never print a whole prefix more") {
  std::mt19937_64 generator(5);
  for (int i = 0; i < 20'000; ++i) {
    const int decimals = i % 10;
    const bool is_binary = i % 3 == 0;
    const double base = is_binary ? 1024 : 1000;
    const double near = 1 - std::ldexp(static_cast<double>(generator() >> 11), -53 - i % 40);
    const double value = std::pow(base, 1 + i % 6) * near;
    const std::string spec = "." + std::to_string(decimals) + (is_binary ? "i" : "k");
    const std::string text = spelt(real(value), spec);
    CAPTURE(text);
    REQUIRE(std::strtod(text.c_str(), nullptr) < base);
  }
}

TEST_CASE("a precision is obeyed whatever the kind") {
  CHECK(spelt(count(283), ".2") == "283.00");
  CHECK(spelt(count(283), ".2k") == "283.00");
  CHECK(spelt(count(283), ".0k") == "283");
  CHECK(spelt(count(1999), ".0k") == "2k");
  CHECK(spelt(count(999'499), ".0k") == "999k");
  CHECK(spelt(count(999'500), ".0k") == "1M");
  CHECK(spelt(count(1'234'567'890), ".9k") == "1.234567890G");
  CHECK(spelt(count(count_most), ".9") == "18446744073709551615.000000000");
  CHECK(spelt(count(count_most), ".9i") == "16.000000000Ei");
  CHECK(spelt(real(2.0 / 3), ".4") == "0.6667");
  CHECK(spelt(real(999.6), ".0k") == "1k");
  CHECK(spelt(seconds(1'234'567'891), ".3") == "1.235");
  CHECK(spelt(Value::of_time(2 * 1'709'540'403'512'345'678), ".9") == "1709540403.512345678");
}

TEST_CASE("without a precision counts are whole, reals have two decimals, seconds six") {
  CHECK(spelt(count(1'234'567), "1") == "1234567");
  CHECK(spelt(real(3), "1") == "3.00");
  CHECK(spelt(seconds(3), "1") == "0.000000");
  CHECK(spelt(Value::of_time(3'000'000'000), "1") == "1.500000");
}

TEST_CASE("a width is filled up on the side that the alignment leaves") {
  CHECK(spelt(count(42), "6") == "    42");
  CHECK(spelt(count(42), ">6") == "    42");
  CHECK(spelt(count(42), "<6") == "42    ");
  CHECK(spelt(count(42), "^6") == "  42  ");
  CHECK(spelt(count(42), "^7") == "  42   ");  // the odd one on the right
  CHECK(spelt(count(42), "*^7") == "**42***");
  CHECK(spelt(count(42), "0>6") == "000042");
  CHECK(spelt(count(42), "<<4") == "42<<");
  CHECK(spelt(count(42), "^>4") == "^^42");
  CHECK(spelt(count(42), ".>5.1k") == ".42.0");
  CHECK(spelt(count(42), "k>4k") == "kk42");
  CHECK(spelt(count(283'612'345), ">8k") == "  283.6M");
  CHECK(spelt(count(2'048), "_<9.2i") == "2.00Ki___");
  CHECK(spelt(count(123'456), "3") == "123456");  // never cut
  CHECK(spelt(count(1), "1000").size() == 1000);
  SUBCASE("a fill is one character of any length") {
    CHECK(spelt(count(42), "\xc2\xb7>5") ==
          "\xc2\xb7\xc2\xb7\xc2\xb7"
          "42");
    CHECK(spelt(count(42), "\xe2\x94\x80^5") ==
          "\xe2\x94\x80"
          "42\xe2\x94\x80\xe2\x94\x80");
    CHECK(spelt(count(42), "\xf0\x9f\x90\x88<3") == "42\xf0\x9f\x90\x88");
  }
  SUBCASE("what stands before it stays") {
    std::string text = "n=";
    append_number(text, count(7), report::parse_number_spec(">3"));
    append_number(text, count(8), report::parse_number_spec("<3"));
    CHECK(text == "n=  78  ");
  }
}

TEST_CASE("a spec is read into its parts") {
  const NumberSpec spec = report::parse_number_spec("\xc2\xb7^12.3i");
  CHECK(spec.fill == "\xc2\xb7");
  CHECK(spec.align == '^');
  CHECK(spec.width == 12);
  CHECK(spec.precision == 3);
  CHECK(spec.unit == 'i');
  const NumberSpec unit = report::parse_number_spec("k");
  CHECK(unit.fill == " ");
  CHECK(unit.align == '>');
  CHECK(unit.width == 0);
  CHECK_FALSE(unit.precision.has_value());
  CHECK(unit.unit == 'k');
  CHECK(report::parse_number_spec("<").align == '<');
  CHECK(report::parse_number_spec(".0").precision == 0);
}

TEST_CASE("a spec that cannot be read says why") {
  CHECK(test::is_usage_error([] { report::parse_number_spec(""); }, "a spec is missing behind the colon"));
  CHECK(rejects(">8q", "no unit q: k or i"));
  CHECK(rejects("M", "no unit M: k or i"));
  CHECK(rejects(".2f", "no unit f: k or i"));
  CHECK(rejects("10>", "no unit >: k or i"));
  CHECK(rejects("8 ", "no unit  : k or i"));
  CHECK(rejects("\xc3\xa9", "no unit \xc3\xa9: k or i"));
  CHECK(rejects("=8", "no alignment =: <, > or ^"));
  CHECK(rejects("*=8", "no alignment =: <, > or ^"));
  CHECK(rejects("\xc2\xb7=8", "no alignment =: <, > or ^"));
  CHECK(rejects("-5", "no alignment -: <, > or ^"));
  CHECK(rejects("8.", "the precision behind the point is missing"));
  CHECK(rejects("8.k", "the precision behind the point is missing"));
  CHECK(rejects(".10", "a precision is 0 to 9"));
  CHECK(rejects(".99999999999999999999", "a precision is 0 to 9"));
  CHECK(rejects("1001", "a width is at most 1000"));
  CHECK(rejects("99999999999999999999", "a width is at most 1000"));
  CHECK(rejects("08", "a width begins with 1 to 9 (0>8 fills with zeros)"));
  CHECK(rejects("8k8", "nothing can follow the unit k"));
  CHECK(rejects("Ki", "no unit K: k or i"));
  CHECK(rejects("kB", "nothing can follow the unit k"));
  const auto tab = [] { report::parse_number_spec("\t>8"); };
  CHECK(test::is_usage_error(tab, "'\\x09>8': the fill has to be a printable character"));
  const auto broken = [] { report::parse_number_spec("\xff\x80>8"); };
  CHECK(test::is_usage_error(broken, "'\\xff\\x80>8': no unit \\xff\\x80>8: k or i"));
  const auto short_fill = [] { report::parse_number_spec("\xc3>>8"); };
  CHECK(test::is_usage_error(short_fill, "the fill has to be a printable character"));
}

TEST_CASE("random specs are read or rejected with a sentence, and never print past their width") {
  std::mt19937_64 generator(6);
  constexpr std::string_view letters = "<>^.0123456789kik \xc2\xb7x=";
  int read = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string text;
    for (std::size_t length = 1 + generator() % 6; length > 0; --length) {
      text += letters[generator() % letters.size()];
    }
    CAPTURE(text);
    try {
      const NumberSpec spec = report::parse_number_spec(text);
      ++read;
      std::string out;
      append_number(out, count(7), spec);
      std::size_t characters = 0;
      for (const char byte : out) characters += (static_cast<unsigned char>(byte) & 0xc0) != 0x80 ? 1 : 0;
      REQUIRE(characters >= spec.width);
      REQUIRE((characters == spec.width || spec.width < 12));
    } catch (const base::Error& error) {
      REQUIRE(error.status() == base::ExitStatus::usage);
      REQUIRE(std::string_view(error.what()).size() > 20);
    }
  }
  CHECK(read > 1000);
}

TEST_CASE("of a time, the whole nanosecond that has begun") {
  CHECK(Value::of_time(5).whole_ns() == 2);
  CHECK(Value::of_time(-5).whole_ns() == -3);
  CHECK(Value::of_seconds(8).whole_ns() == 4);
  constexpr auto most = std::numeric_limits<base::Nanoseconds>::max();
  CHECK(Value::of_time(base::Int128{most} * 2 + 2).whole_ns() == most);
  CHECK(Value::of_time(base::Int128{most} * -4).whole_ns() == -most);
}
