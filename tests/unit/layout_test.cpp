// SPDX-License-Identifier: BSD-2-Clause
// The lines as a reader sees them: tables with their blanks, sparklines with their glyphs.
#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "layout/spark.hpp"
#include "layout/style.hpp"
#include "layout/table.hpp"
#include "layout/width.hpp"

using layout::Align;
using layout::Cell;
using layout::Column;
using layout::columns_of;
using layout::Glyphs;
using layout::pad;
using layout::paint;
using layout::Spark;
using layout::Style;
using layout::Table;

namespace {

using Row = std::vector<std::string>;
using Cells = std::vector<Cell>;

constexpr double infinity = std::numeric_limits<double>::infinity();

const std::vector<Column> host_table{{"host", 8, Align::left}, {"bps", 6}, {"packets"}};

Spark spark_of(const std::vector<double>& values) {
  Spark spark(values.size());
  for (const double value : values) spark.push(value);
  return spark;
}

std::string ascii_of(const std::vector<double>& values) { return spark_of(values).text(Glyphs::ascii); }

/// What a terminal shows of a painted line.
std::string without_escapes(const std::string& line) {
  std::string shown;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\x1b') {
      i = line.find('m', i);
    } else {
      shown += line[i];
    }
  }
  return shown;
}

/// Cells of 0 to 12 characters.
Row any_row(std::mt19937_64& random) {
  Row row;
  for (std::size_t i = 0; i < host_table.size(); ++i) {
    const std::size_t columns = random() % 13;
    row.emplace_back(columns, static_cast<char>('a' + random() % 26));
  }
  return row;
}

}  // namespace

TEST_CASE("the columns of a text are those that a terminal gives it") {
  CHECK(columns_of("") == 0);
  CHECK(columns_of("tcpstat 1.5 ~") == 13);
  CHECK(columns_of("Zürich") == 6);
  CHECK(columns_of("▁▂▃▄▅▆▇█…µ") == 10);
  SUBCASE("combining marks and format characters take none") {
    CHECK(columns_of("e\u0301") == 1);
    CHECK(columns_of("\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd") == 4);  // Hebrew with points
    CHECK(columns_of("\u0e17\u0e35\u0e48") == 1);                    // Thai: a vowel and a tone above
    CHECK(columns_of("a\u200bb\u200d\ufeff") == 2);
    CHECK(columns_of("\u1112\u1161\u11ab") == 2);  // Hangul by letters: one syllable
    CHECK(columns_of("\U000e0100") == 0);
  }
  SUBCASE("East Asian wide characters and emoji take two") {
    CHECK(columns_of("東京") == 4);
    CHECK(columns_of("한국") == 4);
    CHECK(columns_of("ＡＢ") == 4);
    CHECK(columns_of("ｱｲ") == 2);  // half width
    CHECK(columns_of("\U0001f680") == 2);
    CHECK(columns_of("\U00020000") == 2);
  }
  SUBCASE("the ends of the ranges belong to them, their neighbours do not") {
    CHECK(columns_of("\u02ff") == 1);
    CHECK(columns_of("\u0300") == 0);
    CHECK(columns_of("\u036f") == 0);
    CHECK(columns_of("\u0370") == 1);
    CHECK(columns_of("\u10ff") == 1);
    CHECK(columns_of("\u1100") == 2);
    CHECK(columns_of("\u115f") == 2);
    CHECK(columns_of("\u1160") == 0);
    CHECK(columns_of("\U0010ffff") == 1);
    CHECK(columns_of("\u00ad") == 1);  // the soft hyphen
    CHECK(columns_of("\u303f") == 1);  // between two wide ranges
  }
  SUBCASE("each byte that is not UTF-8 takes one") {
    CHECK(columns_of("\xff\xfe") == 2);
    CHECK(columns_of("a\x80"
                     "b") == 3);
    CHECK(columns_of("\xe6\x9d") == 2);   // cut short
    CHECK(columns_of({"東京", 2}) == 2);  // what is behind the text does not complete it
    CHECK(columns_of({"\U0001f680", 3}) == 3);
    CHECK(columns_of("\xc0\x80") == 2);          // overlong
    CHECK(columns_of("\xe0\x80\x80") == 3);      // overlong
    CHECK(columns_of("\xed\xa0\x80") == 3);      // a surrogate
    CHECK(columns_of("\xf4\x90\x80\x80") == 4);  // beyond Unicode
    CHECK(columns_of("\xe6(東") == 4);
  }
}

TEST_CASE("the columns of a text are those of its parts, however it is cut") {
  std::mt19937_64 random(1);
  const std::array<std::string, 6> parts{"a", "ü", "\u0301", "東", "\U0001f680", "\xff"};
  const std::array<std::size_t, 6> columns{1, 1, 0, 2, 2, 1};
  for (int run = 0; run < 1000; ++run) {
    std::string text;
    std::size_t expected = 0;
    for (int i = 0; i < 20; ++i) {
      const std::size_t part = random() % parts.size();
      text += parts[part];
      expected += columns[part];
    }
    REQUIRE(columns_of(text) == expected);
  }
}

