// SPDX-License-Identifier: BSD-2-Clause
#include "report/capacity_report.hpp"

#include <array>
#include <cmath>

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

double percent_delayed(const stats::Queue& queue) {
  return base::nearest_quotient(base::Uint128{queue.delayed()} * 100, queue.packets());
}

/// Where the sample begins and ends.
struct Span {
  base::Nanoseconds begin;
  base::Nanoseconds end;
};

Span span_of(const stats::Capacity& capacity, const CapacityContext& context) {
  return {context.begin, std::max(capacity.latest(), context.begin + context.observed)};
}

double percent_busy(const stats::Queue& queue, const Span& sample) {
  if (sample.end <= sample.begin) return 0;
  return base::nearest_quotient(static_cast<base::Uint128>(queue.busy(sample.end)) * 100,
                                static_cast<base::Uint128>(sample.end - sample.begin));
}

enum class Unit { bytes, packets, percent, delay, time };

/// What is told of a line: for a person by its label, if it has one, for programs by its key.
struct Figure {
  const char* label;
  const char* key;
  Unit unit;
  Value (*get)(const stats::CapacityLine& line, const Span& sample);
};

Value of_ns(base::Int128 ns) { return Value::of_seconds(ns * 2); }

template <auto get>
Value count_of(const stats::CapacityLine& line, const Span&) {
  return Value::of_count((line.queue.*get)());
}

template <auto get>
Value time_of(const stats::CapacityLine& line, const Span&) {
  return of_ns((line.queue.*get)());
}

template <unsigned percent>
Value delay_quantile(const stats::CapacityLine& line, const Span&) {
  return of_ns(line.queue.delay_quantile(percent));
}

using stats::Queue;

constexpr std::array figures = std::to_array<Figure>({
    {"  largest backlog", "backlog_bytes_max", Unit::bytes, count_of<&Queue::backlog_bytes_most>},
    {"  with the packet itself", "buffer_bytes_max", Unit::bytes, count_of<&Queue::buffer_bytes_most>},
    {"  queueing delay, mean", "delay_mean", Unit::delay,
     [](const stats::CapacityLine& line, const Span&) {
       return of_ns(std::llround(line.queue.delay_mean_ns()));
     }},
    {"    median", "delay_p50", Unit::delay, delay_quantile<50>},
    {"    95th percentile", "delay_p95", Unit::delay, delay_quantile<95>},
    {"    99th percentile", "delay_p99", Unit::delay, delay_quantile<99>},
    {"    largest", "delay_max", Unit::delay, time_of<&Queue::delay_most>},
    {nullptr, "packets_delayed", Unit::packets, count_of<&Queue::delayed>},
    {"  packets delayed", "percent_delayed", Unit::percent,
     [](const stats::CapacityLine& line, const Span&) {
       return Value::of_real(percent_delayed(line.queue));
     }},
    {"  time busy", "percent_busy", Unit::percent,
     [](const stats::CapacityLine& line, const Span& sample) {
       return Value::of_real(percent_busy(line.queue, sample));
     }},
    {"  longest busy stretch", "busy_longest", Unit::time, time_of<&Queue::busy_longest>},
    {"  time exceeding (-b)", "seconds_exceeding", Unit::time,
     [](const stats::CapacityLine& line, const Span&) {
       return of_ns(static_cast<base::Int128>(line.line.exceeded_ns()));
     }},
    {"    of the time", "percent_exceeding", Unit::percent,
     [](const stats::CapacityLine& line,
        const Span&) { return Value::of_real(line.line.exceeded_percent()); }},
});

std::string text_of(const Value& value, Unit unit) {
  const double ns = value.number() * base::ns_per_s;
  switch (unit) {
    case Unit::bytes: return text_of_bytes(value.number());
    case Unit::packets: return text_of_count(value.count, "packet");
    case Unit::percent: return text_of_percent(value.real);
    case Unit::delay: return text_of_delay(ns);
    case Unit::time: break;
  }
  return ns < base::ns_per_s ? text_of_delay(ns) : base::fixed(value.number(), 3) + " s";
}

/// The rates of the traffic.
struct Rate {
  std::string label;
  const char* key;
  double bps;
};

std::vector<Rate> rates_of(stats::Capacity& capacity, const CapacityContext& context) {
  const std::string of =
      context.interval ? "intervals of " + text_of_length(*context.interval) : "whole sample";
  stats::Rates& rates = capacity.rates();
  const stats::SlidingWindows& windows = capacity.windows();
  return {{"  mean rate of the " + of, "rate_mean", capacity.rate_mean()},
          {"  median", "rate_p50", rates.quantile(50)},
          {"  95th percentile", "rate_p95", rates.quantile(95)},
          {"  99th percentile", "rate_p99", rates.quantile(99)},
          {"  largest", "rate_max", rates.most()},
          {"  largest over any 1 s", "rate_max_1s", windows.bits_per_second(3)},
          {"  largest over any 100 ms", "rate_max_100ms", windows.bits_per_second(2)},
          {"  largest over any 10 ms", "rate_max_10ms", windows.bits_per_second(1)},
          {"  largest over any 1 ms", "rate_max_1ms", windows.bits_per_second(0)}};
}

