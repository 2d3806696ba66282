// SPDX-License-Identifier: BSD-2-Clause
// Rates and their history, against a reference that looks at every connection at every step.
#include "flow/rates.hpp"

#include <map>

#include "flow_script.hpp"

using namespace test::times;
using base::Nanoseconds;
using base::Uint128;
using flow::Rates;
using test::Random;
using test::Watch;
using Bytes = std::array<std::uint64_t, 2>;

namespace {

/// A datagram of 28 bytes and payload between host 1, this port, and host 2; true: back.
void send(Watch& watch, Nanoseconds at, unsigned port, bool is_back, std::size_t payload_bytes) {
  const test::Way way;
  const auto own = static_cast<std::uint16_t>(port);
  const std::uint16_t from = is_back ? 53 : own, to = is_back ? own : 53;
  watch.see(at, way,
            ip_packet(way, address_of(way, is_back ? 2 : 1), address_of(way, is_back ? 1 : 2), test::udp,
                      test::datagram(test::udp, from, to, payload_bytes)),
            payload_bytes);
}

struct Reference {
  struct Known {
    Bytes counted{};
    std::uint64_t packets = 0;
    std::map<std::size_t, Bytes> of_step;
  };

  void step(const flow::Table& table, Nanoseconds now) {
    const bool is_told = !elapsed.empty() && now > before;
    elapsed.push_back(static_cast<std::uint64_t>(is_told ? now - before : options.step));
    before = now;
    table.each([&](std::uint32_t number, const flow::Connection& connection) {
      Known& each = known[number];
      const auto& [first, second] = connection.directions;
      if (first.packets + second.packets == each.packets) return;
      each.packets = first.packets + second.packets;
      each.of_step[elapsed.size() - 1] = {first.bytes - each.counted[0], second.bytes - each.counted[1]};
      each.counted = {first.bytes, second.bytes};
    });
  }

  Bytes bytes_in(std::uint32_t number, std::size_t step) const {
    const auto place = known.find(number);
    if (place == known.end() || !place->second.of_step.contains(step)) return {};
    return place->second.of_step.at(step);
  }

  /// Of the steps of a rate: what `bytes_of` says of each.
  template <typename BytesOf>
  std::uint64_t rate(BytesOf bytes_of) const {
    Uint128 bytes = 0, ns = 0;
    for (std::size_t age = 1; age <= std::min(options.steps, elapsed.size()); ++age) {
      bytes += bytes_of(elapsed.size() - age);
      ns += elapsed[elapsed.size() - age];
    }
    return ns == 0 ? 0 : static_cast<std::uint64_t>(bytes * 1'000'000'000 / ns);
  }

  std::uint64_t total() const {
    return rate([&](std::size_t step) {
      std::uint64_t sum = 0;
      for (const auto& [number, each] : known) sum += bytes_in(number, step)[0] + bytes_in(number, step)[1];
      return sum;
    });
  }

  bool is_active(std::uint32_t number) const {
    const auto place = known.find(number);
    return place != known.end() && !elapsed.empty() && place->second.of_step.contains(elapsed.size() - 1);
  }

  Rates::Options options;
  std::map<std::uint32_t, Known> known;
  std::vector<std::uint64_t> elapsed;  // of each step
  Nanoseconds before = 0;
};

constexpr Uint128 rate_most = 17'179'869'183;  // of the history

void check_history(const Rates& rates, const Reference& reference, std::uint32_t number) {
  const auto history = rates.history(number);
  for (std::size_t age = 0; age < history.size(); ++age) {
    const std::uint64_t found = history[history.size() - 1 - age];
    std::uint64_t exact = 0;
    if (age < reference.elapsed.size()) {
      const std::size_t step = reference.elapsed.size() - 1 - age;
      const Bytes bytes = reference.bytes_in(number, step);
      const Uint128 rate = Uint128{bytes[0] + bytes[1]} * 1'000'000'000 / reference.elapsed[step];
      exact = static_cast<std::uint64_t>(std::min(rate, rate_most));
    }
    REQUIRE(found <= exact + exact / 16);
    REQUIRE(found >= exact - exact / 16);
  }
}

void check_same(const Rates& rates, const Reference& reference, std::uint32_t numbers) {
  REQUIRE(rates.bytes_per_second() == reference.total());
  for (std::uint32_t number = 0; number < numbers; ++number) {
    for (const std::size_t i : {0U, 1U}) {
      const auto of_step = [&](std::size_t step) { return reference.bytes_in(number, step)[i]; };
      REQUIRE(rates.bytes_per_second(number)[i] == reference.rate(of_step));
    }
    REQUIRE(rates.is_active(number) == reference.is_active(number));
    check_history(rates, reference, number);
  }
}

struct Both {
  explicit Both(const Rates::Options& options) : rates(options), reference{options, {}, {}, 0} {}

