// SPDX-License-Identifier: BSD-2-Clause
#include "base/histogram.hpp"

#include <algorithm>
#include <vector>

#include "support.hpp"

using base::Histogram;

namespace {

/// The smallest value of a sorted list that at least `percent` per cent of it do not exceed, by counting.
std::uint64_t reference_quantile(const std::vector<std::uint64_t>& sorted, unsigned percent) {
  for (const std::uint64_t value : sorted) {
    const auto count =
        static_cast<std::uint64_t>(std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin());
    if (count * 100 >= sorted.size() * percent) return value;
  }
  return 0;
}

/// 0 to `count` - 1 random values of up to 64 bits, sorted.
std::vector<std::uint64_t> random_values(test::Random& random, std::uint64_t count) {
  std::vector<std::uint64_t> values(random.below(count));
  const std::uint64_t most = ~std::uint64_t{0} >> random.below(64);
  for (std::uint64_t& value : values) value = random.spread(most);
  std::sort(values.begin(), values.end());
  return values;
}

void check_quantiles(const Histogram& histogram, const std::vector<std::uint64_t>& sorted,
                     unsigned exact_bits) {
  REQUIRE(histogram.total() == sorted.size());
  REQUIRE(histogram.most() == (sorted.empty() ? 0 : sorted.back()));
  for (const unsigned percent : {0U, 1U, 5U, 25U, 50U, 75U, 90U, 95U, 99U, 100U}) {
    const std::uint64_t exact = reference_quantile(sorted, percent);
    const std::uint64_t found = histogram.quantile(percent);
    CAPTURE(exact);
    CAPTURE(percent);
    REQUIRE(found >= exact);
    REQUIRE(found <= histogram.most());
    REQUIRE(found - exact <= (exact >> (exact_bits - 1)));
    if (exact >> exact_bits == 0) REQUIRE(found == exact);
  }
}

}  // namespace

TEST_CASE("the nearest rank is a whole number from 1 to the total") {
  CHECK(base::nearest_rank(50, 0) == 0);
  CHECK(base::nearest_rank(0, 10) == 1);
  CHECK(base::nearest_rank(50, 10) == 5);
  CHECK(base::nearest_rank(51, 10) == 6);
  CHECK(base::nearest_rank(95, 20) == 19);
  CHECK(base::nearest_rank(99, 1) == 1);
  CHECK(base::nearest_rank(100, 7) == 7);
  CHECK(base::nearest_rank(200, 7) == 7);
  CHECK(base::nearest_rank(99, ~std::uint64_t{0}) == 18'262'276'632'972'456'099U);
}

TEST_CASE("a histogram without values answers 0") {
  Histogram histogram(11);
  CHECK(histogram.total() == 0);
  CHECK(histogram.most() == 0);
  CHECK(histogram.quantile(50) == 0);
  histogram.add(7, 0);
  CHECK(histogram.total() == 0);
  CHECK(histogram.most() == 0);
  CHECK(histogram.quantile(100) == 0);
}

TEST_CASE("small values are exact, large ones have buckets of their octave") {
  Histogram histogram(4);  // 8 buckets an octave
  for (std::uint64_t value = 0; value < 16; ++value) histogram.add(value);
  for (unsigned rank = 1; rank <= 16; ++rank) CHECK(histogram.quantile(rank * 100 / 16) == rank - 1);
  SUBCASE("of a bucket its highest value is told") {
    histogram.add(32, 1000);  // 32 to 35
    histogram.add(1'000'000);
    CHECK(histogram.quantile(50) == 35);
  }
  SUBCASE("but nothing above the largest value") {
    histogram.add(33, 1000);
    CHECK(histogram.quantile(50) == 33);
  }
  SUBCASE("up to the largest number there is") {
    histogram.add(~std::uint64_t{0}, 1000);
    CHECK(histogram.quantile(50) == ~std::uint64_t{0});
    CHECK(histogram.most() == ~std::uint64_t{0});
  }
}

TEST_CASE("quantiles are those of a sorted list, at most one bucket too high") {
  test::Random random(20);
  for (int run = 0; run < 500; ++run) {
    const auto exact_bits = static_cast<unsigned>(1 + random.below(12));
    const std::vector<std::uint64_t> values = random_values(random, 100);
    Histogram histogram(exact_bits);
    CAPTURE(exact_bits);
    for (const std::uint64_t value : values) histogram.add(value);
    check_quantiles(histogram, values, exact_bits);
  }
}

TEST_CASE("bits out of range count as the nearest") {
  Histogram none(0), many(64);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    none.add(value);
    many.add(value);
  }
  CHECK(none.quantile(34) == 1);
  CHECK(many.quantile(34) == 1);
  CHECK(many.quantile(100) == ~std::uint64_t{0});
}
