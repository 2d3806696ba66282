// SPDX-License-Identifier: BSD-2-Clause
// Points in time as dates: by a strftime(3) form in the zone of TZ, or as ISO 8601 in UTC. All that
// knows of calendars and zones is here; time.hpp counts nanoseconds and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"

namespace base {

/// A strftime(3) form, checked once, with %f for the fraction of a second: six digits; %1f to %9f for
/// so many, cut off, not rounded. Names are those of the locale. Not for two threads at a time.
class CalendarForm {
 public:
  /// Throws a usage Error that says what is wrong with the form. TZ is read here.
  explicit CalendarForm(std::string_view form);

  void append(std::string& out, Nanoseconds time) const;

 private:
  enum class Kind : std::uint8_t { date, epoch, fraction };

  struct Part {
    Kind kind;
    std::string form;  // Kind::date: for strftime(3)
    int digits = 0;    // Kind::fraction
    std::string text;  // in the second rendered last, but for a fraction
  };

  void add(Kind kind, std::string_view form, int digits = 0);
  void render(std::int64_t second) const;

  // Lines come in order, several to a second: only the fraction is new each time.
  mutable std::vector<Part> parts_;
  mutable std::optional<std::int64_t> rendered_s_;
};

/// ISO 8601 in UTC: "2024-03-04T08:20:03.500000Z". `digits` (0 to 9) of the fraction, cut off.
void append_iso(std::string& out, Nanoseconds time, int digits = 6);

}  // namespace base
