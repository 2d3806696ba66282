// SPDX-License-Identifier: BSD-2-Clause
// From the hash of a key to the number of its connection: open addressing, linear probing (Knuth, The Art of
// Computer Programming, volume 3, section 6.4, algorithm L), four bytes a slot. A slot holds 24 bits of the
// number and 8 of the hash, which spare nearly every look at a wrong connection.
#pragma once

#include <cstdint>

#include "base/pages.hpp"

namespace flow {

class Index {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  /// Numbers are below.
  static constexpr std::uint32_t numbers_most = (1U << 24) - 2;

  Index() { resize(slots_least); }

  void prefetch(std::uint64_t hash) const { __builtin_prefetch(&slots_[home(hash)]); }

  /// The first number of this hash of which `matches` holds; `none`: there is none.
  template <typename Matches>
  std::uint32_t find(std::uint64_t hash, Matches matches) const {
    const std::uint32_t tag = tag_of(hash);
    for (std::size_t at = home(hash); slots_[at] != empty; at = next(at)) {
      const std::uint32_t slot = slots_[at];
      if ((slot & tag_bits) == tag && slot != deleted && matches(number_of(slot))) return number_of(slot);
    }
    return none;
  }
  /// The number that find() probably asks for first.
  std::uint32_t likely(std::uint64_t hash) const {
    return find(hash, [](std::uint32_t) { return true; });
  }

  /// Whether insert() needs rebuild() first.
  bool is_full() const { return (used_ + 1) * 8 > (mask_ + 1) * 7; }
  /// Empty again, and large enough for what it held and as much again; all is to be inserted anew.
  void rebuild();
  void insert(std::uint64_t hash, std::uint32_t number);
  /// It must be there.
  void erase(std::uint64_t hash, std::uint32_t number);

 private:
  static constexpr std::size_t slots_least = 4096;
  static constexpr std::uint32_t empty = 0, deleted = 1;  // no slot of a number has these: see slot_of()
  static constexpr std::uint32_t tag_bits = 0xff000000;

  static std::uint32_t tag_of(std::uint64_t hash) {
    return static_cast<std::uint32_t>(hash >> 32) & tag_bits;
  }
  static std::uint32_t slot_of(std::uint64_t hash, std::uint32_t number) {
    return tag_of(hash) | (number + 2);
  }
  static std::uint32_t number_of(std::uint32_t slot) { return (slot & ~tag_bits) - 2; }
  std::size_t home(std::uint64_t hash) const { return static_cast<std::size_t>(hash) & mask_; }
  std::size_t next(std::size_t at) const { return (at + 1) & mask_; }
  void resize(std::size_t slots);

  base::Pages pages_;
  std::uint32_t* slots_ = nullptr;
  std::size_t mask_ = 0;
  std::size_t held_ = 0;  // numbers
  std::size_t used_ = 0;  // slots that are not empty
};

}  // namespace flow
