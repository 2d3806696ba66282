// SPDX-License-Identifier: BSD-2-Clause
// Time: integer nanoseconds, and the clock as a seam that tests replace. No calendar and no zones:
// seconds since the epoch are all that is printed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace base {

/// A point in time (since the epoch) or a length of time, in nanoseconds. Good to the year 2262.
using Nanoseconds = std::int64_t;

inline constexpr Nanoseconds ns_per_us = 1'000;
inline constexpr Nanoseconds ns_per_ms = 1'000'000;
inline constexpr Nanoseconds ns_per_s = 1'000'000'000;

/// Times are kept from 1933 to 2116, lengths below 2^60 ns (36 years), so that differences of two times
/// and a time and two lengths never overflow.
inline constexpr Nanoseconds time_limit = Nanoseconds{1} << 62;
inline constexpr Nanoseconds time_earliest = -(Nanoseconds{1} << 60);

/// Of two points in time that there may be the earlier one.
inline std::optional<Nanoseconds> earlier(std::optional<Nanoseconds> a, std::optional<Nanoseconds> b) {
  return a && b ? std::min(a, b) : a ? a : b;
}

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Nanoseconds wall() const = 0;       ///< since the epoch; may jump
  virtual Nanoseconds monotonic() const = 0;  ///< since some start; never jumps
};

class SystemClock final : public Clock {
 public:
  Nanoseconds wall() const override;
  Nanoseconds monotonic() const override;
};

}  // namespace base
