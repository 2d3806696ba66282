// SPDX-License-Identifier: BSD-2-Clause
// Lists of fields, and alerts: the same text as each. What can be read is shown for a busy and an empty interval,
// and for a connection whose interface is called what stands behind the first line.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "report/alert.hpp"
#include "report/output.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_printable(std::string_view text) {
  for (const char letter : text) {
    if (static_cast<unsigned char>(letter) < 0x20) return false;
  }
  return true;
}

stats::Interval sample(const stats::Collect& collect) {
  stats::Interval interval;
  interval.begin = 1'700'000'000'123'456'789;
  interval.length = 333'333'333;
  interval.collect(collect);
  interval.add({packet::Network::ipv6, 17, 14}, 1500);
  return interval;
}

/// Half of its counters at their ends.
flow::Connection sample_connection() {
  flow::Connection connection{};
  connection.is_client_second =
      connection.key.set({{0, 0xc0000201, false}, {0, 0xffffffff, false}}, 65535, 53, packet::protocol::udp);
  connection.begin = base::time_earliest;
  connection.end = base::time_limit;
  connection.is_guessed = true;
  flow::Direction& out = connection.directions[connection.is_client_second];
  out.packets = (std::uint64_t{1} << 48) - 1;
  out.bytes = ~std::uint64_t{0};
  out.retransmissions = ~std::uint32_t{0};
  out.round_trips = 1;
  out.round_trips_sum = base::time_limit;
  connection.vlan[connection.is_client_second] = 4094;
  return connection;
}

/// `text` less all that stands between quotes, quotes behind backslashes not counted; it has to have an end.
std::string without_strings(std::string_view text) {
  std::string rest;
  bool is_inside = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (is_inside && text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      is_inside = !is_inside;
    } else if (!is_inside) {
      rest += text[at];
    }
  }
  check(!is_inside);
  return rest;
}

/// Keys and numbers, nothing else: {"name":-12.5,"burst:1e-3":0}
void check_json(std::string_view line, std::size_t fields) {
  constexpr std::string_view characters = "abcdefghijklmnopqrstuvwxyz0123456789_:.,-\"{}E";
  check(line.starts_with("{\"") && line.ends_with("}\n"));
  line.remove_suffix(1);
  check(line.find_first_not_of(characters) == std::string_view::npos);
  check(static_cast<std::size_t>(std::ranges::count(line, '"')) == 2 * fields);
}

void show(const std::vector<report::Field>& fields, const report::IntervalRecord& record) {
  report::Wishes wishes;
  const auto json = report::make_json(fields), csv = report::make_csv(fields);
  const auto table = report::make_table(
      fields, true, [] { return report::Screen{}; }, wishes);
  report::Sinks sinks;
  std::string& out = sinks.text(sinks.open(1));
  json->render(record, sinks);
  check_json(out, fields.size());
  out.clear();
  csv->begin(sinks);
  csv->render(record, sinks);
  check(static_cast<std::size_t>(std::ranges::count(out, ',')) == 2 * (fields.size() - 1));
  out.clear();
  table->render(record, sinks);
  check(std::ranges::count(out, '\n') == 2);
}

void show(const std::vector<report::Field>& fields, const report::ConnectionRecord& record) {
  report::Sinks sinks;
  std::string& out = sinks.text(sinks.open(1));
  report::make_json(fields)->render(record, sinks);
  check(is_printable(std::string_view(out).substr(0, out.size() - 1)));
  const std::string rest = without_strings(out);
  check(rest.starts_with("{:,") && rest.ends_with("}\n"));
  check(static_cast<std::size_t>(std::ranges::count(rest, ':')) == fields.size() + 1);
  check(rest.find_first_not_of("0123456789-.:,{}\nnultrefas") == std::string::npos);
  out.clear();
  report::make_csv(fields)->render(record, sinks);
  std::erase(out, '\\');  // escapes nothing in CSV
  check(static_cast<std::size_t>(std::ranges::count(without_strings(out), ',')) == fields.size() - 1);
}

template <typename Body>
void expect_usage_error(const Body& body) {
  try {
    body();
  } catch (const base::Error& error) {
    check(error.status() == base::ExitStatus::usage && is_printable(error.what()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const stats::Interval empty;
  const report::IntervalRecord nothing{{base::time_limit, -base::time_limit}, empty};
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  report::Wishes wishes;
  expect_usage_error([&] {
    const auto fields = report::find_fields(text, wishes);
    const stats::Interval busy = sample(wishes.collect);
    show(fields, {{1, -1}, busy, 0.5, 1e300, 12'345'678'901'234'567'890U, 7});
    show(fields, nothing);
  });
  expect_usage_error([&] {
    report::Wishes of_connection{.subject = report::Subject::connection};
    static const flow::Connection full = sample_connection(), blank{};
    const std::size_t line_end = std::min(text.find('\n'), text.size());
    const auto fields = report::find_fields(text.substr(0, line_end), of_connection);
    show(fields, {{1, -1}, full, flow::Ended::evicted, text.substr(line_end)});
    show(fields, {{}, blank});
  });
  expect_usage_error([&] {
    const report::Alert alert(text, wishes);
    const stats::Interval busy = sample(wishes.collect);
    (void)alert.is_met({{}, busy});
    (void)alert.is_met(nothing);
    check(is_printable(alert.describe({{}, busy})) && is_printable(alert.describe(nothing)));
  });
  return 0;
}
