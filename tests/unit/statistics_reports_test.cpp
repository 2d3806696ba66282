// SPDX-License-Identifier: BSD-2-Clause
// Statistics for machines, alerts, and what is told at the end. The classic lines are statistics_test's.
#include "statistics_run.hpp"

using base::ns_per_s;
using test::every_second;
using test::says;
using test::SizesAtSeconds;
using test::Told;
using Kind = tools::Options::OutputKind;

namespace {

tools::Options with_alert(const std::string& expression, tools::Options options = every_second()) {
  options.alerts.push_back(expression);
  return options;
}

Told run(const tools::Options& options, const SizesAtSeconds& packets,
         const std::vector<std::uint64_t>& drops = {}) {
  return test::run_statistics(options, packets, drops);
}

/// As the capacity report has it.
std::string largest_delay(const std::string& report) {
  const std::size_t label = report.find("\n    largest ") + std::string_view("\n    largest ").size();
  const std::size_t begin = report.find_first_not_of(' ', label);
  return report.substr(begin, report.find('\n', label) - begin);
}

const SizesAtSeconds some = {{0, 100}, {1, 50}, {4, 10}};  // 1200, 0, 0 and 80 bits/s

}  // namespace

TEST_CASE("an index counts all intervals, those that -e hides too") {
  tools::Options options = every_second("%{index} %{begin:%s} %n\\n");
  CHECK(run(options, some).output == "1 1700000000 2\n2 1700000001 0\n3 1700000002 0\n4 1700000003 1\n");
  options.hides_empty = true;
  CHECK(run(options, some).output == "1 1700000000 2\n4 1700000003 1\n");
}

TEST_CASE("the peak is that of all intervals so far") {
  CHECK(run(every_second("%{bits_per_second_peak:.0} "), {{0, 10}, {2, 100}, {3, 50}, {4, 500}}).output ==
        "80 800 800 4000 ");
}

TEST_CASE("what is asked for by name is collected, in every interval anew") {
  CHECK(run(every_second("%{size_p50} %{burst:100ms:.0}\\n"), some).output == "50 8000\n0 0\n0 0\n10 800\n");
  CHECK(
      run(every_second(Kind::json, "size_p95,bytes_other,broadcast"), {{0, 100}, {0, 70}, {3, 60}}).output ==
      "{\"size_p95\":100,\"bytes_other\":170,\"broadcast\":0}\n"
      "{\"size_p95\":0,\"bytes_other\":0,\"broadcast\":0}\n"
      "{\"size_p95\":60,\"bytes_other\":60,\"broadcast\":0}\n");
  SUBCASE("a window may be as long as the interval") {
    CHECK(run(every_second("%{burst:1s:.0} "), some).output == "1200 0 0 80 ");
    CHECK(test::is_usage_error([] { (void)run(every_second("%{burst:1.1s}"), {}); },
                               "longer than the interval"));
    CHECK(test::is_usage_error([] { (void)run(every_second(Kind::json, "burst:2s"), {}); },
                               "--fields: burst:2s: the window is longer than the interval"));
  }
}

TEST_CASE("JSON: the default fields, each line written by itself") {
  const Told told = run(every_second(Kind::json), {{0, 100}, {2, 50}});
  CHECK(told.output ==
        R"({"begin":1700000000.000000000,"length":1.000000000,"packets":1,"bytes":100,)"
        R"("packets_per_second":1,"bits_per_second":800,"size_mean":100,"size_stddev":0,"size_min":100,)"
        R"("size_max":100,"ipv4":0,"ipv6":0,"arp":0,"other":1,"tcp":0,"udp":0,"icmp":0,"load":1})"
        "\n"
        R"({"begin":1700000001.000000000,"length":1.000000000,"packets":1,"bytes":50,)"
        R"("packets_per_second":1,"bits_per_second":400,"size_mean":50,"size_stddev":0,"size_min":50,)"
        R"("size_max":50,"ipv4":0,"ipv6":0,"arp":0,"other":1,"tcp":0,"udp":0,"icmp":0,)"
        R"("load":0.9917357269108088})"
        "\n");
  const std::size_t first_line = told.output.find('\n') + 1;
  REQUIRE(told.writes.size() >= 2);
  CHECK(told.writes[0] == 0);
  CHECK(told.writes[1] == first_line);  // room is made before each write
}

