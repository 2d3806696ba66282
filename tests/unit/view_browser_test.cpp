// SPDX-License-Identifier: BSD-2-Clause
#include "view/browser.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "layout/width.hpp"
#include "list_rows.hpp"
#include "tools/track_columns.hpp"

using layout::Size;
using layout::Style;
using test::list_row;
using test::says;
using view::Key;
using Name = view::Key::Name;

namespace {

class FakeProgram final : public view::Program {
 public:
  const view::Rows& rows() const override { return list; }
  std::string what() const override { return "Connections"; }
  std::string status() const override { return "Unpaused"; }
  std::string warning() const override { return alarm; }
  std::vector<layout::Line> details(std::size_t row, Size size) const override {
    std::vector<layout::Line> lines{{{"details of row " + std::to_string(list.identity(row).number)}}};
    for (std::size_t i = 1; i < detail_lines; ++i) lines.push_back({{"line " + std::to_string(i)}});
    CHECK(size.columns >= 40);
    return lines;
  }
  std::string filter() const override { return filter_text; }
  void set_filter(const std::string& text) override {
    if (text == "port port") throw base::usage_error("filter 'port port': syntax error");
    filter_text = text;
  }
  void on_key(const Key& key) override { keys += static_cast<char>(key.character); }

  test::ListRows list{{list_row(1, 100), list_row(2, 300), list_row(3, 200)}};
  std::string alarm, filter_text = "tcp";
  std::string keys;  // that the browser left to it
  std::size_t detail_lines = 1;
};

view::BrowserOptions browser_options() {
  return {tools::track_columns({}),
          tools::usual_columns,
          tools::order_cycle(),
          tools::all_columns(),
          {{"q", "end"}}};
}

/// The program, its browser, and what is on the screen.
struct Desk {
  void press(Name key) { browser.on_key({key}); }
  void type(std::u32string_view text) {
    for (const char32_t character : text) browser.on_key({Name::character, character});
  }
  layout::Picture picture(Size size = {80, 8}) {
    layout::Picture composed = browser.compose(size);
    REQUIRE(composed.lines.size() == size.rows);
    for (const layout::Line& line : composed.lines) {
      REQUIRE(layout::columns_of(test::text_of(line)) <= size.columns);
    }
    REQUIRE((!composed.cursor || composed.cursor->column < size.columns));
    return composed;
  }
  std::vector<std::string> lines(Size size = {80, 8}) { return test::texts_of(picture(size).lines); }
  std::string foot(Size size = {80, 8}) { return lines(size).back(); }
  /// Ports of the clients, from the top.
  std::string order() {
    std::string ports;
    for (const std::string& line : lines()) {
      const std::size_t at = line.find(".1:100");
      if (at != std::string::npos) ports += line[at + 6];
    }
    return ports;
  }

  FakeProgram program;
  view::Browser browser{browser_options(), program};
};

}  // namespace

TEST_CASE("the foot tells which rows are seen, what the program does, and the order") {
  Desk desk;
  CHECK(desk.foot() == " Connections 1-3 of 3                         Unpaused  Unsorted  Filter: tcp");
  CHECK(desk.foot({80, 5}) ==
        " Connections 1-2 of 3                         Unpaused  Unsorted  Filter: tcp");
  CHECK(desk.foot({40, 8}) == " Connections 1-3 of 3  Unpaused  Unsort…");
  desk.program.list.rows.clear();
  CHECK(desk.foot() == " Connections 0-0 of 0                         Unpaused  Unsorted  Filter: tcp");
  SUBCASE("what the program tells stands there until the next key") {
    desk.browser.tell("Something has happened.");
    CHECK(says(desk.foot(), "of 0  Something has happened."));
    CHECK(desk.picture().lines.back().front().style == Style::alarm);
    desk.type(U"x");
    CHECK(says(desk.foot(), "Unpaused  Unsorted"));
    CHECK(desk.picture().lines.back().front().style == Style::header);
  }
  SUBCASE("a warning of the program stands in the total") {
    desk.program.alarm = "5 packets dropped";
    CHECK(says(desk.lines()[6], "TOTAL  5 packets dropped"));
  }
}

