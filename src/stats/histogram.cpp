// SPDX-License-Identifier: BSD-2-Clause
#include "stats/histogram.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace stats {

std::uint64_t nearest_rank(unsigned percent, std::uint64_t total) {
  if (total == 0) return 0;
  const base::Uint128 rank = (base::Uint128{percent} * total + 99) / 100;
  return static_cast<std::uint64_t>(std::clamp<base::Uint128>(rank, 1, total));
}

Histogram::Histogram(unsigned exact_bits)
    : exact_bits_(std::clamp(exact_bits, 1U, 16U)), exact_most_((std::uint64_t{1} << exact_bits_) - 1) {}

Histogram& Histogram::operator+=(const Histogram& other) {
  for (std::size_t bucket = 0; bucket < other.counts_.size(); ++bucket) {
    const std::uint64_t count = other.counts_[bucket];
    // The highest bucket that is not empty holds most(), so that it alone is cut.
    if (count > 0) add(std::min(other.highest(bucket), other.most_), count);
  }
  return *this;
}

std::uint64_t Histogram::at_rank(std::uint64_t rank) const {
  std::uint64_t counted = 0;
  for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
    counted += counts_[bucket];
    if (counted >= rank) return std::min(highest(bucket), most_);
  }
  return most_;
}

std::uint64_t Histogram::highest(std::size_t bucket) const {
  if (bucket <= exact_most_) return bucket;
  const std::size_t shift = (bucket >> (exact_bits_ - 1)) - 1;
  const std::uint64_t kept = bucket - (shift << (exact_bits_ - 1));
  return (kept << shift) | ((std::uint64_t{1} << shift) - 1);
}

void Histogram::grow(std::size_t bucket) {
  const std::size_t bound = bucket_of(~std::uint64_t{0}) + 1;
  const std::size_t size = std::min(bound, std::max(bucket + 1, counts_.size() * 2));
  counts_.reserve(size);  // so much and no more
  counts_.resize(size);
}

}  // namespace stats