TEST_CASE("a text is filled up to its columns") {
  CHECK(pad("7", 3, Align::right) == "  7");
  CHECK(pad("eth0", 6, Align::left) == "eth0  ");
  CHECK(pad("Zürich", 7, Align::right) == " Zürich");
  CHECK(pad("東京", 5, Align::left) == "東京 ");
  CHECK(pad("", 2, Align::left) == "  ");
  SUBCASE("what is wider or just fits stays as it is") {
    CHECK(pad("12345", 3, Align::right) == "12345");
    CHECK(pad("123", 3, Align::left) == "123");
    CHECK(pad("123", 0, Align::left) == "123");
  }
  SUBCASE("with a fill of any length in bytes") {
    CHECK(pad("7", 3, Align::right, "0") == "007");
    CHECK(pad("a", 4, Align::left, "·") == "a···");
  }
  SUBCASE("half of a wide fill is a blank, a fill without width blanks") {
    CHECK(pad("a", 4, Align::left, "東") == "a東 ");
    CHECK(pad("a", 4, Align::right, "東") == "東 a");
    CHECK(pad("a", 3, Align::right, "") == "  a");
    CHECK(pad("a", 3, Align::right, "\u0301") == "  a");
  }
}

TEST_CASE("text is painted only where there are colours") {
  CHECK(paint("x", Style::plain, true) == "x");
  CHECK(paint("x", Style::dim, true) == "\x1b[2mx\x1b[0m");
  CHECK(paint("x", Style::bold, true) == "\x1b[1mx\x1b[0m");
  CHECK(paint("x", Style::accent, true) == "\x1b[36mx\x1b[0m");
  CHECK(paint("x", Style::warning, true) == "\x1b[31mx\x1b[0m");
  CHECK(paint("x", Style::good, true) == "\x1b[32mx\x1b[0m");
  CHECK(paint("x", Style::header, true) == "\x1b[7mx\x1b[0m");
  CHECK(paint("x", Style::alarm, true) == "\x1b[7;31mx\x1b[0m");
  CHECK(paint("x", Style::selected, true) == "\x1b[1;7mx\x1b[0m");
  CHECK(paint("", Style::warning, true).empty());
  for (const Style style : {Style::plain, Style::dim, Style::bold, Style::accent, Style::warning, Style::good,
                            Style::header, Style::alarm, Style::selected}) {
    CHECK(paint("x", style, false) == "x");
  }
}

TEST_CASE("a sparkline is blank before its first value") {
  Spark spark;
  CHECK(spark.text(Glyphs::utf8) == std::string(16, ' '));
  CHECK(spark.text(Glyphs::ascii) == std::string(16, ' '));
  spark.push(3);
  CHECK(spark.text(Glyphs::utf8) == std::string(15, ' ') + "█");
  spark.push(0);
  CHECK(spark.text(Glyphs::utf8) == std::string(14, ' ') + "█▁");
  CHECK(spark.text(Glyphs::ascii) == std::string(14, ' ') + "@_");
}

TEST_CASE("a sparkline of zeros is at the lowest level, not blank") {
  Spark spark;
  spark.push(0);
  CHECK(spark.text(Glyphs::utf8) == std::string(15, ' ') + "▁");
  for (int i = 0; i < 20; ++i) spark.push(0);
  CHECK(spark.text(Glyphs::utf8) == "▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁");
  CHECK(spark.text(Glyphs::ascii) == "________________");
}

TEST_CASE("the eight levels of a sparkline begin at the eighths of its largest value") {
  CHECK(spark_of({0, 1, 2, 3, 4, 5, 6, 7, 8}).text(Glyphs::utf8) == "▁▂▃▄▅▆▇██");
  CHECK(ascii_of({0, 1, 2, 3, 4, 5, 6, 7, 8}) == "_+xoXOM@@");
  CHECK(ascii_of({0.99, 1.99, 2.99, 3.99, 4.99, 5.99, 6.99, 7.99, 8}) == "_+xoXOM@@");
}

TEST_CASE("a sparkline keeps the last values and is scaled to the largest of these") {
  Spark spark(4);
  for (const double value : {80.0, 8.0, 4.0, 2.0}) spark.push(value);
  CHECK(spark.text(Glyphs::ascii) == "@___");
  spark.push(0);
  CHECK(spark.text(Glyphs::ascii) == "@Xx_");
  for (int i = 1; i <= 1000; ++i) spark.push(i % 10);
  CHECK(spark.text(Glyphs::ascii) == "M@@_");  // 7 8 9 0
  SUBCASE("the usual one keeps sixteen") {
    Spark usual;
    for (int i = 0; i < 17; ++i) usual.push(i == 0 ? 1000 : 8);
    CHECK(usual.text(Glyphs::ascii) == std::string(16, '@'));
  }
  SUBCASE("one that shall keep none keeps one") {
    Spark least(0);
    least.push(5);
    least.push(6);
    CHECK(least.text(Glyphs::ascii) == "@");
  }
}