  void note_ends(const Watch& watch) {
    for (; ended < watch.records.size(); ++ended) {
      rates.on_end(watch.records[ended].number);
      reference.known.erase(watch.records[ended].number);
    }
  }
  void step(const Watch& watch, Nanoseconds now) {
    rates.step(watch.table(), watch.epoch + now);
    reference.step(watch.table(), watch.epoch + now);
  }

  Rates rates;
  Reference reference;
  std::size_t ended = 0;
};

/// Between two steps; also none, a very long time, and back.
Nanoseconds random_length(Random& random) {
  switch (random.below(12)) {
    case 0: return 0;
    case 1: return static_cast<Nanoseconds>(random.spread(100'000'000'000));
    case 2: return -static_cast<Nanoseconds>(random.spread(3'000'000'000));
    default: return static_cast<Nanoseconds>(900'000'000 + random.below(200'000'000));
  }
}

void run_random(std::uint64_t seed, const Rates::Options& options) {
  constexpr std::size_t connections_most = 9;
  constexpr unsigned ports = 14, steps = 120;
  Random random(seed);
  Watch watch({.table = {.connections_most = connections_most, .timeouts = {.udp = 8_s}, .seed = seed}});
  Both both(options);
  Nanoseconds now = 0;
  for (unsigned step = 0; step < steps; ++step) {
    const std::uint64_t packets = random.below(3) == 0 ? 0 : random.spread(40);
    for (std::uint64_t i = 0; i < packets; ++i) {
      const auto late = static_cast<Nanoseconds>(random.below(200'000'000));  // some before the last step
      const auto port = static_cast<unsigned>(20'000 + random.spread(ports));
      send(watch, now + 100_ms - late, port, random.below(2) == 0, random.spread(1400));
      both.note_ends(watch);
    }
    check_same(both.rates, both.reference, connections_most + 3);  // as before, but for what is over
    now += random_length(random);
    both.step(watch, now);
    check_same(both.rates, both.reference, connections_most + 3);
  }
  REQUIRE(watch.records.size() > 20);  // numbers were given to others
}

}  // namespace

TEST_CASE("rates of random traffic are those of a reference that looks at everything") {
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    run_random(seed, {});
    run_random(seed + 100, {100_ms, 10});
    run_random(seed + 200, {1_s, 3});
    run_random(seed + 300, {1_s, 20});
  }
}

TEST_CASE("a rate is what came in a step by the time it took, by sender") {
  Watch watch;
  Rates rates;
  CHECK(rates.bytes_per_second(0) == Bytes{});
  CHECK_FALSE(rates.is_active(0));
  send(watch, 0_s, 40'000, false, 972);
  send(watch, 0_s, 40'000, true, 1972);
  rates.step(watch.table(), watch.epoch + 500_ms);  // the first takes what a step should
  CHECK(rates.bytes_per_second(0) == Bytes{1000, 2000});
  CHECK(rates.is_active(0));
  SUBCASE("a step that ends late") {
    send(watch, 1_s, 40'000, true, 972);
    rates.step(watch.table(), watch.epoch + 4500_ms);
    CHECK(rates.bytes_per_second(0) == Bytes{0, 250});
    CHECK(rates.bytes_per_second() == 250);
    const auto history = rates.history(0);
    CHECK(history[13] == 0);
    CHECK(history[14] > 3000 - 3000 / 16);
    CHECK(history[15] > 250 - 250 / 16);
  }
  SUBCASE("a step without packets") {
    rates.step(watch.table(), watch.epoch + 1500_ms);
    CHECK(rates.bytes_per_second(0) == Bytes{});
    CHECK(rates.bytes_per_second() == 0);
    CHECK_FALSE(rates.is_active(0));
    CHECK(rates.history(0)[14] > 0);
    CHECK(rates.history(0)[15] == 0);
  }
  SUBCASE("a connection that is over is in no total, and its number has no past") {
    rates.on_end(0);
    CHECK(rates.bytes_per_second() == 0);
    CHECK(rates.history(0) == std::array<std::uint64_t, 16>{});
    CHECK_FALSE(rates.is_active(0));
    rates.on_end(7);  // that never had packets
  }
}

TEST_CASE("a running average is that of the steps so far, of ten at most") {
  Watch watch;
  Rates rates({100_ms, 10});
  for (int step = 0; step < 30; ++step) {
    if (step < 15) send(watch, step * 100_ms, 40'000, false, 72);
    rates.step(watch.table(), watch.epoch + step * 100_ms);
    const int with_packets = std::max(0, std::min({step + 1, 10, 24 - step}));
    CAPTURE(step);
    CHECK(rates.bytes_per_second(0)[0] ==
          static_cast<std::uint64_t>(with_packets * 1000 / std::min(step + 1, 10)));
    CHECK(rates.is_active(0) == (step < 15));
  }
}
