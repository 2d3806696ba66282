// SPDX-License-Identifier: BSD-2-Clause
// How a piece of text is to look on a terminal. It owns the SGR escapes; whether there is a terminal that
// understands them is told, never asked for.
#pragma once

#include <string>
#include <string_view>

namespace layout {

enum class Style {
  plain,
  dim,
  bold,     ///< headings
  accent,   ///< cyan: sparklines
  warning,  ///< red: readable on dark and on light ground
  good,     ///< green
  header,   ///< reverse: headings and footers of a whole screen
  alarm,    ///< reverse and red: a warning in a footer
  selected  ///< reverse and bold: the row that is chosen
};

/// `text` between the SGR escapes (ECMA-48, 8.3.117) of its style; as it is where there is nothing to colour.
std::string paint(std::string_view text, Style style, bool is_coloured);

}  // namespace layout
