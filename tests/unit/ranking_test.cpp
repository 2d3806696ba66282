// SPDX-License-Identifier: BSD-2-Clause
#include "stats/ranking.hpp"

#include <algorithm>
#include <map>

#include "support.hpp"

using stats::Ranking;
using stats::RankingKey;
using Row = stats::Ranking::Row;

namespace {

RankingKey key_of(std::uint64_t low) { return {0, low, 0}; }

struct Reference {
  void add(const RankingKey& key, std::uint64_t bytes) {
    Row& row = rows_by_key.try_emplace(key, Row{key}).first->second;
    ++row.packets;
    row.bytes += bytes;
  }

  std::vector<Row> rows() const {
    std::vector<Row> rows;
    for (const auto& [key, row] : rows_by_key) rows.push_back(row);
    std::stable_sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
      return left.bytes != right.bytes ? left.bytes > right.bytes : left.packets > right.packets;
    });
    return rows;
  }

  std::map<RankingKey, Row> rows_by_key;
};

}  // namespace

TEST_CASE("a ranking is what a map and a sort make, on random packets") {
  test::Random random(1);
  for (int run = 0; run < 200; ++run) {
    Ranking ranking(random.next());
    Reference reference;
    const std::uint64_t high = random.below(3), low = random.spread(10'000), kind = random.below(3);
    for (std::uint64_t packets = random.below(5'000); packets > 0; --packets) {
      const RankingKey key = {random.below(high + 1), random.below(low + 1),
                              static_cast<std::uint32_t>(random.below(kind + 1))};
      const std::uint64_t bytes = random.below(4) * 500;
      ranking.add(key, bytes);
      reference.add(key, bytes);
    }
    REQUIRE(ranking.rows() == reference.rows());
    REQUIRE(ranking.others() == Row{});
  }
}

TEST_CASE("most bytes come first, then most packets, then the keys as they are") {
  Ranking ranking(1);
  CHECK(ranking.rows().empty());
  ranking.add({0, 9, 0}, 100);
  ranking.add({0, 8, 0}, 100);
  ranking.add({0, 8, 1}, 100);
  ranking.add({1, 0, 0}, 100);
  for (int i = 0; i < 2; ++i) ranking.add(key_of(3), 50);
  ranking.add(key_of(5), 0);
  ranking.add(key_of(4), 101);
  const std::vector<Row> expected = {{{0, 4, 0}, 1, 101}, {{0, 3, 0}, 2, 100}, {{0, 8, 0}, 1, 100},
                                     {{0, 8, 1}, 1, 100}, {{0, 9, 0}, 1, 100}, {{1, 0, 0}, 1, 100},
                                     {{0, 5, 0}, 1, 0}};
  CHECK(ranking.rows() == expected);
}

TEST_CASE("what finds no room is counted together, and nothing else is lost") {
  Ranking ranking(2, 100);
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < 150; ++i) ranking.add(key_of(i), 1000 + i);
  }
  const std::vector<Row> rows = ranking.rows();
  CHECK(rows.size() == 100);
  CHECK(rows.front() == Row{key_of(99), 3, 3 * 1099});
  CHECK(rows.back() == Row{key_of(0), 3, 3 * 1000});
  CHECK(ranking.others().packets == 3 * 50);
  CHECK(ranking.others().bytes == 3 * (50 * 1000 + (100 + 149) * 50 / 2));
  SUBCASE("also where there is no room at all") {
    Ranking none(3, 0);
    for (int i = 0; i < 2; ++i) none.add(key_of(1), 60);
    CHECK(none.rows().empty());
    CHECK(none.others() == Row{{}, 2, 120});
  }
}

TEST_CASE("a million keys are held, and no more") {
  Ranking ranking(4);
  for (std::uint64_t i = 0; i < 1'000'003; ++i) ranking.add({i << 40, i << 20, 7}, i);
  const std::vector<Row> rows = ranking.rows();
  REQUIRE(rows.size() == 1'000'000);
  CHECK(ranking.others().packets == 3);
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const std::uint64_t key = rows.size() - 1 - i;
    REQUIRE(rows[i] == Row{{key << 40, key << 20, 7}, 1, key});
  }
}
