// SPDX-License-Identifier: BSD-2-Clause
// What the table is made of: the index, the lists, the slab.
#include <algorithm>
#include <list>
#include <map>
#include <set>
#include <unordered_map>

#include "flow/index.hpp"
#include "flow/lists.hpp"
#include "flow/slab.hpp"
#include "support.hpp"

using flow::Index;
using flow::Lists;
using flow::Slab;

namespace {

using Reference = std::unordered_multimap<std::uint64_t, std::uint32_t>;

/// An index that is rebuilt when it is full, as the table does.
class Rebuilt {
 public:
  void insert(std::uint64_t hash, std::uint32_t number) {
    if (index.is_full()) {
      index.rebuild();
      ++rebuilds;
      for (const auto& [each, of_it] : all) index.insert(each, of_it);
    }
    index.insert(hash, number);
    all.emplace(hash, number);
  }
  void erase(Reference::iterator place) {
    index.erase(place->first, place->second);
    all.erase(place);
  }
  bool has(std::uint64_t hash, std::uint32_t number) const {
    return index.find(hash, [=](std::uint32_t each) { return each == number; }) == number;
  }

  Index index;
  Reference all;
  std::size_t rebuilds = 0;
};

/// Few different ones, many of which meet in the same slots, also around the last one.
std::uint64_t crowded_hash(test::Random& random) {
  return ((random.below(8) - 4) & 0xffff) | random.below(3) << 56 | random.below(2) << 30;
}

void churn(Rebuilt& rebuilt, test::Random& random, std::size_t steps, std::size_t held_most,
           std::uint64_t (*hash_of)(test::Random&)) {
  std::uint32_t next = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    const bool grows = rebuilt.all.empty() || (rebuilt.all.size() < held_most && random.below(100) < 52);
    if (grows) {
      rebuilt.insert(hash_of(random), next++);
    } else {
      rebuilt.erase(std::next(rebuilt.all.begin(), static_cast<long>(random.below(
                                                       std::min<std::size_t>(rebuilt.all.size(), 20)))));
    }
    const std::uint64_t hash = hash_of(random);
    std::set<std::uint32_t> expected, found;
    const auto [begin, end] = rebuilt.all.equal_range(hash);
    for (auto each = begin; each != end; ++each) expected.insert(each->second);
    rebuilt.index.find(hash, [&](std::uint32_t number) { return found.insert(number), false; });
    REQUIRE(std::ranges::includes(found, expected));
  }
  for (const auto& [hash, number] : rebuilt.all) REQUIRE(rebuilt.has(hash, number));
}

}  // namespace

TEST_CASE("an index finds what is in it, and nothing else") {
  test::Random random(1);
  SUBCASE("with hashes that crowd in a few slots") {
    Rebuilt rebuilt;
    churn(rebuilt, random, 20'000, 300, crowded_hash);
  }
  SUBCASE("while it grows") {
    Rebuilt rebuilt;
    churn(rebuilt, random, 200'000, 20'000, [](test::Random& any) { return any.next(); });
    CHECK(rebuilt.rebuilds >= 1);
  }
  SUBCASE("and when all are gone") {
    Rebuilt rebuilt;
    for (std::uint32_t number = 0; number < 3000; ++number) rebuilt.insert(crowded_hash(random), number);
    while (!rebuilt.all.empty()) rebuilt.erase(rebuilt.all.begin());
    for (int i = 0; i < 1000; ++i) CHECK(rebuilt.index.likely(crowded_hash(random)) == Index::none);
  }
}

TEST_CASE("an index holds the first number and the last, whatever the hash") {
  for (const std::uint64_t hash : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 56}) {
    Index index;
    const std::array<std::uint32_t, 4> numbers = {0, 1, 2, Index::numbers_most - 1};
    for (const std::uint32_t number : numbers) index.insert(hash, number);
    for (const std::uint32_t number : numbers) {
      CHECK(index.find(hash, [=](std::uint32_t each) { return each == number; }) == number);
    }
    index.erase(hash, 0);
    CHECK(index.find(hash, [](std::uint32_t each) { return each == 0; }) == Index::none);
    CHECK(index.likely(hash) == 1);
  }
}