TEST_CASE("s goes through the usual orders, r turns them around") {
  Desk desk;
  CHECK(desk.order() == "123");
  desk.type(U"s");
  CHECK(desk.order() == "231");
  CHECK(says(desk.foot(), "Sorted by rate"));
  desk.type(U"r");
  CHECK(desk.order() == "132");
  CHECK(says(desk.foot(), "Sorted by rate, reversed"));
  desk.type(U"s");
  CHECK(says(desk.foot(), "Sorted by bytes"));
  CHECK_FALSE(says(desk.foot(), "reversed"));
  desk.type(U"s");
  CHECK(says(desk.foot(), "Sorted by idle"));
  desk.type(U"s");
  CHECK(says(desk.foot(), "Unsorted"));
  CHECK(desk.order() == "123");
  desk.type(U"r");
  CHECK(desk.order() == "321");
}

TEST_CASE("< and > choose the column to sort by, and s goes on from the usual orders") {
  Desk desk;
  desk.picture();
  desk.type(U">");
  CHECK(says(desk.foot(), "Sorted by Client"));
  desk.type(U">>");
  CHECK(says(desk.foot(), "Sorted by State"));
  desk.type(U"<<<");
  CHECK(says(desk.foot(), "Sorted by rate"));  // the last column: around the end
  desk.type(U"<<<");
  CHECK(says(desk.foot(), "Sorted by State"));
  desk.type(U"s");
  CHECK(says(desk.foot(), "Unsorted"));
}

TEST_CASE("b shows bits, and bytes again") {
  Desk desk;
  CHECK(says(desk.lines()[2], "300 B/s"));
  desk.type(U"b");
  CHECK(says(desk.lines()[2], "2.4 kbit/s"));
  CHECK(says(desk.lines()[6], "4.8 kbit/s"));
  CHECK(desk.browser.form().is_in_bits);
  desk.type(U"b");
  CHECK(says(desk.lines()[6], "600 B/s"));
}

TEST_CASE("keys that it does not know are the program's") {
  Desk desk;
  desk.type(U"qptnxQ");
  CHECK(desk.program.keys == "qptnxQ");
  desk.press(Name::left);
  desk.press(Name::remove);
  desk.press(Name::other);
  desk.press(Name::backspace);
  CHECK(desk.program.keys == "qptnxQ");
}

TEST_CASE("/ shows only rows with a text, while it is typed") {
  Desk desk;
  desk.picture();
  desk.type(U"/:100");
  CHECK(desk.order() == "123");
  CHECK(desk.foot() == " Show rows with: :100");
  const auto cursor = desk.picture().cursor;
  REQUIRE(cursor);
  CHECK(cursor->column == 21);
  CHECK(cursor->row == 7);
  desk.type(U"2");
  CHECK(desk.order() == "2");
  desk.press(Name::backspace);
  desk.type(U"3");
  desk.press(Name::enter);
  CHECK(desk.order() == "3");
  CHECK_FALSE(desk.picture().cursor);
  CHECK(says(desk.foot(), " Connections 1-1 of 1 with ':1003'"));
  CHECK(desk.program.keys.empty());
  SUBCASE("it can be edited later") {
    desk.type(U"/");
    CHECK(desk.foot() == " Show rows with: :1003");
    desk.press(Name::backspace);
    desk.press(Name::enter);
    CHECK(desk.order() == "123");
  }
  SUBCASE("given up, all rows are there again") {
    desk.type(U"/");
    desk.press(Name::escape);
    CHECK(desk.order() == "123");
  }
  SUBCASE("Esc in the list lets it go too") {
    desk.press(Name::escape);
    CHECK(desk.order() == "123");
    CHECK_FALSE(says(desk.foot(), "with"));
  }
  SUBCASE("no row has it") {
    desk.type(U"/nothing");
    desk.press(Name::enter);
    CHECK(desk.order().empty());
    CHECK(says(desk.foot(), " Connections 0-0 of 0 with ':1003nothing'"));
  }
}

