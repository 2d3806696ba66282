// SPDX-License-Identifier: BSD-2-Clause
// Packets and bytes by key, and the keys in the order of their bytes. What a key means is left to who makes
// it. Holds a bounded number of keys, the first ones; what comes with others is counted as theirs together.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "base/hash.hpp"

namespace stats {

/// An address, a port with its protocol, …: numbers that tell it from all others of its kind.
struct RankingKey {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  std::uint32_t kind = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that a rewritten < compares with
  auto operator<=>(const RankingKey&) const = default;
};
static_assert(sizeof(RankingKey) == 24);

class Ranking {
 public:
  struct Row {
    RankingKey key;
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
    bool operator==(const Row&) const = default;
  };

  static constexpr std::size_t keys_most_default = 1'000'000;

  /// A key takes 80 to 160 bytes, half as much again while the table grows. Of a seed that nobody knows, keys
  /// cannot be chosen to fall together.
  explicit Ranking(std::uint64_t seed, std::size_t keys_most = keys_most_default);

  /// Counts a packet of so many bytes.
  void add(const RankingKey& key, std::uint64_t bytes) {
    const std::uint64_t hash = hash_of(key);
    Row* row = &slot_of(key, hash);
    if (row->packets == 0) [[unlikely]] {
      row = &make(key, hash);
    }
    ++row->packets;
    row->bytes += bytes;
  }

  /// Most bytes first, then most packets, then by key.
  std::vector<Row> rows() const;
  /// The packets whose keys found no room, and their bytes; its key means nothing.
  const Row& others() const { return others_; }

 private:
  std::uint64_t hash_of(const RankingKey& key) const { return hash_(key.high, key.low, key.kind); }
  // Where the key is or, at the first without packets, would be.
  Row& slot_of(const RankingKey& key, std::uint64_t hash) {
    return base::probe(slots_, hash, [&](const Row& slot) { return slot.key == key || slot.packets == 0; });
  }
  Row& make(const RankingKey& key, std::uint64_t hash);
  void grow();

  base::Hash hash_;
  std::size_t keys_most_;
  std::size_t keys_ = 0;
  std::vector<Row> slots_;  // a power of two, at most half of them taken
  Row others_;
};

}  // namespace stats
