// SPDX-License-Identifier: BSD-2-Clause
#include "stats/probe.hpp"

#include "stats/queue.hpp"
#include "stats/stored_timeline.hpp"
#include "support.hpp"
#include "traffic.hpp"

using base::Nanoseconds;
using base::ns_per_ms;
using base::ns_per_s;
using stats::Demand;
using stats::demands;
using stats::Line;
using stats::LineSearch;
using stats::Probe;
using test::Traffic;

namespace {

struct Sample {
  Traffic packets;
  std::optional<Nanoseconds> interval = ns_per_s;
  std::uint32_t overhead_bytes = 0;
};

/// Lets the sink have the sample's intervals.
template <typename EachPacket>
void read(const Sample& sample, stats::IntervalSink& sink, const EachPacket& each_packet) {
  stats::StoredTimeline timeline({sample.interval, {}, {}}, sink);
  for (const test::Arrival& packet : sample.packets) {
    timeline.add(packet.timestamp, test::any_packet(), packet.size);
    each_packet(packet);
  }
  timeline.end();
}

Probe probe_of(const Sample& sample, const std::vector<std::uint64_t>& rates_milli) {
  Probe probe(rates_milli, sample.overhead_bytes);
  read(sample, probe, [&](const test::Arrival& packet) { probe.add(packet.timestamp, packet.size); });
  return probe;
}

std::vector<std::uint64_t> ladder() {
  const auto rates = stats::standard_ladder();
  return {rates.begin(), rates.end()};
}

/// How many readings it takes.
int search(LineSearch& lines, const Sample& sample) {
  lines.learn(probe_of(sample, ladder()));
  int readings = 1;
  for (; !lines.is_done() && readings < 100; ++readings) lines.learn(probe_of(sample, lines.next_rates()));
  return readings;
}

/// One line by itself, as -b and --capacity RATE have it.
struct SlowReference final : stats::IntervalSink {
  SlowReference(std::uint64_t rate_milli, const Sample& sample)
      : line(rate_milli, Line::Mode::carried, sample.overhead_bytes), queue(rate_milli) {
    read(sample, *this, [&](const test::Arrival& packet) {
      queue.add(packet.timestamp, stats::bytes_on_line(packet.size, sample.overhead_bytes));
    });
  }
  void on_interval(const stats::Interval& interval) override { line.add(interval); }
  void on_empty(const stats::Interval& first, std::uint64_t count) override {
    line.add_empty(first.length, count);
  }
  bool meets(const Demand& demand) const {
    return demand.kind == Demand::Kind::delay ? queue.delay_most() <= demand.delay
                                              : line.exceeded_percent() <= demand.percent;
  }

