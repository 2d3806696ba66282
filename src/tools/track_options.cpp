// SPDX-License-Identifier: BSD-2-Clause
// g++ 12 sees null pointers in CLI11 where there are none, once it is inlined.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include "tools/track_options.hpp"

#include <pcap/pcap.h>
#include <unistd.h>

#include "base/text.hpp"
#include "flow/index.hpp"
#include "report/directives.hpp"
#include "tools/help.hpp"
#include "tools/options.hpp"
#include "tools/parsing.hpp"
#include "tools/track_columns.hpp"

namespace tools {

namespace {

constexpr const char* usage =
    "Usage: tcptrack [OPTION]... [-i INTERFACE | -T FILE] [FILTER EXPRESSION]\n"
    "The connections on an interface or in a stored capture: on the screen, as top(1)\n"
    "shows processes; in lines where standard output is no terminal.\n";

constexpr std::size_t text_column = 28;

/// Room for a quarter of a second of 200,000 small packets a second; it counts as the process's memory.
constexpr std::uint32_t buffer_bytes = 8U << 20;

/// Packets may be so late for a step; the buffer holds some 30 times as long of them.
constexpr int live_ms = 200, live_fast_ms = 50;

/// What the user typed, before it is looked at.
struct Typed {
  std::vector<std::string> filter;
  std::optional<std::string> pace;
  std::optional<std::string> linger;
  std::optional<std::string> interval;
  std::optional<std::string> count;
  std::optional<std::string> connections_most;
  std::optional<std::string> interface;
  std::optional<std::string> buffer_size;
  bool is_not_promiscuous = false;
  bool is_numeric = false;
  bool wants_version = false;
};

std::string epilogue() {
  std::string text = "\nStatistics (--columns, --sort), with their units:\n";
  for (const report::Directive& row : report::directives(report::Subject::tracked)) {
    const std::string unit = *row.unit == 0 ? "" : std::string(" [") + row.unit + "]";
    append_row(text, std::string("   ") + row.name, row.meaning + unit, text_column);
  }
  return text +
         "\nKeys: q ends, p pauses, s sorts, h shows all of them.\n"
         "\nExamples:\n"
         "  tcptrack -i eth0                      connections on the screen\n"
         "  tcptrack -i eth0 port 443             those of a port\n"
         "  tcptrack -T day.pcap --pace 10        a stored capture, ten times as fast\n"
         "  tcptrack -T day.pcap --sort state     all its connections, a line each\n"
         "  tcptrack -i eth0 --batch --json       objects for programs, every second\n"
         "\nThe manual: man tcptrack\n";
}

void add_input_options(CLI::App& app, TrackOptions& options, Typed& typed) {
  const std::string group = "Input";
  const auto add = [&](const char* names, auto& value, const char* meaning, const char* type) {
    return app.add_option(names, value, meaning)->type_name(type)->take_last()->group(group);
  };
  add("-i,--interface", typed.interface, "capture live on this interface; none: chooses one", "NAME");
  add("-T,--read", options.file,
      "read a stored capture (pcap, pcapng, snoop; also gz, zst, xz, lz4, bz2); -: standard input", "FILE");
  add("--pace", typed.pace, "with -T: FACTOR times as fast as it was captured; else at full speed", "FACTOR");
  app.add_flag("-p,--no-promiscuous", typed.is_not_promiscuous,
               "live: leave the interface out of promiscuous mode")
      ->group(group);
  add("--buffer-size", typed.buffer_size, "live: the kernel's buffer, in KiB (8192)", "KIB");
  app.add_option("filter", typed.filter, "only packets that match; see pcap-filter(7)");
}

void add_connection_options(CLI::App& app, TrackOptions& options, Typed& typed) {
  const std::string group = "Connections";
  app.add_flag("-d,--new-only", options.shows_started_only, "only connections whose start was seen")
      ->group(group);
  app.add_flag("--all", options.shows_all_protocols, "UDP, SCTP, ICMP and the rest too, not only TCP")
      ->group(group);
  app.add_option("-r,--remove-after", typed.linger, "closed connections stay so long (2)")
      ->type_name("SECONDS")
      ->take_last()
      ->group(group);
  app.add_flag("-f,--fast", options.is_fast, "rates of the last second ten times a second, not once")
      ->group(group);
  app.add_option("--max-connections", typed.connections_most,
                 "hold so many at a time (1000000); the longest idle one makes room")
      ->type_name("N")
      ->take_last()
      ->group(group);
  app.add_option("--log", options.log, "append each connection to FILE as a line of JSON when it is over")
      ->type_name("FILE")
      ->take_last()
      ->group(group);
}

void add_output_options(CLI::App& app, TrackOptions& options, Typed& typed) {
  const std::string group = "Output";
  const auto add = [&](const char* names, auto& value, const char* meaning, const char* type) {
    app.add_option(names, value, meaning)->type_name(type)->take_last()->group(group);
  };
  app.add_flag("--batch", options.is_batch,
               "lines in the place of a screen; of a stored capture one table at the end")
      ->group(group);
  app.add_flag("--json", options.is_json, "in batch: an object a line (JSON Lines)")->group(group);
  add("--interval", typed.interval, "look at the connections so often (1; -f: 0.1)", "SECONDS");
  add("--count", typed.count, "in batch: end after so many looks", "N");
  add("--sort", options.sort,
      "sort by this statistic (rate, bytes, idle, rtt, ...), the largest number first", "NAME");
  add("--columns", options.columns, "show these statistics: names with commas; see below", "NAME,...");
  app.add_flag("--bits", options.is_in_bits, "rates in bits per second, not bytes")->group(group);
  app.add_flag("--resolve", options.resolves, "names of addresses, by reverse DNS")->group(group);
  app.add_flag("--numeric", typed.is_numeric, "no names (the default)")->group(group);
  app.add_flag("--no-color", options.hides_colours, "no colours; so does NO_COLOR")->group(group);
}

base::Error wrong(const std::string& option, const std::string& value, const std::string& expected) {
  return base::usage_error(option + " '" + base::printable(value) + "': " + expected);
}

/// In nanoseconds, or thousandths where it is no time.
base::Nanoseconds parse_number(const std::string& option, const std::string& text, base::Nanoseconds least,
                               base::Nanoseconds most, const std::string& expected) {
  const auto number = base::parse_seconds(text);
  if (!number || *number < least || *number > most) throw wrong(option, text, expected);
  return *number;
}

std::uint64_t parse_count(const std::string& option, const std::string& text, std::uint64_t most) {
  const auto count = base::parse_whole(text, most);
  if (!count || *count == 0)
    throw wrong(option, text, "not a whole number from 1 to " + std::to_string(most));
  return *count;
}

void set_numbers(TrackOptions& options, const Typed& typed) {
  constexpr base::Nanoseconds most = base::ns_per_s * 1'000'000;
  if (typed.linger) {
    options.linger = parse_number("-r", *typed.linger, 0, most, "not a number of seconds from 0 to 1000000");
  }
  if (typed.interval) {
    options.interval = parse_number("--interval", *typed.interval, base::ns_per_s / 10, most,
                                    "not a number of seconds from 0.1 to 1000000");
  }
  if (typed.pace) {
    const base::Nanoseconds factor =
        parse_number("--pace", *typed.pace, base::ns_per_ms, most, "not a factor from 0.001 to 1000000");
    options.pace_milli = static_cast<std::uint64_t>(factor / base::ns_per_ms);
  }
  if (typed.count) options.count = parse_count("--count", *typed.count, 1'000'000'000'000);
  if (typed.connections_most) {
    options.connections_most =
        parse_count("--max-connections", *typed.connections_most, flow::Index::numbers_most);
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

void check(const TrackOptions& options, const Typed& typed) {
  if (options.file && typed.interface) throw base::usage_error("-i and -T: one or the other");
  if (options.file && typed.buffer_size) {
    throw base::usage_error("--buffer-size is for live captures: it does not go with stored ones");
  }
  if (!options.file && options.pace_milli)
    throw base::usage_error("--pace is for stored captures: it needs -T");
  if (options.resolves && typed.is_numeric)
    throw base::usage_error("--resolve and --numeric: one or the other");
  if (options.resolves && options.is_whole()) {
    throw base::usage_error("--resolve: one table at the end does not wait for names; --interval goes on");
  }
  if (options.is_json && !options.is_batch) throw base::usage_error("--json: goes with --batch");
  if (options.count && !options.is_batch) throw base::usage_error("--count: goes with --batch");
  if (options.count && options.is_whole()) throw base::usage_error("--count: goes with --interval");
  if (options.is_fast && options.interval) throw base::usage_error("-f and --interval: one or the other");
}

}  // namespace

TrackOptions parse_track_options(int argc, const char* const* argv) {
  TrackOptions options;
  Typed typed;
  CLI::App app;
  app.set_help_flag();  // CLI11's own would come first
  add_input_options(app, options, typed);
  add_connection_options(app, options, typed);
  add_output_options(app, options, typed);
  app.set_help_flag("-?,-h,--help", "this help")->group("Other");
  app.add_flag("-v,-V,--version", typed.wants_version, "the version")->group("Other");
  const auto no_hint = [](const std::string&) { return std::string(); };
  if (parse_words(app, "tcptrack", argc, argv, no_hint) == Parsed::help) {
    options.message = render_help(app, usage, epilogue());
    return options;
  }
  if (typed.wants_version) {
    options.message = std::string("tcptrack version ") + version + "\n" + pcap_lib_version() + "\n";
    return options;
  }
  if (typed.interface) options.interface = *typed.interface;
  options.live.filter = joined(typed.filter);
  options.live.is_promiscuous = !typed.is_not_promiscuous;
  options.live.buffer_bytes = typed.buffer_size ? parse_buffer_size(*typed.buffer_size) : buffer_bytes;
  if (::isatty(STDOUT_FILENO) != 1) options.is_batch = true;
  options.live.timeout_ms = options.is_fast ? live_fast_ms : live_ms;
  set_numbers(options, typed);
  check(options, typed);
  track_columns(options);  // before anything is opened: the names may be wrong
  track_order(options);
  return options;
}

}  // namespace tools
