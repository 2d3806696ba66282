// SPDX-License-Identifier: BSD-2-Clause
#include "view/keys.hpp"

#include <algorithm>
#include <array>

namespace view {

namespace {

struct Sequence {
  std::u32string_view rest;
  Key::Name name;
};

/// As xterm has them (the cursor keys in both of their modes) and VT220, rxvt and the Linux console.
constexpr auto sequences = std::to_array<Sequence>({
    {U"[A", Key::Name::up},      {U"OA", Key::Name::up},       {U"[B", Key::Name::down},
    {U"OB", Key::Name::down},    {U"[C", Key::Name::right},    {U"OC", Key::Name::right},
    {U"[D", Key::Name::left},    {U"OD", Key::Name::left},     {U"[H", Key::Name::home},
    {U"OH", Key::Name::home},    {U"[1~", Key::Name::home},    {U"[7~", Key::Name::home},
    {U"[F", Key::Name::end},     {U"OF", Key::Name::end},      {U"[4~", Key::Name::end},
    {U"[8~", Key::Name::end},    {U"[5~", Key::Name::page_up}, {U"[6~", Key::Name::page_down},
    {U"[3~", Key::Name::remove}, {U"OM", Key::Name::enter},
});

}  // namespace

Key key_of(char32_t code) {
  switch (code) {
    case U'\r':
    case U'\n': return {Key::Name::enter};
    case U'\b':
    case U'\x7f': return {Key::Name::backspace};
    case U'\x1b': return {Key::Name::escape};
    default: break;
  }
  const bool is_control = code < 0x20 || (code >= 0x80 && code < 0xa0);
  return is_control ? Key{} : Key{Key::Name::character, code};
}

bool is_whole_sequence(std::u32string_view rest) {
  if (rest.empty()) return false;
  if (rest.front() != U'[' && rest.front() != U'O') return true;  // Alt and a character
  return rest.size() > 1 && rest.back() >= U'@' && rest.back() <= U'~';
}

Key key_of_sequence(std::u32string_view rest) {
  const auto* const found = std::ranges::find(sequences, rest, &Sequence::rest);
  return found == sequences.end() ? Key{} : Key{found->name};
}

}  // namespace view
