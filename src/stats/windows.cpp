// SPDX-License-Identifier: BSD-2-Clause
#include "stats/windows.hpp"

#include <algorithm>
#include <limits>

#include "base/number.hpp"

namespace stats {

namespace {

// In the longest window there are at most dense_entries from before the ring was dense, and since then
// 62,501 that are joined_when_dense apart: the ring never overflows.
constexpr std::size_t entries_first = 1024;
constexpr std::size_t entries_most = 262'144;
constexpr std::size_t dense_entries = entries_most / 4 * 3;
constexpr base::Nanoseconds joined_when_dense = 16 * base::ns_per_us;
static_assert(dense_entries + SlidingWindows::lengths.back() / joined_when_dense + 1 < entries_most);

}  // namespace

SlidingWindows::SlidingWindows()
    : entries_(entries_first), mask_(entries_first - 1), entry_limit_(entries_first) {}

double SlidingWindows::bits_per_second(std::size_t index) const {
  return base::nearest_quotient(base::Uint128{bytes_most(index)} * 8 * base::ns_per_s,
                                static_cast<base::Uint128>(lengths[index]));
}

/// Moves the windows that might hold more than ever before.
void SlidingWindows::raise() {
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    Window& window = windows_[i];
    if (bytes_ - window.bytes_before <= window.bytes_most) continue;
    move(i);
    window.bytes_most = std::max(window.bytes_most, bytes_ - window.bytes_before);
  }
  set_bytes_limit();
}

/// For at least one entry.
void SlidingWindows::make_room() {
  for (std::size_t i = 0; i < windows_.size(); ++i) move(i);
  set_bytes_limit();
  const std::uint64_t oldest = windows_.back().first;
  const std::uint64_t used = entry_end_ - oldest;
  if (used > entries_.size() / 2 && entries_.size() < entries_most) grow();
  const bool is_dense = used >= dense_entries;
  joined_within_ = is_dense ? joined_when_dense : 1;
  entry_limit_ = is_dense ? entry_end_ + 1 : oldest + std::min(entries_.size(), dense_entries);
}

void SlidingWindows::grow() {
  std::vector<Entry> larger(entries_.size() * 2);
  const std::uint64_t larger_mask = larger.size() - 1;
  for (std::uint64_t i = windows_.back().first; i != entry_end_; ++i) {
    larger[i & larger_mask] = entries_[i & mask_];
  }
  entries_.swap(larger);
  mask_ = larger_mask;
}

/// Leaves out what is no longer inside at latest_.
void SlidingWindows::move(std::size_t index) {
  Window& window = windows_[index];
  const base::Nanoseconds begin = latest_ - lengths[index];
  std::uint64_t first = window.first;
  while (first != entry_end_ && entries_[first & mask_].timestamp <= begin) ++first;
  window.first = first;
  window.bytes_before = first == entry_end_ ? bytes_ : entries_[first & mask_].bytes_before;
}

void SlidingWindows::set_bytes_limit() {
  bytes_limit_ = std::numeric_limits<std::uint64_t>::max();
  for (const Window& window : windows_) {
    bytes_limit_ = std::min(bytes_limit_, window.bytes_before + window.bytes_most);
  }
}

}  // namespace stats