TEST_CASE("CSV has its header always, also without lines") {
  CHECK(run(every_second(Kind::csv, "packets,bytes"), some).output ==
        "packets,bytes\r\n2,150\r\n0,0\r\n0,0\r\n1,10\r\n");
  tools::Options options = every_second(Kind::csv, "packets");
  options.hides_empty = true;
  CHECK(run(options, {}).output == "packets\r\n");
  CHECK(run(options, some).output == "packets\r\n2\r\n1\r\n");
}

TEST_CASE("-R is subtracted in JSON too") {
  tools::Options options = every_second(Kind::json, "begin,end,time,time_relative");
  options.subtracted = test::run_begin - 10 * ns_per_s;
  CHECK(
      run(options, {{0, 1}}).output ==
      R"({"begin":10.000000000,"end":11.000000000,"time":10.500000000,"time_relative":-1699999989.500000000})"
      "\n");
}

TEST_CASE("packets that the kernel has lost count in the interval in which that was seen") {
  const std::vector<std::uint64_t> so_far = {5, 5, 12, 13};
  CHECK(run(every_second("%{dropped} "), some, so_far).output == "5 0 7 1 ");
  SUBCASE("beyond 32 bits") {
    CHECK(run(every_second("%{dropped} "), {{0, 1}, {2, 1}}, {0xfffffff0, 0x100000010}).output ==
          "4294967280 32 ");
  }
  SUBCASE("an alert may ask for them as well") {
    const Told told = run(with_alert("dropped > 6"), some, so_far);
    REQUIRE(told.notices.size() == 1);
    CHECK(told.notices.front().starts_with(
        "alert: dropped = 7 (dropped > 6), interval from 2023-11-14T22:13:22"));
  }
}

TEST_CASE("an alert is told for each interval that meets it, and the lines stay as they are") {
  const Told told = run(with_alert("bits_per_second > 100"), {{0, 100}, {2, 5}, {3, 200}});
  CHECK(told.output == "1\n1\n1\n");
  CHECK(told.has_alerted);
  REQUIRE(told.notices.size() == 2);
  CHECK(
      told.notices[0] ==
      "alert: bits_per_second = 800.00 (bits_per_second > 100), interval from 2023-11-14T22:13:20.000000Z of "
      "1 s");
  CHECK(says(told.notices[1], "bits_per_second = 1600.00"));
  SUBCASE("none that meets it: no word") {
    const Told quiet = run(with_alert("packets > 1"), {{0, 100}, {2, 5}});
    CHECK(quiet.notices.empty());
    CHECK_FALSE(quiet.has_alerted);
  }
  SUBCASE("several alerts are told one by one") {
    const Told both = run(with_alert("packets = 0", with_alert("load < 1")), some);
    CHECK(both.notices.size() == 5);  // two are empty, three below the first
    CHECK(says(both.notices[0], "(load < 1)"));
    CHECK(says(both.notices[1], "(packets = 0)"));
  }
  SUBCASE("also for intervals that -e hides, and without lines at all") {
    tools::Options hidden = with_alert("packets = 0");
    hidden.hides_empty = true;
    CHECK(run(hidden, some).notices.size() == 2);
    CHECK(run(hidden, some).output == "2\n1\n");
    tools::Options accounting = with_alert("packets = 0");
    accounting.is_accounting = true;
    CHECK(run(accounting, some).notices.size() == 2);
  }
  SUBCASE("wrong ones are wrong usage at the start") {
    CHECK(test::is_usage_error([] { (void)run(with_alert("packets > x"), {}); }, "--alert 'packets > x'"));
  }
}

TEST_CASE("an alert costs no time in a gap of billions of intervals that cannot meet it") {
  tools::Options options = test::every_second("%n ");
  options.hides_empty = true;
  options.has_summary = true;
  options.alerts = {"packets > 1 and bytes_tcp >= 0"};
  const test::Told told =
      test::run_statistics(options, {{0, 100}, {1, 100}, {2'000'000'000, 10}, {2'000'000'000, 10}});
  CHECK(says(told.output, "2 2 \n--- 4 packets"));
  CHECK(says(told.output, "bit/s of 2000000000 intervals"));
  CHECK(told.notices.size() == 2);
  SUBCASE("one that empty intervals meet is told for each of them") {
    options.alerts = {"packets == 0"};
    CHECK(test::run_statistics(options, {{0, 100}, {5, 100}}).notices.size() == 3);
  }
  SUBCASE("one that the time decides too") {
    options.alerts = {"index > 3"};
    CHECK(test::run_statistics(options, {{0, 100}, {10, 100}}).notices.size() == 7);
  }
}