TEST_CASE("a value that cannot be drawn counts as 0") {
  CHECK(ascii_of({infinity, 1, -infinity, -5, std::nan(""), 2}) == "_X___@");
  CHECK(ascii_of({-1, -2}) == "__");
}

TEST_CASE("the largest and the smallest numbers have their levels") {
  constexpr double largest = std::numeric_limits<double>::max();
  constexpr double smallest = std::numeric_limits<double>::denorm_min();
  CHECK(ascii_of({largest, largest / 2, smallest}) == "@X_");
  CHECK(ascii_of({8 * smallest, 7 * smallest, smallest}) == "@@+");
}

TEST_CASE("cells stand under their headings, without blanks at the end") {
  const Table table(host_table);
  CHECK(table.header() == "host         bps  packets");
  CHECK(table.row(Row{"alpha", "12", "3"}) == "alpha         12        3");
  CHECK(table.row(Row{"beta", "123456", "1234567"}) == "beta      123456  1234567");
  SUBCASE("text of several bytes or columns a character") {
    CHECK(table.row(Row{"Zürich", "12", "3"}) == "Zürich        12        3");
    CHECK(table.row(Row{"東京", "12", "3"}) == "東京          12        3");
    CHECK(table.row(Row{"cafe\u0301", "12", "3"}) == "cafe\u0301          12        3");
    CHECK(Table({{"größe"}, {"n"}}).row(Row{"1", "2"}) == "    1  2");
  }
  SUBCASE("empty cells, short rows and none") {
    CHECK(table.row(Row{"alpha", "", "3"}) == "alpha                   3");
    CHECK(table.row(Row{"alpha", "12", ""}) == "alpha         12");
    CHECK(table.row(Row{"alpha"}) == "alpha");
    CHECK(table.row(Row{"", " ", ""}).empty());
    CHECK(table.row(Row{}).empty());
    CHECK(Table({}).header().empty());
  }
  SUBCASE("blanks at the end of a cell keep their place, but not at the end of the line") {
    const Table sizes({{"", 5}, {"", 5}});
    CHECK(sizes.row(Row{"283 ", "1 "}) == " 283      1");
    CHECK(sizes.row(Row{"283k", "1k"}) == " 283k     1k");
  }
  SUBCASE("a last column to the left is not filled up") {
    CHECK(Table({{"n", 3}, {"name", 20, Align::left}}).header() == "  n  name");
  }
  SUBCASE("cells behind the last column follow it") {
    CHECK(Table({{"a", 3}}).row(Row{"1", "22", "3"}) == "  1  22  3");
  }
}

TEST_CASE("a cell that is too wide is shown whole, and the next columns recover") {
  const Table table(host_table);
  CHECK(table.row(Row{"a", "1", "2"}) == "a              1        2");
  SUBCASE("a name takes the blanks before the next number") {
    CHECK(table.row(Row{"gamma.example", "1", "2"}) == "gamma.example  1        2");
  }
  SUBCASE("without blanks there the next is moved, the one after it is in its place") {
    CHECK(table.row(Row{"gamma.example", "1234", "2"}) == "gamma.example  1234     2");
    CHECK(table.row(Row{"gamma.example", "1234", "1234567"}) == "gamma.example  1234  1234567");
  }
  SUBCASE("a number takes the blanks before it, so that it still ends under its heading") {
    CHECK(table.row(Row{"a", "123456789", "2"}) == "a      123456789        2");
    CHECK(table.row(Row{"", "1234567890123456", "2"}) == "1234567890123456        2");
  }
  SUBCASE("and where these do not suffice, widens the line") {
    CHECK(table.row(Row{"a", "1234567890123456", "2"}) == "a  1234567890123456     2");
    CHECK(table.row(Row{"eightone", "1234567", "2"}) == "eightone  1234567       2");
  }
  SUBCASE("columns to the left begin late, but two blanks apart") {
    const Table names({{"from", 6, Align::left}, {"to", 6, Align::left}, {"by", 2, Align::left}});
    CHECK(names.row(Row{"a", "b", "c"}) == "a       b       c");
    CHECK(names.row(Row{"long.name", "b", "c"}) == "long.name  b    c");
    CHECK(names.row(Row{"long.name", "other.name", "c"}) == "long.name  other.name  c");
  }
}