  Line line;
  stats::Queue queue;
};

bool does(std::uint64_t rate_milli, const Demand& demand, const Sample& sample) {
  return SlowReference(rate_milli, sample).meets(demand);
}

/// Checks every answer: that line does, one that is 1 % slower does not.
void check_answers(const LineSearch& lines, const Sample& sample) {
  for (std::size_t i = 0; i < demands.size(); ++i) {
    const stats::Bracket& bracket = lines.brackets()[i];
    CAPTURE(i);
    CAPTURE(bracket.fails_milli);
    CAPTURE(bracket.meets_milli);
    if (bracket.meets_milli == 0) {
      REQUIRE(bracket.fails_milli == LineSearch::rate_most_milli);
      REQUIRE_FALSE(does(LineSearch::rate_most_milli, demands[i], sample));
      continue;
    }
    REQUIRE(bracket.fails_milli < bracket.meets_milli);
    REQUIRE(does(bracket.meets_milli, demands[i], sample));
    if (bracket.fails_milli > 0) REQUIRE_FALSE(does(bracket.fails_milli, demands[i], sample));
    if (bracket.meets_milli > LineSearch::rate_least_milli) {
      const auto slower = static_cast<std::uint64_t>(base::Uint128{bracket.meets_milli} * 100 / 101);
      REQUIRE_FALSE(does(slower, demands[i], sample));
    }
  }
}

Sample random_sample(test::Random& random) {
  Sample sample;
  const std::size_t count = random.below(200);
  const auto gap_ns = static_cast<double>(1 + random.spread(3 * ns_per_s));
  const auto size_most = static_cast<std::uint32_t>(1 + random.spread(100'000));
  sample.packets = random.below(2) == 0 ? test::on_off(random.next(), count)
                                        : test::poisson(random.next(), count, gap_ns,
                                                        random.below(2) == 0 ? 0 : size_most, size_most);
  sample.interval =
      static_cast<Nanoseconds>(ns_per_ms + static_cast<Nanoseconds>(random.spread(100 * ns_per_s)));
  if (random.below(5) == 0) sample.interval.reset();
  if (random.below(3) == 0) sample.overhead_bytes = 38;
  return sample;
}

}  // namespace

TEST_CASE("the search finds the slowest line for each demand within 1 %, on random traffic") {
  test::Random random(41);
  int readings_most = 0;
  for (int round = 0; round < 150; ++round) {
    CAPTURE(round);
    const Sample sample = random_sample(random);
    LineSearch lines;
    readings_most = std::max(readings_most, search(lines, sample));
    check_answers(lines, sample);
  }
  CHECK(readings_most <= 12);
}

TEST_CASE("the same on traffic of every kind") {
  for (const test::TrafficSample& kind : test::traffic_samples()) {
    CAPTURE(kind.name);
    const Sample sample{
        test::Traffic(kind.packets.begin(),
                      kind.packets.begin() +
                          static_cast<std::ptrdiff_t>(std::min<std::size_t>(300, kind.packets.size()))),
        100 * ns_per_ms};
    LineSearch lines;
    CHECK(search(lines, sample) <= 12);
    check_answers(lines, sample);
  }
}

TEST_CASE("an answer is where bisection finds it") {
  const Sample sample{test::on_off(42, 150), 10 * ns_per_ms, 38};
  LineSearch lines;
  search(lines, sample);
  for (std::size_t i = 0; i < demands.size(); ++i) {
    std::uint64_t fails = LineSearch::rate_least_milli, meets = LineSearch::rate_most_milli;
    REQUIRE_FALSE(does(fails, demands[i], sample));
    while (meets - fails > 1) {
      const std::uint64_t middle = fails + (meets - fails) / 2;
      (does(middle, demands[i], sample) ? meets : fails) = middle;
    }
    CAPTURE(i);
    CHECK(lines.brackets()[i].fails_milli <= fails);
    CHECK(lines.brackets()[i].meets_milli >= meets);
    CHECK(static_cast<double>(lines.brackets()[i].meets_milli) <= static_cast<double>(meets) * 1.01);
  }
}

TEST_CASE("where the slowest line will do, that is known at once") {
  const auto check_any = [](const Sample& sample) {
    LineSearch lines;
    CHECK(search(lines, sample) == 2);
    for (const stats::Bracket& bracket : lines.brackets()) {
      CHECK(bracket.fails_milli == 0);
      CHECK(bracket.meets_milli == LineSearch::rate_least_milli);
    }
  };
  SUBCASE("no packets") { check_any({}); }
  SUBCASE("one packet, the whole sample as one interval") { check_any({{{1, 1500}}, std::nullopt}); }
  SUBCASE("packets of no size") { check_any({test::constant_rate(50, 7, 0)}); }
  SUBCASE("less than a bit a second") {
    check_any({test::constant_rate(20, 1'000'000 * ns_per_s, 1500), 1'000'000 * ns_per_s});
  }
}

TEST_CASE("one packet: no delay, and the line has to carry it in its interval") {
  const Sample sample{{{5 * ns_per_s, 12'500}}};
  LineSearch lines;
  CHECK(search(lines, sample) <= 12);
  check_answers(lines, sample);
  for (const std::size_t exceeded : {0U, 1U, 2U}) {
    CHECK(lines.brackets()[exceeded].meets_milli >= 100'000'000);
    CHECK(lines.brackets()[exceeded].meets_milli <= 101'000'000);
  }
  for (const std::size_t delay : {3U, 4U, 5U}) CHECK(lines.brackets()[delay].meets_milli == 1000);
}

TEST_CASE("all packets at one instant: the last waits for all others") {
  const Sample sample{Traffic(101, {5 * ns_per_s, 1250})};  // 1 Mbit before the last one
  LineSearch lines;
  CHECK(search(lines, sample) <= 12);
  check_answers(lines, sample);
  const std::array<std::uint64_t, 3> slowest_milli = {10'000'000'000, 100'000'000'000, 1'000'000'000'000};
  for (std::size_t i = 0; i < slowest_milli.size(); ++i) {
    CHECK(lines.brackets()[3 + i].meets_milli >= slowest_milli[i]);
    CHECK(lines.brackets()[3 + i].meets_milli <= slowest_milli[i] / 100 * 101);
  }
}

TEST_CASE("where no line is fast enough, that is the answer") {
  const Sample sample{Traffic(1000, {5 * ns_per_s, 0xffffffff})};
  LineSearch lines;
  CHECK(search(lines, sample) <= 12);
  check_answers(lines, sample);
  CHECK(lines.brackets()[5].meets_milli == 0);
  CHECK(lines.brackets()[3].meets_milli > 0);
}

TEST_CASE("before the first reading nothing is known; rates to try are ascending and distinct") {
  LineSearch lines;
  CHECK_FALSE(lines.is_done());
  const Sample sample{test::on_off(43, 100), 10 * ns_per_ms};
  for (int reading = 0; reading < 12 && !lines.is_done(); ++reading) {
    const auto rates = lines.next_rates();
    REQUIRE_FALSE(rates.empty());
    CHECK(rates.front() >= LineSearch::rate_least_milli);
    CHECK(rates.back() <= LineSearch::rate_most_milli);
    CHECK(std::ranges::adjacent_find(rates, std::greater_equal<>()) == rates.end());
    lines.learn(probe_of(sample, rates));
  }
  CHECK(lines.is_done());  // the ladder is no more than a good begin
  check_answers(lines, sample);
}

TEST_CASE("a reading that tells less than the last one changes nothing") {
  const Sample sample{test::on_off(44, 100), 10 * ns_per_ms};
  LineSearch lines;
  search(lines, sample);
  const auto before = lines.brackets();
  lines.learn(probe_of(sample, ladder()));
  lines.learn(probe_of(sample, {1000, 1'000'000'000'000'000'000}));
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(lines.brackets()[i].fails_milli == before[i].fails_milli);
    CHECK(lines.brackets()[i].meets_milli == before[i].meets_milli);
  }
}

TEST_CASE("a packet takes its overhead of the line, up to what 32 bits hold") {
  CHECK(stats::bytes_on_line(100, 38) == 138);
  CHECK(stats::bytes_on_line(0, 0) == 0);
  CHECK(stats::bytes_on_line(0xffffffff, 0) == 0xffffffff);
  CHECK(stats::bytes_on_line(0xffffffff, 1) == 0xffffffff);
  CHECK(stats::bytes_on_line(0xfffffff0, 38) == 0xffffffff);
  CHECK(stats::bytes_on_line(0xffffffff - 38, 38) == 0xffffffff);
}

TEST_CASE("whether two readings have seen the same packets, in the same order") {
  const auto seen = [](const Traffic& packets) {
    Probe probe({1000}, 0);
    for (const test::Arrival& packet : packets) probe.add(packet.timestamp, packet.size);
    return probe;
  };
  const Probe probe = seen({{10, 1}, {20, 2}, {30, 3}});
  CHECK(probe.saw_the_same(seen({{10, 1}, {20, 2}, {30, 3}})));
  CHECK_FALSE(probe.saw_the_same(seen({{10, 1}, {20, 2}})));
  CHECK_FALSE(probe.saw_the_same(seen({{10, 1}, {20, 2}, {30, 3}, {30, 0}})));
  CHECK_FALSE(probe.saw_the_same(seen({{10, 1}, {20, 2}, {30, 4}})));
  CHECK_FALSE(probe.saw_the_same(seen({{10, 1}, {21, 2}, {30, 3}})));
  CHECK_FALSE(probe.saw_the_same(seen({{20, 2}, {10, 1}, {30, 3}})));
  CHECK_FALSE(probe.saw_the_same(seen({})));
  CHECK(seen({}).saw_the_same(seen({})));
}
