// SPDX-License-Identifier: BSD-2-Clause
#include "report/directives.hpp"

#include <set>

#include "support.hpp"

using base::Nanoseconds;
using packet::Network;
using report::IntervalRecord;

namespace {

std::string render(char letter, const IntervalRecord& record) {
  const report::Directive* row = report::find_directive(letter);
  REQUIRE(row != nullptr);
  std::string out;
  report::append_plain(out, row->get.value(record, 0), row->decimals);
  return out;
}

stats::Interval sample() {
  stats::Interval interval;
  interval.begin = 1'700'000'000'000'000'000;
  interval.length = 5 * base::ns_per_s;
  interval.add({Network::ipv4, test::tcp, 14}, 60);
  interval.add({Network::ipv4, test::udp, 14}, 70);
  interval.add({Network::ipv6, test::icmpv6, 14}, 80);
  interval.add({Network::arp, packet::protocol::unknown, 14}, 46);
  return interval;
}

/// %S, %s of an interval of no length at this time.
std::string at(char letter, Nanoseconds time) {
  stats::Interval interval;
  interval.begin = time;
  return render(letter, {{}, interval});
}

}  // namespace

TEST_CASE("every directive renders what the table of the manual says") {
  const stats::Interval interval = sample();
  const IntervalRecord record{{1'699'999'990'000'000'000, 0}, interval, 0.25};
  CHECK(render('A', record) == "1");
  CHECK(render('a', record) == "64.00");
  CHECK(render('B', record) == "51.20");
  CHECK(render('b', record) == "409.60");
  CHECK(render('C', record) == "1");
  CHECK(render('d', record) == "12.57");  // sqrt((16 + 36 + 256 + 324) / 4)
  CHECK(render('I', record) == "2");
  CHECK(render('l', record) == "0.25");
  CHECK(render('M', record) == "80");
  CHECK(render('m', record) == "46");
  CHECK(render('N', record) == "256");
  CHECK(render('n', record) == "4");
  CHECK(render('p', record) == "0.80");
  CHECK(render('R', record) == "13");
  CHECK(render('r', record) == "12.500000");
  CHECK(render('S', record) == "1700000003");  // 2.5 s in: floor(t + 0.5)
  CHECK(render('s', record) == "1700000002.500000");
  CHECK(render('T', record) == "1");
  CHECK(render('U', record) == "1");
  CHECK(render('V', record) == "1");
}

TEST_CASE("an empty interval renders zeros") {
  stats::Interval interval;
  interval.length = base::ns_per_s;
  for (const char letter : std::string("ACIMmNnTUV")) CHECK(render(letter, {{}, interval}) == "0");
  for (const char letter : std::string("aBbdp")) CHECK(render(letter, {{}, interval}) == "0.00");
  CHECK(render('l', {{}, interval}) == "1.00");
}

TEST_CASE("one row for each letter, no others") {
  std::string letters;
  std::set<char> different;
  for (const report::Directive& row : report::directives()) {
    CHECK(std::string(row.name) != "");
    CHECK((std::string(row.unit) != "" || std::string(row.name) == "index"));  // a number has no unit
    CHECK(std::string(row.meaning) != "");
    if (row.letter == 0) continue;
    letters += row.letter;
    different.insert(row.letter);
    CHECK(report::find_directive(row.letter) == &row);
  }
  CHECK(letters == "AaBbCdIlMmNnpRrSsTUV");
  CHECK(different.size() == letters.size());
  for (const char letter : std::string("Xz%0 \n")) CHECK(report::find_directive(letter) == nullptr);
  CHECK(report::find_directive('\0') == nullptr);
  CHECK(report::find_directive('\xff') == nullptr);
}

TEST_CASE("one row for each name, but for the times that two letters have") {
  std::set<std::string> names;
  for (const report::Directive& row : report::directives()) {
    CAPTURE(row.name);
    const bool is_second = row.letter == 'r' || row.letter == 's';
    CHECK(names.insert(row.name).second != is_second);
    for (const char character : std::string(row.name))  // for JSON, CSV, lists and formats alike
      CHECK(std::string("abcdefghijklmnopqrstuvwxyz0123456789_").find(character) != std::string::npos);
  }
  CHECK(names.count("all") == 0);  // --fields all
}

TEST_CASE("times are exact, rounded half up") {
  SUBCASE("whole seconds") {
    CHECK(at('S', 0) == "0");
    CHECK(at('S', 499'999'999) == "0");
    CHECK(at('S', 500'000'000) == "1");
    CHECK(at('S', -500'000'000) == "0");
    CHECK(at('S', -500'000'001) == "-1");
    CHECK(at('S', -1'500'000'000) == "-1");
    CHECK(at('S', 4'102'444'800'499'999'999) == "4102444800");  // no double holds it
  }
  SUBCASE("microseconds") {
    CHECK(at('s', 0) == "0.000000");
    CHECK(at('s', 499) == "0.000000");
    CHECK(at('s', 500) == "0.000001");
    CHECK(at('s', -500) == "0.000000");
    CHECK(at('s', -501) == "-0.000001");
    CHECK(at('s', -1'000'000'000) == "-1.000000");
    CHECK(at('s', -1) == "0.000000");
    CHECK(at('s', 999'999'500) == "1.000000");
    CHECK(at('s', 4'102'444'800'123'456'499) == "4102444800.123456");
  }
  SUBCASE("the middle of an interval of odd length") {
    stats::Interval interval;
    interval.begin = 0;
    interval.length = 999;
    CHECK(render('s', {{}, interval}) == "0.000000");  // 499.5 ns
    interval.length = 1001;
    CHECK(render('s', {{}, interval}) == "0.000001");  // 500.5 ns
  }
}

TEST_CASE("-R is subtracted from every time, the relative ones too") {
  stats::Interval interval;
  interval.begin = 100 * base::ns_per_s;
  const IntervalRecord record{{90 * base::ns_per_s, 30 * base::ns_per_s}, interval};
  CHECK(render('S', record) == "70");
  CHECK(render('s', record) == "70.000000");
  CHECK(render('R', record) == "-20");
  CHECK(render('r', record) == "-20.000000");
}

TEST_CASE("the extremes of time do not overflow") {
  stats::Interval interval;
  interval.begin = base::time_limit;
  interval.length = 1'000'000'000'000'000'000;
  CHECK(render('s', {{-base::time_limit, -base::time_limit}, interval}) == "9723372036.854776");
  CHECK(render('r', {{-base::time_limit, -base::time_limit}, interval}) == "14335058055.282164");
}
