// SPDX-License-Identifier: BSD-2-Clause
#include "report/capacity_report.hpp"

#include "base/text.hpp"
#include "layout/table.hpp"
#include "report/json.hpp"
#include "report/units.hpp"

namespace report {

namespace {

using layout::Align;
using Rows = std::vector<std::vector<layout::Cell>>;
using stats::Demand;

double bps_of(std::uint64_t rate_milli) { return base::nearest_quotient(rate_milli, 1000); }

/// The end of the sample.
base::Nanoseconds end_of(const stats::Capacity& capacity, const CapacityContext& context) {
  return std::max(capacity.latest(), context.begin + context.observed);
}

double percent_delayed(const stats::Queue& queue) {
  return base::nearest_quotient(base::Uint128{queue.delayed()} * 100, queue.packets());
}

double percent_busy(const stats::Queue& queue, base::Nanoseconds begin, base::Nanoseconds end) {
  if (end <= begin) return 0;
  return base::nearest_quotient(static_cast<base::Uint128>(queue.busy(end)) * 100,
                                static_cast<base::Uint128>(end - begin));
}

void append_rows(std::string& out, const std::vector<layout::Column>& columns, const Rows& rows) {
  for (const std::string& line : layout::render_all(columns, rows)) out += line + "\n";
}

std::string text_of_layer(const stats::Capacity& capacity, const CapacityContext& context) {
  if (capacity.overhead_bytes() > 0) {
    return "the network layer on, and " + std::to_string(capacity.overhead_bytes()) +
           " bytes for the frame of each (--overhead)";
  }
  if (context.has_link_headers) return "the link layer on (-l)";
  return "the network layer on; a line also carries their frames (--overhead ethernet)";
}

void append_traffic(std::string& out, stats::Capacity& capacity, const CapacityContext& context) {
  out += "Capacity for " + text_of_count(capacity.packets(), "packet") + ", " +
         text_of_bytes(base::nearest_quotient(capacity.bytes(), 1)) + ", in " +
         text_of_time(context.observed) + "\nCounted: packets from " + text_of_layer(capacity, context) +
         "\n\n";
  stats::Rates& rates = capacity.rates();
  const std::string of =
      context.interval ? "intervals of " + text_of_time(*context.interval) : "whole sample";
  const stats::SlidingWindows& windows = capacity.windows();
  append_rows(out, {{"The traffic", 0, Align::left}, {""}},
              {{"  mean rate of the " + of, text_of_rate(capacity.rate_mean())},
               {"  median", text_of_rate(rates.quantile(50))},
               {"  95th percentile", text_of_rate(rates.quantile(95))},
               {"  99th percentile", text_of_rate(rates.quantile(99))},
               {"  largest", text_of_rate(rates.most())},
               {"  largest over any 1 s", text_of_rate(windows.bits_per_second(3))},
               {"  largest over any 100 ms", text_of_rate(windows.bits_per_second(2))},
               {"  largest over any 10 ms", text_of_rate(windows.bits_per_second(1))},
               {"  largest over any 1 ms", text_of_rate(windows.bits_per_second(0))}});
}

/// One line of the report for each figure, one column for each line that was asked for.
void append_lines(std::string& out, const stats::Capacity& capacity, const CapacityContext& context) {
  if (capacity.lines().empty()) return;
  std::vector<layout::Column> columns = {{"A line of", 0, Align::left}};
  Rows rows = {{"  largest backlog"},
               {"  with the packet itself"},
               {"  queueing delay, mean"},
               {"    median"},
               {"    95th percentile"},
               {"    99th percentile"},
               {"    largest"},
               {"  packets delayed"},
               {"  time busy"},
               {"  longest busy stretch"},
               {"  time exceeding (-b)"},
               {"    of the time"}};
  const base::Nanoseconds end = end_of(capacity, context);
  for (const stats::CapacityLine& each : capacity.lines()) {
    const stats::Queue& queue = each.queue;
    const auto delay = [](base::Nanoseconds ns) { return text_of_delay(static_cast<double>(ns)); };
    const std::array cells = {text_of_bytes(base::nearest_quotient(queue.backlog_bytes_most(), 1)),
                              text_of_bytes(base::nearest_quotient(queue.buffer_bytes_most(), 1)),
                              text_of_delay(queue.delay_mean_ns()),
                              delay(queue.delay_quantile(50)),
                              delay(queue.delay_quantile(95)),
                              delay(queue.delay_quantile(99)),
                              delay(queue.delay_most()),
                              text_of_percent(percent_delayed(queue)),
                              text_of_percent(percent_busy(queue, context.begin, end)),
                              text_of_time(queue.busy_longest()),
                              base::fixed(each.line.exceeded_seconds(), 2) + " s",
                              text_of_percent(each.line.exceeded_percent())};
    columns.push_back({text_of_rate(each.line.rate_bps())});
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].emplace_back(cells[i]);
  }
  out += "\n";
  append_rows(out, columns, rows);
}

std::string text_of_demand(const Demand& demand) {
  if (demand.kind == Demand::Kind::delay) {
    return "delays no packet by more than " + std::to_string(demand.delay / base::ns_per_ms) + " ms";
  }
  if (demand.percent == 0) return "exceeds in no interval (-b)";
  return "exceeds in at most " + std::to_string(demand.percent) + " % of the intervals (-b)";
}

std::string text_of_slowest(const stats::Bracket& bracket) {
  if (bracket.meets_milli == 0) return "none";
  return bracket.meets_milli <= stats::LineSearch::rate_least_milli
             ? "any"
             : text_of_rate(bps_of(bracket.meets_milli));
}

void append_answers(std::string& out, const CapacityContext& context) {
  if (context.search == nullptr) return;
  Rows rows;
  for (std::size_t i = 0; i < stats::demands.size(); ++i) {
    const stats::Bracket& bracket = context.search->brackets()[i];
    rows.push_back({"  " + text_of_demand(stats::demands[i]), text_of_slowest(bracket),
                    bracket.fails_milli == 0 ? "-" : text_of_rate(bps_of(bracket.fails_milli))});
  }
  out += "\n";
  append_rows(out, {{"The slowest line that", 0, Align::left}, {"will do"}, {"will not"}}, rows);
  if (context.search->is_done()) {
    out += "  (within 1 %, by " + std::to_string(context.readings) + " readings)\n";
  } else if (context.readings == 1) {
    out += "  (of 64 lines from 10 kbit/s on, each 33.4 % faster than the one before)\n";
  } else {
    out += "  (after " + std::to_string(context.readings) + " readings; the answers lie between)\n";
  }
}

}  // namespace

