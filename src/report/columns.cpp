// SPDX-License-Identifier: BSD-2-Clause
#include "report/columns.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "base/calendar.hpp"
#include "base/text.hpp"
#include "names/protocols.hpp"

namespace report {

namespace {

using layout::Align;

constexpr std::size_t endpoint_columns = 21;  // 192.168.100.100:65535
constexpr std::size_t number_columns = 6;     // 283.6M
constexpr std::size_t rate_columns = 12;      // 283.6 Mbit/s

struct Look {
  const char* name;
  const char* heading;
  std::size_t width;
  Align align = Align::right;
};

/// Those that are shown by themselves. Others have their name for a heading.
constexpr std::array looks = std::to_array<Look>({
    {"client_endpoint", "Client", endpoint_columns, Align::left},
    {"server_endpoint", "Server", endpoint_columns, Align::left},
    {"state", "State", 12, Align::left},
    {"idle", "Idle", 4, Align::left},
    {"active", "A", 1, Align::left},
    {"bytes_per_second", "Speed", rate_columns, Align::left},
    {"bytes_per_second_out", "Up", rate_columns, Align::left},
    {"bytes_per_second_in", "Down", rate_columns, Align::left},
    {"rtt_mean", "RTT", 6},
    {"retransmissions", "Retr", 6},
    {"bytes", "Bytes", number_columns},
    {"duration", "Time", 6},
    {"process", "Process", 16, Align::left},
    {"time", "Now", 8},
    {"begin", "Begin", 8},
    {"end", "End", 8},
    {"client", "Client", 15, Align::left},
    {"server", "Server", 15, Align::left},
    {"protocol", "Proto", 6, Align::left},
    {"service", "Service", 8, Align::left},
    {"ended", "Ended", 7, Align::left},
    {"packets", "Packets", 7},
    {"bits_per_second", "Mean", rate_columns, Align::left},
});

bool is_rate(const Directive& row) {
  const std::string_view unit = row.unit;
  return unit == "bytes/s" || unit == "bits/s";
}

/// "283.6 kB/s", "12 bit/s"; four digits at most.
std::string rate_text(double bytes_per_second, bool is_in_bits) {
  const double rate = bytes_per_second * (is_in_bits ? 8 : 1);
  NumberSpec spec;
  spec.unit = 'k';
  std::string text;
  append_number(text, Value::of_count(static_cast<std::uint64_t>(rate + 0.5)), spec);
  const bool has_prefix = text.back() > '9';
  text.insert(text.size() - (has_prefix ? 1 : 0), " ");
  return text + (is_in_bits ? "bit/s" : "B/s");
}

/// "5s", "12m", "3h", "9d": whole ones that have passed.
std::string age_text(base::Nanoseconds age) {
  const std::int64_t seconds = age / base::ns_per_s;
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m";
  if (seconds < 86400) return std::to_string(seconds / 3600) + "h";
  return std::to_string(seconds / 86400) + "d";
}

/// "850us", "12.3ms", "1.25s", "250s": at most six characters up to 27 hours.
std::string delay_text(base::Nanoseconds delay) {
  struct Form {
    base::Nanoseconds below;  // what would be rounded up to one more digit is not
    base::Nanoseconds unit;
    int decimals;
    const char* name;
  };
  constexpr base::Nanoseconds us = base::ns_per_us, ms = base::ns_per_ms, s = base::ns_per_s;
  constexpr Form forms[] = {{999'500, us, 0, "us"},
                            {99'950 * us, ms, 1, "ms"},
                            {999'500 * us, ms, 0, "ms"},
                            {99'995 * ms, s, 2, "s"},
                            {base::time_limit, s, 0, "s"}};
  const Form& form = *std::ranges::find_if(forms, [&](const Form& each) { return delay < each.below; });
  return base::fixed(static_cast<double>(delay) / static_cast<double>(form.unit), form.decimals) + form.name;
}

std::string seconds_text(std::string_view name, base::Nanoseconds time) {
  const bool is_long = name == "duration" && time >= 60 * base::ns_per_s;
  return name == "idle" || is_long ? age_text(time) : delay_text(time);
}

std::string time_text(base::Nanoseconds time) {
  static const base::CalendarForm form("%T");
  std::string text;
  form.append(text, time);
  return text;
}

}  // namespace

ListColumn column_of(const Field& field) {
  const Directive& row = *field.directive;
  const Value::Kind kind = row.get.kind;
  ListColumn column{field, field.name, number_columns, Value::is_text(kind) ? Align::left : Align::right};
  for (const Look& look : looks) {
    if (field.name != look.name) continue;
    column.heading = look.heading;
    column.width = look.width;
    column.align = look.align;
  }
  column.width = std::max(column.width, layout::columns_of(column.heading));
  column.is_elastic =
      kind == Value::Kind::endpoint || kind == Value::Kind::address || field.name == "process";
  column.goes_with_next = field.name == "bytes_per_second_out";
  column.is_summed = is_rate(row) && row.get.subject == Subject::tracked;
  column.is_descending = !Value::is_text(kind);
  return column;
}

std::vector<ListColumn> columns_of_names(std::string_view names, Wishes& wishes) {
  std::vector<ListColumn> columns;
  for (const Field& field : find_fields(names, wishes)) columns.push_back(column_of(field));
  return columns;
}

std::string value_text(const ListColumn& column, const Value& value, const CellForm& form) {
  const Directive& row = *column.field.directive;
  if (value.kind == Value::Kind::nothing) return "-";
  if (is_rate(row)) {
    const bool is_of_bits = std::string_view(row.unit) == "bits/s";
    return rate_text(value.number() / (is_of_bits ? 8 : 1), form.is_in_bits);
  }
  switch (value.kind) {
    case Value::Kind::seconds: return seconds_text(column.field.name, value.whole_ns());
    case Value::Kind::time: return time_text(value.whole_ns());
    case Value::Kind::flag: return value.count != 0 ? "*" : "";
    default: break;
  }
  constexpr std::uint64_t whole_most = 99'999;
  const bool is_port = column.field.name.ends_with("_port");
  NumberSpec spec;
  if (value.kind == Value::Kind::count && value.count > whole_most && !is_port) spec.unit = 'k';
  std::string text;
  append_number(text, value, spec);
  return text;
}

std::string cell_text(const ListColumn& column, const Record& record, const CellForm& form) {
  const auto& tracked = static_cast<const TrackedRecord&>(record);
  const Value value = column.field.value(record);
  const flow::Connection& connection = tracked.connection;
  if (column.field.name == "state" && connection.state == flow::State::open) {  // not TCP: it has no states
    return std::string(names::protocol_name(connection.key.protocol()));
  }
  if (form.is_named && (value.kind == Value::Kind::endpoint || value.kind == Value::Kind::address)) {
    const bool is_client = column.field.name.starts_with("client");
    const std::string_view name = is_client ? tracked.client_name : tracked.server_name;
    const bool has_port = value.kind == Value::Kind::endpoint;
    if (!name.empty()) return base::printable(name) + (has_port ? ":" + std::to_string(value.count) : "");
  }
  return value_text(column, value, form);
}

}  // namespace report
