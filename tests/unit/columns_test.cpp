// SPDX-License-Identifier: BSD-2-Clause
#include "report/columns.hpp"

#include "base/error.hpp"
#include "layout/width.hpp"
#include "list_rows.hpp"

using report::CellForm;
using report::Value;
using test::list_column;
using test::list_row;
using test::ListRow;
using test::ListRows;

namespace {

std::string cell(const std::string& name, const ListRow& row, const CellForm& form = {}) {
  const ListRows rows({row});
  return report::cell_text(list_column(name), rows.full_record(0), form);
}

std::string rate(std::uint64_t bytes_per_second, bool is_in_bits = false) {
  return report::value_text(list_column("bytes_per_second"), Value::of_count(bytes_per_second),
                            {.is_in_bits = is_in_bits});
}

std::string time(const char* name, base::Nanoseconds time) {
  return report::value_text(list_column(name), Value::of_seconds(base::Int128{time} * 2), {});
}

constexpr base::Nanoseconds us = base::ns_per_us, ms = base::ns_per_ms, s = base::ns_per_s;

}  // namespace

TEST_CASE("rates are short, with their units, in bytes or in bits") {
  CHECK(rate(0) == "0 B/s");
  CHECK(rate(999) == "999 B/s");
  CHECK(rate(1000) == "1.0 kB/s");
  CHECK(rate(283'600) == "283.6 kB/s");
  CHECK(rate(999'949) == "999.9 kB/s");
  CHECK(rate(999'950) == "1.0 MB/s");
  CHECK(rate(1'260'000'000) == "1.3 GB/s");
  CHECK(rate(0, true) == "0 bit/s");
  CHECK(rate(124, true) == "992 bit/s");
  CHECK(rate(125, true) == "1.0 kbit/s");
  CHECK(rate(12'500'000, true) == "100.0 Mbit/s");
  SUBCASE("never wider than their column") {
    const std::size_t width = list_column("bytes_per_second").width;
    for (std::uint64_t value = 1; value < 1'000'000'000'000'000'000; value = value * 3 + 1) {
      REQUIRE(layout::columns_of(rate(value)) <= width);
      REQUIRE(layout::columns_of(rate(value, true)) <= width);
    }
  }
  SUBCASE("also of what is told in bits") {
    const auto mean = [](double bits, bool is_in_bits) {
      return report::value_text(list_column("bits_per_second"), Value::of_real(bits),
                                {.is_in_bits = is_in_bits});
    };
    CHECK(mean(8000, false) == "1.0 kB/s");
    CHECK(mean(8000, true) == "8.0 kbit/s");
  }
  SUBCASE("of each direction and of both") {
    ListRow row = list_row(1, 2000);
    row.bytes_per_second_out = 500;
    CHECK(cell("bytes_per_second_out", row) == "500 B/s");
    CHECK(cell("bytes_per_second_in", row) == "2.0 kB/s");
    CHECK(cell("bytes_per_second", row) == "2.5 kB/s");
    CHECK(cell("bytes_per_second", row, {.is_in_bits = true}) == "20.0 kbit/s");
  }
}

TEST_CASE("idle is told in whole units that have passed") {
  CHECK(time("idle", 0) == "0s");
  CHECK(time("idle", s - 1) == "0s");
  CHECK(time("idle", 59 * s) == "59s");
  CHECK(time("idle", 60 * s) == "1m");
  CHECK(time("idle", 3599 * s) == "59m");
  CHECK(time("idle", 3600 * s) == "1h");
  CHECK(time("idle", 86'399 * s) == "23h");
  CHECK(time("idle", 86'400 * s) == "1d");
  CHECK(time("idle", 10'000 * 86'400 * s) == "10000d");
  SUBCASE("since the last packet, also where that is stamped later than now") {
    ListRow row = list_row(1);
    row.connection.end = 1'700'000'003 * s;
    CHECK(cell("idle", row) == "7s");
    row.connection.end = 1'700'000'011 * s;
    CHECK(cell("idle", row) == "0s");
  }
}

TEST_CASE("delays have three digits or so, durations too") {
  CHECK(time("rtt_mean", 0) == "0us");
  CHECK(time("rtt_mean", 850 * us) == "850us");
  CHECK(time("rtt_mean", ms) == "1.0ms");
  CHECK(time("rtt_mean", 12'300 * us) == "12.3ms");
  CHECK(time("rtt_mean", 100 * ms) == "100ms");
  CHECK(time("rtt_mean", 999 * ms) == "999ms");
  CHECK(time("rtt_mean", 1250 * ms) == "1.25s");
  CHECK(time("rtt_mean", 61 * s) == "61.00s");
  CHECK(time("duration", 12 * ms) == "12.0ms");
  CHECK(time("duration", 1250 * ms) == "1.25s");
  CHECK(time("duration", 59 * s) == "59.00s");
  CHECK(time("duration", 60 * s) == "1m");
  CHECK(time("duration", 2 * 3600 * s) == "2h");
  SUBCASE("what is rounded up is never in the smaller unit") {
    CHECK(time("rtt_mean", 999'999) == "1.0ms");
    CHECK(time("rtt_mean", 99'960 * us) == "100ms");
    CHECK(time("rtt_mean", s - 1) == "1.00s");
  }
  SUBCASE("they fit their columns up to minutes") {
    for (base::Nanoseconds value = 1; value < 60 * s; value = value * 5 / 4 + 1) {
      REQUIRE(time("rtt_mean", value).size() <= list_column("rtt_mean").width);
      REQUIRE(time("duration", value).size() <= list_column("duration").width);
    }
  }
}

TEST_CASE("counts are whole up to five digits, ports always") {
  const auto text = [](const char* name, std::uint64_t count) {
    return report::value_text(list_column(name), Value::of_count(count), {});
  };
  CHECK(text("bytes", 99'999) == "99999");
  CHECK(text("bytes", 100'000) == "100.0k");
  CHECK(text("packets", 12'345'678) == "12.3M");
  CHECK(text("client_port", 65'535) == "65535");
}

TEST_CASE("what there is nothing of is a dash, a flag is there or not") {
  ListRow row = list_row(1);
  for (const char* name : {"rtt_mean", "rtt_min", "rtt_handshake", "process", "client_name", "server_name"}) {
    CAPTURE(name);
    CHECK(cell(name, row) == "-");
  }
  CHECK(cell("active", row).empty());
  row.is_active = true;
  CHECK(cell("active", row) == "*");
}

TEST_CASE("of a connection without states its protocol is told") {
  ListRow row = list_row(1);
  CHECK(cell("state", row) == "ESTABLISHED");
  row.connection.key.set({{0, 1, false}, {0, 2, false}}, 5353, 53, test::udp);
  row.connection.state = flow::State::open;
  CHECK(cell("state", row) == "UDP");
  row.connection.key.set({{0, 1, false}, {0, 2, false}}, 0, 0, test::icmp);
  CHECK(cell("state", row) == "ICMP");
}

TEST_CASE("names stand in the place of addresses, cleaned, where they are known and wanted") {
  ListRow row = list_row(1);
  row.client_name = "a\x1b[31m.example";
  CHECK(cell("client_endpoint", row) == "a\\x1b[31m.example:1001");
  CHECK(cell("client", row) == "a\\x1b[31m.example");
  CHECK(cell("server_endpoint", row) == "198.51.100.1:80");
  CHECK(cell("client_name", row) == "a\\x1b[31m.example");
  CHECK(cell("client_endpoint", row, {.is_named = false}) == "192.0.2.1:1001");
  row.server_name = "server.example";
  row.process = "evil\n(1)";
  CHECK(cell("server_endpoint", row) == "server.example:80");
  CHECK(cell("process", row) == "evil\\x0a(1)");
}

TEST_CASE("columns are as wide as their headings at least, and are named after their statistics") {
  for (const report::ListColumn& column : test::list_columns("all")) {
    CAPTURE(column.field.name);
    CHECK(column.width >= layout::columns_of(column.heading));
    CHECK_FALSE(column.heading.empty());
    CHECK(column.is_summed == column.field.name.starts_with("bytes_per_second"));
  }
  CHECK(list_column("server_endpoint").heading == "Server");
  CHECK(list_column("zero_windows_in").heading == "zero_windows_in");
  CHECK(list_column("server_endpoint").is_elastic);
  CHECK_FALSE(list_column("state").is_elastic);
  CHECK(list_column("bytes").is_descending);
  CHECK_FALSE(list_column("state").is_descending);
  SUBCASE("a name that there is not is refused") {
    CHECK(test::is_usage_error([] { list_column("nosuch"); }, "nosuch"));
    CHECK(test::is_usage_error([] { test::list_columns("state,byte"); }, "bytes"));
    CHECK(test::is_usage_error([] { test::list_columns("state,"); }));
  }
}
