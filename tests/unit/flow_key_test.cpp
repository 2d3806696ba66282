// SPDX-License-Identifier: BSD-2-Clause
#include "flow/key.hpp"

#include <cmath>
#include <unordered_map>

#include "support.hpp"

using flow::Endpoint;
using flow::Key;

namespace {

Key key_of(const Endpoint& from, const Endpoint& to, std::uint8_t protocol = test::tcp) {
  Key key;
  key.set({from.address, to.address}, from.port, to.port, protocol);
  return key;
}

Endpoint random_end(test::Random& random) {
  const bool is_ipv6 = random.below(2) == 0;
  // Few, so that some are equal in part.
  return {{is_ipv6 ? random.below(3) : 0, random.below(3), is_ipv6},
          static_cast<std::uint16_t>(random.below(3))};
}

/// Pearson's chi-squared of so many hashes over 2^12 buckets, in standard deviations from its mean.
template <typename KeyOf>
double deviation(std::uint64_t seed, unsigned shift, KeyOf key_of_number) {
  constexpr std::size_t buckets = 1 << 12, keys = buckets * 16;
  const base::Hash hash(seed);
  std::vector<double> counts(buckets);
  for (std::uint32_t i = 0; i < keys; ++i) {
    ++counts[(hash_of(hash, key_of_number(i)) >> shift) % buckets];
  }
  const double expected = static_cast<double>(keys) / buckets;
  double sum = 0;
  for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
  const double freedom = buckets - 1;
  return (sum - freedom) / std::sqrt(2 * freedom);
}

Endpoint ipv4(std::uint32_t address, std::uint32_t port) {
  return {{0, address, false}, static_cast<std::uint16_t>(port)};
}
Endpoint ipv6(std::uint64_t high, std::uint64_t low, std::uint32_t port) {
  return {{high, low, true}, static_cast<std::uint16_t>(port)};
}

struct Family {
  std::string name;
  Key (*key_of_number)(std::uint32_t);
};

constexpr std::uint64_t prefix = 0x20010db800000000;
const std::vector<Family> families = {
    Family{"addresses in order", [](std::uint32_t i) { return key_of(ipv4(i, 1024), ipv4(0x0a000001, 80)); }},
    Family{"ports in order", [](std::uint32_t i) { return key_of(ipv4(1, i), ipv4(2, 80)); }},
    Family{"both ports", [](std::uint32_t i) { return key_of(ipv4(1, i >> 8), ipv4(2, i & 255)); }},
    Family{"the same exclusive or of both addresses",
           [](std::uint32_t i) { return key_of(ipv4(i, 5), ipv4(i ^ 0x5a5a5a5a, 5)); }},
    Family{
        "the same exclusive or, IPv6",
        [](std::uint32_t i) { return key_of(ipv6(i, i, 5), ipv6(~std::uint64_t{i}, ~std::uint64_t{i}, 5)); }},
    Family{"the same sum of both addresses",
           [](std::uint32_t i) { return key_of(ipv4(i, 5), ipv4(0x80000000 - i, 5)); }},
    Family{"equal addresses", [](std::uint32_t i) { return key_of(ipv4(i, 1), ipv4(i, 2)); }},
    Family{"one network of 64 bits",
           [](std::uint32_t i) { return key_of(ipv6(prefix, i, 5), ipv6(prefix, 1, 80)); }},
    Family{"one network of 64 bits, both ends",
           [](std::uint32_t i) { return key_of(ipv6(prefix, i, 5), ipv6(prefix, i, 80)); }},
    Family{"networks in order",
           [](std::uint32_t i) { return key_of(ipv6(prefix + i, 1, 5), ipv6(prefix, 1, 80)); }},
    Family{"high bits only",
           [](std::uint32_t i) { return key_of(ipv6(std::uint64_t{i} << 48, 1, 5), ipv6(0, 1, 80)); }},
    Family{"high bits of the low half",
           [](std::uint32_t i) { return key_of(ipv6(1, std::uint64_t{i} << 48, 5), ipv6(0, 1, 80)); }},
};

}  // namespace

