// SPDX-License-Identifier: BSD-2-Clause
#include "layout/style.hpp"

namespace layout {

namespace {

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::plain: break;
    case Style::dim: return "\x1b[2m";
    case Style::bold: return "\x1b[1m";
    case Style::accent: return "\x1b[36m";
    case Style::warning: return "\x1b[31m";
    case Style::good: return "\x1b[32m";
    case Style::header: return "\x1b[7m";
    case Style::alarm: return "\x1b[7;31m";
    case Style::selected: return "\x1b[1;7m";
  }
  return {};
}

}  // namespace

std::string paint(std::string_view text, Style style, bool is_coloured) {
  constexpr std::string_view reset = "\x1b[0m";
  std::string painted;
  const bool has_escapes = is_coloured && style != Style::plain && !text.empty();
  if (has_escapes) painted += escape_of(style);
  painted += text;
  if (has_escapes) painted += reset;
  return painted;
}

}  // namespace layout
