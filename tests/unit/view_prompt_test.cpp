// SPDX-License-Identifier: BSD-2-Clause
#include "view/prompt.hpp"

#include "layout/width.hpp"
#include "list_rows.hpp"
#include "view/page.hpp"

using layout::Size;
using layout::Style;
using view::Key;
using view::Page;
using view::Prompt;
using Name = view::Key::Name;

namespace {

std::string typed(std::u32string_view text) {
  Prompt prompt("", "");
  for (const char32_t character : text) prompt.on_key({Name::character, character});
  return prompt.text();
}

std::vector<layout::Line> numbered(int count) {
  std::vector<layout::Line> lines;
  for (int i = 0; i < count; ++i) lines.push_back({{std::to_string(i)}});
  return lines;
}

}  // namespace

TEST_CASE("text is typed at its end, as UTF-8") {
  CHECK(typed(U"port 443") == "port 443");
  CHECK(typed(U"é東😀") == "é東😀");
  CHECK(typed(U"\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff") ==
        "\x7f\u0080\u07ff\u0800\uffff\U00010000\U0010ffff");
  SUBCASE("and taken back a character at a time") {
    Prompt prompt("", "aé東😀");
    for (const char* left : {"aé東", "aé", "a", "", ""}) {
      CHECK(prompt.on_key({Name::backspace}) == Prompt::State::typing);
      CHECK(prompt.text() == left);
    }
  }
  SUBCASE("or all at once, by Delete") {
    Prompt prompt("", "aé東😀");
    CHECK(prompt.on_key({Name::remove}) == Prompt::State::typing);
    CHECK(prompt.text().empty());
  }
  SUBCASE("Enter ends it, Esc gives it up, other keys do nothing") {
    Prompt prompt("", "x");
    for (const Name key : {Name::up, Name::home, Name::left, Name::other}) {
      CHECK(prompt.on_key({key}) == Prompt::State::typing);
    }
    CHECK(prompt.text() == "x");
    CHECK(prompt.on_key({Name::enter}) == Prompt::State::done);
    CHECK(prompt.on_key({Name::escape}) == Prompt::State::given_up);
  }
  SUBCASE("of a text without end only so much is kept") {
    CHECK(typed(std::u32string(10'000, U'東')).size() < 5000);
  }
}

TEST_CASE("of a prompt that is too long the end is seen, with the cursor behind it") {
  const Prompt prompt("Filter: ", "abc東京");
  CHECK(test::text_of(prompt.line(20)) == " Filter: abc東京    ");
  CHECK(prompt.cursor_column(20) == 16);
  CHECK(test::text_of(prompt.line(17)) == " Filter: abc東京 ");
  CHECK(test::text_of(prompt.line(16)) == "Filter: abc東京 ");
  CHECK(test::text_of(prompt.line(4)) == "京  ");
  CHECK(prompt.cursor_column(4) == 2);
  for (std::size_t columns = 1; columns < 30; ++columns) {
    REQUIRE(test::misfit({prompt.line(columns)}, columns) == "");
    REQUIRE(prompt.cursor_column(columns) < columns);
  }
}

TEST_CASE("a page shows what there is room for, and says which part of it") {
  Page page("Keys");
  const auto shown = [&](int count, std::size_t rows = 6) {
    return test::texts_of(page.compose(numbered(count), {40, rows}, "Esc: back").lines);
  };
  using Texts = std::vector<std::string>;
  CHECK(shown(2) == Texts{" Keys", "0", "1", "", "", " Esc: back"});
  CHECK(shown(4) == Texts{" Keys", "0", "1", "2", "3", " Esc: back"});
  CHECK(shown(10) == Texts{" Keys", "0", "1", "2", "3", " Esc: back  lines 1-4 of 10"});
  const auto first_after = [&](Name key) {
    CHECK(page.move({key}));
    return shown(10)[1];
  };
  CHECK(first_after(Name::up) == "0");
  CHECK(first_after(Name::down) == "1");
  CHECK(first_after(Name::page_down) == "5");
  CHECK(first_after(Name::page_down) == "6");
  CHECK(first_after(Name::down) == "6");
  CHECK(first_after(Name::page_up) == "2");
  CHECK(first_after(Name::home) == "0");
  CHECK(first_after(Name::end) == "6");
  SUBCASE("when lines go it is still full") { CHECK(shown(5)[1] == "1"); }
  SUBCASE("when the screen grows too") { CHECK(shown(10, 10)[1] == "2"); }
  SUBCASE("without lines it is empty") {
    CHECK(shown(0) == Texts{" Keys", "", "", "", "", " Esc: back"});
    CHECK(page.move({Name::end}));
    CHECK(page.move({Name::page_down}));
    CHECK(shown(0)[1] == "");
  }
  SUBCASE("other keys are none of its own") {
    for (const Name key : {Name::enter, Name::escape, Name::left, Name::other}) CHECK_FALSE(page.move({key}));
  }
}

TEST_CASE("of a page for choosing one line is selected, and always seen") {
  Page page("Columns", true);
  const auto selected = [&](int count = 10) {
    std::string text;
    for (const layout::Line& line : page.compose(numbered(count), {40, 6}, "").lines) {
      if (!line.empty() && line.front().style == Style::selected) text += line.front().text;
    }
    return text;
  };
  CHECK(selected() == "0");
  for (const auto& [key, place] : {std::pair{Name::down, "1"},
                                   {Name::page_down, "5"},
                                   {Name::page_down, "9"},
                                   {Name::down, "9"},
                                   {Name::up, "8"},
                                   {Name::page_up, "4"},
                                   {Name::home, "0"},
                                   {Name::up, "0"},
                                   {Name::end, "9"}}) {
    CHECK(page.move({key}));
    CHECK(selected() == place);
    CHECK(std::to_string(page.chosen()) == place);
  }
  SUBCASE("without lines nothing is") { CHECK(selected(0).empty()); }
}