void append_rows(std::string& out, const std::vector<layout::Column>& columns, const Rows& rows) {
  for (const std::string& line : layout::render_all(columns, rows)) out += line + "\n";
}

std::string text_of_layer(const stats::Capacity& capacity, const CapacityContext& context) {
  if (capacity.overhead_bytes() > 0) {
    return "the network layer on, and " + text_of_count(capacity.overhead_bytes(), "byte") +
           " for each (--overhead)";
  }
  if (context.has_link_headers) return "the link layer on (-l)";
  return "the network layer on (--overhead ethernet adds frames)";
}

void append_traffic(std::string& out, stats::Capacity& capacity, const CapacityContext& context) {
  out += "Capacity for " + text_of_count(capacity.packets(), "packet") + ", " +
         text_of_bytes(base::nearest_quotient(capacity.bytes(), 1)) + ", in " +
         text_of_time(context.observed) + "\nCounted: packets from " + text_of_layer(capacity, context) +
         "\n\n";
  if (capacity.backwards() > 0) {
    out.insert(out.size() - 1,
               "Timestamps run backwards: " + text_of_count(capacity.backwards(), "packet") + ", by up to " +
                   text_of_length(capacity.backwards_most()) +
                   ";\nthey count as stamped like those before them: short rates and delays may be"
                   " too high\n");
  }
  Rows rows;
  for (const Rate& rate : rates_of(capacity, context)) rows.push_back({rate.label, text_of_rate(rate.bps)});
  append_rows(out, {{"The traffic", 0, Align::left}, {""}}, rows);
}

/// A row for each figure, a column for each line that was asked for.
void append_lines(std::string& out, const stats::Capacity& capacity, const CapacityContext& context) {
  if (capacity.lines().empty()) return;
  const Span sample = span_of(capacity, context);
  std::vector<layout::Column> columns = {{"A line of", 0, Align::left}};
  for (const stats::CapacityLine& line : capacity.lines())
    columns.push_back({text_of_speed(line.line.rate_bps())});
  Rows rows;
  for (const Figure& figure : figures) {
    if (figure.label == nullptr) continue;
    rows.push_back({figure.label});
    for (const stats::CapacityLine& line : capacity.lines()) {
      rows.back().emplace_back(text_of(figure.get(line, sample), figure.unit));
    }
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
  if (bracket.meets_milli == 0) return "> " + text_of_rate(bps_of(bracket.fails_milli));
  if (bracket.meets_milli <= stats::LineSearch::rate_least_milli) return "any";
  return (bracket.fails_milli == 0 ? "<= " : "") + text_of_rate(bps_of(bracket.meets_milli));
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
  } else if (context.has_changed) {
    out += "  (the input has changed between two readings: not looked for more closely)\n";
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
  out += "\nA capture of a full-duplex line holds two lines: -Q or a filter takes one.\n";
}

namespace {

void add_rate(JsonLine& line, const char* key, std::uint64_t rate_milli) {
  rate_milli == 0 ? line.none(key) : line.add(key, bps_of(rate_milli));
}

}  // namespace

void append_capacity_json(std::string& out, stats::Capacity& capacity, const CapacityContext& context) {
  const auto seconds = [](base::Nanoseconds time) { return Value::of_seconds(base::Int128{time} * 2); };
  {
    JsonLine line(out, "capacity");
    line.add("packets", capacity.packets())
        .add("bytes", base::nearest_quotient(capacity.bytes(), 1))
        .text("layer", context.has_link_headers ? "link" : "network")
        .add("overhead_bytes", std::uint64_t{capacity.overhead_bytes()})
        .add("seconds", seconds(context.observed))
        .add("interval", seconds(context.interval.value_or(0)))
        .add("packets_backwards", capacity.backwards())
        .add("backwards_max", seconds(capacity.backwards_most()));
    for (const Rate& rate : rates_of(capacity, context)) line.add(rate.key, rate.bps);
  }
  const Span sample = span_of(capacity, context);
  for (const stats::CapacityLine& each : capacity.lines()) {
    JsonLine line(out, "capacity_line");
    line.add("bits_per_second", each.line.rate_bps());
    for (const Figure& figure : figures) line.add(figure.key, figure.get(each, sample));
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
    add_rate(line, "bits_per_second", bracket.meets_milli);
    add_rate(line, "bits_per_second_too_slow", bracket.fails_milli);
    line.add("readings", static_cast<std::uint64_t>(context.readings));
  }
}

}  // namespace report
