// SPDX-License-Identifier: BSD-2-Clause
#include "report/alert.hpp"

#include "support.hpp"

using base::ns_per_s;
using report::Alert;
using report::IntervalRecord;
using report::Wishes;

namespace {

/// 2023-11-14 22:13:20 UTC, 4 s: 3 packets, 600 bytes, 1200 bits/s; 2 of them TCP.
stats::Interval sample() {
  stats::Interval interval;
  interval.begin = 1'700'000'000 * ns_per_s;
  interval.length = 4 * ns_per_s;
  interval.add({packet::Network::ipv4, test::tcp, 14}, 100);
  interval.add({packet::Network::ipv4, test::tcp, 14}, 200);
  interval.add({packet::Network::arp, packet::protocol::unknown, 14}, 300);
  return interval;
}

bool is_met(std::string_view text) {
  Wishes wishes;
  const stats::Interval interval = sample();
  return Alert(text, wishes).is_met({{}, interval, 0.5, 5000, 7, 3});
}

std::string description(std::string_view text) {
  Wishes wishes;
  const stats::Interval interval = sample();
  return Alert(text, wishes).describe({{}, interval, 0.5, 5000, 7, 3});
}

std::string problem(std::string_view text) {
  Wishes wishes;
  const base::Error error = test::error_of([&] { Alert(text, wishes); });
  CHECK(error.status() == base::ExitStatus::usage);
  return error.what();
}

}  // namespace

TEST_CASE("each comparison, below, at and above") {
  CHECK_FALSE(is_met("packets > 3"));
  CHECK(is_met("packets > 2"));
  CHECK(is_met("packets >= 3"));
  CHECK_FALSE(is_met("packets >= 4"));
  CHECK_FALSE(is_met("packets < 3"));
  CHECK(is_met("packets < 4"));
  CHECK(is_met("packets <= 3"));
  CHECK_FALSE(is_met("packets <= 2"));
  CHECK(is_met("packets == 3"));
  CHECK(is_met("packets = 3"));
  CHECK_FALSE(is_met("packets == 4"));
  CHECK_FALSE(is_met("packets = 2"));
  CHECK_FALSE(is_met("packets != 3"));
  CHECK(is_met("packets != 2"));
}

TEST_CASE("numbers: fractions, suffixes, less than nothing") {
  CHECK(is_met("bits_per_second > 1.1k"));
  CHECK_FALSE(is_met("bits_per_second > 1.2k"));
  CHECK(is_met("bits_per_second < 1M"));
  CHECK(is_met("load == 0.5"));
  CHECK(is_met("packets > -1"));
  CHECK(is_met("packets>-1"));
  CHECK(is_met("bytes = 6e2"));
  CHECK(is_met("bytes < 1T"));
}

TEST_CASE("every kind of statistic, by name or letter") {
  CHECK(is_met("n = 3"));
  CHECK(is_met("b = 1200"));
  CHECK(is_met("length = 4"));
  CHECK(is_met("begin = 1700000000"));
  CHECK(is_met("S = 1700000002"));
  CHECK(is_met("index = 7"));
  CHECK(is_met("dropped = 3"));
  CHECK(is_met("bits_per_second_peak = 5000"));
  CHECK(is_met("size_mean = 200"));
}

TEST_CASE("`and` binds closer than `or`") {
  const std::string yes = "tcp = 2", no = "tcp = 3";
  for (const bool a : {false, true}) {
    for (const bool b : {false, true}) {
      for (const bool c : {false, true}) {
        const std::string &x = a ? yes : no, &y = b ? yes : no, &z = c ? yes : no;
        CAPTURE(x + ", " + y + ", " + z);
        CHECK(is_met(x + " and " + y) == (a && b));
        CHECK(is_met(x + " or " + y) == (a || b));
        CHECK(is_met(x + " or " + y + " and " + z) == (a || (b && c)));
        CHECK(is_met(x + " and " + y + " or " + z) == ((a && b) || c));
        CHECK(is_met(x + " and " + y + " and " + z) == (a && b && c));
        CHECK(is_met(x + " or " + y + " or " + z) == (a || b || c));
      }
    }
  }
}

TEST_CASE("blanks are free between words, and needed between those of letters only") {
  CHECK(is_met("packets>2"));
  CHECK(is_met("  packets  >\t2\n"));
  CHECK(is_met("packets>2 and tcp=2"));
  CHECK(is_met("n=3 and T=2 and A=1"));
}

