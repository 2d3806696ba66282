// SPDX-License-Identifier: BSD-2-Clause
#include "base/number.hpp"

#include <cmath>

namespace base {

double nearest_quotient(Uint128 numerator, Uint128 denominator) {
  constexpr Uint128 exact_limit = Uint128{1} << 53;  // integers up to here are doubles
  if (denominator == 0) return 0.0;
  if (numerator <= exact_limit && denominator <= exact_limit) {
    return static_cast<double>(numerator) / static_cast<double>(denominator);
  }
  Uint128 quotient = numerator / denominator;
  Uint128 remainder = numerator % denominator;
  // Long division, bit by bit, until the quotient has more bits than a double keeps. What is left
  // then only decides ties: it becomes the last bit.
  constexpr Uint128 enough = Uint128{1} << 56;
  int bits = 0;
  while (remainder != 0 && quotient < enough && bits < 400) {
    remainder <<= 1;
    quotient <<= 1;
    if (remainder >= denominator) {
      remainder -= denominator;
      quotient |= 1;
    }
    ++bits;
  }
  if (remainder != 0) quotient |= 1;
  return std::ldexp(static_cast<double>(quotient), -bits);
}

std::int64_t floor_quotient(Int128 numerator, Int128 denominator) {
  Int128 quotient = numerator / denominator;
  if (numerator % denominator < 0) --quotient;
  return static_cast<std::int64_t>(quotient);
}

}  // namespace base