TEST_CASE("-e shows an empty interval in which the kernel has lost packets") {
  tools::Options options = test::every_second(tools::Options::OutputKind::json, "packets,dropped");
  options.hides_empty = true;
  CHECK(test::run_statistics(options, {{0, 100}}, {3}).output == "{\"packets\":1,\"dropped\":3}\n");
}

TEST_CASE("-a and -b as records of JSON, in place of the lines") {
  tools::Options options = every_second(Kind::json);
  options.lines.emplace_back(8'000'000, stats::Line::Mode::carried);  // 1000 bytes a second
  options.lines.emplace_back(8'000'000, stats::Line::Mode::plain);
  options.is_accounting = true;
  const Told told = run(options, {{0, 3500}, {9, 10}});
  CHECK(told.output ==
        R"({"record":"bandwidth","mode":"carried","bits_per_second":8000,"seconds_exceeding":3,)"
        R"("percent_exceeding":33.333333333333336,"bits_per_second_peak":28000})"
        "\n"
        R"({"record":"bandwidth","mode":"plain","bits_per_second":8000,"seconds_exceeding":1,)"
        R"("percent_exceeding":11.11111111111111,"bits_per_second_peak":28000})"
        "\n"
        R"({"record":"accounting","bytes":3510,"seconds":9.000000000,"bytes_per_second":390,)"
        R"("bytes_per_minute":23400,"bytes_per_hour":1404000,"bytes_per_day":33696000,)"
        R"("bytes_per_month":1010880000})"
        "\n");
}

TEST_CASE("--summary follows the lines") {
  tools::Options options = every_second("%n ");
  options.has_summary = true;
  const Told told = run(options, some, {0, 0, 2, 2, 3});
  CHECK(told.output ==
        "2 0 0 1 \n--- 3 packets, 160 bytes, 3 dropped, in 4.000 s\n"
        "bit/s of 4 intervals, mean/p50/p95/p99/max = 320.0/0.0/1.2k/1.2k/1.2k\n"
        "  ipv4 0 (0.0 %)  ipv6 0 (0.0 %)  arp 0 (0.0 %)  other 3 (100.0 %)\n"
        "  tcp 0 (0.0 %)  udp 0 (0.0 %)  icmp 0 (0.0 %)\n");
  SUBCASE("as JSON, a record among the others") {
    tools::Options json = every_second(Kind::json, "packets");
    json.has_summary = true;
    CHECK(says(run(json, some).output,
               "{\"packets\":1}\n{\"record\":\"summary\",\"packets\":3,\"bytes\":160,\"seconds\":4.000000000,"
               "\"intervals\":4,\"bits_per_second_mean\":320,"));
  }
  SUBCASE("a gap of billions of intervals takes no time") {
    options.hides_empty = true;
    const std::string text = run(options, {{0, 100}, {2'000'000'000, 10}}).output;
    CHECK(text.starts_with(
        "1 1 \n--- 2 packets, 110 bytes, 0 dropped, in 2000000000.000 s\nbit/s of 2000000000 intervals, "));
    CHECK(says(text, "= 0.0/0.0/0.0/0.0/800.0\n"));
  }
  SUBCASE("intervals of no length have no rate") {
    options.timeline.length.reset();
    CHECK(says(run(options, {{5, 100}}).output,
               "1 \n--- 1 packet, 100 bytes, 0 dropped, in 0.000 s\nbit/s of 1 interval, "
               "mean/p50/p95/p99/max = 0.0/"));
  }
}

TEST_CASE("--capacity, whatever the interval, gaps included") {
  tools::Options options = every_second();
  options.capacity_rates_milli = {8'000'000};
  const std::string text = run(options, {{0, 500}, {0, 500}, {3, 1000}, {2'000'000'000, 10}}).output;
  CHECK(text.starts_with("Capacity for 4 packets, 2.010 kB, in 2000000000.000 s\n"));
  CHECK(largest_delay(text) == "500.000 ms");
  SUBCASE("with the overhead of each packet") {
    options.overhead_bytes = 500;
    CHECK(largest_delay(run(options, {{0, 500}, {0, 500}}).output) == "1000.000 ms");
  }
  SUBCASE("as JSON") {
    options.output = Kind::json;
    const Told told = run(options, {{0, 500}, {0, 500}});
    CHECK(told.output.starts_with(R"({"record":"capacity","packets":2,"bytes":1000,)"));
    CHECK(says(told.output, "\n{\"record\":\"capacity_line\",\"bits_per_second\":8000,"));
    CHECK(says(told.output, R"("delay_max":0.500000000,)"));
  }
}
