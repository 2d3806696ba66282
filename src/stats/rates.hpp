// SPDX-License-Identifier: BSD-2-Clause
// The distribution of the rates of intervals. Exact up to 2^20 runs of equal rates, or 2^19 different
// rates; beyond, rates are rounded up to 13 bits of mantissa, at most 0.013 % too high. Should they
// span more than 64 octaves (more than 10^19 to 1), to as many bits as fit. At most 16 MiB.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stats {

class Rates {
 public:
  /// `count` intervals of this rate; what is not above 0 counts as 0.
  void add(double bps, std::uint64_t count = 1);

  std::uint64_t intervals() const { return intervals_; }
  /// The largest rate, exactly; 0 where there is none.
  double most() const { return most_; }
  /// The smallest rate that at least `percent` per cent of the intervals do not exceed (nearest
  /// rank); 0 where there are none. Sorts what was added since the last call.
  double quantile(unsigned percent);

 private:
  static constexpr std::size_t runs_most = std::size_t{1} << 20;
  struct Run {
    double bps;
    std::uint64_t count;
  };

  void make_room();
  void sort();
  void join_equal();
  void round_up(unsigned mantissa_bits);

  std::vector<Run> runs_;
  bool is_sorted_ = true;
  std::uint64_t intervals_ = 0;
  double most_ = 0;
};

}  // namespace stats
