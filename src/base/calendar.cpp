// SPDX-License-Identifier: BSD-2-Clause
#include "base/calendar.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

#include "base/error.hpp"
#include "base/text.hpp"

namespace base {

namespace {

/// Floored: also before 1970 the nanoseconds are 0 or more.
struct Instant {
  explicit Instant(Nanoseconds time) : seconds(time / ns_per_s), nanoseconds(time % ns_per_s) {
    if (nanoseconds >= 0) return;
    --seconds;
    nanoseconds += ns_per_s;
  }

  std::int64_t seconds;
  std::int64_t nanoseconds;
};

/// Writes `value` with `width` digits; where the next character goes.
char* put(char* to, std::int64_t value, int width) {
  for (int i = width - 1; i >= 0; --i, value /= 10) to[i] = static_cast<char>('0' + value % 10);
  return to + width;
}

void append_fraction(std::string& out, std::int64_t nanoseconds, int digits) {
  std::array<char, 9> all;
  put(all.data(), nanoseconds, 9);
  out.append(all.data(), static_cast<std::size_t>(digits));
}

bool is_one_of(std::string_view letters, char letter) {
  return letters.find(letter) != std::string_view::npos;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

[[noreturn]] void reject(std::string_view form, const std::string& why) {
  throw usage_error("'" + printable(form) + "': " + why);
}

/// Whether glibc's strftime(3) has it; with a modifier, as POSIX and glibc allow them. What it does not
/// know it would print as it stands.
bool is_known(char modifier, char letter) {
  if (modifier == 'E') return is_one_of("cCxXyY", letter);
  if (modifier == 'O') return is_one_of("bBdehHImMSuUVwWy", letter);
  return is_one_of("aAbBcCdDeFgGhHIjklmMnpPrRsStTuUVwWxXyYzZ%", letter);
}

/// One conversion, from % to its letter.
struct Conversion {
  std::string_view text;
  char letter;
  int digits = 6;  // of %f
};

/// %f or %1f to %9f; `rest` begins with % and then f or a digit.
Conversion fraction_at(std::string_view form, std::string_view rest) {
  const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
  const std::string shown = printable(rest.substr(0, end + 1));
  if (end == rest.size() || rest[end] != 'f') reject(form, shown + ": only %f takes a number, of its digits");
  if (end == 1) return {rest.substr(0, 2), 'f'};
  if (end > 2 || rest[1] == '0') reject(form, shown + ": the digits of %f are 1 to 9, as in %3f");
  return {rest.substr(0, 3), 'f', rest[1] - '0'};
}

/// The conversion that `rest` begins with.
Conversion conversion_at(std::string_view form, std::string_view rest) {
  const bool has_number = rest.size() > 1 && is_digit(rest[1]) && rest[1] != '0';
  const bool has_zero_number = rest.size() > 2 && rest[1] == '0' && (is_digit(rest[2]) || rest[2] == 'f');
  if (has_number || has_zero_number || rest.substr(0, 2) == "%f") return fraction_at(form, rest);
  std::size_t at = std::min(rest.find_first_not_of("_-0^#", 1), rest.size());
  const bool is_modified = at < rest.size() && is_one_of("EO", rest[at]);
  const char modifier = is_modified ? rest[at++] : '\0';
  if (at >= rest.size()) reject(form, "a % at the end; %% is a per cent sign");
  if (!is_known(modifier, rest[at])) {
    reject(form, "no conversion " + printable(rest.substr(0, at + 1)) + ": see strftime(3), and %f");
  }
  return {rest.substr(0, at + 1), rest[at]};
}

// -Wformat-nonliteral: the form was checked when it was taken.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/// `form` ends with a character that is no part of the text: then 0 only ever means that the room was
/// too small, not that the text is empty.
void append_date(std::string& text, const std::string& form, const std::tm& date) {
  const std::size_t room_most = (std::size_t{1} << 20) + 128 * form.size();  // far more than any locale has
  std::size_t length = 0;
  for (std::size_t room = 128 + form.size(); length == 0 && room <= room_most; room *= 2) {
    text.resize(room);
    length = std::strftime(text.data(), room, form.c_str(), &date);
  }
  text.resize(length > 0 ? length - 1 : 0);
}
#pragma GCC diagnostic pop

}  // namespace

CalendarForm::CalendarForm(std::string_view form) {
  if (form.empty()) throw usage_error("the form of a time is missing, as in %H:%M:%S");
  if (is_one_of(form, '\0')) reject(form, "a form of a time has no zero bytes");
  bool has_time = false;
  for (std::string_view rest = form; !rest.empty();) {
    const std::string_view literal = rest.substr(0, rest.find('%'));
    if (!literal.empty()) add(Kind::date, literal);
    rest.remove_prefix(literal.size());
    if (rest.empty()) break;
    const Conversion found = conversion_at(form, rest);
    const bool is_fraction = found.letter == 'f', is_epoch = found.letter == 's';
    add(is_fraction ? Kind::fraction : is_epoch ? Kind::epoch : Kind::date, found.text, found.digits);
    has_time = has_time || !is_one_of("%nt", found.letter);
    rest.remove_prefix(found.text.size());
  }
  if (!has_time) reject(form, "no time in it, as in %H:%M:%S");
  for (Part& part : parts_) part.form += '.';  // see append_date
  tzset();
}

void CalendarForm::add(Kind kind, std::string_view form, int digits) {
  if (kind == Kind::date && !parts_.empty() && parts_.back().kind == Kind::date) {
    parts_.back().form += form;
  } else {
    parts_.push_back({kind, std::string(form), digits, {}});
  }
}

void CalendarForm::render(std::int64_t second) const {
  const auto since_epoch = static_cast<std::time_t>(second);
  std::tm date{};
  localtime_r(&since_epoch, &date);
  for (Part& part : parts_) {
    part.text.clear();
    if (part.kind == Kind::date) append_date(part.text, part.form, date);
    // Not strftime's %s: it has to guess where clocks were set back.
    if (part.kind == Kind::epoch) append_integer(part.text, second);
  }
  rendered_s_ = second;
}

void CalendarForm::append(std::string& out, Nanoseconds time) const {
  const Instant instant(time);
  if (rendered_s_ != instant.seconds) render(instant.seconds);
  for (const Part& part : parts_) {
    out += part.text;
    if (part.kind == Kind::fraction) append_fraction(out, instant.nanoseconds, part.digits);
  }
}

void append_iso(std::string& out, Nanoseconds time, int digits) {
  const Instant instant(time);
  const std::chrono::sys_seconds second{std::chrono::seconds{instant.seconds}};
  const auto midnight = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss clock{second - midnight};
  std::array<char, 20> text;
  char* to = put(text.data(), int{date.year()}, 4);
  *to++ = '-';
  to = put(to, unsigned{date.month()}, 2);
  *to++ = '-';
  to = put(to, unsigned{date.day()}, 2);
  *to++ = 'T';
  to = put(to, clock.hours().count(), 2);
  *to++ = ':';
  to = put(to, clock.minutes().count(), 2);
  *to++ = ':';
  to = put(to, clock.seconds().count(), 2);
  out.append(text.data(), to);
  if (digits > 0) {
    out += '.';
    append_fraction(out, instant.nanoseconds, digits);
  }
  out += 'Z';
}

}  // namespace base
