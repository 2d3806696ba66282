// SPDX-License-Identifier: BSD-2-Clause
#include "stats/line.hpp"

#include "support.hpp"

using base::Uint128;
using stats::Interval;
using stats::Line;

namespace {

constexpr auto plain = Line::Mode::plain, carried = Line::Mode::carried;

Interval carrying(std::uint32_t bytes, base::Nanoseconds length = base::ns_per_s) {
  Interval interval;
  interval.length = length;
  if (bytes > 0) interval.add(test::any_packet(), bytes);
  return interval;
}

/// What TCPSTAT.md says, interval by interval; all in 10^-12 bit.
struct Reference {
  void add(std::uint64_t bytes, std::uint64_t length) {
    if (length == 0) return;
    const Uint128 room = Uint128{rate_milli} * length;
    const Uint128 offered = Uint128{bytes} * 8'000'000'000'000 + (carries ? backlog : 0);
    total += length;
    if (offered > room) exceeded += length;
    backlog = offered > room ? offered - room : 0;
  }

  std::uint64_t rate_milli;
  bool carries;
  Uint128 backlog = 0;
  Uint128 exceeded = 0;
  Uint128 total = 0;
};

}  // namespace

TEST_CASE("plainly, an interval exceeds when its own rate does") {
  Line line(8'000'000, plain);  // 8000 bps: 1000 bytes a second
  line.add(carrying(1000));
  CHECK(line.exceeded_seconds() == 0.0);  // as much as there is room for does not exceed
  line.add(carrying(1001));
  CHECK(line.exceeded_seconds() == 1.0);
  line.add(carrying(0));
  line.add(carrying(100'000, 10 * base::ns_per_s));
  CHECK(line.exceeded_seconds() == 11.0);
  CHECK(line.exceeded_percent() == doctest::Approx(1100.0 / 13).epsilon(1e-15));
  CHECK(line.rate_bps() == 8000.0);
}

TEST_CASE("what exceeds is carried into the next interval, empty ones too, until it is drained") {
  Line line(8'000'000, carried);
  line.add(carrying(3500));
  CHECK(line.exceeded_seconds() == 1.0);
  line.add(carrying(0));  // 2500 left, 1000 of room
  CHECK(line.exceeded_seconds() == 2.0);
  line.add(carrying(0));  // 1500 left
  CHECK(line.exceeded_seconds() == 3.0);
  line.add(carrying(0));  // 500 left: fits
  CHECK(line.exceeded_seconds() == 3.0);
  line.add(carrying(1000));
  CHECK(line.exceeded_seconds() == 3.0);
  CHECK(line.exceeded_percent() == 60.0);
  SUBCASE("a backlog that fits exactly does not exceed") {
    line.add(carrying(2000));
    CHECK(line.exceeded_seconds() == 4.0);
    line.add(carrying(0));
    CHECK(line.exceeded_seconds() == 4.0);
    line.add(carrying(1000));
    CHECK(line.exceeded_seconds() == 4.0);
  }
}

TEST_CASE("a capture that exceeds all the time exceeds 100 per cent of it") {
  Line line(1, carried);
  for (int i = 0; i < 100; ++i) line.add(carrying(1500));
  CHECK(line.exceeded_percent() == 100.0);
}

TEST_CASE("an interval of length 0 is no time at all") {
  Line line(1, carried);
  line.add(carrying(1500, 0));
  line.add_empty(0, 5);
  CHECK(line.exceeded_seconds() == 0.0);
  CHECK(line.exceeded_percent() == 0.0);
  line.add_empty(base::ns_per_s, 0);
  CHECK(line.exceeded_percent() == 0.0);
}

TEST_CASE("gaps taken at once are the same as interval by interval, on random traffic") {
  test::Random random(10);
  for (int run = 0; run < 500; ++run) {
    const auto mode = random.below(2) == 0 ? plain : carried;
    Reference reference{1 + random.spread(1'000'000'000'000), mode == carried};
    Line line(reference.rate_milli, mode);
    const std::uint64_t length = 1 + random.spread(30 * base::ns_per_s);
    CAPTURE(reference.rate_milli);
    CAPTURE(length);
    for (int i = 0; i < 50; ++i) {
      const auto bytes = static_cast<std::uint32_t>(random.spread(0xffffffff));
      reference.add(bytes, length);
      line.add(carrying(bytes, static_cast<base::Nanoseconds>(length)));
      const std::uint64_t gap = random.spread(300);
      for (std::uint64_t j = 0; j < gap; ++j) reference.add(0, length);
      line.add_empty(static_cast<base::Nanoseconds>(length), gap);
      REQUIRE(line.exceeded_seconds() == base::nearest_quotient(reference.exceeded, base::ns_per_s));
      REQUIRE(line.exceeded_percent() == base::nearest_quotient(reference.exceeded * 100, reference.total));
    }
  }
}

TEST_CASE("the largest rates and lengths do not overflow") {
  Line line(1'000'000'000'000'000'000, carried);
  line.add(carrying(0xffffffff, 1'000'000'000'000'000'000));
  CHECK(line.exceeded_seconds() == 0.0);
  Line slow(1, carried);
  slow.add(carrying(0xffffffff));
  slow.add_empty(1'000'000'000'000'000'000, 1'000'000'000'000'000'000);
  CHECK(slow.exceeded_percent() <= 100.0);
  CHECK(slow.exceeded_seconds() >= 1.0);
}

TEST_CASE("each packet takes its overhead of the line as well") {
  Line line(8'000'000, plain, 38);  // 1000 bytes a second
  line.add(carrying(962));
  CHECK(line.exceeded_seconds() == 0.0);
  CHECK(line.peak_bps() == 8000.0);
  line.add(carrying(963));
  CHECK(line.exceeded_seconds() == 1.0);
  CHECK(line.peak_bps() == 8008.0);
  Interval of_many = carrying(0);
  for (int i = 0; i < 25; ++i) of_many.add(test::any_packet(), 2);  // 40 bytes each
  line.add(of_many);
  CHECK(line.exceeded_seconds() == 1.0);
  of_many.add(test::any_packet(), 0);
  line.add(of_many);
  CHECK(line.exceeded_seconds() == 2.0);
  SUBCASE("a backlog too") {
    Line carries(8'000'000, carried, 500);
    carries.add(carrying(2500));
    carries.add_empty(base::ns_per_s, 10);
    CHECK(carries.exceeded_seconds() == 2.0);  // 3000, 2000, 1000
  }
}

TEST_CASE("the largest rate of any interval is kept, empty ones and those of no length left out") {
  for (const auto mode : {plain, carried}) {
    Line line(1000, mode);
    CHECK(line.peak_bps() == 0.0);
    line.add(carrying(1000, 0));
    CHECK(line.peak_bps() == 0.0);
    line.add(carrying(1000, base::ns_per_s / 4));
    line.add(carrying(5000, 2 * base::ns_per_s));
    line.add_empty(base::ns_per_s, 100);
    CHECK(line.peak_bps() == 32'000.0);  // what was carried is no rate
  }
}

TEST_CASE("whether it is exceeded for at most so large a share of the time, exactly") {
  Line line(8'000'000, plain);
  CHECK(line.is_exceeded_at_most(0));  // no time, none of it exceeded
  for (int i = 0; i < 5; ++i) line.add(carrying(1001));
  line.add_empty(base::ns_per_s, 95);
  CHECK(line.is_exceeded_at_most(5));
  CHECK_FALSE(line.is_exceeded_at_most(4));
  CHECK_FALSE(line.is_exceeded_at_most(0));
  line.add(carrying(1001, 1));  // a nanosecond more
  CHECK_FALSE(line.is_exceeded_at_most(5));
  CHECK(line.is_exceeded_at_most(100));
}
