// SPDX-License-Identifier: BSD-2-Clause
#include "base/number.hpp"

#include <cmath>
#include <limits>

#include "support.hpp"

using base::Int128;
using base::nearest_quotient;
using base::Uint128;

namespace {

/// An unsigned integer of 512 bits, in words of 32: enough to compare quotients exactly, and slow.
struct Wide {
  std::array<std::uint32_t, 16> words{};

  static Wide of(Uint128 value) {
    Wide wide;
    for (std::size_t i = 0; i < 4; ++i) wide.words[i] = static_cast<std::uint32_t>(value >> (32 * i));
    return wide;
  }

  Wide times(Uint128 factor) const {
    const Wide other = of(factor);
    Wide product;
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::uint64_t carry = 0;
      for (std::size_t j = 0; i + j < words.size(); ++j) {
        const std::uint64_t sum = std::uint64_t{words[i]} * other.words[j] + product.words[i + j] + carry;
        product.words[i + j] = static_cast<std::uint32_t>(sum);
        carry = sum >> 32;
      }
    }
    return product;
  }

  Wide shifted(int bits) const {
    Wide result = *this;
    for (; bits > 100; bits -= 100) result = result.times(Uint128{1} << 100);
    return result.times(Uint128{1} << bits);
  }

  int compare(const Wide& other) const {
    for (std::size_t i = words.size(); i-- > 0;) {
      if (words[i] != other.words[i]) return words[i] < other.words[i] ? -1 : 1;
    }
    return 0;
  }
};

/// How n/d compares with the middle between `value` and its neighbour `towards`: -1, 0, 1.
int compare_with_middle(Uint128 n, Uint128 d, double value, double towards) {
  const double neighbour = std::nextafter(value, towards);
  int exponent = 0;
  std::frexp(std::max(value, neighbour), &exponent);
  const int shift = 54 - exponent;  // both times 2^shift are whole
  const auto sum =
      static_cast<Uint128>(std::ldexp(value, shift)) + static_cast<Uint128>(std::ldexp(neighbour, shift));
  // n/d against sum / 2^(shift + 1)
  const Wide left = shift + 1 >= 0 ? Wide::of(n).shifted(shift + 1) : Wide::of(n);
  const Wide right = shift + 1 >= 0 ? Wide::of(d).times(sum) : Wide::of(d).times(sum).shifted(-shift - 1);
  return left.compare(right);
}

bool is_even(double value) {
  int exponent = 0;
  return std::fmod(std::ldexp(std::frexp(value, &exponent), 53), 2) == 0;
}

bool is_nearest(Uint128 n, Uint128 d, double value) {
  if (n == 0) return value == 0;
  const int above = compare_with_middle(n, d, value, std::numeric_limits<double>::infinity());
  const int below = compare_with_middle(n, d, value, 0);
  return above <= 0 && below >= 0 && ((above != 0 && below != 0) || is_even(value));
}

}  // namespace

TEST_CASE("quotients") {
  CHECK(nearest_quotient(0, 5) == 0.0);
  CHECK(nearest_quotient(5, 0) == 0.0);
  CHECK(nearest_quotient(0, 0) == 0.0);
  CHECK(nearest_quotient(2767, 40) == 69.175);
  CHECK(nearest_quotient(1, 3) == 1.0 / 3);
  CHECK(nearest_quotient(std::numeric_limits<Uint128>::max(), 1) == std::ldexp(1.0, 128));
  CHECK(nearest_quotient(1, (Uint128{1} << 127) - 1) == std::ldexp(1.0, -127));
  SUBCASE("a tie goes to the even neighbour") {
    const Uint128 odd = (Uint128{1} << 53) + 1;  // the middle of 2^53 and 2^53 + 2
    CHECK(nearest_quotient(odd, 1) == std::ldexp(1.0, 53));
    CHECK(nearest_quotient(odd + 2, 1) == std::ldexp(1.0, 53) + 4);
    CHECK(nearest_quotient(odd * 3, 3) == std::ldexp(1.0, 53));
  }
  SUBCASE("what is a little beyond a tie does not") {
    const Uint128 d = Uint128{1} << 70;
    CHECK(nearest_quotient(((Uint128{1} << 53) + 1) * d + 1, d) == std::ldexp(1.0, 53) + 2);
    CHECK(nearest_quotient(((Uint128{1} << 53) + 1) * d - 1, d) == std::ldexp(1.0, 53));
  }
}

TEST_CASE("the quotient is the nearest double, on random numbers of all sizes") {
  test::Random random(2);
  const auto any = [&] {
    const Uint128 both = (Uint128{random.next()} << 64) | random.next();
    return both >> random.below(127);
  };
  for (int i = 0; i < 20000; ++i) {
    const Uint128 n = any();
    const Uint128 d = (any() >> 1) + 1;
    const double quotient = nearest_quotient(n, d);
    CAPTURE(static_cast<std::uint64_t>(n >> 64));
    CAPTURE(static_cast<std::uint64_t>(n));
    CAPTURE(static_cast<std::uint64_t>(d >> 64));
    CAPTURE(static_cast<std::uint64_t>(d));
    REQUIRE(is_nearest(n, d, quotient));
  }
}

TEST_CASE("the check of nearness knows what is not nearest") {
  CHECK(is_nearest(1, 3, 1.0 / 3));
  CHECK_FALSE(is_nearest(1, 3, std::nextafter(1.0 / 3, 1.0)));
  CHECK_FALSE(is_nearest(1, 3, std::nextafter(1.0 / 3, 0.0)));
  CHECK_FALSE(is_nearest((Uint128{1} << 53) + 1, 1, std::ldexp(1.0, 53) + 2));
}

TEST_CASE("floored quotients") {
  CHECK(base::floor_quotient(7, 2) == 3);
  CHECK(base::floor_quotient(-7, 2) == -4);
  CHECK(base::floor_quotient(-8, 2) == -4);
  CHECK(base::floor_quotient(0, 2) == 0);
  CHECK(base::floor_quotient(-1, 1'000'000'000) == -1);
  CHECK(base::floor_quotient(Int128{std::numeric_limits<std::int64_t>::min()} * 3, 3) ==
        std::numeric_limits<std::int64_t>::min());
}
