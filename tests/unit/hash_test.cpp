// SPDX-License-Identifier: BSD-2-Clause
#include "base/hash.hpp"

#include <algorithm>
#include <set>

#include "support.hpp"

using base::Hash;

namespace {

using Words = std::array<std::uint64_t, 3>;

std::uint64_t hash_of(const Hash& hash, const Words& words) { return hash(words[0], words[1], words[2]); }

}  // namespace

TEST_CASE("each bit of the words changes each bit of the hash about half of the time") {
  constexpr unsigned rounds = 4000;  // give or take 32 by chance
  test::Random random(1);
  const Hash hash(random.next());
  for (unsigned from = 0; from < 192; ++from) {
    std::array<unsigned, 64> changed{};
    for (unsigned round = 0; round < rounds; ++round) {
      Words words = {random.next(), random.next(), random.next()};
      const std::uint64_t before = hash_of(hash, words);
      words[from / 64] ^= std::uint64_t{1} << (from % 64);
      const std::uint64_t difference = before ^ hash_of(hash, words);
      for (unsigned to = 0; to < 64; ++to) changed[to] += static_cast<unsigned>(difference >> to) & 1;
    }
    CAPTURE(from);
    const bool is_mixed_once = from >= 128;
    REQUIRE(*std::min_element(changed.begin(), changed.end()) > rounds / 2 - (is_mixed_once ? 500 : 200));
    REQUIRE(*std::max_element(changed.begin(), changed.end()) < rounds / 2 + 200);
  }
}

TEST_CASE("another seed, or words in another order, are another hash") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const Hash hash(seed);
    for (const Words& words : {Words{0, 0, 0}, {0, 0, 1}, {0, 1, 0}, {1, 0, 0}}) {
      hashes.insert(hash_of(hash, words));
    }
  }
  CHECK(hashes.size() == 4000);
  CHECK(Hash(7)(1, 2, 3) == Hash(7)(1, 2, 3));
}

TEST_CASE("a search of an open table begins at the place of the hash and goes on at the front") {
  std::vector<int> slots = {0, 1, 2, 0};
  const auto is_free = [](int slot) { return slot == 0; };
  CHECK(&base::probe(slots, 0, is_free) == &slots[0]);
  CHECK(&base::probe(slots, 5, is_free) == &slots[3]);
  CHECK(&base::probe(slots, 7, [](int slot) { return slot == 2; }) == &slots[2]);
}