TEST_CASE("a key is the same in both directions, and tells which one") {
  test::Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Endpoint one = random_end(random);
    Endpoint other = random_end(random);
    other.address.is_ipv6 = one.address.is_ipv6;
    if (!other.address.is_ipv6) other.address.high = 0;
    Key there, back;
    const bool is_swapped = there.set({one.address, other.address}, one.port, other.port, test::tcp);
    const bool is_back_swapped = back.set({other.address, one.address}, other.port, one.port, test::tcp);
    REQUIRE(there == back);
    REQUIRE((one == other || is_swapped != is_back_swapped));
    REQUIRE(there.end(is_swapped) == one);
    REQUIRE(there.end(!is_swapped) == other);
    REQUIRE(there.protocol() == test::tcp);
  }
}

TEST_CASE("keys of different connections are different") {
  const Endpoint one = ipv4(1, 10), other = ipv4(2, 20);
  const Key key = key_of(one, other);
  CHECK(key != key_of(one, other, test::udp));
  CHECK(key != key_of(ipv4(1, 20), ipv4(2, 10)));  // the same ports, the other way round
  CHECK(key != key_of(ipv4(1, 11), other));
  CHECK(key != key_of(ipv4(3, 10), other));
  CHECK(key != key_of({{0, 1, true}, 10}, {{0, 2, true}, 20}));  // IPv6 of the same number
  Key in_vlan = key, on_interface = key;
  in_vlan.add_vlan(4095);
  on_interface.add_interface(0);
  CHECK(key != in_vlan);
  CHECK(key != on_interface);
  CHECK(in_vlan.end(false) == one);
  CHECK(in_vlan.end(true) == other);
  CHECK(in_vlan.protocol() == test::tcp);
  CHECK_FALSE(in_vlan.is_ipv6());
}

TEST_CASE("chosen addresses and ports fall into the places of an index as evenly as random ones") {
  for (const Family& family : families) {
    CAPTURE(family.name);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      CAPTURE(seed);
      for (const unsigned shift : {0U, 8U, 52U}) {  // where it looks first; its tag
        // More even than by chance is no harm.
        REQUIRE(deviation(seed, shift, family.key_of_number) < 6);
      }
    }
  }
}

TEST_CASE("no two of 100,000 chosen keys have the same hash") {
  const base::Hash hash(5);
  for (const Family& family : families) {
    CAPTURE(family.name);
    std::unordered_map<std::uint64_t, Key> hashes;
    for (std::uint32_t i = 0; i < 100'000; ++i) {
      const Key key = family.key_of_number(i);
      const auto [place, is_new] = hashes.try_emplace(hash_of(hash, key), key);
      if (!is_new) REQUIRE(place->second == key);  // ports have 16 bits
    }
  }
}

TEST_CASE("each bit of a key changes each bit of its hash about half of the time") {
  constexpr unsigned rounds = 2000;
  test::Random random(7);
  const base::Hash hash(random.next());
  for (unsigned from = 0; from < 384; ++from) {
    std::array<unsigned, 64> changed{};
    for (unsigned round = 0; round < rounds; ++round) {
      Key key;
      for (std::uint64_t& word : key.words) word = random.next();
      const std::uint64_t before = hash_of(hash, key);
      key.words[from / 64] ^= std::uint64_t{1} << (from % 64);
      const std::uint64_t difference = before ^ hash_of(hash, key);
      for (unsigned to = 0; to < 64; ++to) changed[to] += static_cast<unsigned>(difference >> to) & 1;
    }
    CAPTURE(from);
    for (const unsigned count : changed) {
      REQUIRE(count > rounds / 2 - 400);
      REQUIRE(count < rounds / 2 + 150);
    }
  }
}
