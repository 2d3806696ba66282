// SPDX-License-Identifier: BSD-2-Clause
#include "base/text.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

#include "support.hpp"

using base::parse_length;
using base::parse_number;
using base::parse_rate_milli;
using base::parse_seconds;
using base::parse_whole;
using base::printable;

TEST_CASE("seconds are read exactly") {
  CHECK(parse_seconds("5") == 5'000'000'000);
  CHECK(parse_seconds("0.1") == 100'000'000);
  CHECK(parse_seconds("0.015625") == 15'625'000);
  CHECK(parse_seconds("1e-3") == 1'000'000);
  CHECK(parse_seconds("-1") == -1'000'000'000);
  CHECK(parse_seconds("0") == 0);
  CHECK(parse_seconds(".5") == 500'000'000);
  SUBCASE("to the nanosecond, late in this century too") {
    CHECK(parse_seconds("1700000000.123456789") == 1'700'000'000'123'456'789);
    CHECK(parse_seconds("4102444800.999999999") == 4'102'444'800'999'999'999);
    CHECK(parse_seconds("-1700000000.123456789") == -1'700'000'000'123'456'789);
  }
  SUBCASE("nothing beyond the limit of time") {
    CHECK(parse_seconds("4611686018") == 4'611'686'018'000'000'000);
    CHECK_FALSE(parse_seconds("4611686019").has_value());
    CHECK_FALSE(parse_seconds("-4611686019").has_value());
    CHECK_FALSE(parse_seconds("1e18").has_value());
  }
}

TEST_CASE("what is not a decimal number is refused") {
  for (const std::string text :
       {"",    " ",      " 5",  "5 ",   "+5",       "5x",    "0x10",    "0x1p3", "abc",   "nan",
        "NaN", "nan(1)", "inf", "-inf", "infinity", "1e999", "1e99999", "1,5",   "1.5.2", "--1",
        "1e",  "1e+",    ".",   "-",    "5s",       "1_000", "\t5",     "5\n"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_seconds(text).has_value());
    CHECK_FALSE(parse_rate_milli(text).has_value());
    CHECK_FALSE(parse_number(text).has_value());
    // A length may end with its unit.
    CHECK((text == "5s" || !parse_length(text).has_value()));
  }
  SUBCASE("also where a zero byte hides the rest") {
    CHECK_FALSE(parse_seconds(std::string_view("5\0x", 3)).has_value());
    CHECK_FALSE(parse_whole(std::string_view("5\0", 2), 100).has_value());
  }
}

TEST_CASE("nothing behind the text is read") {
  for (const std::string_view text :
       {"inf", "nan", "-inf", "i", "-n", "nan(", "1e", "-", "5", "1.", "10m", "10u"}) {
    const test::Exact exact(test::of_text(text));
    const std::string_view view(reinterpret_cast<const char*>(exact.bytes().data()), text.size());
    CAPTURE(text);
    CHECK(parse_seconds(view) == parse_seconds(text));
    CHECK(parse_length(view) == parse_length(text));
    CHECK(parse_number(view) == parse_number(text));
    CHECK(parse_rate_milli(view) == parse_rate_milli(text));
  }
}

TEST_CASE("lengths of time have a unit, seconds without one") {
  CHECK(parse_length("100us") == 100'000);
  CHECK(parse_length("10ms") == 10'000'000);
  CHECK(parse_length("1s") == 1'000'000'000);
  CHECK(parse_length("2") == 2'000'000'000);
  CHECK(parse_length("0.25") == 250'000'000);
  CHECK(parse_length("1.5ms") == 1'500'000);
  CHECK(parse_length("0.001us") == 1);
  CHECK(parse_length("1e3us") == 1'000'000);
  CHECK(parse_length("-5ms") == -5'000'000);  // whether there is such a length is another question
  CHECK(parse_length("0us") == 0);
  for (const std::string text :
       {"",      "s",     "ms",    "us", "10m",  "10u",  "10ns", "10 ms", "10ms ", " 10ms",
        "10mss", "10sms", "10min", "1h", "10MS", "0x1s", "nans", "infs",  "1e99s", "+1s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_length(text).has_value());
  }
  SUBCASE("nothing beyond the limit of time, whatever the unit") {
    CHECK(parse_length("4611686018427387us") == 4'611'686'018'427'387'000);
    CHECK_FALSE(parse_length("4611686018427388us").has_value());
    CHECK_FALSE(parse_length("4611686019s").has_value());
  }
}

TEST_CASE("numbers with a suffix") {
  CHECK(parse_number("0") == 0.0);
  CHECK(parse_number("0.5") == 0.5);
  CHECK(parse_number("-3.25") == -3.25);
  CHECK(parse_number("10k") == 1e4);
  CHECK(parse_number("10M") == 1e7);
  CHECK(parse_number("1.5G") == 1.5e9);
  CHECK(parse_number("-2T") == -2e12);
  CHECK(parse_number("1e3k") == 1e6);
  CHECK(parse_number("0.1") == 0.1);  // the double nearest to it
  CHECK(parse_number("18446744073709551615") == 18446744073709551615.0);
  for (const std::string text :
       {"k", "", "10K", "10m", "10kk", "10 M", "10%", "10Mbit", "1e4000", "1e400", "1e305T"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
}

TEST_CASE("whole numbers") {
  CHECK(parse_whole("0", 10) == 0);
  CHECK(parse_whole("10", 10) == 10);
  CHECK(parse_whole("010", 10) == 10);  // decimal, not octal
  CHECK(parse_whole("18446744073709551615", std::numeric_limits<std::uint64_t>::max()) ==
        18446744073709551615U);
  for (const std::string text :
       {"", "11", "-1", "-0", "+1", " 1", "1 ", "1.0", "1e1", "0x1", "18446744073709551616", "a"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_whole(text, 10).has_value());
  }
}

TEST_CASE("rates, in thousandths of a bit per second") {
  CHECK(parse_rate_milli("28800") == 28'800'000);
  CHECK(parse_rate_milli("0.001") == 1);
  CHECK(parse_rate_milli("56k") == 56'000'000);
  CHECK(parse_rate_milli("1.5M") == 1'500'000'000);
  CHECK(parse_rate_milli("10G") == 10'000'000'000'000);
  CHECK(parse_rate_milli("0.4T") == 400'000'000'000'000);
  CHECK(parse_rate_milli("1000T") == 1'000'000'000'000'000'000);
  CHECK(parse_rate_milli("1e6") == 1'000'000'000);
  for (const std::string text :
       {"k", "-1", "-1k", "1K", "1m", "1g", "1kk", "1Mbit", "1 M", "kM", "1001T", "1e300"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rate_milli(text).has_value());
  }
  SUBCASE("0 is a number; whether a line may have it is another question") {
    CHECK(parse_rate_milli("0") == 0);
    CHECK(parse_rate_milli("0.0001") == 0);
  }
}

TEST_CASE("text from outside is made safe to print") {
  CHECK(printable("day.pcap") == "day.pcap");
  CHECK(printable("") == "");
  CHECK(printable("a\tb\n") == "a\\x09b\\x0a");
  CHECK(printable("\x1b[2J") == "\\x1b[2J");
  CHECK(printable("\x7f") == "\\x7f");
  CHECK(printable(std::string_view("\0", 1)) == "\\x00");
  SUBCASE("UTF-8 stays") {
    CHECK(printable("Köln €") == "Köln €");
    CHECK(printable("\xf0\x9f\x98\x80") == "\xf0\x9f\x98\x80");
  }
  SUBCASE("what only looks like UTF-8 does not") {
    CHECK(printable("\xc3") == "\\xc3");                    // cut off
    CHECK(printable("\xe2\x82") == "\\xe2\\x82");           // cut off
    CHECK(printable("\xc3(") == "\\xc3(");                  // no continuation
    CHECK(printable("\x80") == "\\x80");                    // no lead
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");           // overlong
    CHECK(printable("\xc1\xbf") == "\\xc1\\xbf");           // overlong
    CHECK(printable("\xe0\x9f\xbf") == "\\xe0\\x9f\\xbf");  // overlong
    CHECK(printable("\xf0\x8f\xbf\xbf") == "\\xf0\\x8f\\xbf\\xbf");
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // past U+10FFFF
    CHECK(printable("\xf8\x88\x80\x80\x80") == "\\xf8\\x88\\x80\\x80\\x80");
    CHECK(printable("\xff") == "\\xff");
  }
  SUBCASE("control characters of Latin-1 are control characters on a terminal too") {
    CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");
    CHECK(printable("\xc2\xa0") == "\xc2\xa0");
  }
}

TEST_CASE("splitting keeps empty parts") {
  using Parts = std::vector<std::string_view>;
  CHECK(base::split("a,b", ',') == Parts{"a", "b"});
  CHECK(base::split("", ',') == Parts{""});
  CHECK(base::split(",", ',') == Parts{"", ""});
  CHECK(base::split("a,,b,", ',') == Parts{"a", "", "b", ""});
}

TEST_CASE("numbers to text") {
  const auto integer = [](auto value) {
    std::string out = "x";
    base::append_integer(out, value);
    return out;
  };
  CHECK(integer(std::int64_t{0}) == "x0");
  CHECK(integer(std::numeric_limits<std::int64_t>::min()) == "x-9223372036854775808");
  CHECK(integer(std::numeric_limits<std::uint64_t>::max()) == "x18446744073709551615");
  CHECK(base::fixed(69.175, 2) == "69.17");  // the double is a little less than that
  CHECK(base::fixed(0.125, 2) == "0.12");    // a tie goes to the even digit
  CHECK(base::fixed(0.375, 2) == "0.38");
  CHECK(base::fixed(-1.5, 0) == "-2");
  SUBCASE("never nan or inf") {
    CHECK(base::fixed(std::numeric_limits<double>::infinity(), 2) == "0.00");
    CHECK(base::fixed(-std::numeric_limits<double>::infinity(), 2) == "0.00");
    CHECK(base::fixed(std::numeric_limits<double>::quiet_NaN(), 1) == "0.0");
  }
  SUBCASE("as printf, whatever the number") {
    test::Random random(1);
    for (int i = 0; i < 20000; ++i) {
      const double value =
          std::ldexp(static_cast<double>(random.next()), static_cast<int>(random.below(200)) - 130);
      std::array<char, 400> expected;
      std::snprintf(expected.data(), expected.size(), "%.2f", value);
      REQUIRE(base::fixed(value, 2) == expected.data());
    }
    std::array<char, 400> expected;
    std::snprintf(expected.data(), expected.size(), "%.6f", -std::numeric_limits<double>::max());
    CHECK(base::fixed(-std::numeric_limits<double>::max(), 6) == expected.data());
  }
}
