// SPDX-License-Identifier: BSD-2-Clause
#include "layout/cut.hpp"

#include <algorithm>

#include "layout/width.hpp"

namespace layout {

namespace {

constexpr std::string_view ellipsis = "…";

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

/// As much of the begin as is at most so wide.
std::string_view begin_of(std::string_view text, std::size_t columns) {
  std::size_t end = 0;
  while (end < text.size()) {
    std::size_t next = end + 1;
    while (next < text.size() && continues(text[next])) ++next;
    if (columns_of(text.substr(0, next)) > columns) break;
    end = next;
  }
  return text.substr(0, end);
}

/// The same of the end.
std::string_view end_of(std::string_view text, std::size_t columns) {
  std::size_t begin = 0;
  while (begin < text.size() && columns_of(text.substr(begin)) > columns) {
    do ++begin;
    while (begin < text.size() && continues(text[begin]));
  }
  return text.substr(begin);
}

}  // namespace

std::string cut_end(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  return std::string(begin_of(text, columns - 1)).append(ellipsis);
}

std::string cut_middle(std::string_view text, std::size_t columns, std::size_t tail_bytes) {
  if (columns_of(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  const std::size_t tail = columns_of(text.substr(text.size() - std::min(tail_bytes, text.size())));
  const std::size_t room = columns - 1;
  const std::size_t right = std::min(room, std::max(tail, tail + (room - std::min(room, tail)) / 3));
  return std::string(begin_of(text, room - right)).append(ellipsis).append(end_of(text, right));
}

}  // namespace layout
