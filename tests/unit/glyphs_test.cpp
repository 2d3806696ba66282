// SPDX-License-Identifier: BSD-2-Clause
#include "view/glyphs.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <cwchar>
#include <numeric>

#include "layout/width.hpp"
#include "support.hpp"

using view::glyphs_of;

namespace {

/// The characters of this locale while it lives.
class Locale {
 public:
  explicit Locale(const char* name) : former_(std::setlocale(LC_CTYPE, nullptr)) {
    REQUIRE(std::setlocale(LC_CTYPE, name) != nullptr);
  }
  ~Locale() { std::setlocale(LC_CTYPE, former_.c_str()); }
  Locale(const Locale&) = delete;
  Locale& operator=(const Locale&) = delete;

 private:
  std::string former_;
};

std::size_t columns_shown(const std::wstring& glyphs) {
  return std::accumulate(glyphs.begin(), glyphs.end(), std::size_t{0}, [](std::size_t sum, wchar_t code) {
    REQUIRE(::wcwidth(code) >= 0);
    return sum + static_cast<std::size_t>(::wcwidth(code));
  });
}

}  // namespace

TEST_CASE("text is cut at the edge, between characters") {
  const Locale locale("C.UTF-8");
  CHECK(glyphs_of("abc", 3, true) == L"abc");
  CHECK(glyphs_of("abcd", 3, true) == L"abc");
  CHECK(glyphs_of("abc", 0, true).empty());
  CHECK(glyphs_of("ab世", 4, true) == L"ab世");
  CHECK(glyphs_of("ab世c", 3, true) == L"ab");  // half of it is nothing, and what follows does not move up
  CHECK(glyphs_of("e\u0301x", 1, true) == L"e\u0301");
}

TEST_CASE("where there is only ASCII, all else is a question mark as wide as it was") {
  CHECK(glyphs_of("a…é世|", 9, false) == L"a~???|");
  CHECK(glyphs_of("e\u0301", 9, false) == L"e");
}

TEST_CASE("what came from outside cannot steer the terminal") {
  const Locale locale("C.UTF-8");
  CHECK(glyphs_of("a\x1b[31m\n\t\x7f", 20, true) == L"a?[31m???");
  CHECK(glyphs_of("\u0085\u009b", 20, true) == L"??");  // C1 controls
  CHECK(glyphs_of("a\u202eb\u200b\ufeffc", 20, true) == L"abc");
  CHECK(glyphs_of("\u0301a", 20, true) == L"a");                // nothing to stand on
  CHECK(glyphs_of("\xff\xc3|", 20, true) == L"??|");            // not UTF-8
  CHECK(glyphs_of("\xf0\x80\x81\x81|", 20, true) == L"????|");  // overlong
}

TEST_CASE("any bytes take exactly the columns that the layout gave them, or fewer where cut") {
  const Locale locale("C.UTF-8");
  test::Random random(1);
  for (int i = 0; i < 5'000; ++i) {
    std::string text = "a";
    const std::uint64_t size = random.below(24);
    // Mostly lead and continuation bytes that belong together.
    while (text.size() < size) {
      if (random.below(3) == 0) {
        text += static_cast<char>(random.below(256));
      } else {
        text += {static_cast<char>(0xe0 + random.below(16)), static_cast<char>(0x80 + random.below(64)),
                 static_cast<char>(0x80 + random.below(64))};
      }
    }
    const std::size_t wide = layout::columns_of(text), room = random.below(30);
    REQUIRE(columns_shown(glyphs_of(text, wide, true)) == wide);
    REQUIRE(columns_shown(glyphs_of(text, room, true)) <= room);
    REQUIRE(columns_shown(glyphs_of(text, wide, false)) == wide);
  }
}
