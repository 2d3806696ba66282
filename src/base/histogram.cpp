// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace base {

std::uint64_t nearest_rank(unsigned percent, std::uint64_t total) {
  if (total == 0) return 0;
  const base::Uint128 rank = (base::Uint128{percent} * total + 99) / 100;
  return static_cast<std::uint64_t>(std::clamp<base::Uint128>(rank, 1, total));
}

Histogram::Histogram(unsigned exact_bits)
    : exact_bits_(std::clamp(exact_bits, 1U, 16U)), exact_most_((std::uint64_t{1} << exact_bits_) - 1) {}

std::uint64_t Histogram::at_rank(std::uint64_t rank) const {
  std::uint64_t counted = 0;
  for (std::size_t page = 0; page < pages_.size(); ++page) {
    if (!pages_[page]) continue;
    for (std::size_t i = 0; i < page_counters; ++i) {
      counted += (*pages_[page])[i];
      if (counted >= rank) return std::min(highest(page * page_counters + i), most_);
    }
  }
  return most_;
}

std::uint64_t Histogram::highest(std::size_t bucket) const {
  if (bucket <= exact_most_) return bucket;
  const std::size_t shift = (bucket >> (exact_bits_ - 1)) - 1;
  const std::uint64_t kept = bucket - (shift << (exact_bits_ - 1));
  return (kept << shift) | ((std::uint64_t{1} << shift) - 1);
}

void Histogram::make(std::size_t page) {
  if (page >= pages_.size()) pages_.resize(page + 1);
  pages_[page] = std::make_unique<Page>();
}

}  // namespace base
