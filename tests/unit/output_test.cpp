// SPDX-License-Identifier: BSD-2-Clause
// Interval records for machines: JSON Lines and CSV. The table for a person is output_table_test's.
#include "report/output.hpp"

#include "base/text.hpp"
#include "support.hpp"

using base::ns_per_s;
using report::IntervalRecord;
using report::Output;
using report::Sinks;
using report::Wishes;

namespace {

using Make = std::unique_ptr<Output> (*)(std::vector<report::Field>);

/// 2023-11-14 22:13:20.25 UTC, 3 s: 7 packets of 10 bytes.
stats::Interval sample() {
  stats::Interval interval;
  interval.begin = 1'700'000'000 * ns_per_s + ns_per_s / 4;
  interval.length = 3 * ns_per_s;
  for (int i = 0; i < 7; ++i) interval.add({packet::Network::ipv6, test::udp, 14}, 10);
  return interval;
}

/// The header and a line for each of these.
std::string render(Make make, std::string_view fields, const std::vector<IntervalRecord>& records) {
  Wishes wishes;
  Sinks sinks;
  const auto output = make(report::find_fields(fields, wishes));
  output->begin(sinks);
  for (const IntervalRecord& record : records) output->render(record, sinks);
  return sinks.text(sinks.open(1));
}

std::string render(Make make, std::string_view fields) {
  const stats::Interval interval = sample();
  return render(make, fields, {{{1'700'000'000 * ns_per_s, 0}, interval, 1.0 / 3, 1e21, 2, 3}});
}

}  // namespace

TEST_CASE("JSON: an object a line, keys are names, numbers are raw") {
  CHECK(render(report::make_json, "packets") == "{\"packets\":7}\n");
  CHECK(render(report::make_json, "begin,length,packets,bytes,bits_per_second,size_mean,load") ==
        R"({"begin":1700000000.250000000,"length":3.000000000,"packets":7,"bytes":70,)"
        R"("bits_per_second":186.66666666666666,"size_mean":10,"load":0.3333333333333333})"
        "\n");
  CHECK(render(report::make_json, "b,n,time_relative,S,index,dropped") ==
        R"({"bits_per_second":186.66666666666666,"packets":7,"time_relative":1.750000000,)"
        R"("time":1700000001.750000000,"index":2,"dropped":3})"
        "\n");
  SUBCASE("a window is part of the key") {
    CHECK(render(report::make_json, "burst:10ms,burst:1s") == "{\"burst:10ms\":0,\"burst:1s\":0}\n");
  }
  SUBCASE("no exponents, whatever the size") {
    CHECK(render(report::make_json, "bits_per_second_peak") ==
          "{\"bits_per_second_peak\":1000000000000000000000}\n");
  }
  SUBCASE("no header, and a line for every record") {
    CHECK(render(report::make_json, "packets", {}) == "");
    const stats::Interval interval = sample(), empty;
    CHECK(render(report::make_json, "packets,index", {{{}, interval, 1, 0, 1}, {{}, empty, 1, 0, 2}}) ==
          "{\"packets\":7,\"index\":1}\n{\"packets\":0,\"index\":2}\n");
  }
}

TEST_CASE("CSV: a header of names, then numbers as in JSON, lines end as RFC 4180 has it") {
  CHECK(render(report::make_csv, "packets") == "packets\r\n7\r\n");
  CHECK(render(report::make_csv, "begin,packets,bits_per_second,load") ==
        "begin,packets,bits_per_second,load\r\n1700000000.250000000,7,186.66666666666666,0."
        "3333333333333333\r\n");
  CHECK(render(report::make_csv, "burst:10ms,n") == "burst:10ms,packets\r\n0,7\r\n");
  SUBCASE("the header stands alone where there are no lines") {
    CHECK(render(report::make_csv, "packets,bytes", {}) == "packets,bytes\r\n");
  }
  SUBCASE("and once above all lines") {
    const stats::Interval interval = sample();
    CHECK(render(report::make_csv, "packets", {{{}, interval}, {{}, interval}}) == "packets\r\n7\r\n7\r\n");
  }
}

TEST_CASE("never nan or inf, whatever the interval") {
  const stats::Interval empty;  // of no length
  for (const Make make : {report::make_json, report::make_csv}) {
    const std::string text = render(make, "all,burst:1s", {{{}, empty}});
    CHECK(text.find("nan") == std::string::npos);
    CHECK(text.find("inf") == std::string::npos);
    CHECK(text.find("e+") == std::string::npos);
    const bool is_json = make == report::make_json;
    CHECK(text.find(":,") == std::string::npos);
    CHECK((text.find("null") != std::string::npos) == is_json);  // no round trips
  }
}

TEST_CASE("JSON and CSV hold the same numbers under the same names, for every statistic") {
  const std::string json = render(report::make_json, "all,burst:1s");
  const std::string csv = render(report::make_csv, "all,burst:1s");
  const auto lines = base::split(csv, '\n');
  REQUIRE(lines.size() == 3);
  const auto without_return = [](std::string_view line) { return line.substr(0, line.size() - 1); };
  const auto names = base::split(without_return(lines[0]), ',');
  const auto numbers = base::split(without_return(lines[1]), ',');
  REQUIRE(names.size() == numbers.size());
  std::string expected = "{";
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string_view number = numbers[i].empty() ? "null" : numbers[i];
    expected += (i > 0 ? ",\"" : "\"") + std::string(names[i]) + "\":" + std::string(number);
  }
  CHECK(json == expected + "}\n");
}
