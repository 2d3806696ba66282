// SPDX-License-Identifier: BSD-2-Clause
#include "base/calendar.hpp"

#include <cstdlib>
#include <ctime>
#include <optional>
#include <random>

#include "support.hpp"

using base::CalendarForm;
using base::Nanoseconds;
using base::ns_per_s;
using test::Zone;

namespace {

constexpr const char* central_europe = "CET-1CEST,M3.5.0,M10.5.0/3";

std::string at(std::string_view form, Nanoseconds time) {
  std::string text;
  CalendarForm(form).append(text, time);
  return text;
}

std::string iso(Nanoseconds time, int digits = 6) {
  std::string text;
  base::append_iso(text, time, digits);
  return text;
}

bool rejects(std::string_view form, std::string_view part) {
  return test::is_usage_error([&] { CalendarForm{form}; }, part);
}

/// Random times from 1677 to 2262, all that 64 bits hold.
class Times {
 public:
  explicit Times(std::uint64_t seed) : generator_(seed) {}
  Nanoseconds next() { return static_cast<Nanoseconds>(generator_()); }

 private:
  std::mt19937_64 generator_;
};

/// The whole second of a time, floored by its own way: from a shifted origin, where nothing is negative.
std::int64_t second_of(Nanoseconds time) {
  constexpr std::int64_t shift_s = 10'000'000'000;
  const base::Int128 shifted = base::Int128{time} + base::Int128{shift_s} * ns_per_s;
  return static_cast<std::int64_t>(shifted / ns_per_s) - shift_s;
}

std::int64_t fraction_of(Nanoseconds time) {
  return static_cast<std::int64_t>(base::Int128{time} - base::Int128{second_of(time)} * ns_per_s);
}

std::tm date_of(Nanoseconds time) {
  const std::time_t second = second_of(time);
  std::tm date{};
  gmtime_r(&second, &date);
  return date;
}

constexpr Nanoseconds noon = 1'709'540'403 * ns_per_s + 512'345'678;  // 2024-03-04 08:20:03 UTC

}  // namespace

TEST_CASE("a form is filled in as strftime does, in the zone of TZ") {
  const Zone utc("UTC0");
  CHECK(at("%H:%M:%S", noon) == "08:20:03");
  CHECK(at("on %F at %T %Z", noon) == "on 2024-03-04 at 08:20:03 UTC");
  CHECK(at("%d.%m.%y %%", noon) == "04.03.24 %");
  CHECK(at("%a %b %e, day %j, week %V", noon) == "Mon Mar  4, day 064, week 10");
  CHECK(at("%-d.%-m. %^a %_H %Ey %Od %-I%P", noon) == "4.3. MON  8 24 04 8am");
  CHECK(at("%t%T%n", noon) == "\t08:20:03\n");
  CHECK(at("\xc3\xbcm %T", noon) == "\xc3\xbcm 08:20:03");
}

TEST_CASE("every conversion that is allowed is what strftime makes of it") {
  const Zone zone(central_europe);
  const std::time_t second = second_of(noon);
  std::tm date{};
  tzset();
  localtime_r(&second, &date);
  const auto compare = [&](const std::string& form) {
    CAPTURE(form);
    std::array<char, 100> expected{};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    std::strftime(expected.data(), expected.size(), form.c_str(), &date);
#pragma GCC diagnostic pop
    CHECK(at("%H" + form, noon) == "09" + std::string(expected.data()));
    CHECK(std::string_view(expected.data()) != form);  // what it does not know it leaves as it is
  };
  for (const char letter : std::string("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%")) {
    compare({'%', letter});
    if (letter != 's') compare({'%', '#', letter});
  }
  for (const char letter : std::string("cCxXyY")) compare({'%', 'E', letter});
  for (const char letter : std::string("bBdehHImMSuUVwWy")) compare({'%', 'O', letter});
}

