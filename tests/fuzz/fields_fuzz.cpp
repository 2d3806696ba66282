// SPDX-License-Identifier: BSD-2-Clause
// Lists of fields, and alerts: the same text as either. What can be read is shown for a busy and an empty
// interval.
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
    const report::Alert alert(text, wishes);
    const stats::Interval busy = sample(wishes.collect);
    (void)alert.is_met({{}, busy});
    (void)alert.is_met(nothing);
    check(is_printable(alert.describe({{}, busy})) && is_printable(alert.describe(nothing)));
  });
  return 0;
}
