// SPDX-License-Identifier: BSD-2-Clause
#include "stats/rates.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

#include "base/histogram.hpp"
#include "support.hpp"

using stats::Rates;

namespace {

/// The quantile of a sorted list.
double reference_quantile(const std::vector<double>& sorted, unsigned percent) {
  return sorted.empty() ? 0 : sorted[base::nearest_rank(percent, sorted.size()) - 1];
}

/// Never below the list's quantile, and by at most this part of it above.
void check_quantiles(Rates& rates, std::vector<double> values, double error_most) {
  std::sort(values.begin(), values.end());
  REQUIRE(rates.intervals() == values.size());
  REQUIRE(rates.most() == (values.empty() ? 0 : values.back()));
  for (unsigned percent = 0; percent <= 100; ++percent) {
    const double exact = reference_quantile(values, percent);
    CAPTURE(percent);
    REQUIRE(rates.quantile(percent) >= exact);
    REQUIRE(rates.quantile(percent) <= exact * (1 + error_most));
  }
}

}  // namespace

TEST_CASE("rates of no interval are 0") {
  Rates rates;
  check_quantiles(rates, {}, 0);
  rates.add(5, 0);
  check_quantiles(rates, {}, 0);
  CHECK(rates.quantile(50) == 0.0);
}

TEST_CASE("what is no rate counts as 0") {
  Rates none;
  none.add(std::numeric_limits<double>::quiet_NaN());
  CHECK(none.quantile(50) == 0.0);
  Rates rates;
  rates.add(-1);
  rates.add(std::numeric_limits<double>::quiet_NaN());
  rates.add(-0.0);
  CHECK(rates.intervals() == 3);
  CHECK(rates.most() == 0.0);
  CHECK(rates.quantile(100) == 0.0);
  CHECK_FALSE(std::signbit(rates.quantile(1)));
}

TEST_CASE("quantiles are those of a sorted list, exactly, also when more follow") {
  test::Random random(60);
  for (int run = 0; run < 300; ++run) {
    Rates rates;
    std::vector<double> values;
    const std::uint64_t different = 1 + random.spread(1'000'000'000'000);
    for (int part = 0; part < 3; ++part) {
      for (std::uint64_t i = random.below(30); i-- > 0;) {
        const double bps = static_cast<double>(random.below(different)) / 7;
        const std::uint64_t count = random.spread(20);
        rates.add(bps, count);
        values.insert(values.end(), count, bps);
      }
      check_quantiles(rates, values, 0);
    }
  }
}

TEST_CASE("long stretches of empty intervals take no memory and count") {
  Rates rates;
  for (int i = 0; i < 1000; ++i) rates.add(0, 1'000'000'000'000'000);
  rates.add(8, 1'000'000'000'000'000'000);
  CHECK(rates.intervals() == 2'000'000'000'000'000'000);
  CHECK(rates.quantile(50) == 0.0);
  CHECK(rates.quantile(51) == 8.0);
}

TEST_CASE("half a million different rates in any number of intervals stay exact") {
  test::Random random(61);
  Rates rates;
  std::vector<double> values;
  for (int i = 0; i < 1'600'000; ++i) {
    values.push_back(static_cast<double>(random.below(500'000)) / 3);
    rates.add(values.back());
  }
  check_quantiles(rates, values, 0);
}

TEST_CASE("beyond, they are at most 0.013 per cent too high") {
  test::Random random(62);
  Rates rates;
  std::vector<double> values;
  for (int i = 0; i < 1'600'000; ++i) {
    values.push_back(static_cast<double>(random.spread(10'000'000'000'000)) / 1000);
    rates.add(values.back());
  }
  check_quantiles(rates, values, 0.00013);
  std::sort(values.begin(), values.end());
  CHECK(rates.quantile(50) != reference_quantile(values, 50));  // it did not keep them all
}

TEST_CASE("even numbers of all sizes need no more room") {
  test::Random random(63);
  Rates rates;
  std::vector<double> values;
  for (int i = 0; i < 1'300'000; ++i) {
    const auto bps = std::bit_cast<double>(random.next() >> 1);
    if (!std::isnormal(bps)) continue;
    values.push_back(bps);
    rates.add(bps);
  }
  check_quantiles(rates, values, 1.0 / 128);
  CHECK(std::isfinite(rates.quantile(100)));
}
