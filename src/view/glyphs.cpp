// SPDX-License-Identifier: BSD-2-Clause
#include "view/glyphs.hpp"

#include <cwchar>

#include "layout/width.hpp"

namespace view {

namespace {

constexpr wchar_t none = 0;

/// How many bytes the character at the begin of `utf8` has, which is not empty: as its first byte says, where the
/// others follow.
std::size_t bytes_of_first(std::string_view utf8) {
  const auto lead = static_cast<unsigned char>(utf8.front());
  const std::size_t bytes = lead < 0xc2 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 1;
  if (bytes > utf8.size()) return 1;
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((static_cast<unsigned char>(utf8[i]) & 0xc0U) != 0x80) return 1;
  }
  return bytes;
}

/// Of one character as bytes_of_first() cuts it; `none` where it is not UTF-8.
wchar_t code_of(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead < 0x80 ? static_cast<wchar_t>(lead) : none;
  unsigned code = lead & (0x7fU >> character.size());
  for (const char byte : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3fU);
  return static_cast<wchar_t>(code);
}

/// Zero-width spaces and joiners, the marks and overrides of the direction of writing, tags.
bool is_steering(wchar_t code) {
  return (code >= 0x200b && code <= 0x200f) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code >= 0xfff9 && code <= 0xfffb) ||
         (code >= 0xe0000 && code <= 0xe007f);
}

/// ASCII, and in a UTF-8 locale what the C library shows as wide as we do.
bool is_shown(wchar_t code, std::size_t columns, bool is_utf8) {
  if (code < 0x80) return columns == 1 && code >= 0x20 && code < 0x7f;
  return is_utf8 && ::wcwidth(code) == static_cast<int>(columns);
}

}  // namespace

std::wstring glyphs_of(std::string_view utf8, std::size_t columns, bool is_utf8) {
  std::wstring glyphs;
  while (!utf8.empty()) {
    const std::string_view character = utf8.substr(0, bytes_of_first(utf8));
    utf8.remove_prefix(character.size());
    const std::size_t wide = layout::columns_of(character);
    if (wide > columns) break;
    columns -= wide;
    const wchar_t code = code_of(character);
    if (is_steering(code) || (wide == 0 && glyphs.empty())) continue;  // a mark needs a character to stand on
    if (is_shown(code, wide, is_utf8)) {
      glyphs += code;
    } else {
      glyphs.append(wide, code == L'…' ? L'~' : L'?');
    }
  }
  return glyphs;
}

}  // namespace view
