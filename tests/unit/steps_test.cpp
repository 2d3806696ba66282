// SPDX-License-Identifier: BSD-2-Clause
#include "tools/steps.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace {

using base::Nanoseconds;
using base::ns_per_s;

/// The ends of steps of a second, in seconds, when packets come at these.
std::vector<Nanoseconds> ends(tools::Steps& steps, const std::vector<Nanoseconds>& packets_s) {
  std::vector<Nanoseconds> found;
  for (const Nanoseconds at : packets_s) {
    const tools::Steps::Ended ended = steps.advance(at * ns_per_s);
    for (std::size_t i = 0; i < ended.count; ++i) found.push_back(ended.ends[i] / ns_per_s);
  }
  return found;
}

using Ends = std::vector<Nanoseconds>;

}  // namespace

TEST_CASE("steps end by the time of packets") {
  tools::Steps steps(ns_per_s);
  CHECK(!steps.end());
  CHECK(steps.advance(100 * ns_per_s).has_begun);
  CHECK(steps.end() == 101 * ns_per_s);
  SUBCASE("one after the other, each when the next packet comes") {
    CHECK(ends(steps, {100, 101, 101, 102, 103}) == Ends{101, 102, 103});
  }
  SUBCASE("of a gap its begin and its end") {
    CHECK(ends(steps, {107}) == Ends{101, 107});
    CHECK(steps.end() == 108 * ns_per_s);
    CHECK(ends(steps, {109}) == Ends{108, 109});
  }
  SUBCASE("a little disorder changes nothing") {
    CHECK(ends(steps, {101, 99, 50, 101, 102}) == Ends{101, 102});
  }
  SUBCASE("far back they go on from there") {
    CHECK(ends(steps, {101}) == Ends{101});
    const tools::Steps::Ended ended = steps.advance(10 * ns_per_s);
    CHECK(ended.is_back);
    CHECK(ended.has_begun);
    CHECK(ended.count == 0);
    CHECK(ends(steps, {11, 12}) == Ends{11, 12});
  }
  SUBCASE("a single packet far ahead is not believed") {
    CHECK(ends(steps, {1'000'000, 101, 102}) == Ends{101, 102});
  }
  SUBCASE("two are") {
    CHECK(ends(steps, {10'000, 10'001}) == Ends{101, 10'001});
    CHECK(ends(steps, {10'002}) == Ends{10'002});
  }
  SUBCASE("136 years are a step or two") {
    constexpr Nanoseconds late_s = base::time_limit / ns_per_s - 2;
    CHECK(ends(steps, {late_s, late_s}) == Ends{101, late_s});
  }
}
