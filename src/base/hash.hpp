// SPDX-License-Identifier: BSD-2-Clause
// A seeded hash of three words, and the search of an open table by it. Who does not know the seed cannot
// choose words that fall together or into a part of the range. No cryptography: whoever sees hashes may
// find the seed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/number.hpp"

namespace base {

class Hash {
 public:
  explicit constexpr Hash(std::uint64_t seed) {
    for (std::uint64_t& key : keys_) key = mixed(seed += 0x9e3779b97f4a7c15);
  }

  /// The third word is mixed once, the others twice: it is for small numbers that tell kinds apart.
  constexpr std::uint64_t operator()(std::uint64_t first, std::uint64_t second, std::uint64_t third) const {
    return folded(folded(first ^ keys_[0], second ^ keys_[1]) ^ keys_[2], third ^ keys_[3]);
  }

 private:
  // Low bits of a product depend on low bits of its factors only, high ones on all: both halves are used.
  static constexpr std::uint64_t folded(std::uint64_t left, std::uint64_t right) {
    const Uint128 product = Uint128{left} * right;
    return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
  }

  // SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014).
  static constexpr std::uint64_t mixed(std::uint64_t state) {
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
    state = (state ^ (state >> 27)) * 0x94d049bb133111eb;
    return state ^ (state >> 31);
  }

  std::array<std::uint64_t, 4> keys_{};
};

/// The first slot from the place of `hash` on at which the search `ends`. Their number is a power of two, and
/// it must end at one of them: at a free one, say.
template <typename Slot, typename Ends>
Slot& probe(std::vector<Slot>& slots, std::uint64_t hash, Ends ends) {
  const std::size_t mask = slots.size() - 1;
  std::size_t place = hash & mask;
  while (!ends(slots[place])) place = (place + 1) & mask;
  return slots[place];
}

}  // namespace base
