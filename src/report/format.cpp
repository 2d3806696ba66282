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

Format::Format(std::string_view text, Sinks& sinks, bool may_switch, Wishes& wishes) {
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
      take_directive(text, rest, wishes);
    }
  }
}

/// A letter, or a name in braces with what stands behind its colon: %n, %{bytes}, %{burst:10ms:>8k}.
void Format::take_directive(std::string_view text, std::string_view& rest, Wishes& wishes) {
  if (!rest.starts_with('{')) {
    const Directive* row = rest.empty() ? nullptr : find_directive(rest.front(), wishes.subject);
    if (row == nullptr) throw unknown_directive(text, rest);
    add(find_field(rest.substr(0, 1), wishes), Classic{row->decimals});
    rest.remove_prefix(1);
    return;
  }
  const std::size_t end = rest.find('}');
  if (end == std::string_view::npos) {
    throw base::usage_error("format: %{ (character " + std::to_string(text.size() - rest.size()) +
                            ") has no }");
  }
  const std::string_view inside = rest.substr(1, end - 1);
  std::size_t colon = inside.find(':');
  const Directive* row = find_row(inside.substr(0, colon), wishes.subject);
  if (colon != std::string_view::npos && row != nullptr && row->need == Need::window) {
    colon = inside.find(':', colon + 1);
  }
  const std::string_view name = inside.substr(0, colon);
  std::optional<std::string_view> spec;
  if (colon != std::string_view::npos) spec = inside.substr(colon + 1);
  base::in_context("format: %{" + base::printable(inside) + "}", [&] {
    Field field = find_field(name, wishes);
    Look look = look_of(field, name.size() == 1, spec);
    add(std::move(field), std::move(look));
  });
  rest.remove_prefix(end + 1);
}

void Format::add(Field field, Look look) {
  pieces_.back().field = std::move(field);
  pieces_.back().look = std::move(look);
  pieces_.push_back({pieces_.back().sink, {}});
}

/// A letter stays what it is: a time is a number of seconds then.
Format::Look Format::look_of(const Field& field, bool is_letter, std::optional<std::string_view> text) {
  const Directive& row = *field.directive;
  if (row.get.kind == Value::Kind::time && !is_letter) {
    return text ? Look(base::CalendarForm(*text)) : Look(Iso{});
  }
  if (row.get.kind == Value::Kind::flag || Value::is_text(row.get.kind)) {
    return text ? parse_text_spec(*text) : NumberSpec();
  }
  NumberSpec spec = text ? parse_number_spec(*text) : NumberSpec();
  if (is_letter && row.get.kind != Value::Kind::count && !spec.precision && spec.unit == 0) {
    spec.precision = row.decimals;
  }
  return spec;
}

void Format::render(const Record& record, Sinks& sinks) {
  for (const Piece& piece : pieces_) {
    std::string& out = sinks.text(piece.sink);
    out += piece.literal;
    if (!piece.field) continue;
    const Value value = piece.field->value(record);
    if (const auto* classic = std::get_if<Classic>(&piece.look)) {
      append_plain(out, value, classic->decimals);
    } else if (const auto* spec = std::get_if<NumberSpec>(&piece.look)) {
      append_number(out, value, *spec);
    } else if (const auto* form = std::get_if<base::CalendarForm>(&piece.look)) {
      form->append(out, value.whole_ns());
    } else {
      base::append_iso(out, value.whole_ns());
    }
  }
}

}  // namespace report
