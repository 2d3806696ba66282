// SPDX-License-Identifier: BSD-2-Clause
// Text as curses is to place it: wide characters that take exactly the columns layout/width gave them, so that no
// line ever wraps, whatever the locale or the terminal makes of a character. The columns themselves are layout/width's.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace view {

/// As much of `utf8` as fits into `columns`. What cannot be shown becomes `?` (`…` a tilde), as often as it has
/// columns; control characters and what is not UTF-8 too. Characters that only steer (zero width, the direction of
/// writing) are left out. `is_utf8`: whether the locale, set by setlocale(3), has more than ASCII.
std::wstring glyphs_of(std::string_view utf8, std::size_t columns, bool is_utf8);

}  // namespace view
