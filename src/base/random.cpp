// SPDX-License-Identifier: BSD-2-Clause
#include "base/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "base/error.hpp"

namespace base {

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != static_cast<ssize_t>(sizeof seed)) {
    throw Error("no random numbers: " + system_reason(errno));
  }
  return seed;
}

}  // namespace base