TEST_CASE("what was erased is no reason to rebuild an index again and again, or to make it larger") {
  test::Random random(2);
  Rebuilt rebuilt;
  std::list<Reference::iterator> oldest_first;
  const auto insert = [&](std::uint32_t number) {
    const std::uint64_t hash = random.next();
    rebuilt.insert(hash, number);
    const auto [begin, end] = rebuilt.all.equal_range(hash);
    oldest_first.push_back(std::find_if(begin, end, [&](const auto& each) { return each.second == number; }));
  };
  for (std::uint32_t number = 0; number < 2000; ++number) insert(number);
  for (std::uint32_t number = 2000; number < 500'000; ++number) {
    rebuilt.erase(oldest_first.front());
    oldest_first.pop_front();
    insert(number);
  }
  // Places are used again: fewer than one for each 1,584 that are free. Were it larger, there were hardly any.
  CHECK(rebuilt.rebuilds < 150);
  CHECK(rebuilt.rebuilds > 40);
}

TEST_CASE("lists keep their order") {
  constexpr std::uint32_t numbers = 70'000;  // several chunks of links
  test::Random random(3);
  Lists lists;
  std::array<std::list<std::uint32_t>, Lists::lists_most> reference;
  std::map<std::uint32_t, std::pair<std::size_t, std::list<std::uint32_t>::iterator>> places;
  for (int step = 0; step < 200'000; ++step) {
    const auto number = static_cast<std::uint32_t>(
        random.below(2) == 0 ? random.below(20) : numbers - 1 - random.spread(numbers - 1));
    const std::size_t list = random.below(Lists::lists_most);
    const auto place = places.find(number);
    if (place == places.end()) {
      lists.append(list, number);
      places[number] = {list, reference[list].insert(reference[list].end(), number)};
    } else if (auto& [its_list, its_place] = place->second; random.below(3) == 0) {
      lists.remove(its_list, number);
      reference[its_list].erase(its_place);
      places.erase(place);
    } else {
      lists.move_to_end(its_list, number);
      reference[its_list].splice(reference[its_list].end(), reference[its_list], its_place);
    }
    const std::size_t any = random.below(Lists::lists_most);
    REQUIRE(lists.size(any) == reference[any].size());
    REQUIRE(lists.first(any) == (reference[any].empty() ? Lists::none : reference[any].front()));
  }
  for (std::size_t list = 0; list < Lists::lists_most; ++list) {
    for (const std::uint32_t number : reference[list]) {
      REQUIRE(lists.first(list) == number);
      lists.remove(list, number);
    }
    CHECK(lists.first(list) == Lists::none);
    CHECK(lists.size(list) == 0);
  }
}

TEST_CASE("a slab gives numbers of connections that are all zeros, and never moves one") {
  constexpr std::uint32_t count = 70'000;  // several chunks
  Slab slab;
  std::vector<const flow::Connection*> at;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t number = slab.take();
    REQUIRE(number == i);
    flow::Connection& connection = slab[number];
    connection.key.words = {i, 2, 3, 4, 5, 6};
    connection.begin = connection.end = connection.first_byte = -1;
    connection.directions[1].next_sequence = 7;
    at.push_back(&connection);
  }
  test::Random random(4);
  std::set<std::uint32_t> free;
  for (int i = 0; i < 20'000; ++i) free.insert(static_cast<std::uint32_t>(random.below(count)));
  for (const std::uint32_t number : free) slab.give_back(number);
  for (std::uint32_t number = 0; number < count; ++number) {
    REQUIRE((slab[number].key == flow::Key{}) == (free.count(number) == 1));
  }
  CHECK(slab.limit() == count);
  const flow::Connection zeros{};
  for (std::size_t i = free.size(); i > 0; --i) {
    const std::uint32_t number = slab.take();
    REQUIRE(free.erase(number) == 1);
    REQUIRE(std::memcmp(&slab[number], &zeros, sizeof zeros) == 0);
  }
  CHECK(slab.take() == count);
  for (std::uint32_t number = 0; number < count; ++number) REQUIRE(&slab[number] == at[number]);
}
