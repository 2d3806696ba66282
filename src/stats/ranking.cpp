// SPDX-License-Identifier: BSD-2-Clause
#include "stats/ranking.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace stats {

namespace {

constexpr std::size_t slots_least = 16;

bool is_before(const Ranking::Row& left, const Ranking::Row& right) {
  return std::tie(right.bytes, right.packets, left.key) < std::tie(left.bytes, left.packets, right.key);
}

}  // namespace

Ranking::Ranking(std::uint64_t seed, std::size_t keys_most)
    : hash_(seed), keys_most_(keys_most), slots_(slots_least) {}

std::vector<Ranking::Row> Ranking::rows() const {
  std::vector<Row> rows;
  rows.reserve(keys_);
  for (const Row& row : slots_) {
    if (row.packets > 0) rows.push_back(row);
  }
  std::sort(rows.begin(), rows.end(), is_before);
  return rows;
}

Ranking::Row& Ranking::make(const RankingKey& key, std::uint64_t hash) {
  if (keys_ == keys_most_) return others_;
  if (slots_.size() <= 2 * keys_) grow();
  ++keys_;
  Row& row = slot_of(key, hash);
  row.key = key;
  return row;
}

void Ranking::grow() {
  for (const Row& row : std::exchange(slots_, std::vector<Row>(2 * slots_.size()))) {
    if (row.packets > 0) slot_of(row.key, hash_of(row.key)) = row;
  }
}

}  // namespace stats
