// SPDX-License-Identifier: BSD-2-Clause
// Every number here was found by hand.
#include "report/capacity_report.hpp"

#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using report::CapacityContext;
using stats::Capacity;

namespace {

constexpr base::Nanoseconds begin = 1'700'000'000 * ns_per_s;

stats::Interval second_with(const std::vector<std::uint32_t>& sizes) {
  stats::Interval interval;
  interval.length = ns_per_s;
  for (const std::uint32_t size : sizes) interval.add(test::any_packet(), size);
  return interval;
}

/// Four packets in three intervals of a second, the middle one empty.
///
///   second  size   of 1000 bytes a second: begins, waits, finds    of 2000: begins, waits, finds
///   0        500                           0       0      0                 0       0      0
///   0.1      500                           0.5     0.4    400               0.25    0.15   300
///   0.2      250                           1       0.8    800               0.5     0.3    600
///   3        250                           3       0      0                 3       0      0
Capacity sample(bool has_probe = false) {
  Capacity capacity({8'000'000, 16'000'000}, has_probe, 0);
  capacity.add(begin, 500);
  capacity.add(begin + 100 * ns_per_ms, 500);
  capacity.add(begin + 200 * ns_per_ms, 250);
  capacity.add(second_with({500, 500, 250}));
  capacity.add_empty(ns_per_s, 1);
  capacity.add(begin + 3 * ns_per_s, 250);
  capacity.add(second_with({250}));
  return capacity;
}

constexpr CapacityContext whole{begin, 3 * ns_per_s, ns_per_s, false, nullptr, 1};

std::string text(Capacity capacity, const CapacityContext& context = whole) {
  std::string out;
  report::append_capacity(out, capacity, context);
  return out;
}

std::string json(Capacity capacity, const CapacityContext& context = whole) {
  std::string out;
  report::append_capacity_json(out, capacity, context);
  return out;
}

/// With one blank where there are several.
std::string squeezed(const std::string& text) {
  std::string out;
  for (const char character : text) {
    if (character != ' ' || !out.ends_with(' ')) out += character;
  }
  return out;
}

constexpr const char* last_line =
    "A capture of a full-duplex line holds two lines: -Q or a filter takes one.\n";

}  // namespace

TEST_CASE("the capacity report for a person") {
  CHECK(text(sample()) ==
        std::string("Capacity for 4 packets, 1.500 kB, in 3.000 s\n"
                    "Counted: packets from the network layer on (--overhead ethernet adds frames)\n"
                    "\n"
                    "The traffic\n"
                    "  mean rate of the intervals of 1 s  4.000 kbit/s\n"
                    "  median                             2.000 kbit/s\n"
                    "  95th percentile                    10.00 kbit/s\n"
                    "  99th percentile                    10.00 kbit/s\n"
                    "  largest                            10.00 kbit/s\n"
                    "  largest over any 1 s               10.00 kbit/s\n"
                    "  largest over any 100 ms            40.00 kbit/s\n"
                    "  largest over any 10 ms             400.0 kbit/s\n"
                    "  largest over any 1 ms              4.000 Mbit/s\n"
                    "\n"
                    "A line of                   8 kbit/s   16 kbit/s\n"
                    "  largest backlog              800 B       600 B\n"
                    "  with the packet itself    1.050 kB       850 B\n"
                    "  queueing delay, mean    300.000 ms  112.500 ms\n"
                    "    median                  0.000 ms    0.000 ms\n"
                    "    95th percentile       800.000 ms  300.000 ms\n"
                    "    99th percentile       800.000 ms  300.000 ms\n"
                    "    largest               800.000 ms  300.000 ms\n"
                    "  packets delayed            50.00 %     50.00 %\n"
                    "  time busy                  41.67 %     20.83 %\n"
                    "  longest busy stretch       1.250 s  625.000 ms\n"
                    "  time exceeding (-b)        1.000 s    0.000 ms\n"
                    "    of the time              33.33 %      0.00 %\n"
                    "\n") +
            last_line);
}