TEST_CASE("no cell is ever cut, joined to another or out of order, on random rows") {
  std::mt19937_64 random(2);
  const Table table(host_table);
  for (int run = 0; run < 5000; ++run) {
    const Row row = any_row(random);
    const std::string line = table.row(row);
    CAPTURE(line);
    std::size_t at = 0;
    for (const std::string& cell : row) {
      if (cell.empty()) continue;
      const std::size_t blanks = line.find_first_not_of(' ', at) - at;
      if (at > 0) REQUIRE(blanks >= 2);
      REQUIRE(line.compare(at + blanks, cell.size(), cell) == 0);
      at += blanks + cell.size();
    }
    REQUIRE(at == line.size());
    // Where every cell fits, every number ends under its heading.
    if (row[0].size() <= 8 && row[1].size() <= 6 && row[2].size() <= 7 && !row[2].empty()) {
      REQUIRE(line.size() == table.header().size());
    }
  }
}

TEST_CASE("colours add no width") {
  const Cells cells{{"alpha", Style::dim}, {"12", Style::warning}, "3"};
  const Table plain(host_table), coloured(host_table, true);
  CHECK(plain.row(cells) == "alpha         12        3");
  CHECK(coloured.row(cells) == "\x1b[2malpha\x1b[0m         \x1b[31m12\x1b[0m        3");
  CHECK(coloured.header() == "\x1b[1mhost\x1b[0m         \x1b[1mbps\x1b[0m  \x1b[1mpackets\x1b[0m");
  CHECK(coloured.row(Cells{"a", {"", Style::accent}, {"  ", Style::accent}}) == "a");
  SUBCASE("on random rows with cells too wide") {
    std::mt19937_64 random(3);
    for (int run = 0; run < 2000; ++run) {
      const Row row = any_row(random);
      const Cells styled{{row[0], Style::dim}, {row[1], Style::accent}, {row[2], Style::warning}};
      REQUIRE(without_escapes(coloured.row(styled)) == plain.row(row));
    }
  }
}

TEST_CASE("where all rows are known the columns are as wide as their widest cell") {
  const std::vector<Cells> rows{{"eth0", "283.6M", "12"}, {"東京東京", "1", ""}, {"lo"}};
  CHECK(layout::render_all({{"name", 0, Align::left}, {"bps"}, {"n", 4}}, rows) ==
        std::vector<std::string>{
            "name         bps     n",
            "eth0      283.6M    12",
            "東京東京       1",
            "lo",
        });
  SUBCASE("without headings there is no line of them") {
    CHECK(layout::render_all({{"", 0, Align::left}, {""}}, rows) ==
          std::vector<std::string>{"eth0      283.6M  12", "東京東京       1", "lo"});
  }
  SUBCASE("without rows there are only the headings") {
    CHECK(layout::render_all({{"a"}, {"b"}}, {}) == std::vector<std::string>{"a  b"});
    CHECK(layout::render_all({{""}}, {}).empty());
  }
  SUBCASE("in colours the headings are bold") {
    CHECK(layout::render_all({{"a"}}, std::vector<Cells>{{{"22", Style::accent}}}, true) ==
          std::vector<std::string>{" \x1b[1ma\x1b[0m", "\x1b[36m22\x1b[0m"});
  }
}

TEST_CASE("as many leading columns fit into a screen as their lines have room") {
  std::vector<Column> columns{{"time", 8, Align::left}};
  for (int i = 0; i < 30; ++i) columns.push_back({"packets", i % 2 == 0 ? 7U : 9U});
  for (const std::size_t screen : {80U, 200U}) {
    CAPTURE(screen);
    const std::size_t fitting = layout::fit(columns, screen);
    const auto end = columns.begin() + static_cast<std::ptrdiff_t>(fitting);
    CHECK(Table({columns.begin(), end}).header().size() <= screen);
    CHECK(Table({columns.begin(), end + 1}).header().size() > screen);
  }
  CHECK(layout::fit(columns, 80) == 8);    // 8 + 9 + 11 + 9 + 11 + 9 + 11 + 9 = 77
  CHECK(layout::fit(columns, 200) == 20);  // 8 + 10 * 9 + 9 * 11 = 197
  SUBCASE("to the column") {
    CHECK(layout::fit(columns, 77) == 8);
    CHECK(layout::fit(columns, 76) == 7);
    CHECK(layout::fit(columns, 8) == 1);
  }
  SUBCASE("none where the first does not, all where there is room") {
    CHECK(layout::fit(columns, 7) == 0);
    CHECK(layout::fit(columns, 100'000) == 31);
    CHECK(layout::fit({}, 80) == 0);
  }
  SUBCASE("a heading counts where it is wider than its column") {
    const std::vector<Column> wide{{"größe", 2}, {"東京", 1}};
    CHECK(layout::fit(wide, 11) == 2);
    CHECK(layout::fit(wide, 10) == 1);
  }
}
