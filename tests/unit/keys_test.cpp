// SPDX-License-Identifier: BSD-2-Clause
#include "view/keys.hpp"

#include <doctest/doctest.h>

using view::is_whole_sequence;
using view::Key;
using view::key_of;
using view::key_of_sequence;

TEST_CASE("a character is a key, a control character the key it stands for or none") {
  CHECK(key_of(U'q') == Key{Key::Name::character, U'q'});
  CHECK(key_of(U' ') == Key{Key::Name::character, U' '});
  CHECK(key_of(U'é') == Key{Key::Name::character, U'é'});
  CHECK(key_of(U'\r') == Key{Key::Name::enter});
  CHECK(key_of(U'\n') == Key{Key::Name::enter});
  CHECK(key_of(U'\b') == Key{Key::Name::backspace});
  CHECK(key_of(0x7f) == Key{Key::Name::backspace});
  CHECK(key_of(0x1b) == Key{Key::Name::escape});
  for (const char32_t code : {0x00U, 0x04U, 0x09U, 0x1fU, 0x80U, 0x9bU, 0x9fU}) CHECK(key_of(code) == Key{});
}

TEST_CASE("a sequence ends where ECMA-48 says so") {
  for (const auto* const part : {U"", U"[", U"O", U"[1", U"[1;5", U"[20"})
    CHECK_FALSE(is_whole_sequence(part));
  for (const auto* const whole : {U"[A", U"OA", U"[5~", U"[1;5A", U"[I", U"x", U"\x1b"}) {
    CHECK(is_whole_sequence(whole));
  }
}

TEST_CASE("keys that the terminal's description does not name") {
  CHECK(key_of_sequence(U"[A") == Key{Key::Name::up});
  CHECK(key_of_sequence(U"OB") == Key{Key::Name::down});
  CHECK(key_of_sequence(U"[5~") == Key{Key::Name::page_up});
  CHECK(key_of_sequence(U"[6~") == Key{Key::Name::page_down});
  CHECK(key_of_sequence(U"[H") == key_of_sequence(U"[1~"));
  CHECK(key_of_sequence(U"OF") == key_of_sequence(U"[8~"));
  CHECK(key_of_sequence(U"[3~") == Key{Key::Name::remove});
  SUBCASE("never become letters, which would be commands") {
    for (const auto* const rest : {U"[1;5A", U"[15~", U"[200~", U"x", U"OP", U""}) {
      CHECK(key_of_sequence(rest) == Key{});
    }
  }
}
