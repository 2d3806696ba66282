// SPDX-License-Identifier: BSD-2-Clause
// The table for a person, on screens of several sizes. What rows of cells look like is layout_test's.
#include "base/text.hpp"
#include "layout/width.hpp"
#include "report/output.hpp"
#include "support.hpp"

using base::ns_per_s;
using report::Screen;
using report::Sinks;
using report::Wishes;
using Lines = std::vector<std::string>;

namespace {

constexpr base::Nanoseconds evening = 1'700'000'000 * ns_per_s;  // 22:13:20 UTC

/// A table and the screen that it is for.
struct Terminal {
  explicit Terminal(const Screen& its_screen = {}, std::string_view names = {}, bool may_drop = false,
                    base::Nanoseconds its_length = ns_per_s)
      : screen(its_screen), length(its_length) {
    std::vector<report::Field> fields;
    if (!names.empty()) fields = report::find_fields(names, wishes);
    table = report::make_table(
        std::move(fields), may_drop, [this] { return screen; }, wishes);
  }

  /// An interval with one packet of this size, after the one before it.
  void interval(std::uint32_t size, std::uint64_t dropped = 0) {
    stats::Interval interval;
    interval.begin = begin;
    interval.length = length;
    if (size > 0) interval.add({packet::Network::ipv4, test::tcp, 14}, size);
    begin += length;
    table->render(report::IntervalRecord{{evening, 0}, interval, 1, 1e6, ++count, dropped}, sinks);
  }

  std::string text() { return sinks.text(sinks.open(1)); }
  Lines lines() {
    const std::string all_text = text();
    Lines all;
    for (const std::string_view line : base::split(all_text, '\n')) all.emplace_back(line);
    REQUIRE(all.back() == "");  // the last one is a whole line too
    all.pop_back();
    return all;
  }

  test::Zone zone{"UTC0"};
  Screen screen;
  base::Nanoseconds length;
  base::Nanoseconds begin = evening;
  std::uint64_t count = 0;
  Wishes wishes;
  Sinks sinks;
  std::unique_ptr<report::Output> table;
};

Screen wide(std::size_t columns) { return {.columns = columns}; }

Screen of_rows(std::size_t rows) { return {.is_terminal = true, .rows = rows}; }

std::size_t headers_in(const Lines& lines) {
  std::size_t headers = 0;
  for (const std::string& line : lines) headers += test::says(line, "bit/s, last 16") ? 1U : 0U;
  return headers;
}

}  // namespace

