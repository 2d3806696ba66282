// SPDX-License-Identifier: BSD-2-Clause
// The largest amount of bytes in any window (t - W, t] of the whole sample, for several lengths W at
// once. Exact while the last second has at most 196,608 different timestamps. Above that, packets less
// than 16 us after the newest entry join it: never too high then, and not below what windows 16 us
// shorter would say. At most 262,144 entries of 16 bytes, allocated as they are needed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/time.hpp"

namespace stats {

class SlidingWindows {
 public:
  /// Ascending.
  static constexpr std::array<base::Nanoseconds, 4> lengths = {base::ns_per_ms, 10 * base::ns_per_ms,
                                                               100 * base::ns_per_ms, base::ns_per_s};

  SlidingWindows();

  /// A timestamp that runs backwards counts as the latest so far.
  void add(base::Nanoseconds timestamp, std::uint32_t size) {
    if (timestamp > latest_) latest_ = timestamp;
    if (latest_ >= next_entry_) push();
    bytes_ += size;
    if (bytes_ > bytes_limit_) raise();
  }

  /// Of windows of lengths[index].
  std::uint64_t bytes_most(std::size_t index) const { return windows_[index].bytes_most; }
  /// bytes_most(index) * 8 over the length.
  double bits_per_second(std::size_t index) const;

 private:
  struct Entry {
    base::Nanoseconds timestamp;
    std::uint64_t bytes_before;  // of all packets before the entry's
  };
  // A window's begin is moved only when it might hold more than ever before, or when the ring is full.
  struct Window {
    std::uint64_t first = 0;         // entry; the window holds this one and all later ones
    std::uint64_t bytes_before = 0;  // the first entry's
    std::uint64_t bytes_most = 0;
  };

  void push() {
    if (entry_end_ == entry_limit_) make_room();
    entries_[entry_end_++ & mask_] = {latest_, bytes_};
    next_entry_ = latest_ + joined_within_;
  }

  void raise();
  void make_room();
  void grow();
  void move(std::size_t index);
  void set_bytes_limit();

  // Entries are numbered from the sample's begin; number n stands at n & mask_.
  std::vector<Entry> entries_;
  std::uint64_t mask_;
  std::uint64_t entry_end_ = 0;    // one past the newest
  std::uint64_t entry_limit_;      // up to here there is room
  std::uint64_t bytes_ = 0;        // of all packets
  std::uint64_t bytes_limit_ = 0;  // up to here no window holds more than its most
  base::Nanoseconds latest_ = base::time_earliest;
  base::Nanoseconds next_entry_ = base::time_earliest;  // earlier packets join the newest entry
  base::Nanoseconds joined_within_ = 1;                 // of the newest entry; more while the ring is dense
  std::array<Window, lengths.size()> windows_;
};

}  // namespace stats