TEST_CASE("the capacity report as records of JSON: seconds, raw numbers") {
  CHECK(json(sample()) ==
        R"({"record":"capacity","packets":4,"bytes":1500,"layer":"network","overhead_bytes":0,)"
        R"("seconds":3.000000000,"interval":1.000000000,"packets_backwards":0,"backwards_max":0.000000000,)"
        R"("rate_mean":4000,"rate_p50":2000,"rate_p95":10000,)"
        R"("rate_p99":10000,"rate_max":10000,"rate_max_1s":10000,"rate_max_100ms":40000,)"
        R"("rate_max_10ms":400000,"rate_max_1ms":4000000})"
        "\n"
        R"({"record":"capacity_line","bits_per_second":8000,"backlog_bytes_max":800,"buffer_bytes_max":1050,)"
        R"("delay_mean":0.300000000,"delay_p50":0.000000000,"delay_p95":0.800000000,)"
        R"("delay_p99":0.800000000,"delay_max":0.800000000,)"
        R"("packets_delayed":2,"percent_delayed":50,"percent_busy":41.666666666666664,)"
        R"("busy_longest":1.250000000,)"
        R"("seconds_exceeding":1.000000000,"percent_exceeding":33.333333333333336})"
        "\n"
        R"({"record":"capacity_line","bits_per_second":16000,"backlog_bytes_max":600,"buffer_bytes_max":850,)"
        R"("delay_mean":0.112500000,"delay_p50":0.000000000,"delay_p95":0.300000000,)"
        R"("delay_p99":0.300000000,"delay_max":0.300000000,)"
        R"("packets_delayed":2,"percent_delayed":50,"percent_busy":20.833333333333332,)"
        R"("busy_longest":0.625000000,)"
        R"("seconds_exceeding":0.000000000,"percent_exceeding":0})"
        "\n");
}

TEST_CASE("the slowest lines: of the ladder, its step stated") {
  // By the ladder 10, 13.34, 17.78, 23.71, 31.62, 42.17 kbit/s; the third packet needs 8000 bits in 0.3 s,
  // 0.21 s and 0.201 s.
  stats::LineSearch search;
  const Capacity capacity = sample(true);
  search.learn(*capacity.probe());
  CapacityContext context = whole;
  context.search = &search;
  const std::string answers =
      "\n"
      "The slowest line that                                   will do      will not\n"
      "  exceeds in at most 5 % of the intervals (-b)  <= 10.00 kbit/s             -\n"
      "  exceeds in at most 1 % of the intervals (-b)  <= 10.00 kbit/s             -\n"
      "  exceeds in no interval (-b)                   <= 10.00 kbit/s             -\n"
      "  delays no packet by more than 100 ms             31.62 kbit/s  23.71 kbit/s\n"
      "  delays no packet by more than 10 ms              42.17 kbit/s  31.62 kbit/s\n"
      "  delays no packet by more than 1 ms               42.17 kbit/s  31.62 kbit/s\n"
      "  (of 64 lines from 10 kbit/s on, each 33.4 % faster than the one before)\n"
      "\n";
  CHECK(text(sample(), context).ends_with(answers + last_line));
  CHECK(json(sample(), context)
            .ends_with("\n"
                       R"({"record":"capacity_answer","percent_exceeding_at_most":5,"bits_per_second":10000,)"
                       R"("bits_per_second_too_slow":null,"readings":1})"
                       "\n"
                       R"({"record":"capacity_answer","percent_exceeding_at_most":1,"bits_per_second":10000,)"
                       R"("bits_per_second_too_slow":null,"readings":1})"
                       "\n"
                       R"({"record":"capacity_answer","percent_exceeding_at_most":0,"bits_per_second":10000,)"
                       R"("bits_per_second_too_slow":null,"readings":1})"
                       "\n"
                       R"({"record":"capacity_answer","delay_at_most":0.100000000,"bits_per_second":31620,)"
                       R"("bits_per_second_too_slow":23710,"readings":1})"
                       "\n"
                       R"({"record":"capacity_answer","delay_at_most":0.010000000,"bits_per_second":42170,)"
                       R"("bits_per_second_too_slow":31620,"readings":1})"
                       "\n"
                       R"({"record":"capacity_answer","delay_at_most":0.001000000,"bits_per_second":42170,)"
                       R"("bits_per_second_too_slow":31620,"readings":1})"
                       "\n"));
}

