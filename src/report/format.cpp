// SPDX-License-Identifier: BSD-2-Clause
#include "report/format.hpp"

#include <limits>

#include "base/error.hpp"
#include "base/text.hpp"

namespace report {

namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }
bool is_octal(char character) { return character >= '0' && character <= '7'; }

int hexadecimal_value(char character) {
  if (is_digit(character)) return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  if (character >= 'A' && character <= 'F') return character - 'A' + 10;
  return -1;
}

/// Takes a number of at most `digits_most` digits off `text`; `value_of` is negative for other characters.
template <typename ValueOf>
char take_code(std::string_view& text, int base, int digits_most, ValueOf value_of) {
  int code = 0;
  for (int digit = 0; digit < digits_most && !text.empty() && value_of(text.front()) >= 0; ++digit) {
    code = code * base + value_of(text.front());
    text.remove_prefix(1);
  }
  return static_cast<char>(code);
}

/// Takes one escape sequence off `text`, which begins behind the backslash (printf(1)).
char take_escape(std::string_view& text) {
  constexpr std::string_view letters = "abfnrtve", characters = "\a\b\f\n\r\t\v\033";
  if (text.empty()) return '\\';
  const char letter = text.front();
  if (is_octal(letter)) return take_code(text, 8, 3, [](char c) { return is_octal(c) ? c - '0' : -1; });
  text.remove_prefix(1);
  if (letter == 'x' && !text.empty() && hexadecimal_value(text.front()) >= 0) {
    return take_code(text, 16, 2, hexadecimal_value);
  }
  const auto known = letters.find(letter);
  return known == std::string_view::npos ? letter : characters[known];
}

/// Takes the number of a descriptor off `text`.
int take_descriptor(std::string_view& text) {
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  const auto number = base::parse_whole(text.substr(0, digits), std::numeric_limits<int>::max());
  if (!number) {
    throw base::usage_error("format: file descriptor " + std::string(text.substr(0, digits)) +
                            " is out of range");
  }
  text.remove_prefix(digits);
  return static_cast<int>(*number);
}

base::Error unknown_directive(std::string_view text, std::string_view rest) {
  const std::string place = std::to_string(text.size() - rest.size());
  if (rest.empty()) {
    return base::usage_error("format: a % at the end (character " + place +
                             "): write %% for a per cent sign");
  }
  return base::usage_error("format: no directive %" + base::printable(rest.substr(0, 1)) + " (character " +
                           place + "): tcpstat -h lists them");
}

}  // namespace

Format::Format(std::string_view text, Sinks& sinks, bool may_switch) {
  if (text.empty()) throw base::usage_error("format: is empty: nothing would be printed");
  pieces_.push_back({sinks.open(1), {}});
  for (std::string_view rest = text; !rest.empty();) {
    const char character = rest.front();
    rest.remove_prefix(1);
    if (character == '\\') {
      pieces_.back().literal += take_escape(rest);
    } else if (character != '%') {
      pieces_.back().literal += character;
    } else if (!rest.empty() && rest.front() == '%') {
      pieces_.back().literal += '%';
      rest.remove_prefix(1);
    } else if (!rest.empty() && is_digit(rest.front())) {
      const int descriptor = take_descriptor(rest);
      if (!may_switch)
        throw base::usage_error("format: a setuid tcpstat writes to no other file descriptors");
      pieces_.push_back({sinks.open(descriptor), {}});
    } else {
      const Directive* directive = rest.empty() ? nullptr : find_directive(rest.front());
      if (directive == nullptr) throw unknown_directive(text, rest);
      pieces_.back().directive = directive;
      pieces_.push_back({pieces_.back().sink, {}});
      rest.remove_prefix(1);
    }
  }
}

void Format::render(const Record& record, Sinks& sinks) const {
  for (const Piece& piece : pieces_) {
    std::string& out = sinks.text(piece.sink);
    out += piece.literal;
    if (piece.directive != nullptr) piece.directive->render(out, record);
  }
}

}  // namespace report
