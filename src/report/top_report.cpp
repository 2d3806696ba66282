// SPDX-License-Identifier: BSD-2-Clause
#include "report/top_report.hpp"

#include "base/text.hpp"
#include "layout/table.hpp"
#include "report/fields.hpp"
#include "report/json.hpp"

namespace report {

namespace {

using flow::Busy;

/// What the table of connections knows of it.
Value value_of(const Busy& busy, std::string_view name) {
  return find_row(name, Subject::connection)->get.value(ConnectionRecord{{}, busy.connection}, 0);
}

std::string text_of(const Busy& busy, std::string_view name) {
  std::string text;
  append_plain(text, value_of(busy, name), 0);
  return text;
}

double bits_per_second(const Busy& busy, const stats::Interval& interval) {
  return interval.per_second(base::Uint128{busy.bytes} * 8);
}

/// "n=12.3k"
std::string with_name(std::string name, const Value& value) {
  append_human(name, value, 'k');
  return name;
}

/// In milliseconds with up to four digits, from 1 us to 9,999 ms.
std::string text_of_rtt(const Busy& busy) {
  if (!busy.rtt) return "rtt=-";
  const double ms = static_cast<double>(*busy.rtt) / base::ns_per_ms;
  return "rtt=" + base::fixed(ms, ms < 10 ? 3 : ms < 100 ? 2 : ms < 1000 ? 1 : 0) + "ms";
}

std::vector<layout::Cell> cells_of(const Busy& busy, const stats::Interval& interval) {
  const std::string ends = text_of(busy, "client_endpoint") + " " + text_of(busy, "direction") + " " +
                           text_of(busy, "server_endpoint");
  std::vector<layout::Cell> cells = {"  " + text_of(busy, "protocol"), ends,
                                     with_name("n=", Value::of_count(busy.packets)),
                                     with_name("bps=", Value::of_real(bits_per_second(busy, interval)))};
  if (busy.connection.is_tcp()) {
    cells.emplace_back(with_name("retr=", Value::of_count(busy.retransmissions)));
    cells.emplace_back(text_of_rtt(busy));
  }
  return cells;
}

}  // namespace

void append_top(std::string& out, std::span<const Busy> busiest, const IntervalRecord& record) {
  std::vector<std::vector<layout::Cell>> rows;
  for (const Busy& busy : busiest) rows.push_back(cells_of(busy, record.interval));
  const std::vector<layout::Column> columns(6, {"", 0, layout::Align::left});
  for (const std::string& line : layout::render_all(columns, rows)) out += line + "\n";
}

void append_top_json(std::string& out, std::span<const Busy> busiest, flow::Top::By by,
                     const IntervalRecord& record) {
  std::uint64_t rank = 0;
  for (const Busy& busy : busiest) {
    JsonLine line(out, "top");
    line.add("rank", ++rank)
        .text("by", flow::name_of(by))
        .add("begin", Value::of_time((base::Int128{record.interval.begin} - record.subtracted) * 2));
    for (const char* name :
         {"client", "client_port", "server", "server_port", "protocol", "service", "state"}) {
      line.add(name, value_of(busy, name));
    }
    line.add("packets", busy.packets)
        .add("bytes", busy.bytes)
        .add("bits_per_second", bits_per_second(busy, record.interval))
        .add("retransmissions", busy.retransmissions)
        .add("rtt", busy.rtt ? Value::of_seconds(base::Int128{*busy.rtt} * 2) : Value::nothing());
  }
}

}  // namespace report
