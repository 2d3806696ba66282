// SPDX-License-Identifier: BSD-2-Clause
// A number that nobody can foresee: the seed of hashes over what comes from the network. Nothing that is
// printed depends on it.
#pragma once

#include <cstdint>

namespace base {

/// From the kernel's generator, getrandom(2).
std::uint64_t random_seed();

}  // namespace base
