// SPDX-License-Identifier: BSD-2-Clause
// How often each value occurred: small values exactly, larger ones in buckets of a fixed relative
// width, so that memory is bounded and a quantile is never too low, and at most that width too high.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace base {

/// The rank of the nearest-rank method among `total` sorted values: percent / 100 * total rounded up,
/// at least 1 and at most total; 0 where there are none.
std::uint64_t nearest_rank(unsigned percent, std::uint64_t total);

class Histogram {
 public:
  /// Values below 2^exact_bits are kept exactly, those above in 2^(exact_bits - 1) buckets an octave,
  /// each at most 2^-(exact_bits - 1) of its values wide. 1 to 16; anything else counts as the nearest.
  /// Memory is taken in pages of 256 counters, where there are values: at most (66 - exact_bits) *
  /// 2^(exact_bits - 1) counters of 8 bytes, 440 KiB for 11 bits, 12.5 MiB for 16.
  explicit Histogram(unsigned exact_bits);

  void add(std::uint64_t value, std::uint64_t count = 1) {
    const std::size_t bucket = bucket_of(value), page = bucket / page_counters;
    if (page >= pages_.size() || !pages_[page]) [[unlikely]] {
      make(page);
    }
    (*pages_[page])[bucket % page_counters] += count;
    total_ += count;
    if (value > most_ && count > 0) most_ = value;
  }

  std::uint64_t total() const { return total_; }
  /// The largest value, exactly; 0 where there is none.
  std::uint64_t most() const { return most_; }
  /// The smallest value that at least `percent` per cent of the values do not exceed (nearest rank);
  /// of a bucket of several values the highest, but never above most(). 0 where there are none.
  std::uint64_t quantile(unsigned percent) const { return at_rank(nearest_rank(percent, total_)); }
  /// The value of this rank among them, 1 being the smallest; as exact as quantile().
  std::uint64_t at_rank(std::uint64_t rank) const;

 private:
  static constexpr std::size_t page_counters = 256;
  using Page = std::array<std::uint64_t, page_counters>;

  // Octave 0 and 1 are the exact values, half of them each; `shift` low bits are dropped above.
  std::size_t bucket_of(std::uint64_t value) const {
    const unsigned shift = static_cast<unsigned>(std::bit_width(value | exact_most_)) - exact_bits_;
    return (std::size_t{shift} << (exact_bits_ - 1)) + (value >> shift);
  }
  std::uint64_t highest(std::size_t bucket) const;
  void make(std::size_t page);

  unsigned exact_bits_;
  std::uint64_t exact_most_;
  std::vector<std::unique_ptr<Page>> pages_;  // none: no values
  std::uint64_t total_ = 0;
  std::uint64_t most_ = 0;
};

}  // namespace base
