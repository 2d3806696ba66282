// SPDX-License-Identifier: BSD-2-Clause
// Options for outputs, alerts, capacity and alignment. The classic ones are options_test's.
#include "support.hpp"
#include "tools/options.hpp"

using base::ns_per_s;
using tools::Options;
using Kind = Options::OutputKind;
using Words = std::vector<std::string>;

namespace {

Options parse(const Words& words) {
  std::vector<const char*> argv{"tcpstat"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return tools::parse_options(static_cast<int>(argv.size()), argv.data());
}

/// The message of the usage Error.
std::string problem(const Words& words) {
  const base::Error error = test::error_of([&] { (void)parse(words); });
  CHECK(error.status() == base::ExitStatus::usage);
  return error.what();
}

}  // namespace

TEST_CASE("one kind of output: text, table, JSON or CSV") {
  CHECK(parse({}).output == Kind::text);
  CHECK(parse({"-o", "%n"}).output == Kind::text);
  CHECK(parse({"-t"}).output == Kind::table);
  CHECK(parse({"--table"}).output == Kind::table);
  CHECK(parse({"--json"}).output == Kind::json);
  CHECK(parse({"--csv"}).output == Kind::csv);
  CHECK(parse({"-te1"}).output == Kind::table);
  const std::string why = "-o, --table, --json and --csv: one of them";
  CHECK(problem({"-t", "--json"}) == why);
  CHECK(problem({"--csv", "--json"}) == why);
  CHECK(problem({"-t", "--csv"}) == why);
  CHECK(problem({"-o", "%n", "-t"}) == why);
  CHECK(problem({"-o", "%n", "--json"}) == why);
  CHECK(problem({"--csv", "-o", "%n"}) == why);
  CHECK_NOTHROW((void)parse({"--json", "--json"}));
  CHECK(problem({"--json=1"}) != "");
}

TEST_CASE("fields for all but text") {
  CHECK_FALSE(parse({"--json"}).fields.has_value());
  CHECK(parse({"--json", "--fields", "packets,bytes"}).fields == "packets,bytes");
  CHECK(parse({"--csv", "--fields=all"}).fields == "all");
  CHECK(parse({"-t", "--fields", "tcp"}).fields == "tcp");
  CHECK(parse({"--json", "--fields", "a", "--fields", "b"}).fields == "b");
  CHECK(problem({"--fields", "packets"}) == "--fields: goes with --json, --csv or --table");
  CHECK(problem({"--fields", "packets", "-o", "%n"}) == "--fields: goes with --json, --csv or --table");
  CHECK(problem({"--fields", ""}) == "--fields: goes with --json, --csv or --table");
  for (const Words& words :
       {Words{"-a"}, Words{"-b", "1M"}, Words{"-B", "1M"}, Words{"--capacity", "auto"}}) {
    Words all{"--json", "--fields", "packets"};
    all.insert(all.end(), words.begin(), words.end());
    CHECK(problem(all) ==
          "--fields: chooses for interval lines, which -a, -b, -B, --capacity and --by do without");
  }
  CHECK(problem({"--json", "--fields="}) == "--fields=: the value is missing");
}

TEST_CASE("alerts are gathered, each as it is") {
  CHECK(parse({}).alerts.empty());
  CHECK(parse({"--alert", "packets > 5", "--alert=tcp = 0", "1"}).alerts == Words{"packets > 5", "tcp = 0"});
  CHECK(parse({"--alert", "packets > 5", "1"}).timeline.length == ns_per_s);  // it takes one word
  CHECK(problem({"--alert"}) != "");
  CHECK(problem({"--alert="}) == "--alert=: the value is missing");
}

TEST_CASE("--summary goes with lines and reports, but CSV holds nothing else than lines") {
  CHECK_FALSE(parse({}).has_summary);
  CHECK(parse({"--summary"}).has_summary);
  CHECK(parse({"--summary"}).prints_intervals());
  CHECK(parse({"--json", "--summary"}).has_summary);
  CHECK(parse({"-t", "--summary"}).has_summary);
  CHECK(parse({"-a", "--summary"}).is_accounting);
  const std::string why = "--csv: holds lines of intervals, connections or --by; --json has all reports";
  CHECK(problem({"--csv", "--summary"}) == why);
  CHECK(problem({"--csv", "-a"}) == why);
  CHECK(problem({"--csv", "-b", "1M"}) == why);
  CHECK(problem({"--csv", "-B", "1M"}) == why);
  CHECK(problem({"--csv", "--capacity", "auto"}) == why);
}

TEST_CASE("a table shows lines, which the reports do without") {
  const std::string why = "--table: shows interval lines, which -a, -b, -B, --capacity and --by do without";
  CHECK(problem({"-t", "-a"}) == why);
  CHECK(problem({"-t", "-b", "1M"}) == why);
  CHECK(problem({"-t", "-B", "1M"}) == why);
  CHECK(problem({"-t", "--capacity", "1M"}) == why);
  CHECK_NOTHROW((void)parse({"--json", "-a", "-b", "1M", "--capacity", "1M"}));
}

TEST_CASE("--capacity: rates, lists, auto, in their order") {
  CHECK_FALSE(parse({}).wants_capacity());
  const Options options = parse({"--capacity", "10M,auto,1.5k", "--capacity=100"});
  CHECK(options.capacity_rates_milli == std::vector<std::uint64_t>{10'000'000'000, 1'500'000, 100'000});
  CHECK(options.finds_capacity);
  CHECK(options.wants_capacity());
  CHECK_FALSE(options.prints_intervals());
  CHECK(parse({"--capacity", "auto"}).wants_capacity());
  CHECK(parse({"--capacity", "auto"}).capacity_rates_milli.empty());
  CHECK_FALSE(parse({"--capacity", "1M"}).finds_capacity);
  CHECK(parse({"--capacity", "1M", "-b", "2M", "-a"}).lines.size() == 1);
  CHECK(parse({"--capacity", "0.001"}).capacity_rates_milli.front() == 1);
  for (const std::string value :
       {"0", "-5", "", "x", "1M,", ",auto", "Auto", "1K", "nan", "1e99", "0.0001"}) {
    CAPTURE(value);
    CHECK(test::says(problem({"--capacity", value}), "--capacity '"));
  }
  CHECK(problem({"--capacity", "1M,fast"}) ==
        "--capacity 'fast': not a number of bits per second from 0.001 to 1e15, as in 28800, 1.5M or "
        "10M,100M, nor "
        "auto");
  CHECK(problem({"-b", "fast"}) ==
        "-b 'fast': not a number of bits per second from 0.001 to 1e15, as in 28800, 1.5M or 10M,100M");
}

TEST_CASE("--overhead: of each packet, in place of -l, wherever a line is asked about") {
  CHECK_FALSE(parse({"--capacity", "auto"}).overhead_bytes.has_value());
  CHECK(parse({"--capacity", "auto", "--overhead", "ethernet"}).overhead_bytes == 38);
  CHECK(parse({"--capacity", "auto", "--overhead", "24"}).overhead_bytes == 24);
  CHECK(parse({"--capacity", "auto", "--overhead", "0"}).overhead_bytes == 0);
  CHECK(parse({"--overhead", "65535", "-b", "1M"}).overhead_bytes == 65535);
  SUBCASE("the lines of -b and -B get it, whichever stands first") {
    for (const Words& words :
         {Words{"-b", "1M", "--overhead", "38"}, Words{"--overhead", "38", "-B", "1M"}}) {
      Options options = parse(words);
      REQUIRE(options.lines.size() == 1);
      stats::Interval interval;
      interval.length = ns_per_s;
      interval.add(test::any_packet(), 62);
      options.lines.front().add(interval);
      CHECK(options.lines.front().peak_bps() == 800.0);
    }
  }
  const std::string why = "--overhead: goes with -b, -B or --capacity";
  CHECK(problem({"--overhead", "38"}) == why);
  CHECK(problem({"--overhead", "38", "-a"}) == why);
  CHECK(problem({"--overhead", "38", "-l", "-b", "1M"}) ==
        "--overhead and -l: one or the other; both count the header");
  for (const std::string value : {"65536", "-1", "x", "", "1.5", "Ethernet", "0x10", "38 "}) {
    CAPTURE(value);
    CHECK(problem({"-b", "1M", "--overhead", value}) ==
          "--overhead '" + value + "': neither a number of bytes up to 65535 nor ethernet");
  }
}

TEST_CASE("--align needs an interval") {
  CHECK_FALSE(parse({}).timeline.is_aligned);
  CHECK(parse({"--align"}).timeline.is_aligned);
  CHECK(parse({"--align", "-r", "x", "0.1"}).timeline.is_aligned);
  CHECK(parse({"--align", "--follow", "-r", "x"}).timeline.is_aligned);
  const std::string why = "--align: the whole sample is one interval (-1, or -s below the interval)";
  CHECK(problem({"--align", "-1"}) == why);
  CHECK(problem({"--align", "--whole"}) == why);
  CHECK(problem({"--align", "--interval", "-1"}) == why);
  CHECK(problem({"-r", "x", "--align", "--", "-1"}) == why);
  CHECK(problem({"--align", "-s", "4", "5"}) == why);
  CHECK(parse({"--align", "-s", "5", "5"}).timeline.is_aligned);
}

TEST_CASE("the help names the new options and fits into 80 columns") {
  const std::string help = parse({"-h"}).message;
  for (const std::string option : {"-t, --table", "--json", "--csv", "--fields NAME,...", "--summary",
                                   "--alert EXPR", "--align", "--capacity", "--overhead"}) {
    CAPTURE(option);
    CHECK(test::says(help, option));
  }
  CHECK(test::says(help, "%{NAME:SPEC}"));
}
