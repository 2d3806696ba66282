// SPDX-License-Identifier: BSD-2-Clause
#include "layout/cut.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "layout/width.hpp"
#include "support.hpp"

using layout::columns_of;
using layout::cut_end;
using layout::cut_middle;

namespace {

/// Characters of one, two and no columns, of one byte to four.
std::string any_text(test::Random& random) {
  constexpr std::array<const char*, 8> characters = {"a", "b", ":", "é", "東", "😀", "\u0301", "…"};
  std::string text;
  for (auto count = random.below(40); count > 0; --count) text += characters[random.below(characters.size())];
  return text;
}

bool is_utf8(const std::string& text) { return base::printable(text) == text; }

}  // namespace

TEST_CASE("text that has room is not cut") {
  for (const char* text : {"", "a", "abc", "東京", "e\u0301"}) {
    CHECK(cut_end(text, columns_of(text)) == text);
    CHECK(cut_middle(text, columns_of(text)) == text);
    CHECK(cut_middle(text, 80, 2) == text);
  }
}

TEST_CASE("what is missing at the end is an ellipsis") {
  CHECK(cut_end("abcdef", 5) == "abcd…");
  CHECK(cut_end("abcdef", 1) == "…");
  CHECK(cut_end("abcdef", 0) == "");
  CHECK(cut_end("東京都", 5) == "東京…");
  CHECK(cut_end("東京都", 4) == "東…");  // half a character is none
  CHECK(cut_end("e\u0301abc", 2) == "e\u0301…");
}

TEST_CASE("what is missing in the middle is an ellipsis, and the tail stays whole") {
  CHECK(cut_middle("abcdefghij", 7) == "abcd…ij");
  CHECK(cut_middle("abcdefghij", 1) == "…");
  CHECK(cut_middle("abcdefghij", 0) == "");
  CHECK(cut_middle("[2001:db8::1234:5678]:443", 16, 4) == "[2001:db…78]:443");
  CHECK(cut_middle("[2001:db8::1234:5678]:443", 6, 4) == "[…:443");
  CHECK(cut_middle("[2001:db8::1234:5678]:443", 5, 4) == "…:443");
  SUBCASE("until there is no room for it") {
    CHECK(cut_middle("[2001:db8::1234:5678]:443", 3, 4) == "…43");
    CHECK(cut_middle("abc", 2, 100) == "…c");
  }
}

TEST_CASE("cut text is never wider than its place, is made of whole characters, and keeps what it can") {
  test::Random random(11);
  for (int run = 0; run < 20'000; ++run) {
    const std::string text = any_text(random);
    const std::size_t columns = random.below(50);
    std::size_t tail_bytes = random.below(text.size() + 3);
    while (tail_bytes < text.size() && (text[text.size() - tail_bytes] & 0xc0) == 0x80) ++tail_bytes;
    const std::string tail = text.substr(text.size() - std::min(text.size(), tail_bytes));
    CAPTURE(text);
    CAPTURE(columns);
    const std::string end = cut_end(text, columns), middle = cut_middle(text, columns, tail_bytes);
    for (const std::string& cut : {end, middle}) {
      REQUIRE(columns_of(cut) <= columns);
      REQUIRE(is_utf8(cut));
      if (columns_of(text) <= columns) {
        REQUIRE(cut == text);
      } else if (columns > 0) {
        // A wide character that would be in half leaves a column on either side of the cut.
        REQUIRE(columns_of(cut) + 2 >= columns);
        REQUIRE(test::says(cut, "…"));
      }
    }
    if (columns_of(text) > columns && columns > columns_of(tail)) REQUIRE(middle.ends_with(tail));
    if (columns_of(text) > columns && columns > 0) {
      REQUIRE(text.starts_with(end.substr(0, end.size() - std::string("…").size())));
    }
  }
}
