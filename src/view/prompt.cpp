// SPDX-License-Identifier: BSD-2-Clause
#include "view/prompt.hpp"

#include "layout/width.hpp"

namespace view {

namespace {

constexpr std::size_t text_bytes_most = 4096;

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

void append_utf8(std::string& text, char32_t character) {
  const auto byte = [](char32_t bits) { return static_cast<char>(static_cast<unsigned char>(bits)); };
  if (character < 0x80) {
    text += byte(character);
  } else if (character < 0x800) {
    text += {byte(0xc0 | character >> 6), byte(0x80 | (character & 0x3f))};
  } else if (character < 0x10000) {
    text +=
        {byte(0xe0 | character >> 12), byte(0x80 | (character >> 6 & 0x3f)), byte(0x80 | (character & 0x3f))};
  } else {
    text += {byte(0xf0 | character >> 18), byte(0x80 | (character >> 12 & 0x3f)),
             byte(0x80 | (character >> 6 & 0x3f)), byte(0x80 | (character & 0x3f))};
  }
}

}  // namespace

Prompt::State Prompt::on_key(const Key& key) {
  switch (key.name) {
    case Key::Name::enter: return State::done;
    case Key::Name::escape: return State::given_up;
    case Key::Name::backspace:
      while (!text_.empty() && continues(text_.back())) text_.pop_back();
      if (!text_.empty()) text_.pop_back();
      break;
    case Key::Name::remove: text_.clear(); break;
    case Key::Name::character:
      if (text_.size() < text_bytes_most) append_utf8(text_, key.character);
      break;
    default: break;
  }
  return State::typing;
}

std::string Prompt::seen(std::size_t columns) const {
  std::string text = " " + title_ + text_;
  while (layout::columns_of(text) + 1 > columns && !text.empty()) {
    std::size_t next = 1;
    while (next < text.size() && continues(text[next])) ++next;
    text.erase(0, next);
  }
  return text;
}

layout::Line Prompt::line(std::size_t columns) const {
  return {{layout::pad(seen(columns), columns, layout::Align::left), layout::Style::header}};
}

std::size_t Prompt::cursor_column(std::size_t columns) const { return layout::columns_of(seen(columns)); }

}  // namespace view
