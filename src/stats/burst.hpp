// SPDX-License-Identifier: BSD-2-Clause
// The largest amount of bytes in a window that slides over one interval in steps of a tenth of itself.
// Never too high (but for a packet that opens the sample, which counts in the first tenth); too low by at
// most the bytes of the fullest tenth: no window of this length anywhere in the interval holds more than
// bytes_most() and that. stats/windows.hpp is exact, for fixed lengths.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace stats {

class Burst {
 public:
  /// Windows of `window` ns, at least 100 us, over an interval that begins after `begin`. A tenth is
  /// window / 10 rounded down, so that the window is up to 9 ns short. Tenth k is
  /// (begin + k * tenth, begin + (k + 1) * tenth]. What lies outside the interval is never added:
  /// a window that reaches out of it holds what is inside.
  Burst(base::Nanoseconds window, base::Nanoseconds begin);

  /// A packet stamped earlier than the tenth of the last one counts in that tenth.
  void add(base::Nanoseconds timestamp, std::uint32_t size) {
    if (timestamp > tenth_end_) move(timestamp);
    tenths_[newest_] += size;
    bytes_ += size;
    if (bytes_ > bytes_most_) bytes_most_ = bytes_;
  }

  std::uint64_t bytes_most() const { return bytes_most_; }
  /// bytes_most() * 8 over the window's length.
  double bits_per_second() const;

 private:
  static constexpr std::size_t tenth_count = 10;

  void move(base::Nanoseconds timestamp);
  void drop_oldest();

  base::Nanoseconds window_;
  base::Nanoseconds tenth_;
  base::Nanoseconds tenth_end_;  // of the newest tenth
  std::array<std::uint64_t, tenth_count> tenths_{};
  std::size_t newest_ = 0;
  std::uint64_t bytes_ = 0;  // in tenths_
  std::uint64_t bytes_most_ = 0;
};

}  // namespace stats
