// SPDX-License-Identifier: BSD-2-Clause
#include "tools/options.hpp"

#include <algorithm>
#include <climits>

#include "base/text.hpp"
#include "flow/index.hpp"
#include "report/format.hpp"
#include "tools/arguments.hpp"

namespace tools {

namespace {

/// No interval and no sample is longer: about 30 years.
constexpr base::Nanoseconds duration_most = base::ns_per_s * 1'000'000'000;

base::Error wrong(const std::string& option, const std::string& value, const std::string& expected) {
  return base::usage_error(option + " '" + base::printable(value) + "': " + expected);
}

base::Nanoseconds parse_duration(const std::string& option, const std::string& text) {
  const auto duration = base::parse_seconds(text);
  if (!duration || *duration <= 0 || *duration > duration_most) {
    throw wrong(option, text, "not a number of seconds from 1e-9 to 1e9, nor -1" + hint_of_files(text));
  }
  return *duration;
}

void set_timeline(Options& options, const Typed& typed) {
  stats::TimelineOptions& timeline = options.timeline;
  if (typed.is_whole_sample && typed.interval) {  // -15 arrives here as -1 and 5
    throw base::usage_error("-1 and an interval of '" + base::printable(*typed.interval) +
                            "': one or the other");
  }
  const std::string interval = typed.interval.value_or("5");
  if (!typed.is_whole_sample && interval != "-1") timeline.length = parse_duration("interval", interval);
  if (typed.seconds && *typed.seconds != "-1") {
    timeline.limit = parse_duration("-s", *typed.seconds);
    if (timeline.length && *timeline.limit < *timeline.length) timeline.length.reset();
  }
  if (typed.count) {
    timeline.count = base::parse_whole(*typed.count, 1'000'000'000'000'000'000);
    if (!timeline.count || *timeline.count == 0)
      throw wrong("count", *typed.count, "not a whole number above 0" + hint_of_files(*typed.count));
  }
}

std::uint64_t parse_rate(const std::string& option, std::string_view text) {
  const auto rate_milli = base::parse_rate_milli(text);
  if (!rate_milli || *rate_milli == 0) {
    throw wrong(option, std::string(text),
                "not a number of bits per second from 0.001 to 1e15, as in 28800, 1.5M or 10M,100M" +
                    std::string(option == "--capacity" ? ", nor auto" : ""));
  }
  return *rate_milli;
}

void add_lines(Options& options, const std::string& option, const std::vector<std::string>& lists,
               stats::Line::Mode mode) {
  for (const std::string& list : lists) {
    for (const std::string_view text : base::split(list, ',')) {
      options.lines.emplace_back(parse_rate(option, text), mode, options.overhead_bytes.value_or(0));
    }
  }
}

void set_output(Options& options, const Typed& typed) {
  using Kind = Options::OutputKind;
  if (typed.wants_table + typed.wants_json + typed.wants_csv + (typed.format ? 1 : 0) > 1) {
    throw base::usage_error("-o, --table, --json and --csv: one of them");
  }
  options.output = typed.wants_table  ? Kind::table
                   : typed.wants_json ? Kind::json
                   : typed.wants_csv  ? Kind::csv
                                      : Kind::text;
  options.format = typed.format.value_or(std::string(report::default_format));
}

/// What Ethernet adds to a packet on the line: header (14), FCS (4), preamble (8), gap (12); IEEE 802.3.
constexpr std::uint32_t ethernet_overhead_bytes = 38;

/// Each takes about half a megabyte.
constexpr std::size_t rates_most = 64;

void set_capacity(Options& options, const Typed& typed) {
  if (typed.overhead) {
    const auto bytes = base::parse_whole(*typed.overhead, 65535);
    if (!bytes && *typed.overhead != "ethernet") {
      throw wrong("--overhead", *typed.overhead, "neither a number of bytes up to 65535 nor ethernet");
    }
    options.overhead_bytes = bytes ? static_cast<std::uint32_t>(*bytes) : ethernet_overhead_bytes;
  }
  add_lines(options, "-b", typed.carried_rates, stats::Line::Mode::carried);
  add_lines(options, "-B", typed.plain_rates, stats::Line::Mode::plain);
  for (const std::string& list : typed.capacity_rates) {
    for (const std::string_view text : base::split(list, ',')) {
      if (text == "auto") {
        options.finds_capacity = true;
      } else {
        options.capacity_rates_milli.push_back(parse_rate("--capacity", text));
        if (options.capacity_rates_milli.size() > rates_most) {
          throw base::usage_error("--capacity: at most " + std::to_string(rates_most) + " rates");
        }
      }
    }
  }
}

/// Whether all lines of connections leave standard output to others.
bool switches_at_once(const std::string& format) {
  if (!format.starts_with('%')) return false;
  const std::size_t end = std::min(format.find_first_not_of("0123456789", 1), format.size());
  const auto descriptor = base::parse_whole(std::string_view(format).substr(1, end - 1), INT_MAX);
  return descriptor && *descriptor != 1;
}

void set_connections(Options& options, const Typed& typed) {
  options.connection_format =
      typed.connection_format.value_or(std::string(report::default_connection_format));
  if (typed.connections_most) {
    const auto most = base::parse_whole(*typed.connections_most, flow::Index::numbers_most);
    if (!most || *most == 0) {
      throw wrong("--max-connections", *typed.connections_most,
                  "not a whole number from 1 to " + std::to_string(flow::Index::numbers_most));
    }
    options.connections_most = *most;
  }
  if (typed.top) options.top = flow::Top::parse(*typed.top);
  for (const std::string& text : typed.breakdowns) {
    options.breakdowns.push_back(stats::BreakdownKind::parse(text));
  }
  if (!options.prints_connections) return;
  // Lines of intervals are left out unless they are asked for, or have a place of their own.
  const bool asks = typed.format || typed.wants_table || options.fields || typed.interval ||
                    typed.is_whole_sample || options.top;
  const bool is_csv = options.output == Options::OutputKind::csv;
  options.wants_intervals = !is_csv && (asks || switches_at_once(options.connection_format));
}

void check_connections(const Options& options, const Typed& typed) {
  using Kind = Options::OutputKind;
  const bool is_text = options.output == Kind::text || options.output == Kind::table;
  if (typed.connection_format && !options.prints_connections) {
    throw base::usage_error("--connection-format: goes with -c");
  }
  if (options.connection_fields && !options.prints_connections) {
    throw base::usage_error("--connection-fields: goes with -c");
  }
  if (options.connection_fields && is_text) {
    throw base::usage_error("--connection-fields: goes with --json or --csv; text has --connection-format");
  }
  if (typed.connection_format && !is_text) {
    throw base::usage_error("--connection-format: is for text; --json and --csv have --connection-fields");
  }
  if (options.top && options.output == Kind::csv) {
    throw base::usage_error("--top: not with --csv, which holds records of one kind");
  }
  if (options.top && !options.prints_intervals()) {
    throw base::usage_error(
        "--top: follows lines of intervals, which -a, -b, -B, --capacity and --by do without");
  }
  if (options.output != Kind::csv) return;
  if (options.prints_connections && (options.fields || !options.breakdowns.empty())) {
    throw base::usage_error("--csv: holds records of one kind; with -c those of connections");
  }
}

/// What cannot be printed, or would not be.
void check_outputs(const Options& options) {
  using Kind = Options::OutputKind;
  if (options.fields && options.output == Kind::text) {
    throw base::usage_error("--fields: goes with --json, --csv or --table");
  }
  if (options.fields && !options.prints_intervals()) {
    throw base::usage_error(
        "--fields: chooses for interval lines, which -a, -b, -B, --capacity and --by do without");
  }
  const bool has_classic_report = options.is_accounting || !options.lines.empty() || options.wants_capacity();
  if (options.output == Kind::csv && (options.has_summary || has_classic_report)) {
    throw base::usage_error("--csv: holds lines of intervals, connections or --by; --json has all reports");
  }
  if (options.output == Kind::table && !options.prints_intervals()) {
    throw base::usage_error(
        "--table: shows interval lines, which -a, -b, -B, --capacity and --by do without");
  }
  if (options.overhead_bytes && options.includes_link_header) {
    throw base::usage_error("--overhead and -l: one or the other; both count the header");
  }
  if (options.overhead_bytes && options.lines.empty() && !options.wants_capacity()) {
    throw base::usage_error("--overhead: goes with -b, -B or --capacity");
  }
  if (options.timeline.is_aligned && !options.timeline.length) {
    throw base::usage_error("--align: the whole sample is one interval (-1, or -s below the interval)");
  }
}

void set_live(Options& options, const Typed& typed) {
  capture::LiveOptions& live = options.live;
  live.filter = options.filter;
  live.is_promiscuous = !typed.is_not_promiscuous;
  if (typed.direction) {
    const std::string& direction = *typed.direction;
    if (direction != "in" && direction != "out" && direction != "inout")
      throw wrong("-Q", direction, "not in, out or inout");
    live.direction = direction == "in" ? PCAP_D_IN : direction == "out" ? PCAP_D_OUT : PCAP_D_INOUT;
  }
  if (typed.snaplen) {
    const auto bytes = base::parse_whole(*typed.snaplen, 262144);
    if (!bytes || *bytes < 64)
      throw wrong("--snaplen", *typed.snaplen, "not a number of bytes from 64 to 262144");
    live.snaplen_bytes = static_cast<int>(*bytes);
  }
  if (typed.buffer_size) live.buffer_bytes = parse_buffer_size(*typed.buffer_size);
}

void check_stored(const Options& options) {
  if (options.file_list == "-" && std::ranges::count(options.files, "-") > 0) {
    throw base::usage_error("-r -: standard input is the list already");
  }
  if (options.is_followed && (options.file_list || options.files.size() > 1)) {
    throw base::usage_error("--follow: takes one capture");
  }
}

void check_inputs(const Options& options, const Typed& typed) {
  if (options.goes_by_the_clock() && options.timeline.length && *options.timeline.length < base::ns_per_ms) {
    throw base::usage_error("interval: at least 0.001 s when live or followed");
  }
  if (options.is_live()) {
    if (options.is_followed) throw base::usage_error("--follow is for stored captures: it needs -r");
    return;
  }
  check_stored(options);
  const std::string reason = " is for live captures: it does not go with stored ones";
  if (!options.interfaces.empty()) throw base::usage_error("-i" + reason);
  if (typed.is_not_promiscuous) throw base::usage_error("-p" + reason);
  if (typed.direction) throw base::usage_error("-Q" + reason);
  if (typed.snaplen) throw base::usage_error("--snaplen" + reason);
  if (typed.buffer_size) throw base::usage_error("--buffer-size" + reason);
}

}  // namespace

std::uint32_t parse_buffer_size(const std::string& text) {
  const auto kib = base::parse_whole(text, 2097151);
  if (!kib || *kib < 1024) throw wrong("--buffer-size", text, "not a number of KiB from 1024 to 2097151");
  return static_cast<std::uint32_t>(*kib * 1024);
}

Options parse_options(int argc, const char* const* argv) {
  Options options;
  const Typed typed = parse_arguments(argc, argv, options);
  if (!options.message.empty()) return options;
  set_timeline(options, typed);
  if (typed.subtracted) {
    const auto subtracted = base::parse_seconds(*typed.subtracted);
    if (!subtracted) throw wrong("-R", *typed.subtracted, "not a number of seconds");
    options.subtracted = *subtracted;
  }
  set_output(options, typed);
  set_capacity(options, typed);
  set_connections(options, typed);
  set_live(options, typed);
  check_connections(options, typed);
  check_outputs(options);
  check_inputs(options, typed);
  return options;
}

}  // namespace tools
