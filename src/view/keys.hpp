// SPDX-License-Identifier: BSD-2-Clause
// What a person has pressed, in the program's terms. Which bytes this terminal sends for a key is known to
// view/screen; here is what control characters stand for, and the sequences that most terminals share whatever their
// description says.
#pragma once

#include <string_view>

namespace view {

struct Key {
  enum class Name {
    character,
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    enter,
    escape,
    backspace,
    remove,
    other  ///< a key that has no meaning anywhere
  };

  Name name = Name::other;
  char32_t character = 0;  ///< of Name::character only; never a control character

  friend bool operator==(const Key&, const Key&) = default;
};

/// The key that sends this single character.
Key key_of(char32_t code);

/// Whether `rest`, what came behind ESC, is a whole control sequence (ECMA-48, 5.4) or function.
bool is_whole_sequence(std::u32string_view rest);

/// The key that sends ESC and `rest`: "[A", "OA", "[5~". With Shift, Ctrl or Alt it is another one.
Key key_of_sequence(std::u32string_view rest);

}  // namespace view
