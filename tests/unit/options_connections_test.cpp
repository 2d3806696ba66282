// SPDX-License-Identifier: BSD-2-Clause
// Options for connections and rankings. The classic ones are options_test's, outputs options_output_test's.
#include "report/format.hpp"
#include "support.hpp"
#include "tools/options.hpp"

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

bool prints_intervals(const Words& words) { return parse(words).prints_intervals(); }

}  // namespace

TEST_CASE("without options for them, connections are not told apart") {
  const Options options = parse({});
  CHECK_FALSE(options.prints_connections);
  CHECK_FALSE(options.top.has_value());
  CHECK(options.breakdowns.empty());
  CHECK_FALSE(options.vlan_is_in_key);
  CHECK(options.connections_most == 1'000'000);
}

TEST_CASE("-c: a line for each connection, in the usual format or another") {
  CHECK(parse({"-c"}).prints_connections);
  CHECK(parse({"--connections"}).prints_connections);
  CHECK(parse({"-ceF"}).prints_connections);
  CHECK(parse({"-c"}).connection_format == report::default_connection_format);
  CHECK(parse({"-c", "--connection-format", "%{client}\\n"}).connection_format == "%{client}\\n");
  CHECK(parse({"-c", "--connection-format=a", "--connection-format=b"}).connection_format == "b");
  CHECK(problem({"-c=1"}) != "");
  CHECK(problem({"--connections=1"}) != "");
}

TEST_CASE("-c alone leaves out the lines of intervals; what asks for these brings them back") {
  CHECK_FALSE(prints_intervals({"-c"}));
  CHECK_FALSE(prints_intervals({"-c", "--json"}));
  CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%{client}\\n"}));
  CHECK(prints_intervals({"-c", "-o", "%n\\n"}));
  CHECK(prints_intervals({"-c", "1"}));
  CHECK(prints_intervals({"-c", "--interval=1"}));
  CHECK(prints_intervals({"-c", "-1"}));
  CHECK(prints_intervals({"-c", "-t"}));
  CHECK(prints_intervals({"-c", "--json", "1"}));
  CHECK(prints_intervals({"-c", "--json", "--fields", "packets"}));
  CHECK(prints_intervals({"-c", "--top", "3"}));
  SUBCASE("not so where CSV or a report would have no room for them") {
    CHECK_FALSE(prints_intervals({"-c", "--csv"}));
    CHECK_FALSE(prints_intervals({"-c", "--csv", "1"}));
    CHECK_FALSE(prints_intervals({"-c", "-a", "1"}));
    CHECK_FALSE(prints_intervals({"-c", "--by", "host", "1"}));
  }
  SUBCASE("or where connections go somewhere else from their first character on") {
    CHECK(prints_intervals({"-c", "--connection-format", "%3%{client}\\n"}));
    CHECK(prints_intervals({"-c", "--connection-format", "%10%{client}\\n"}));
    CHECK(prints_intervals({"-c", "--connection-format", "%3"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%1%{client}\\n"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%1"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%001%{client}\\n"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%n %3%{client}\\n"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "%"}));
    CHECK_FALSE(prints_intervals({"-c", "--connection-format", "3"}));
  }
}

TEST_CASE("--connection-format is for text, --connection-fields for JSON and CSV, both with -c") {
  CHECK_FALSE(parse({"-c", "--json"}).connection_fields.has_value());
  CHECK(parse({"-c", "--json", "--connection-fields", "client,server"}).connection_fields == "client,server");
  CHECK(parse({"-c", "--csv", "--connection-fields=all"}).connection_fields == "all");
  CHECK_NOTHROW((void)parse({"-c", "-t", "--connection-format", "%{client}\\n"}));
  CHECK(problem({"--connection-format", "%{client}\\n"}) == "--connection-format: goes with -c");
  CHECK(problem({"--connection-format", "x", "--json"}) == "--connection-format: goes with -c");
  CHECK(problem({"--connection-fields", "client", "--json"}) == "--connection-fields: goes with -c");
  CHECK(problem({"--connection-fields="}) == "--connection-fields=: the value is missing");
  const std::string for_machines =
      "--connection-fields: goes with --json or --csv; text has --connection-format";
  CHECK(problem({"-c", "--connection-fields", "client"}) == for_machines);
  CHECK(problem({"-c", "--connection-fields", ""}) == for_machines);
  CHECK(problem({"-c", "-t", "--connection-fields", "client"}) == for_machines);
  const std::string for_text = "--connection-format: is for text; --json and --csv have --connection-fields";
  CHECK(problem({"-c", "--json", "--connection-format", "x"}) == for_text);
  CHECK(problem({"-c", "--csv", "--connection-format", "x"}) == for_text);
}

TEST_CASE("CSV holds records of one kind") {
  CHECK_NOTHROW((void)parse({"-c", "--csv"}));
  CHECK_NOTHROW((void)parse({"--by", "host", "--csv"}));
  CHECK_NOTHROW((void)parse({"--csv", "--fields", "connections"}));
  const std::string why = "--csv: holds records of one kind; with -c those of connections";
  CHECK(problem({"-c", "--csv", "--fields", "packets"}) == why);
  CHECK(problem({"-c", "--csv", "--by", "host"}) == why);
  CHECK(problem({"--top", "3", "-a", "--csv"}) == "--top: not with --csv, which holds records of one kind");
  CHECK(problem({"--top", "3", "--csv"}) == "--top: not with --csv, which holds records of one kind");
  const std::string others = "--csv: holds lines of intervals, connections or --by; --json has all reports";
  CHECK(problem({"-c", "--csv", "--summary"}) == others);
  CHECK(problem({"-c", "--csv", "-a"}) == others);
  CHECK(problem({"--by", "host", "--csv", "-b", "1M"}) == others);
}

