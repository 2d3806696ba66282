// SPDX-License-Identifier: BSD-2-Clause
#include "tools/track_details.hpp"

#include <algorithm>

#include "layout/width.hpp"
#include "list_rows.hpp"
#include "tools/track_columns.hpp"

namespace {

constexpr std::array<std::uint64_t, flow::Rates::history_steps> history = {0, 0, 100, 500, 1000};

std::vector<std::string> details(const test::ListRow& row, const report::CellForm& form = {},
                                 layout::Glyphs glyphs = layout::Glyphs::utf8, std::size_t columns = 80) {
  const test::ListRows rows({row});
  const auto lines = tools::track_details(rows.full_record(0), history, form, glyphs, columns);
  for (const layout::Line& line : lines) REQUIRE(layout::columns_of(test::text_of(line)) <= columns);
  return test::texts_of(lines);
}

/// The words behind a name; none: there is no such line.
std::string line_of(const std::vector<std::string>& lines, const std::string& name) {
  const auto found = std::ranges::find_if(
      lines, [&](const std::string& line) { return line.starts_with(" " + name + " "); });
  return found == lines.end() ? "none" : found->substr(found->find_first_not_of(' ', name.size() + 1));
}

test::ListRow busy_row() {
  test::ListRow row = test::list_row(1, 283'600);
  row.bytes_per_second_out = 1400;
  flow::Connection& connection = row.connection;
  connection.directions[connection.is_client_second].packets = 12;
  connection.directions[!connection.is_client_second].packets = 34;
  row.process = "curl (4711)";
  row.server_name = "a\x1b[31m.example";
  return row;
}

}  // namespace

TEST_CASE("the details of a connection begin with its ends, its state and its rate") {
  const auto lines = details(busy_row(), {.is_named = false});
  CHECK(lines[0] == " 192.0.2.1:1001 > 198.51.100.1:80  TCP  ESTABLISHED");
  CHECK(test::says(lines[1], "now 285.0 kB/s, at most 285.0 kB/s of late"));
  CHECK(test::says(lines[1], "█"));
  SUBCASE("also where it was faster before") {
    CHECK(test::says(details(test::list_row(1))[1], "now 0 B/s, at most 1.0 kB/s of late"));
  }
  SUBCASE("rates are as in the list") {
    CHECK(test::says(details(busy_row(), {.is_in_bits = true})[1],
                     "now 2.3 Mbit/s, at most 2.3 Mbit/s of late"));
  }
  SUBCASE("names too, and they are cleaned") {
    CHECK(test::says(details(busy_row())[0], " > a\\x1b[31m.example:80 "));
  }
  SUBCASE("where there is no UTF-8 the sparkline is of ASCII") {
    const auto plain = details(busy_row(), {.is_named = false}, layout::Glyphs::ascii);
    CHECK(std::ranges::all_of(plain[1], [](char character) { return character >= ' ' && character <= '~'; }));
  }
}

TEST_CASE("both directions stand side by side, all else below") {
  const auto lines = details(busy_row());
  const auto heading =
      std::ranges::find_if(lines, [](const std::string& line) { return test::says(line, "client>server"); });
  REQUIRE(heading != lines.end());
  CHECK(test::says(*heading, "server>client"));
  CHECK(line_of(lines, "packets") == "12              34");
  CHECK(line_of(lines, "bytes_per_second") == "1.4 kB/s      283.6 kB/s");
  CHECK(line_of(lines, "process") == "curl (4711)");
  CHECK(line_of(lines, "guessed") == "no");
  CHECK(line_of(lines, "rtt_mean") == "-");
}

TEST_CASE("every statistic is in the details") {
  const auto lines = details(test::list_row(1));
  std::string all;
  for (const std::string& line : lines) all += line + " \n";
  for (const auto& column : tools::all_columns()) {
    std::string name = column.field.name;
    for (const char* title : {"client", "client_port", "server", "server_port", "client_endpoint",
                              "server_endpoint", "direction", "protocol", "state"}) {
      if (name == title) name.clear();
    }
    if (name.ends_with("_out")) name.resize(name.size() - 4);
    if (name.ends_with("_in")) name.resize(name.size() - 3);
    if (name == "bits_per_second") name = "mean rate";  // it may be in bytes
    CAPTURE(column.field.name);
    if (!name.empty()) CHECK(test::says(all, "\n " + name + " "));
  }
}

TEST_CASE("details are never wider than the screen") {
  test::ListRow row = test::list_row_of_ipv6(1, 1'000'000'000'000);
  row.server_name = "とても長い名前のホスト.例え.テスト.とても長い名前のホスト";
  for (std::size_t columns = 40; columns <= 200; ++columns) details(row, {}, layout::Glyphs::utf8, columns);
}