void append_capacity(std::string& out, stats::Capacity& capacity, const CapacityContext& context) {
  append_traffic(out, capacity, context);
  append_lines(out, capacity, context);
  append_answers(out, context);
  out += "\nA capture of a full-duplex line holds the traffic of two lines: -Q or a filter takes one.\n";
}

void append_capacity_json(std::string& out, stats::Capacity& capacity, const CapacityContext& context) {
  const auto seconds = [](base::Nanoseconds time) { return Value::of_seconds(base::Int128{time} * 2); };
  const base::Nanoseconds end = end_of(capacity, context);
  stats::Rates& rates = capacity.rates();
  const stats::SlidingWindows& windows = capacity.windows();
  JsonLine(out, "capacity")
      .add("packets", capacity.packets())
      .add("bytes", base::nearest_quotient(capacity.bytes(), 1))
      .text("layer", context.has_link_headers ? "link" : "network")
      .add("overhead_bytes", std::uint64_t{capacity.overhead_bytes()})
      .add("seconds", seconds(context.observed))
      .add("interval", seconds(context.interval.value_or(0)))
      .add("rate_mean", capacity.rate_mean())
      .add("rate_p50", rates.quantile(50))
      .add("rate_p95", rates.quantile(95))
      .add("rate_p99", rates.quantile(99))
      .add("rate_max", rates.most())
      .add("rate_max_1s", windows.bits_per_second(3))
      .add("rate_max_100ms", windows.bits_per_second(2))
      .add("rate_max_10ms", windows.bits_per_second(1))
      .add("rate_max_1ms", windows.bits_per_second(0));
  for (const stats::CapacityLine& each : capacity.lines()) {
    const stats::Queue& queue = each.queue;
    JsonLine(out, "capacity_line")
        .add("bits_per_second", each.line.rate_bps())
        .add("backlog_bytes_max", base::nearest_quotient(queue.backlog_bytes_most(), 1))
        .add("buffer_bytes_max", base::nearest_quotient(queue.buffer_bytes_most(), 1))
        .add("delay_mean", Value::of_real(queue.delay_mean_ns() / base::ns_per_s))
        .add("delay_p50", seconds(queue.delay_quantile(50)))
        .add("delay_p95", seconds(queue.delay_quantile(95)))
        .add("delay_p99", seconds(queue.delay_quantile(99)))
        .add("delay_max", seconds(queue.delay_most()))
        .add("packets_delayed", queue.delayed())
        .add("percent_delayed", percent_delayed(queue))
        .add("percent_busy", percent_busy(queue, context.begin, end))
        .add("busy_longest", seconds(queue.busy_longest()))
        .add("seconds_exceeding", each.line.exceeded_seconds())
        .add("percent_exceeding", each.line.exceeded_percent());
  }
  for (std::size_t i = 0; context.search != nullptr && i < stats::demands.size(); ++i) {
    const Demand& demand = stats::demands[i];
    const stats::Bracket& bracket = context.search->brackets()[i];
    JsonLine line(out, "capacity_answer");
    if (demand.kind == Demand::Kind::delay) {
      line.add("delay_at_most", seconds(demand.delay));
    } else {
      line.add("percent_exceeding_at_most", std::uint64_t{demand.percent});
    }
    line.add("bits_per_second", bps_of(bracket.meets_milli))
        .add("bits_per_second_too_slow", bps_of(bracket.fails_milli))
        .add("readings", static_cast<std::uint64_t>(context.readings));
  }
}

}  // namespace report