TEST_CASE("--top: how many, and what makes them busy") {
  CHECK(parse({"--top", "3"}).top->count == 3);
  CHECK(parse({"--top", "3"}).top->by == flow::Top::By::bits);
  CHECK(parse({"--top=1000,packets"}).top->count == 1000);
  CHECK(parse({"--top", "1,rtt"}).top->by == flow::Top::By::rtt);
  CHECK(parse({"--top", "2", "--top", "1,retransmissions"}).top->by == flow::Top::By::retransmissions);
  CHECK(prints_intervals({"--top", "3"}));
  for (const std::string value : {"0", "1001", "-1", "x", "", "1.5", "packets", " 3", "0x3", ",packets"}) {
    CAPTURE(value);
    CHECK(test::says(problem({"--top", value}),
                     "--top '" + value + "': not a number of connections from 1 to 1000"));
  }
  CHECK(problem({"--top", "3,packet"}) == "--top '3,packet': no 'packet': is it packets?");
  CHECK(problem({"--top", "3,"}) == "--top '3,': no '': bits, packets, retransmissions or rtt");
  CHECK(problem({"--top="}) == "--top=: the value is missing");
  const std::string why =
      "--top: follows lines of intervals, which -a, -b, -B, --capacity and --by do without";
  for (const Words& report :
       {Words{"-a"}, Words{"-b", "1M"}, Words{"--capacity", "auto"}, Words{"--by", "port"}}) {
    Words all{"--top", "3"};
    all.insert(all.end(), report.begin(), report.end());
    CHECK(problem(all) == why);
  }
}

TEST_CASE("--by: keys, each once for each time it is given") {
  const Options options = parse({"--by", "host", "--by=network/24", "--by", "network/8/48", "--by", "vlan"});
  REQUIRE(options.breakdowns.size() == 4);
  CHECK(options.breakdowns[0].key == stats::BreakdownKind::Key::host);
  CHECK(options.breakdowns[1].ipv4_bits == 24);
  CHECK(options.breakdowns[1].ipv6_bits == 64);
  CHECK(options.breakdowns[2].ipv6_bits == 48);
  CHECK(options.breakdowns[3].name == "vlan");
  CHECK(options.has_report());
  CHECK_FALSE(options.prints_intervals());
  CHECK(parse({"--by", "host", "1"}).timeline.length == base::ns_per_s);  // it takes one word
  CHECK(problem({"--by", "hots"}) == "--by 'hots': is it host?");
  CHECK(problem({"--by", "network"}) ==
        "--by 'network': needs the length of its prefix, as in network/24; of IPv6 too: network/24/48");
  CHECK(problem({"--by", "network/33"}) ==
        "--by 'network/33': a prefix of IPv4 has 0 to 32 bits, as in network/24");
  CHECK(problem({"--by", "network/24/129"}) ==
        "--by 'network/24/129': a prefix of IPv6 has 0 to 128 bits, as in network/24/48");
  CHECK(problem({"--by", "host/24"}) == "--by 'host/24': only network has a length, as in network/24");
  CHECK(problem({"--by", "\x1b"}) ==
        "--by '\\x1b': not host, port, protocol, network/LEN, vlan or interface");
  CHECK(problem({"--by="}) == "--by=: the value is missing");
}

TEST_CASE("--by takes the place of the lines of intervals, and goes with other reports") {
  CHECK_NOTHROW((void)parse({"--by", "host", "-a", "--summary", "-b", "1M", "--capacity", "1M", "--json"}));
  CHECK(problem({"--by", "host", "-t"}) ==
        "--table: shows interval lines, which -a, -b, -B, --capacity and --by do without");
  CHECK(problem({"--by", "host", "--json", "--fields", "packets"}) ==
        "--fields: chooses for interval lines, which -a, -b, -B, --capacity and --by do without");
}

TEST_CASE("how many connections are held at a time, and what tells them apart") {
  CHECK(parse({"--max-connections", "1"}).connections_most == 1);
  CHECK(parse({"--max-connections=16777214"}).connections_most == 16'777'214);
  CHECK(parse({"--vlan-key"}).vlan_is_in_key);
  for (const std::string value : {"0", "-1", "16777215", "1e3", "x", "", "1k", "99999999999999999999"}) {
    CAPTURE(value);
    CHECK(problem({"--max-connections", value}) ==
          "--max-connections '" + value + "': not a whole number from 1 to 16777214");
  }
  CHECK(problem({"--max-connections="}) == "--max-connections=: the value is missing");
  CHECK(problem({"--vlan-key=1"}) != "");
}

TEST_CASE("the help has both tables of statistics, and both usual formats") {
  const std::string help = parse({"-h"}).message;
  for (const report::Subject subject : {report::Subject::interval, report::Subject::connection}) {
    for (const report::Directive& row : report::directives(subject)) {
      const std::string letter = row.letter == 0 ? "  " : std::string("%") + row.letter;
      CAPTURE(row.name);
      CHECK(test::says(help, "\n  " + letter + " " + row.name));
    }
  }
  CHECK(test::says(help, "\n  Default: " + std::string(report::default_format) + "\n"));
  std::string unfolded = help.substr(help.find("  Of connections:") + 18),
              format(report::default_connection_format);
  std::erase_if(unfolded, [](char letter) { return letter == ' ' || letter == '\n'; });
  std::erase(format, ' ');
  CHECK(unfolded.starts_with(format));
}
