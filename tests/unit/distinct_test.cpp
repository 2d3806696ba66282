// SPDX-License-Identifier: BSD-2-Clause
#include "stats/distinct.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "support.hpp"

using packet::Address;
using stats::Distinct;

namespace {

constexpr double standard_error = 0.0081;

Address ipv4(std::uint64_t number) { return {0, number, false}; }
Address ipv6(std::uint64_t high, std::uint64_t low) { return {high, low, true}; }

/// The errors of one count under many seeds, relative to it.
struct Errors {
  void add(std::uint64_t counted, std::uint64_t expected) {
    const double error = static_cast<double>(counted) / static_cast<double>(expected) - 1;
    ++seeds;
    sum += error;
    squares += error * error;
    far += std::abs(error) > 3 * standard_error ? 1U : 0U;
  }
  /// No bias, the error that is claimed, and only few far from it: a normal distribution has 0.3 %.
  void check() const {
    const double deviation = std::sqrt(squares / seeds);
    CAPTURE(deviation);
    CHECK(std::abs(sum / seeds) < 3 * standard_error / std::sqrt(seeds));
    CHECK(deviation < standard_error * (1 + 3 / std::sqrt(2 * seeds)));
    CHECK(far <= 1 + seeds / 100);
  }

  double seeds = 0, sum = 0, squares = 0, far = 0;
};

using AddressOf = std::function<Address(std::uint64_t)>;

struct Kind {
  const char* name;
  AddressOf address_of;
};

std::uint64_t count(std::uint64_t seed, std::uint64_t addresses, const AddressOf& address_of) {
  Distinct distinct(seed);
  for (std::uint64_t i = 0; i < addresses; ++i) distinct.add(address_of(i));
  return distinct.count();
}

}  // namespace

TEST_CASE("up to 4,096 addresses are counted exactly, however often each comes") {
  test::Random random(1);
  for (int run = 0; run < 20; ++run) {
    Distinct distinct(random.next());
    CHECK(distinct.count() == 0);
    std::vector<Address> addresses;
    for (std::uint64_t i = 0; i < Distinct::exact_most; ++i) {
      // The same numbers as IPv4 and as IPv6 are two addresses.
      addresses.push_back(i % 4 < 2 ? Address{0, i / 4, i % 2 == 1} : ipv6(random.next(), i));
      distinct.add(addresses.back());
      distinct.add(addresses[random.below(addresses.size())]);
      REQUIRE(distinct.count() == addresses.size());
    }
    for (const Address& address : addresses) distinct.add(address);
    CHECK(distinct.count() == 4096);
    distinct.add(ipv4(0xffffffff));
    CHECK(distinct.count() >= 4097);
    CHECK(distinct.count() < 4096 * (1 + 4 * standard_error));
  }
}

TEST_CASE("over 1,000 seeds the estimate has no bias and the standard error that is claimed") {
  // 41,000: where simpler formulas are 2 % too high.
  const std::vector<std::uint64_t> at = {5'000, 20'000, 41'000, 60'000, 82'000, 100'000};
  std::vector<Errors> errors(at.size());
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Distinct distinct(seed);
    std::uint64_t added = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
      for (; added < at[i]; ++added) distinct.add(ipv4(0x0a000000 + added));
      errors[i].add(distinct.count(), added);
    }
  }
  for (std::size_t i = 0; i < at.size(); ++i) {
    CAPTURE(at[i]);
    errors[i].check();
  }
}

TEST_CASE("the error of a million addresses is the same, of any kind of them") {
  const std::vector<Kind> kinds = {
      {"one after the other", [](std::uint64_t i) { return ipv4(i); }},
      {"the first of each /28", [](std::uint64_t i) { return ipv4(i << 4); }},
      {"one in each /64", [](std::uint64_t i) { return ipv6(0x20010db800000000 + i, 1); }},
      {"one in each /36", [](std::uint64_t i) { return ipv6(i << 28, 0); }},
      {"numbers that are IPv4 and IPv6 addresses",
       [](std::uint64_t i) {
         return Address{0, i / 2, i % 2 == 1};
       }},
      {"one network", [](std::uint64_t i) { return ipv6(0x20010db800000000, i << 40); }}};
  for (const Kind& kind : kinds) {
    CAPTURE(kind.name);
    Errors errors;
    for (std::uint64_t seed = 0; seed < 20; ++seed)
      errors.add(count(seed, 1'000'000, kind.address_of), 1'000'000);
    errors.check();
  }
}

TEST_CASE("neither the order of the addresses nor how often they come makes a difference") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    for (const std::uint64_t addresses : {4'097U, 100'000U}) {
      const auto forward = [](std::uint64_t i) { return ipv4(i); };
      const auto backward = [&](std::uint64_t i) { return ipv4(addresses - 1 - i); };
      const auto twice = [&](std::uint64_t i) { return ipv4(i % addresses); };
      const std::uint64_t counted = count(seed, addresses, forward);
      REQUIRE(count(seed, addresses, backward) == counted);
      REQUIRE(count(seed, 2 * addresses, twice) == counted);
    }
  }
}

TEST_CASE("addresses chosen to be counted wrong under one seed are counted right under another") {
  const base::Hash known(1);
  std::vector<Address> chosen;
  for (std::uint64_t i = 0; chosen.size() < 20'000; ++i) {
    if (known(0, i, 0) >> 58 == 0) chosen.push_back(ipv4(i));
  }
  const auto address_of = [&](std::uint64_t i) { return chosen[i]; };
  CHECK(count(1, chosen.size(), address_of) < 5'000);
  Errors errors;
  for (std::uint64_t seed = 2; seed < 100; ++seed) {
    errors.add(count(seed, chosen.size(), address_of), chosen.size());
  }
  errors.check();
}