TEST_CASE("80 columns, in ASCII") {
  Terminal terminal;
  terminal.interval(1000);
  terminal.interval(0);
  terminal.interval(125'000);
  CHECK(terminal.text() ==
        "    time   pkt/s   bit/s     avg     tcp     udp    icmp  bit/s, last 16\n"
        "22:13:20     1.0    8.0k  1000.0       1       0       0                 @\n"
        "22:13:21     0.0     0.0     0.0       0       0       0                @_\n"
        "22:13:22     1.0    1.0M  125000.0     1       0       0               __@\n");
  SUBCASE("as wide as without a terminal") {
    for (const std::string& line : terminal.lines()) CHECK(layout::columns_of(line) <= 80);
  }
}

TEST_CASE("a live capture has a column for what the kernel loses, a stored one has not") {
  Terminal live({}, {}, true);
  live.interval(1000, 25'000);
  CHECK(live.text() ==
        "    time   pkt/s   bit/s     avg     tcp     udp    drop  bit/s, last 16\n"
        "22:13:20     1.0    8.0k  1000.0       1       0   25000                 @\n");
  CHECK(live.wishes.drops);
  Terminal stored;
  CHECK_FALSE(stored.wishes.drops);
  CHECK(stored.wishes.collect.is_nothing());
}

TEST_CASE("a wide screen shows more, a narrow one less, and the sparkline stays") {
  Terminal terminal(wide(200), {}, true);
  terminal.interval(1500);
  CHECK(terminal.lines()[0] ==
        "    time   pkt/s   bit/s     avg     tcp     udp    drop    icmp     arp    ipv6   other     max"
        "  stddev   bytes    peak  bit/s, last 16");
  for (const std::size_t columns : {200U, 140U, 120U, 100U, 80U, 60U, 50U, 40U, 30U, 26U}) {
    CAPTURE(columns);
    Terminal screen(wide(columns), {}, true);
    for (int i = 0; i < 20; ++i) screen.interval(1000);
    CHECK(headers_in(screen.lines()) == 1);
    for (const std::string& line : screen.lines()) CHECK(layout::columns_of(line) <= columns);
    CHECK(screen.lines().back().ends_with(std::string(16, '@')));
  }
  SUBCASE("the time is always there") {
    for (const std::size_t columns : {26U, 20U, 18U, 17U, 10U, 2U, 1U}) {
      CAPTURE(columns);
      Terminal screen(wide(columns));
      screen.interval(1000);
      const std::string text = columns >= 26   ? "    time  bit/s, last 16\n22:13:20                 @\n"
                               : columns >= 16 ? "    time   pkt/s\n22:13:20     1.0\n"
                                               : "    time\n22:13:20\n";
      CHECK(screen.text() == text);
    }
  }
}

TEST_CASE("the sparkline shows the last 16 intervals, in blocks where there is UTF-8") {
  Terminal terminal({.is_utf8 = true}, "packets");
  for (std::uint32_t size = 0; size <= 7; ++size) terminal.interval(size * 100);
  CHECK(terminal.lines().back() == "      1          ▁▂▃▄▅▆▇█");
  for (int i = 0; i < 15; ++i) terminal.interval(100);
  CHECK(terminal.lines().back() == "      1  █▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂");
  terminal.interval(100);
  CHECK(terminal.lines().back() == "      1  ████████████████");
}

TEST_CASE("chosen fields stand under their names or what is usual, all of them, however narrow the screen") {
  Terminal terminal(wide(20), "tcp_syn,bits_per_second_peak,begin,size_mean,burst:10ms,index");
  terminal.interval(1234);
  CHECK(terminal.text() ==
        "tcp_syn    peak      time     avg  burst:10ms   index  bit/s, last 16\n"
        "      0    1.0M  22:13:20  1234.0         0.0       1                 @\n");
  CHECK(terminal.wishes.collect.details);
}

TEST_CASE("the header comes again on every screenful, where there is a screen") {
  SUBCASE("so that one is always in sight") {
    Terminal terminal(of_rows(5));
    for (int i = 0; i < 12; ++i) terminal.interval(1);
    const Lines lines = terminal.lines();
    CHECK(headers_in(lines) == 4);  // of 3 lines each: the last row is where the cursor waits
    for (const std::size_t header : {0U, 4U, 8U, 12U}) CHECK(test::says(lines[header], "bit/s, last 16"));
    CHECK(lines.size() == 16);
  }
  SUBCASE("but not elsewhere") {
    Terminal terminal;
    for (int i = 0; i < 200; ++i) terminal.interval(1);
    CHECK(headers_in(terminal.lines()) == 1);
  }
  SUBCASE("nor on a screen of two rows, or one that says it has none") {
    for (const std::size_t rows : {0U, 1U, 2U}) {
      Terminal terminal(of_rows(rows));
      for (int i = 0; i < 20; ++i) terminal.interval(1);
      CHECK(headers_in(terminal.lines()) == 1);
    }
  }
}

TEST_CASE("the header comes again when the screen becomes wider or narrower") {
  Terminal terminal(of_rows(24));
  terminal.interval(1);
  terminal.screen.columns = 40;
  terminal.interval(1);
  terminal.interval(1);
  terminal.screen.columns = 80;
  terminal.interval(1);
  const Lines lines = terminal.lines();
  REQUIRE(lines.size() == 7);
  CHECK(headers_in(lines) == 3);
  CHECK(lines[2] == "    time   pkt/s  bit/s, last 16");
  CHECK(lines[5] == lines[0]);
  CHECK(lines[6].ends_with("  @@@@"));  // it goes on
  SUBCASE("a screen that becomes higher or lower: at the next screenful") {
    terminal.screen.rows = 4;
    terminal.interval(1);
    terminal.interval(1);
    CHECK(headers_in(terminal.lines()) == 4);
  }
}

TEST_CASE("colour only where the screen has it: headings, sparkline, what was lost") {
  Terminal plain(wide(80), {}, true);
  plain.interval(1000, 7);
  CHECK(plain.text().find('\x1b') == std::string::npos);
  Terminal coloured({.is_coloured = true}, "packets,dropped");
  coloured.interval(1000, 7);
  coloured.interval(1000, 0);
  CHECK(coloured.text() ==
        "\x1b[1mpackets\x1b[0m    \x1b[1mdrop\x1b[0m  \x1b[1mbit/s, last 16\x1b[0m\n"
        "      1       \x1b[31m7\x1b[0m  \x1b[36m               @\x1b[0m\n"
        "      1       0  \x1b[36m              @@\x1b[0m\n");
}

TEST_CASE("numbers take a prefix where they are long") {
  const auto cells = [](std::uint32_t size, std::uint64_t dropped) {
    Terminal terminal({}, "bytes,dropped,size_max,size_mean,load,bits_per_second");
    terminal.interval(size, dropped);
    const std::string row = terminal.lines()[1];
    return row.substr(0, row.find_last_not_of(" @_") + 1);
  };
  CHECK(cells(0, 0) == "     0       0       0     0.0    1.00     0.0");
  CHECK(cells(1234, 99'999) == "  1234   99999    1234  1234.0    1.00    9.9k");
  CHECK(cells(99'999, 100'000) == " 99999  100.0k   99999  99999.0   1.00  800.0k");
  CHECK(cells(4'000'000'000, 12'345'678'901) == "  4.0G   12.3G    4.0G  4000000000.0  1.00  32.0G");
}

TEST_CASE("the time is as short as tells one interval from the next") {
  const auto first_row = [](base::Nanoseconds length) {
    Terminal terminal({}, "begin,packets", false, length);
    terminal.interval(1);
    return terminal.lines()[1].substr(0, 20);
  };
  CHECK(first_row(ns_per_s).starts_with("22:13:20  "));
  CHECK(first_row(3599 * ns_per_s).starts_with("22:13:20  "));
  CHECK(first_row(3600 * ns_per_s).starts_with("11-14 22:13  "));
  CHECK(first_row(ns_per_s / 4).starts_with("22:13:20.000  "));
  CHECK(first_row(base::ns_per_us).starts_with("22:13:20.000000 "));
  CHECK(first_row(1).starts_with("22:13:20.000000000 "));
  SUBCASE("by the length that was asked for, not that of a first interval cut short") {
    Terminal terminal({}, {}, false, ns_per_s / 4);
    terminal.wishes.window_most = ns_per_s;
    terminal.table = report::make_table(
        {}, false, [&] { return terminal.screen; }, terminal.wishes);
    terminal.interval(1);
    CHECK(terminal.lines()[1].starts_with("22:13:20  "));
  }
}