TEST_CASE("what is wrong is said, with the whole expression") {
  const auto tells = [](const std::string& text, const std::string& why) {
    CHECK(problem(text) == "--alert '" + text + "': " + why);
  };
  tells("", "a comparison is missing, as in bits_per_second > 10M");
  tells("  ", "a comparison is missing, as in bits_per_second > 10M");
  tells("packets > 2 and", "a comparison is missing, as in bits_per_second > 10M");
  tells("packets > 2 or ", "a comparison is missing, as in bits_per_second > 10M");
  tells("packets", "the end is no comparison: >, >=, <, <=, == or !=");
  tells("packets 3", "'3' is no comparison: >, >=, <, <=, == or !=");
  tells("packets => 3", "'=>' is no comparison: >, >=, <, <=, == or !=");
  tells("packets ! 3", "'!' is no comparison: >, >=, <, <=, == or !=");
  tells("packets === 3", "'===' is no comparison: >, >=, <, <=, == or !=");
  tells("packets > > 3", "'>' is no number, as in 1000, 0.5 or 10M");
  tells("packets >", "the end is no number, as in 1000, 0.5 or 10M");
  tells("packets > 10K", "'10K' is no number, as in 1000, 0.5 or 10M");
  tells("packets > nan", "'nan' is no number, as in 1000, 0.5 or 10M");
  tells("packets > bytes", "'bytes' is no number, as in 1000, 0.5 or 10M");
  tells("packets > 2and tcp = 1", "'2and' is no number, as in 1000, 0.5 or 10M");
  tells("packets > 2, tcp = 1", "'2,' is no number, as in 1000, 0.5 or 10M");
  tells("packets > 2 xor tcp = 1", "'xor' is neither 'and' nor 'or'");
  tells("packets > 2 AND tcp = 1", "'AND' is neither 'and' nor 'or'");
  tells("(packets > 3) and tcp = 2", "there are no parentheses; 'and' binds closer than 'or'");
  tells("packets > 2 < 4", "'<' is neither 'and' nor 'or'");
  SUBCASE("a name that is wrong") {
    CHECK(problem("packet > 3") == "--alert: no statistic 'packet': is it packets?");
    CHECK(problem("3 < packets") == "--alert: no statistic '3': tcpstat -h lists them");
    CHECK(problem("> 3") == "--alert: no statistic '>': tcpstat -h lists them");
    CHECK(problem("burst > 3") == "--alert: burst: needs a window, as in burst:10ms");
  }
  SUBCASE("without control characters") {
    CHECK(problem("packets > \x1b") ==
          "--alert 'packets > \\x1b': '\\x1b' is no number, as in 1000, 0.5 or 10M");
  }
}

TEST_CASE("it tells what it needs") {
  Wishes wishes;
  wishes.window_most = ns_per_s;
  const Alert alert("tcp_syn > 1000 and dropped > 0 or burst:10ms > 1G or size_p99 > 1400", wishes);
  CHECK(wishes.collect.details);
  CHECK(wishes.drops);
  CHECK(wishes.collect.sizes);
  CHECK(wishes.collect.windows == std::vector<base::Nanoseconds>{10 * base::ns_per_ms});
  Wishes nothing;
  const Alert plain("bits_per_second > 1", nothing);
  CHECK(nothing.collect.is_nothing());
  CHECK_FALSE(nothing.drops);
}

TEST_CASE("an alert is described by the values that it asks about, its expression and its interval") {
  CHECK(description("bits_per_second > 1k") ==
        "alert: bits_per_second = 1200.00 (bits_per_second > 1k), interval from "
        "2023-11-14T22:13:20.000000Z of 4 s");
  CHECK(
      description("n > 1 and b > 1").starts_with("alert: packets = 3, bits_per_second = 1200.00 (n > 1 and"));
  SUBCASE("each value once") {
    CHECK(description("tcp > 1 and tcp < 9 or arp > 5")
              .starts_with("alert: tcp = 2, arp = 1 (tcp > 1 and tcp < 9 or arp > 5), interval from "));
    CHECK(description("n > 0 or packets > 1").starts_with("alert: packets = 3 (n > 0"));
  }
  SUBCASE("also where one name ends as another") {
    CHECK(description("bytes_icmp >= 0 and icmp >= 0").starts_with("alert: bytes_icmp = 0, icmp = 0 ("));
    CHECK(description("bytes_tcp >= 0 and tcp >= 0").starts_with("alert: bytes_tcp = 0, tcp = 2 ("));
  }
  SUBCASE("on one line, whatever the blanks") {
    CHECK(
        description("packets\n>\t2").starts_with("alert: packets = 3 (packets\\x0a>\\x092), interval from "));
  }
}

TEST_CASE("it tells whether it may be met by one empty interval and not by the one before it") {
  const auto changes = [](std::string_view text) {
    Wishes wishes;
    return Alert(text, wishes).changes_when_empty();
  };
  for (const std::string name :
       {"time", "S", "time_relative", "r", "begin", "end", "index", "load", "dropped"}) {
    CAPTURE(name);
    CHECK(changes(name + " > 5"));
    CHECK(changes("packets > 5 and tcp = 0 or " + name + " > 5"));
  }
  // Of an interval without packets these are what they were in the one before, without packets too.
  for (const report::Directive& row : report::directives()) {
    const std::string name = row.need == report::Need::window ? std::string(row.name) + ":10ms" : row.name;
    const stats::Interval empty, next = [] {
      stats::Interval interval;
      interval.begin = 1;
      return interval;
    }();
    Wishes wishes;
    const report::Field field = report::find_field(name, wishes);
    // Without packets connections end, but none begins and nothing of them is measured.
    const flow::Tally ended = {.closed = 1, .reset = 1, .timed_out = 1}, none = {};
    const double before = field.value(IntervalRecord{{}, empty, 0.5, 100, 1, 0, &ended, 9}).number();
    const double after = field.value(IntervalRecord{{}, next, 0.4, 100, 2, 1, &none, 6}).number();
    CAPTURE(name);
    CHECK(changes(name + " > 5") == (before != after));
  }
}