TEST_CASE("f changes the filter of the program") {
  Desk desk;
  desk.type(U"f");
  CHECK(desk.foot() == " Capture filter: tcp");
  desk.type(U" port 443");
  CHECK(desk.program.filter_text == "tcp");  // not before it is whole
  desk.press(Name::enter);
  CHECK(desk.program.filter_text == "tcp port 443");
  CHECK(desk.browser.list().text().empty());
  SUBCASE("given up, the one before stays") {
    desk.type(U"f and more");
    desk.press(Name::escape);
    CHECK(desk.program.filter_text == "tcp port 443");
  }
  SUBCASE("a wrong one is told, and the one before stays") {
    desk.type(U"f");
    for (int i = 0; i < 20; ++i) desk.press(Name::backspace);
    desk.type(U"port port");
    desk.press(Name::enter);
    CHECK(desk.program.filter_text == "tcp port 443");
    CHECK(says(desk.foot(), "filter 'port port': syntax error"));
    CHECK(desk.picture().lines.back().front().style == Style::alarm);
    desk.press(Name::down);
    CHECK_FALSE(says(desk.foot(), "syntax error"));
  }
  SUBCASE("it may be empty") {
    desk.type(U"f");
    for (int i = 0; i < 20; ++i) desk.press(Name::backspace);
    desk.press(Name::enter);
    CHECK(desk.program.filter_text.empty());
  }
}

TEST_CASE("h and ? show the keys, those of the program first, and any other key leads back") {
  for (const char32_t key : {U'h', U'?'}) {
    Desk desk;
    desk.browser.on_key({Name::character, key});
    const auto lines = desk.lines({80, 24});
    CHECK(lines.front() == " Keys");
    CHECK(lines[1] == " q                  end");
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    for (const char* known : {" Enter ", " s ", " < > ", " r ", " / ", " c ", " b ", " h ? ", " Esc "}) {
      CAPTURE(known);
      CHECK(says(all, known));
    }
    desk.type(U"q");
    CHECK(desk.program.keys.empty());
    CHECK(says(desk.foot(), "Connections 1-3 of 3"));
  }
  SUBCASE("where there is little room they are scrolled") {
    Desk desk;
    desk.type(U"h");
    CHECK(says(desk.foot({80, 5}), "lines 1-3 of 12"));
    desk.press(Name::end);
    CHECK(says(desk.foot({80, 5}), "lines 10-12 of 12"));
    CHECK(says(desk.lines({80, 5})[3], "h ?"));
  }
}

TEST_CASE("Enter shows the details of the selected row") {
  Desk desk;
  desk.picture();
  SUBCASE("of the first one where none is selected") {
    desk.press(Name::enter);
    CHECK(desk.lines()[1] == "details of row 1");
  }
  SUBCASE("of the selected one") {
    desk.press(Name::down);
    desk.picture();
    desk.press(Name::down);
    desk.picture();
    desk.press(Name::enter);
    CHECK(desk.lines()[0] == " Connections");
    CHECK(desk.lines()[1] == "details of row 2");
    CHECK(says(desk.foot(), "Unpaused"));
  }
  SUBCASE("keys that are pressed at once count all the same") {
    desk.press(Name::down);
    desk.press(Name::enter);
    CHECK(desk.lines()[1] == "details of row 1");
  }
  SUBCASE("it stays with its row, and tells when that is gone") {
    desk.press(Name::enter);
    desk.picture();
    std::ranges::reverse(desk.program.list.rows);
    CHECK(desk.lines()[1] == "details of row 1");
    desk.program.list.rows.pop_back();
    CHECK(desk.lines()[1] == " It is gone; this was the last of it:");
    desk.press(Name::escape);
    CHECK(desk.order() == "23");
  }
  SUBCASE("more lines than there is room for are scrolled") {
    desk.program.detail_lines = 20;
    desk.press(Name::enter);
    CHECK(says(desk.foot(), "lines 1-6 of 20"));
    desk.press(Name::page_down);
    CHECK(desk.lines()[1] == "line 6");
    CHECK(says(desk.foot(), "lines 7-12 of 20"));
  }
  SUBCASE("p pauses, any other key leads back") {
    desk.press(Name::enter);
    desk.type(U"p");
    CHECK(desk.program.keys == "p");
    CHECK(desk.lines()[1] == "details of row 1");
    desk.type(U"x");
    CHECK(desk.order() == "123");
    CHECK(desk.program.keys == "p");
  }
  SUBCASE("of no row there are none") {
    desk.program.list.rows.clear();
    desk.picture();
    desk.press(Name::enter);
    CHECK(says(desk.foot(), "Connections 0-0 of 0"));
  }
}

