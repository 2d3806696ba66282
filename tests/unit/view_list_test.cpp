// SPDX-License-Identifier: BSD-2-Clause
#include "view/list.hpp"

#include <algorithm>

#include "layout/width.hpp"
#include "list_rows.hpp"
#include "tools/track_columns.hpp"

using layout::Size;
using layout::Style;
using test::list_columns;
using test::list_row;
using test::list_row_of_ipv6;
using test::ListRows;
using view::Key;
using view::List;
using Name = view::Key::Name;
using Texts = std::vector<std::string>;

namespace {

/// As tcptrack has it.
List usual_list() { return {tools::track_columns({}), tools::usual_columns}; }

ListRows many_rows(unsigned count) {
  ListRows rows;
  for (unsigned number = 0; number < count; ++number) rows.rows.push_back(list_row(number, number * 1000));
  return rows;
}

/// What makes lines wide: IPv6, names with wide characters and with control characters, a long process.
ListRows wide_rows() {
  ListRows rows = many_rows(3);
  rows.rows.push_back(list_row_of_ipv6(3, 283'600'000));
  rows.rows.push_back(list_row_of_ipv6(4, 1'000'000'000'000'000));
  rows.rows[1].client_name = "とても長い名前のホスト.例え.テスト";
  rows.rows[2].server_name = "a\x1b[31m\nb\xff and a long tail that never ends.example.com";
  rows.rows[2].process = "プロセス with a name that is rather long (12345)";
  rows.rows[3].connection.state = flow::State::reset;
  return rows;
}

std::string names_of(const List& list) {
  std::string names;
  for (const auto& column : list.columns()) names += (names.empty() ? "" : ",") + column.field.name;
  return names;
}

Texts texts_at(List& list, const ListRows& rows, Size size) {
  return test::texts_of(list.compose(rows, size, ""));
}

/// The client's port in the row that is selected, and the first row on the screen; 0: none.
struct Seen {
  std::size_t selected, first;
  bool operator==(const Seen&) const = default;
};
doctest::String toString(const Seen& seen) {
  return ("selected " + std::to_string(seen.selected) + ", first " + std::to_string(seen.first)).c_str();
}

/// With ten rows on the screen.
Seen seen(List& list, const ListRows& rows) {
  const auto lines = list.compose(rows, {80, 12}, "");
  Seen found{0, 0};
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (lines[i].empty()) continue;
    const std::string text = test::text_of(lines[i]);
    const std::size_t port = std::stoul(text.substr(text.find(':') + 1));
    if (i == 1) found.first = port;
    if (lines[i].front().style == Style::selected) found.selected = port;
  }
  return found;
}

Seen press(List& list, const ListRows& rows, std::initializer_list<Name> keys) {
  for (const Name key : keys) {
    REQUIRE(list.move({key}));
    seen(list, rows);
  }
  return seen(list, rows);
}

}  // namespace

TEST_CASE("a list shows as many columns as the screen has room for, the most important ones first") {
  const std::string usual = "client_endpoint,server_endpoint,state,idle,active,bytes_per_second";
  const std::string with_rates = usual + ",bytes_per_second_out,bytes_per_second_in";
  const std::string with_losses = with_rates + ",rtt_mean,retransmissions";
  const std::string all = with_losses + ",bytes,duration,process";
  List list = usual_list();
  const auto at = [&](std::size_t columns) {
    list.compose(many_rows(1), {columns, 24}, "");
    return names_of(list);
  };
  for (const std::size_t columns : {59U, 60U, 75U, 80U, 100U, 102U}) CHECK(at(columns) == usual);
  CHECK(at(40) == "client_endpoint,server_endpoint,bytes_per_second");
  CHECK(at(103) == with_rates);
  CHECK(at(110) == with_rates + ",rtt_mean");
  CHECK(at(117) == with_losses);
  CHECK(at(120) == with_losses);
  CHECK(at(124) == with_losses + ",bytes");
  for (const std::size_t columns : {148U, 160U, 200U, 300U}) CHECK(at(columns) == all);
  CHECK(at(80) == usual);
}

TEST_CASE("80 columns show what they always showed") {
  List list = usual_list();
  ListRows rows({list_row(1, 283'600), list_row(2)});
  rows.rows[0].is_active = true;
  rows.rows[1].connection.state = flow::State::syn_sent;
  CHECK(texts_at(list, rows, {80, 6}) ==
        Texts{" Client                Server                State        Idle A Speed",
              " 192.0.2.1:1001        198.51.100.1:80       ESTABLISHED  9s   * 283.6 kB/s",
              " 192.0.2.1:1002        198.51.100.1:80       SYN_SENT     9s     0 B/s", "", "",
              " TOTAL                                                           283.6 kB/s"});
}

TEST_CASE("each line is as wide as the screen, whatever the rows have in them") {
  const ListRows rows = wide_rows();
  List list = usual_list();
  const auto check = [&](Size size) {
    const auto lines = list.compose(rows, size, "12 packets dropped, 東京 connections evicted");
    REQUIRE(lines.size() == size.rows);
    REQUIRE(test::misfit(lines, size.columns) == "");
    REQUIRE(list.shown() == std::min(rows.size(), size.rows - 2));
  };
  for (std::size_t columns = 40; columns <= 250; ++columns) {
    for (const std::size_t high : {5U, 24U, 60U}) check({columns, high});
  }
  for (std::size_t high = 5; high <= 60; ++high) {
    for (const std::size_t columns : {40U, 79U, 80U, 131U, 250U}) check({columns, high});
  }
  SUBCASE("also where the user has chosen them") {
    for (const std::string names :
         {"bytes_per_second", "bytes_per_second,client_endpoint,state", "idle,bytes_per_second,server,client",
          "active,bytes_per_second_out,bytes_per_second_in,bytes_per_second,process", "process,client_name",
          "all"}) {
      CAPTURE(names);
      list.choose(list_columns(names));
      for (std::size_t columns = 40; columns <= 250; ++columns) check({columns, 9});
    }
  }
}

TEST_CASE("an address that is too wide is cut in its middle, and its port stays whole") {
  ListRows rows({list_row_of_ipv6(7)});
  List list = usual_list();
  const std::string client = "[2001:db8:1111:2222:3333:4444:5555:6666]:1007";
  const std::string server = "[2001:db8:1111:2222:7777:8888:9999:aaaa]:80";
  CHECK(texts_at(list, rows, {80, 4})[1] ==
        " [2001:db8:11…:6666]:1007 [2001:db8:11…aaaa]:80 ESTABLISHED  9s     0 B/s");
  CHECK(test::says(texts_at(list, rows, {200, 4})[1], client + " " + server));
  for (std::size_t columns = 40; columns <= 250; ++columns) {
    CAPTURE(columns);
    const std::string line = texts_at(list, rows, {columns, 4})[1];
    REQUIRE(test::says(line, "]:1007 "));
    REQUIRE(test::says(line, "]:80 "));
  }
  SUBCASE("a name is cut the same way") {
    rows.rows[0].server_name = "a-host-with-a-long-name.in-a-domain.example.org";
    CHECK(test::says(texts_at(list, rows, {80, 4})[1], " a-host-with-…e.org:80 "));
    CHECK(test::says(texts_at(list, rows, {220, 4})[1], rows.rows[0].server_name + ":80 "));
  }
}

TEST_CASE("wide characters take two columns, and what is not printable is written out") {
  ListRows rows({list_row(1), list_row(2)});
  rows.rows[0].server_name = "東京.例え";
  rows.rows[1].server_name = "a\x1b[2Jb";
  List list = usual_list();
  const Texts lines = texts_at(list, rows, {80, 4});
  CHECK(lines[1] == " 192.0.2.1:1001        東京.例え:80          ESTABLISHED  9s     0 B/s");
  CHECK(lines[2] == " 192.0.2.1:1002        a\\x1b[2Jb:80          ESTABLISHED  9s     0 B/s");
}

TEST_CASE("totals stand under their columns, and a warning before them") {
  const ListRows rows = many_rows(4);
  List list = usual_list();
  const auto total = [&](std::size_t columns, const std::string& warning = "") {
    const auto lines = list.compose(rows, {columns, 8}, warning);
    const std::string heading = test::text_of(lines.front()), text = test::text_of(lines.back());
    const auto is_under = [&](const std::string& name, std::size_t sum) {
      const std::size_t at = heading.find(name);
      REQUIRE(sum != std::string::npos);
      return at == std::string::npos || layout::columns_of(text.substr(0, sum)) == at;
    };
    CHECK(is_under("Speed", text.find("6.0 kB/s")));
    CHECK(is_under("Down", text.rfind("6.0 kB/s")));
    return lines.back();
  };
  for (const std::size_t columns : {40U, 60U, 80U, 120U, 200U}) {
    CAPTURE(columns);
    CHECK(test::says(test::text_of(total(columns)), " TOTAL "));
  }
  const layout::Line warned = total(80, "3 packets dropped");
  CHECK(test::says(test::text_of(warned), " TOTAL  3 packets dropped "));
  CHECK(warned[1].style == Style::alarm);
  CHECK(total(80)[1].style == Style::header);
  CHECK(test::says(test::text_of(total(40, std::string(100, 'x'))), "xxx…"));
  SUBCASE("where the user has chosen them too") {
    list.choose(list_columns("state,bytes_per_second,client_endpoint,bytes_per_second_in"));
    total(80, "3 packets dropped");
    list.choose(list_columns("bytes_per_second,client_endpoint"));
    const auto lines = list.compose(rows, {80, 8}, "");
    CHECK(test::says(test::text_of(lines.back()), "6.0 kB/s"));
  }
}

TEST_CASE("states are told apart by their colours, until the row is selected") {
  ListRows rows = many_rows(4);
  rows.rows[1].connection.state = flow::State::reset;
  rows.rows[2].connection.state = flow::State::closed;
  rows.rows[3].connection.state = flow::State::syn_sent;
  List list = usual_list();
  const auto styles = [&] {
    std::vector<Style> found;
    const auto lines = list.compose(rows, {80, 6}, "");
    for (std::size_t i = 1; i <= 4; ++i)
      found.push_back(lines[i].size() > 1 ? lines[i][1].style : lines[i][0].style);
    return found;
  };
  CHECK(styles() == std::vector{Style::good, Style::warning, Style::dim, Style::plain});
  list.move({Name::down});
  list.compose(rows, {80, 6}, "");
  CHECK(styles().front() == Style::selected);
  CHECK(list.selected_row() == 0);
}

TEST_CASE("keys move the selection, and the screen goes with it") {
  const ListRows rows = many_rows(100);  // ports 1000 to 1099
  List list = usual_list();
  CHECK(seen(list, rows) == Seen{0, 1000});
  CHECK(press(list, rows, {Name::down}) == Seen{1000, 1000});
  CHECK(press(list, rows, {Name::down, Name::down}) == Seen{1002, 1000});
  CHECK(press(list, rows, {Name::up}) == Seen{1001, 1000});
  CHECK(press(list, rows, {Name::page_down}) == Seen{1011, 1002});
  CHECK(press(list, rows, {Name::end}) == Seen{1099, 1090});
  CHECK(press(list, rows, {Name::down, Name::page_down}) == Seen{1099, 1090});
  CHECK(press(list, rows, {Name::page_up}) == Seen{1089, 1089});
  CHECK(press(list, rows, {Name::home}) == Seen{1000, 1000});
  CHECK(press(list, rows, {Name::up, Name::page_up}) == Seen{1000, 1000});
  list.clear_selection();
  CHECK(seen(list, rows) == Seen{0, 1000});
  SUBCASE("several between two looks count together") {
    for (const Name key : {Name::page_down, Name::page_down, Name::page_up, Name::page_down})
      list.move({key});
    CHECK(seen(list, rows) == Seen{0, 1020});
    list.move({Name::end});
    list.move({Name::down});
    CHECK(seen(list, rows) == Seen{1090, 1090});
  }
  SUBCASE("other keys are none of its own") {
    for (const Name key : {Name::left, Name::enter, Name::escape, Name::remove, Name::other}) {
      CHECK_FALSE(list.move({key}));
    }
    CHECK_FALSE(list.move({Name::character, U'j'}));
  }
}

TEST_CASE("without a selection the keys for pages move the screen") {
  const ListRows rows = many_rows(25);
  List list = usual_list();
  seen(list, rows);
  CHECK(press(list, rows, {Name::page_down}) == Seen{0, 1010});
  CHECK(list.first() == 10);
  CHECK(list.shown() == 10);
  CHECK(list.size() == 25);
  CHECK(press(list, rows, {Name::page_down}) == Seen{0, 1015});
  CHECK(press(list, rows, {Name::page_up}) == Seen{0, 1005});
  CHECK(press(list, rows, {Name::end}) == Seen{0, 1015});
  CHECK(press(list, rows, {Name::down}) == Seen{1015, 1015});
  list.clear_selection();
  CHECK(press(list, rows, {Name::home}) == Seen{0, 1000});
}

TEST_CASE("the selection stays with its row") {
  ListRows rows = many_rows(30);
  List list = usual_list();
  seen(list, rows);
  REQUIRE(press(list, rows, {Name::down, Name::down, Name::down}) == Seen{1002, 1000});
  SUBCASE("when rows before it go") {
    rows.rows.erase(rows.rows.begin(), rows.rows.begin() + 2);
    CHECK(seen(list, rows) == Seen{1002, 1002});
  }
  SUBCASE("when rows come before it") {
    for (unsigned number = 100; number < 120; ++number) {
      rows.rows.insert(rows.rows.begin(), list_row(number));
      rows.rows.front().identity.since = static_cast<base::Nanoseconds>(number);
    }
    CHECK(seen(list, rows) == Seen{1002, 1113});
  }
  SUBCASE("when rows change places in the program") {
    std::ranges::reverse(rows.rows);
    CHECK(seen(list, rows) == Seen{1002, 1000});
    CHECK(list.selected_row() == 27);
  }
  SUBCASE("when they are sorted, and the screen goes where it is") {
    list.sort_by({test::list_column("bytes_per_second")});
    CHECK(seen(list, rows) == Seen{1002, 1011});
    list.reverse();
    CHECK(seen(list, rows) == Seen{1002, 1002});
  }
  SUBCASE("until it goes: then it is the one in its place") {
    rows.rows.erase(rows.rows.begin() + 2);
    CHECK(seen(list, rows) == Seen{1003, 1000});
    rows.rows.resize(2);
    CHECK(seen(list, rows) == Seen{1001, 1000});
  }
  SUBCASE("also where it has not the text that is looked for") {
    list.set_text(":1020");
    CHECK(seen(list, rows) == Seen{1020, 1020});
    CHECK(list.size() == 1);
  }
}

TEST_CASE("a list without rows has a heading and a total, and keys do nothing") {
  const ListRows none;
  List list = usual_list();
  const Texts empty = texts_at(list, none, {80, 5});
  CHECK(empty.size() == 5);
  CHECK(test::says(empty.back(), "0 B/s"));
  for (const Name key : {Name::down, Name::up, Name::page_down, Name::page_up, Name::end, Name::home}) {
    CHECK(list.move({key}));
    CHECK(texts_at(list, none, {80, 5}) == empty);
    CHECK(list.selected_row() == std::nullopt);
  }
  CHECK(list.first() == 0);
  CHECK(list.shown() == 0);
  CHECK(seen(list, many_rows(3)).first == 1000);
}

TEST_CASE("when all rows go there is no selection, and a key makes a new one") {
  List list = usual_list();
  const ListRows rows = many_rows(5);
  seen(list, rows);
  REQUIRE(press(list, rows, {Name::down, Name::down}) == Seen{1001, 1000});
  seen(list, {});
  CHECK(list.selected_row() == std::nullopt);
  ListRows others = many_rows(9);
  others.rows.erase(others.rows.begin(), others.rows.begin() + 5);
  seen(list, others);
  CHECK(press(list, others, {Name::down}).selected > 1004);
}

TEST_CASE("the order goes from column to column, around both ends") {
  List list(list_columns("client_endpoint,state,bytes_per_second"), 3);
  list.compose(many_rows(2), {80, 5}, "");
  const auto name = [&] { return list.order().by ? list.order().by->field.name : "none"; };
  const auto step = [&](int by) {
    list.sort_by_neighbour(by);
    return name();
  };
  CHECK(name() == "none");
  CHECK(step(1) == "client_endpoint");
  CHECK(step(1) == "state");
  list.reverse();
  CHECK(list.order().is_reversed);
  CHECK(step(1) == "bytes_per_second");
  CHECK_FALSE(list.order().is_reversed);
  CHECK(step(1) == "client_endpoint");
  CHECK(step(-1) == "bytes_per_second");
  list.sort_by({});
  CHECK(step(-1) == "bytes_per_second");
}
