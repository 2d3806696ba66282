// SPDX-License-Identifier: BSD-2-Clause
// What a whole screen shows, before any terminal is involved: lines of styled text. Whoever composes it makes the
// text printable and as wide as the screen at most; how it gets onto a terminal is view/screen's business.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "layout/style.hpp"

namespace layout {

/// In characters.
struct Size {
  std::size_t columns = 80;
  std::size_t rows = 24;

  friend bool operator==(const Size&, const Size&) = default;
};

struct Span {
  std::string text;
  Style style = Style::plain;

  friend bool operator==(const Span&, const Span&) = default;
};

using Line = std::vector<Span>;

struct Picture {
  struct Cursor {
    std::size_t column, row;
  };

  std::vector<Line> lines;                      ///< from the top; those that are missing are empty
  std::optional<Cursor> cursor = std::nullopt;  ///< where text is typed in; none: it is hidden
};

}  // namespace layout