TEST_CASE("zones shift the time, summer time as well") {
  const Nanoseconds before = 1'711'846'799 * ns_per_s, after = before + ns_per_s;  // 2024-03-31 01:00 UTC
  const Zone zone(central_europe);
  CHECK(at("%H:%M:%S %Z %z", before) == "01:59:59 CET +0100");
  CHECK(at("%H:%M:%S %Z %z", after) == "03:00:00 CEST +0200");
  const Nanoseconds back = 1'729'990'800 * ns_per_s;  // 2024-10-27 01:00 UTC
  CHECK(at("%T %Z %s", back - ns_per_s) == "02:59:59 CEST 1729990799");
  CHECK(at("%T %Z %s", back) == "02:00:00 CET 1729990800");
  SUBCASE("a form that crosses the change follows it") {
    const CalendarForm form("%T");
    std::string text;
    for (const Nanoseconds time : {before, after, before}) {
      form.append(text, time);
      text += ' ';
    }
    CHECK(text == "01:59:59 03:00:00 01:59:59 ");
  }
  SUBCASE("half hours too") {
    const Zone india("IST-5:30");
    CHECK(at("%T %z", before) == "06:29:59 +0530");
  }
}

TEST_CASE("%f is the fraction, cut off") {
  const Zone utc("UTC0");
  CHECK(at("%S.%f", noon) == "03.512345");
  CHECK(at("%S.%1f", noon) == "03.5");
  CHECK(at("%S.%2f", noon) == "03.51");
  CHECK(at("%S.%3f", noon) == "03.512");
  CHECK(at("%S.%4f", noon) == "03.5123");
  CHECK(at("%S.%5f", noon) == "03.51234");
  CHECK(at("%S.%6f", noon) == "03.512345");
  CHECK(at("%S.%7f", noon) == "03.5123456");
  CHECK(at("%S.%8f", noon) == "03.51234567");
  CHECK(at("%S.%9f", noon) == "03.512345678");
  CHECK(at("%f", noon) == "512345");
  CHECK(at("%3f%3f %%f", noon) == "512512 %f");
  CHECK(at("%S.%3f", 999'999'999) == "00.999");
  CHECK(at("%S.%f", 1'000) == "00.000001");
}

TEST_CASE("before 1970 seconds and fraction still go forward") {
  const Zone utc("UTC0");
  CHECK(at("%F %T.%f", -1) == "1969-12-31 23:59:59.999999");
  CHECK(at("%F %T.%9f %s", -1) == "1969-12-31 23:59:59.999999999 -1");
  CHECK(at("%F %T.%3f", -1'500'000'000) == "1969-12-31 23:59:58.500");
  CHECK(at("%T.%f", -ns_per_s) == "23:59:59.000000");
  CHECK(at("%F %T.%9f", INT64_MIN) == "1677-09-21 00:12:43.145224192");
  CHECK(at("%F %T.%9f", INT64_MAX) == "2262-04-11 23:47:16.854775807");
}

TEST_CASE("one form gives the same for many times, in any order") {
  const Zone zone(central_europe);
  constexpr std::string_view text_of_form = "%F %T.%9f %s|";
  const CalendarForm form(text_of_form);
  Times times(1);
  for (int i = 0; i < 5000; ++i) {
    const Nanoseconds time = times.next() / 4;
    for (const Nanoseconds near : {time, time + 1, time + ns_per_s, time}) {
      std::string text;
      form.append(text, near);
      REQUIRE(text == at(text_of_form, near));
    }
  }
}

TEST_CASE("a conversion without text is no error") {
  const Zone nameless("0");
  CHECK(at("%Z", 0).empty());
  CHECK(at("%Z%f", 0) == "000000");
}

TEST_CASE("a form may be long") {
  const Zone utc("UTC0");
  std::string form, expected;
  for (int i = 0; i < 2000; ++i) {
    form += "%F %f ";
    expected += "1970-01-01 000000 ";
  }
  CHECK(at(form, 0) == expected);
  const std::string literal(3'000'000, 'x');
  CHECK(at(literal + "%S", 0) == literal + "00");
}

TEST_CASE("a form that says nothing of a time, or says it wrongly, is a usage error") {
  CHECK(rejects("", "the form of a time is missing, as in %H:%M:%S"));
  CHECK(rejects("noon", "'noon': no time in it, as in %H:%M:%S"));
  CHECK(rejects("100%%%n%t", "no time in it"));
  CHECK(rejects("%H:%", "'%H:%': a % at the end; %% is a per cent sign"));
  CHECK(rejects("%H %-", "a % at the end"));
  CHECK(rejects("%H %E", "a % at the end"));
  CHECK(rejects("%H:%Q", "'%H:%Q': no conversion %Q: see strftime(3), and %f"));
  CHECK(rejects("%N", "no conversion %N"));
  CHECK(rejects("%+", "no conversion %+"));
  CHECK(rejects("%v", "no conversion %v"));
  CHECK(rejects("% d", "no conversion % "));
  CHECK(rejects("%Ed", "no conversion %Ed"));
  CHECK(rejects("%OY", "no conversion %OY"));
  CHECK(rejects("%Es", "no conversion %Es"));
  CHECK(rejects("%E-d", "no conversion %E-"));
  CHECK(rejects("%-f", "no conversion %-f"));
  CHECK(rejects("%\xff", "no conversion %\\xff"));
  CHECK(rejects("%0f", "'%0f': %0f: the digits of %f are 1 to 9, as in %3f"));
  CHECK(rejects("%10f", "%10f: the digits of %f are 1 to 9"));
  CHECK(rejects("%05f", "%05f: the digits of %f are 1 to 9"));
  CHECK(rejects("%4Y", "'%4Y': %4Y: only %f takes a number, of its digits"));
  CHECK(rejects("%T%12", "%12: only %f takes a number"));
  CHECK(rejects(std::string_view("%T\0", 3), "'%T\\x00': a form of a time has no zero bytes"));
}

TEST_CASE("ISO 8601 is in UTC whatever the zone") {
  const Zone zone(central_europe);
  CHECK(iso(1'709'540'403 * ns_per_s + 500'000'000) == "2024-03-04T08:20:03.500000Z");
  CHECK(iso(noon) == "2024-03-04T08:20:03.512345Z");
  CHECK(iso(noon, 9) == "2024-03-04T08:20:03.512345678Z");
  CHECK(iso(noon, 3) == "2024-03-04T08:20:03.512Z");
  CHECK(iso(noon, 0) == "2024-03-04T08:20:03Z");
  CHECK(iso(0) == "1970-01-01T00:00:00.000000Z");
  CHECK(iso(-1) == "1969-12-31T23:59:59.999999Z");
  CHECK(iso(951'782'400 * ns_per_s, 0) == "2000-02-29T00:00:00Z");
  CHECK(iso(4'107'542'400 * ns_per_s, 0) == "2100-03-01T00:00:00Z");  // no leap year
  CHECK(iso(INT64_MIN, 9) == "1677-09-21T00:12:43.145224192Z");
  CHECK(iso(INT64_MAX, 9) == "2262-04-11T23:47:16.854775807Z");
}

TEST_CASE("ISO 8601 agrees with gmtime on random times") {
  Times times(2);
  for (int i = 0; i < 100'000; ++i) {
    const Nanoseconds time = times.next();
    const std::tm date = date_of(time);
    std::array<char, 80> expected{};
    std::snprintf(expected.data(), expected.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ",
                  date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min, date.tm_sec,
                  static_cast<long long>(fraction_of(time)));
    const std::string text = iso(time, 9);
    REQUIRE(text == expected.data());
    REQUIRE(iso(time) == text.substr(0, 26) + "Z");
  }
}
