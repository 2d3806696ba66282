// SPDX-License-Identifier: BSD-2-Clause
// How many columns of a screen a text takes, and filling it up to so many. The tables are Unicode 14's and
// the same in every locale. Each code point counts by itself, as in wcwidth(3): a terminal that joins
// several into one emoji shows it narrower. Control characters count one: make text printable first.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace layout {

enum class Align { left, right };

/// Display columns: combining marks and format characters 0, East Asian wide 2, all others 1, as each byte
/// that is not UTF-8.
std::size_t columns_of(std::string_view utf8);

/// `text` filled up to `columns` with `fill`, one character; text that is wider stays as it is. A wide `fill`
/// leaves a blank where only half of it fits; one without width is a blank.
std::string pad(std::string_view text, std::size_t columns, Align align, std::string_view fill = " ");

}  // namespace layout
