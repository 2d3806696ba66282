// SPDX-License-Identifier: BSD-2-Clause
#include "stats/load.hpp"

#include <cmath>

#include "support.hpp"

using stats::Interval;
using stats::Load;

namespace {

Interval carrying(std::uint32_t bytes, base::Nanoseconds length) {
  Interval interval;
  interval.length = length;
  if (bytes > 0) interval.add(test::any_packet(), bytes);
  return interval;
}

}  // namespace

TEST_CASE("the load forgets within a minute") {
  Load load;
  CHECK(load.ratio() == 1.0);
  load.add(carrying(1000, base::ns_per_s));  // 8000 bps: the first interval sets it
  CHECK(load.ratio() == 1.0);
  CHECK(load.peak_bps() == 8000.0);
  load.add(carrying(0, base::ns_per_s));
  CHECK(load.ratio() == doctest::Approx(std::exp(-1.0 / 60)).epsilon(1e-14));
  load.add(carrying(4000, 5 * base::ns_per_s));  // 6400 bps
  const double before = 8000 * std::exp(-1.0 / 60);
  const double after = before + (6400 - before) * (1 - std::exp(-5.0 / 60));
  CHECK(load.ratio() == doctest::Approx(after / 8000).epsilon(1e-14));
  CHECK(load.peak_bps() == 8000.0);
  load.add(carrying(2000, base::ns_per_s));
  CHECK(load.peak_bps() == 16000.0);
}

TEST_CASE("while there was no traffic the ratio is 1") {
  Load load;
  load.add(carrying(0, base::ns_per_s));
  CHECK(load.ratio() == 1.0);
  load.add_empty(base::ns_per_s, 1'000'000);
  CHECK(load.ratio() == 1.0);
  SUBCASE("then it grows from nothing: the first interval had none") {
    load.add(carrying(1000, base::ns_per_s));
    CHECK(load.ratio() == doctest::Approx(1 - std::exp(-1.0 / 60)).epsilon(1e-14));
  }
}

TEST_CASE("an interval of length 0 leaves load and peak as they were") {
  Load load;
  load.add(carrying(1000, 0));
  CHECK(load.ratio() == 1.0);
  CHECK(load.peak_bps() == 0.0);
  load.add(carrying(1000, base::ns_per_s));
  load.add(carrying(1'000'000, 0));
  CHECK(load.peak_bps() == 8000.0);
  load.add_empty(0, 5);
  CHECK(load.ratio() == 1.0);
}

TEST_CASE("many empty intervals at once are the same as one by one") {
  test::Random random(9);
  for (int run = 0; run < 100; ++run) {
    Load at_once, one_by_one;
    const auto length = static_cast<base::Nanoseconds>(1 + random.spread(20 * base::ns_per_s));
    const std::uint64_t count = random.below(200);
    for (Load* load : {&at_once, &one_by_one}) load->add(carrying(12345, length));
    at_once.add_empty(length, count);
    for (std::uint64_t i = 0; i < count; ++i) one_by_one.add(carrying(0, length));
    CHECK(at_once.ratio() == doctest::Approx(one_by_one.ratio()).epsilon(1e-11));
  }
  SUBCASE("also billions of them") {
    Load load;
    load.add(carrying(1000, base::ns_per_s));
    load.add_empty(base::ns_per_s, 1'000'000'000'000);
    CHECK(load.ratio() >= 0.0);
    CHECK(load.ratio() < 1e-100);
  }
}
