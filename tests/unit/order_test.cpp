// SPDX-License-Identifier: BSD-2-Clause
// Keys to sort by, against the obvious comparison of what they stand for.
#include "report/order.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "support.hpp"

using report::sort_key;
using report::Value;

namespace {

/// Every pair is in the order that `is_less` has it in, and what is equal has the same key.
template <typename Thing>
void check_pairs(const std::vector<Thing>& things, const std::function<Value(const Thing&)>& value_of,
                 const std::function<bool(const Thing&, const Thing&)>& is_less) {
  for (const Thing& left : things) {
    for (const Thing& right : things) {
      const auto left_key = sort_key(value_of(left)), right_key = sort_key(value_of(right));
      REQUIRE((left_key < right_key) == is_less(left, right));
      REQUIRE((left_key == right_key) == (!is_less(left, right) && !is_less(right, left)));
    }
    REQUIRE(sort_key(Value::nothing()) < sort_key(value_of(left)));
  }
}

}  // namespace

TEST_CASE("counts are sorted by size, behind what there is nothing of") {
  test::Random random(1);
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  std::vector<std::uint64_t> counts{0, 1, 2, most, most - 1, std::uint64_t{1} << 63};
  for (int i = 0; i < 100; ++i) counts.push_back(random.spread(most));
  check_pairs<std::uint64_t>(counts, Value::of_count, std::less<>());
  check_pairs<bool>(std::vector<bool>{false, true}, Value::of_flag, std::less<>());
}

TEST_CASE("reals are sorted by size, also below zero") {
  test::Random random(2);
  std::vector<double> reals{0, 1, -1, 0.5, 1e300, -1e300, 5e-324, -5e-324};
  for (int i = 0; i < 100; ++i) {
    reals.push_back((static_cast<double>(random.below(1'000'000)) - 500'000) / 1000);
  }
  check_pairs<double>(reals, Value::of_real, std::less<>());
}

TEST_CASE("times and lengths are sorted by size, also those before 1970 and of half a nanosecond") {
  test::Random random(3);
  constexpr base::Int128 most = base::Int128{1} << 68;
  std::vector<base::Int128> times{0, 1, -1, most, -most, most - 1, 1 - most};
  for (int i = 0; i < 100; ++i) {
    const auto time = static_cast<base::Int128>(random.spread(std::uint64_t{1} << 63));
    times.push_back(random.below(2) == 0 ? time : -time);
  }
  check_pairs<base::Int128>(times, Value::of_time, std::less<>());
  check_pairs<base::Int128>(times, Value::of_seconds, std::less<>());
}

TEST_CASE("words are sorted by their first 24 bytes") {
  test::Random random(4);
  std::vector<std::string> words{"a", "b", "ab", "aa", "Z", "東京", "\xff", "\x01", std::string(24, 'x')};
  for (int i = 0; i < 100; ++i) {
    std::string& word = words.emplace_back("w");
    for (auto count = random.below(23); count > 0; --count) word += static_cast<char>('a' + random.below(3));
  }
  check_pairs<std::string>(
      words, [](const std::string& word) { return Value::of_text(word); }, std::less<>());
  const std::string common(24, 'x');
  CHECK(sort_key(Value::of_text(common + "a")) == sort_key(Value::of_text(common + "b")));
  CHECK(sort_key(Value::of_text("")) == sort_key(Value::nothing()));
}

TEST_CASE("addresses are sorted by their bits, IPv4 before IPv6, endpoints by their ports then") {
  test::Random random(5);
  std::vector<packet::Address> addresses{{0, 0, false},
                                         {0, 0xffff'ffff, false},
                                         {0, 0, true},
                                         {0, 1, true},
                                         {~std::uint64_t{0}, ~std::uint64_t{0}, true},
                                         {1, 0, true}};
  for (int i = 0; i < 30; ++i) {
    addresses.push_back({0, random.below(1U << 31), false});
    addresses.push_back({random.spread(~std::uint64_t{0}), random.spread(~std::uint64_t{0}), true});
  }
  using packet::Address;
  const auto tuple_of = [](const Address& address) {
    return std::tuple(address.is_ipv6, address.high, address.low);
  };
  check_pairs<Address>(addresses, Value::of_address, [&](const Address& left, const Address& right) {
    return tuple_of(left) < tuple_of(right);
  });
  using Endpoint = std::pair<Address, std::uint16_t>;
  std::vector<Endpoint> ends;
  for (const Address& address : addresses) {
    for (const int port : {0, 80, 65535}) ends.emplace_back(address, static_cast<std::uint16_t>(port));
  }
  check_pairs<Endpoint>(
      ends, [](const Endpoint& end) { return Value::of_endpoint(end.first, end.second); },
      [&](const Endpoint& left, const Endpoint& right) {
        return std::pair(tuple_of(left.first), left.second) < std::pair(tuple_of(right.first), right.second);
      });
}