TEST_CASE("the slowest lines: any, none, and within 1 % by so many readings") {
  stats::LineSearch search;
  stats::Probe probe({1000, 500'000'000, 504'000'000, 1'000'000'000'000'000'000}, 0);
  CapacityContext context = whole;
  context.search = &search;
  context.readings = 5;
  SUBCASE("a packet that waits for nothing") {
    probe.add(begin, 100);
    search.learn(probe);
    CHECK(test::says(squeezed(text(sample(), context)), "by more than 1 ms any -\n"));
    CHECK(test::says(text(sample(), context), "  (within 1 %, by 5 readings)\n"));
  }
  SUBCASE("a packet behind one of 50,104 bits") {
    probe.add(begin, 6263);  // 50,104 bits in 100 ms: more than 501 kbit/s
    probe.add(begin, 1);
    search.learn(probe);
    const std::string found = squeezed(text(sample(), context));
    CHECK(test::says(found, "by more than 100 ms 504.0 kbit/s 500.0 kbit/s\n"));
    CHECK(test::says(found, " (after 5 readings; the answers lie between)\n"));
  }
  SUBCASE("an input that was another one the second time") {
    probe.add(begin, 6263);
    probe.add(begin, 1);
    search.learn(probe);
    context.has_changed = true;
    context.readings = 1;
    CHECK(test::says(text(sample(), context), "  (the input has changed between two readings: "));
  }
  SUBCASE("no line at all") {
    for (int i = 0; i < 100'000; ++i) probe.add(begin, 0xffffffff);
    search.learn(probe);
    CHECK(test::says(squeezed(text(sample(), context)), "by more than 1 ms > 1.000 Pbit/s 1.000 Pbit/s\n"));
    CHECK(test::says(json(sample(), context),
                     R"("delay_at_most":0.001000000,"bits_per_second":null,)"
                     R"("bits_per_second_too_slow":1000000000000000,"readings":5})"));
  }
}

TEST_CASE("the report says which layer it counted") {
  const auto second_line = [](std::uint32_t overhead_bytes, bool has_link_headers) {
    CapacityContext context = whole;
    context.has_link_headers = has_link_headers;
    const std::string all = text(Capacity({}, false, overhead_bytes), context);
    const std::size_t from = all.find('\n') + 1;
    return all.substr(from, all.find('\n', from) - from);
  };
  CHECK(second_line(0, false) ==
        "Counted: packets from the network layer on (--overhead ethernet adds frames)");
  CHECK(second_line(0, true) == "Counted: packets from the link layer on (-l)");
  CHECK(second_line(38, false) ==
        "Counted: packets from the network layer on, and 38 bytes for each (--overhead)");
  CapacityContext context = whole;
  context.has_link_headers = true;
  CHECK(test::says(json(Capacity({}, false, 0), context), R"("layer":"link","overhead_bytes":0,)"));
  CHECK(test::says(json(Capacity({}, false, 38)), R"("layer":"network","overhead_bytes":38,)"));
}

TEST_CASE("a sample without packets, or without time, has zeros, never nan") {
  const Capacity none({1000}, true, 0);
  stats::LineSearch search;
  search.learn(*none.probe());
  for (const CapacityContext& context :
       {CapacityContext{}, CapacityContext{begin, 0, {}, false, &search, 1}}) {
    const std::string told = squeezed(text(Capacity({1000}, false, 0), context));
    CHECK(told.starts_with("Capacity for 0 packets, 0 B, in 0.000 s\n"));
    CHECK(test::says(told, " mean rate of the whole sample 0 bit/s\n"));
    CHECK(test::says(told, "\n packets delayed 0.00 %\n time busy 0.00 %\n"));
    CHECK_FALSE(test::says(told, "nan"));
    CHECK_FALSE(test::says(told, "inf"));
    CHECK(test::says(
        json(Capacity({1000}, false, 0), context),
        R"("delay_mean":0.000000000,"delay_p50":0.000000000,"delay_p95":0.000000000,)"
        R"("delay_p99":0.000000000,"delay_max":0.000000000,)"
        R"("packets_delayed":0,"percent_delayed":0,"percent_busy":0,"busy_longest":0.000000000,)"));
  }
  SUBCASE("one packet, of no time") {
    Capacity one({8'000'000}, false, 0);
    one.add(begin, 1);
    const std::string told = squeezed(text(std::move(one), {begin, 0, {}, false, nullptr, 1}));
    CHECK(told.starts_with("Capacity for 1 packet, 1 B, in 0.000 s\n"));
    CHECK(test::says(told, "\n time busy 0.00 %\n"));
    CHECK(test::says(told, "\n longest busy stretch 1.000 ms\n"));
  }
}

TEST_CASE("timestamps that run backwards are told") {
  Capacity capacity({}, false, 0);
  capacity.add(begin + 2 * ns_per_s, 100);
  capacity.add(begin + ns_per_s, 100);
  capacity.add(begin + 2 * ns_per_s - 1, 100);
  capacity.add(begin + 2 * ns_per_s, 100);
  CHECK(capacity.backwards() == 2);
  CHECK(capacity.backwards_most() == ns_per_s);
  std::string out;
  report::append_capacity(out, capacity, whole);
  CHECK(test::says(out,
                   "(--overhead ethernet adds frames)\n"
                   "Timestamps run backwards: 2 packets, by up to 1 s;\n"
                   "they count as stamped like those before them: short rates and delays may be too high\n"
                   "\nThe traffic"));
  out.clear();
  report::append_capacity_json(out, capacity, whole);
  CHECK(test::says(out, R"("packets_backwards":2,"backwards_max":1.000000000)"));
}
