// SPDX-License-Identifier: BSD-2-Clause
#include "base/time.hpp"

#include <ctime>

namespace base {

namespace {

Nanoseconds read_clock(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return now.tv_sec * ns_per_s + now.tv_nsec;
}

}  // namespace

Nanoseconds SystemClock::wall() const { return read_clock(CLOCK_REALTIME); }
Nanoseconds SystemClock::monotonic() const { return read_clock(CLOCK_MONOTONIC); }

}  // namespace base
