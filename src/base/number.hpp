// SPDX-License-Identifier: BSD-2-Clause
// Exact arithmetic where a plain double would lose digits: 128-bit integers and the double nearest
// to a quotient of two of them.
#pragma once

#include <cstdint>

namespace base {

// __extension__ keeps -Wpedantic quiet: both compilers have the type on every 64-bit machine.
__extension__ using Uint128 = unsigned __int128;
__extension__ using Int128 = __int128;

/// The double nearest to numerator / denominator (round half to even); 0 where denominator is 0.
/// denominator < 2^127.
double nearest_quotient(Uint128 numerator, Uint128 denominator);

/// floor(numerator / denominator), also for negative numerators; denominator > 0.
std::int64_t floor_quotient(Int128 numerator, Int128 denominator);

}  // namespace base
