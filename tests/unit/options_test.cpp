// SPDX-License-Identifier: BSD-2-Clause
#include "tools/options.hpp"

#include "report/directives.hpp"
#include "support.hpp"

using base::ns_per_s;
using tools::Options;
using Words = std::vector<std::string>;

namespace {

Options parse(const Words& words) {
  std::vector<const char*> argv{"tcpstat"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return tools::parse_options(static_cast<int>(argv.size()), argv.data());
}

bool is_wrong(const Words& words, std::string_view part = {}) {
  return test::is_usage_error([&] { (void)parse(words); }, part);
}

}  // namespace

TEST_CASE("without options: live, every 5 seconds, for ever, tcpstat 1.5's format") {
  const Options options = parse({});
  CHECK(options.is_live());
  CHECK(options.interfaces.empty());
  CHECK(options.timeline.length == 5 * ns_per_s);
  CHECK_FALSE(options.timeline.limit.has_value());
  CHECK_FALSE(options.timeline.count.has_value());
  CHECK(options.format == "Time:%S\\tn=%n\\tavg=%a\\tstddev=%d\\tbps=%b\\n");
  CHECK(options.prints_intervals());
  CHECK(options.live.is_promiscuous);
}

TEST_CASE("a classic command line: bundles, attached values, options after the interval") {
  const Options options = parse({"-eFlr", "day.pcap", "0.1", "-s60", "-R", "-5", "-ftcp", "-o-x%S"});
  CHECK(options.files == std::vector<std::string>{"day.pcap"});
  CHECK(options.hides_empty);
  CHECK(options.includes_link_header);
  CHECK(options.timeline.length == ns_per_s / 10);
  CHECK(options.timeline.limit == 60 * ns_per_s);
  CHECK(options.subtracted == -5 * ns_per_s);
  CHECK(options.filter == "tcp");
  CHECK(options.format == "-x%S");
  CHECK(parse({"-r-", "2"}).files.front() == "-");
  CHECK(parse({"-r", "-"}).files.front() == "-");
  CHECK(parse({"-ieth0", "-i", "lo", "1"}).interfaces == Words{"eth0", "lo"});
  CHECK(parse({"--read=day.pcap", "--no-empty", "--output", "%n"}).format == "%n");
}

TEST_CASE("the interval, and the count after it") {
  CHECK(parse({"1", "10"}).timeline.count == 10);
  CHECK(parse({"--interval=2", "--count=3"}).timeline.count == 3);
  CHECK(parse({"0.015625"}).timeline.length == 15'625'000);
  CHECK(parse({"-r", "day.pcap", "1e-9"}).timeline.length == 1);
  SUBCASE("-1 is the whole sample, also in a bundle") {
    CHECK_FALSE(parse({"-r", "x", "-1"}).timeline.length.has_value());
    CHECK_FALSE(parse({"-1e"}).timeline.length.has_value());
    CHECK_FALSE(parse({"-r", "x", "--", "-1"}).timeline.length.has_value());
    CHECK(parse({"-1e"}).hides_empty);
  }
  SUBCASE("values that are wrong") {
    for (const std::string value :
         {"0", "-2", "abc", "1e999", "nan", "inf", "5x", "0x10", "", " 5", "+5", "1,5", "1e-10", "1e10"}) {
      CAPTURE(value);
      CHECK(is_wrong({"-r", "x", value}));
      CHECK(is_wrong({"--interval=" + value, "-r", "x"}));
    }
    for (const std::string value : {"0", "-1", "1.5", "0x10", "", "a", "99999999999999999999"}) {
      CAPTURE(value);
      CHECK(is_wrong({"-r", "x", "1", value}));
    }
    CHECK(is_wrong({"-15"}));
    CHECK(is_wrong({"1", "2", "3"}));
  }
}

TEST_CASE("-s: shorter than the interval makes the sample one interval, -1 is endless") {
  const Options shorter = parse({"-s", "2", "5"});
  CHECK_FALSE(shorter.timeline.length.has_value());
  CHECK(shorter.timeline.limit == 2 * ns_per_s);
  CHECK(parse({"-s", "5", "5"}).timeline.length == 5 * ns_per_s);
  CHECK_FALSE(parse({"-s", "-1", "5"}).timeline.limit.has_value());
  for (const std::string value : {"0", "-2", "abc", "", "1e999", "nan"}) CHECK(is_wrong({"-s", value}, "-s"));
}

TEST_CASE("-b and -B: rates with suffixes, lists, in their order") {
  const Options options = parse({"-b", "28800", "-B1.5M,10k", "-b", "1G", "-r", "x"});
  REQUIRE(options.lines.size() == 4);
  CHECK(options.lines[0].rate_bps() == 28800.0);
  CHECK(options.lines[0].mode() == stats::Line::Mode::carried);
  CHECK(options.lines[1].rate_bps() == 1e9);
  CHECK(options.lines[2].rate_bps() == 1.5e6);
  CHECK(options.lines[2].mode() == stats::Line::Mode::plain);
  CHECK(options.lines[3].rate_bps() == 1e4);
  CHECK_FALSE(options.prints_intervals());
  CHECK_FALSE(parse({"-a"}).prints_intervals());
  for (const std::string value : {"0", "-5", "", "x", "1,", ",1", "1K", "nan", "1e99", "0.0001"}) {
    CAPTURE(value);
    CHECK(is_wrong({"-b", value}, "-b"));
    CHECK(is_wrong({"-B", value}, "-B"));
  }
}

TEST_CASE("what is for live captures does not go with a stored one") {
  CHECK(is_wrong({"-r", "x", "-i", "lo"}, "-i"));
  CHECK(is_wrong({"-r", "x", "-p"}, "-p"));
  CHECK(is_wrong({"-r", "x", "-Q", "in"}, "-Q"));
  CHECK(is_wrong({"-r", "x", "--snaplen", "100"}, "--snaplen"));
  CHECK(is_wrong({"-r", "x", "--buffer-size", "2048"}, "--buffer-size"));
}

TEST_CASE("live options") {
  const Options options = parse({"-p", "-Q", "in", "--snaplen", "64", "--buffer-size", "1024", "-f", "udp"});
  CHECK_FALSE(options.live.is_promiscuous);
  CHECK(options.live.direction == PCAP_D_IN);
  CHECK(options.live.snaplen_bytes == 64);
  CHECK(options.live.buffer_bytes == 1U << 20);
  CHECK(options.live.filter == "udp");
  CHECK(parse({"-Qout"}).live.direction == PCAP_D_OUT);
  CHECK(parse({"-Q", "inout"}).live.direction == PCAP_D_INOUT);
  CHECK(is_wrong({"-Q", "up"}, "-Q"));
  CHECK(is_wrong({"--snaplen", "63"}));
  CHECK(is_wrong({"--snaplen", "262145"}));
  CHECK(is_wrong({"--buffer-size", "0x400"}));
  CHECK(is_wrong({"--buffer-size", "-1"}));
}

TEST_CASE("the last of an option that is repeated wins") {
  CHECK(parse({"-f", "tcp", "-f", "udp"}).filter == "udp");
  CHECK(parse({"-s", "1", "-s", "7"}).timeline.limit == 7 * ns_per_s);
  CHECK(parse({"-o", "a", "-o", "b"}).format == "b");
}

TEST_CASE("what is wrong is told without control characters") {
  CHECK(is_wrong({"--no-such-option"}, "no-such-option"));
  CHECK(is_wrong({"-X"}));
  CHECK(is_wrong({"-f"}));
  CHECK(is_wrong({"\x1b[2J"}, "\\x1b"));
  CHECK(is_wrong({"--\x1b[2J"}, "\\x1b"));
}

TEST_CASE("help and version") {
  for (const Words& words : {Words{"-h"}, Words{"-?"}, Words{"--help"}, Words{"-r", "x", "-h"}}) {
    const std::string help = parse(words).message;
    CHECK(help.starts_with("Usage: tcpstat"));
    for (const report::Directive& row : report::directives()) {
      const std::string letter = row.letter == 0 ? "  " : std::string("%") + row.letter;
      CHECK(test::says(help, "\n  " + letter + " " + row.name + " "));
    }
    std::size_t begin = 0;
    for (std::size_t end; (end = help.find('\n', begin)) != std::string::npos; begin = end + 1)
      CHECK(end - begin <= 80);
  }
  CHECK(parse({"-V"}).message.starts_with("tcpstat version "));
  CHECK(parse({"--version"}).message.find("libpcap") != std::string::npos);
  CHECK(parse({"-D"}).lists_interfaces);
}