TEST_CASE("c chooses columns") {
  Desk desk;
  desk.picture();
  desk.type(U"c");
  const std::size_t count = tools::all_columns().size();
  const auto place_of = [](const std::string& name) {
    const auto all = tools::all_columns();
    const auto found = std::ranges::find(all, name, [](const auto& column) { return column.field.name; });
    REQUIRE(found != all.end());
    return found - all.begin();
  };
  const auto toggle = [&](const std::string& name) {
    desk.press(Name::home);
    for (auto i = place_of(name); i > 0; --i) desk.press(Name::down);
    desk.type(U" ");
  };
  const auto headings = [&] { return desk.lines()[0]; };
  CHECK(desk.lines()[0] == " Columns");
  CHECK(says(desk.foot(), "lines 1-6 of " + std::to_string(count)));
  CHECK(desk.picture().lines[1].front().style == Style::selected);
  const auto all = desk.lines({100, 200});
  CHECK(std::ranges::count_if(all, [](const std::string& line) { return says(line, "[x]"); }) == 6);
  CHECK(says(all[static_cast<std::size_t>(place_of("idle")) + 1], " [x] idle"));
  toggle("idle");
  toggle("retransmissions");
  CHECK(says(desk.lines({100, 200})[static_cast<std::size_t>(place_of("idle")) + 1], " [ ] idle"));
  desk.press(Name::escape);
  CHECK(headings() == " Client                Server                State        A Speed          Retr");
  SUBCASE("without any there are the usual ones") {
    desk.type(U"c");
    desk.picture();
    for (const char* name :
         {"client_endpoint", "server_endpoint", "state", "active", "bytes_per_second", "retransmissions"}) {
      toggle(name);
    }
    desk.press(Name::escape);
    CHECK(headings() == " Client                Server                State        Idle A Speed");
  }
  SUBCASE("a column is as wide as usual, though it had more room before") {
    Desk other;
    other.program.list.rows = {test::list_row_of_ipv6(1)};
    other.lines({130, 8});
    other.type(U"c ");  // the first of the list
    other.press(Name::escape);
    other.program.list.rows = {list_row(1)};
    CHECK(says(other.lines({130, 8})[0], "Client                Server                State "));
  }
}

TEST_CASE("whatever is shown fits onto the screen, and any key may come at any time") {
  test::Random random(9);
  Desk desk;
  for (unsigned number = 4; number < 40; ++number) {
    desk.program.list.rows.push_back(number % 3 == 0 ? test::list_row_of_ipv6(number) : list_row(number));
  }
  desk.program.detail_lines = 50;
  constexpr std::u32string_view characters = U"sr<>/fcbh? ptna1é東";
  for (int i = 0; i < 4000; ++i) {
    if (random.below(3) == 0) {
      desk.press(static_cast<Name>(1 + random.below(static_cast<std::uint64_t>(Name::other))));
    } else {
      desk.type(characters.substr(random.below(characters.size()), 1));
    }
    if (random.below(50) == 0) desk.program.list.rows.resize(random.below(desk.program.list.size() + 1));
    if (random.below(50) == 0) desk.program.list.rows.push_back(list_row(static_cast<unsigned>(100 + i)));
    if (random.below(4) != 0) desk.picture({40 + random.below(200), 5 + random.below(50)});
  }
}
