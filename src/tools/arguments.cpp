// SPDX-License-Identifier: BSD-2-Clause
// g++ 12 sees null pointers in CLI11 where there are none, once it is inlined.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include "tools/arguments.hpp"

#include <pcap/pcap.h>
#include <unistd.h>

#include "base/text.hpp"
#include "report/format.hpp"
#include "tools/help.hpp"
#include "tools/parsing.hpp"

namespace tools {

namespace {

constexpr const char* usage =
    "Usage: tcpstat [OPTION]... [INTERVAL [COUNT]]\n"
    "One line of network statistics for every INTERVAL seconds (5; -1: the whole\n"
    "sample as one), COUNT times, from an interface or a stored capture.\n";

constexpr std::size_t text_column = 28;

void append_directives(std::string& text, report::Subject subject) {
  for (const report::Directive& row : report::directives(subject)) {
    const std::string letter = row.letter == 0 ? "  " : std::string("%") + row.letter;
    const std::string unit = *row.unit == 0 ? "" : std::string(" [") + row.unit + "]";
    append_row(text, letter + " " + row.name, row.meaning + unit, text_column);
  }
}

std::string epilogue() {
  std::string text = "\nStatistics (-o, --fields, --alert), with their units:\n";
  append_directives(text, report::Subject::interval);
  text += "Of a connection (--connection-format, --connection-fields):\n";
  append_directives(text, report::Subject::connection);
  text += "In formats (-o, --connection-format):\n";
  append_row(text, "%{NAME}", "the statistic of that name, as in %{tcp_syn}", text_column);
  append_row(text, "%{NAME:SPEC}", "so wide, with so many decimals, in k or Ki, as in %{bytes:>9.1k}",
             text_column);
  append_row(text, "%{begin:FORM}", "a time as strftime(3) has it, as in %{begin:%F %T.%3f}", text_column);
  append_row(text, "%NUMBER", "what follows goes to that file descriptor", text_column);
  append_row(text, "%%", "a per cent sign", text_column);
  text += "  Default: " + std::string(report::default_format) + "\n";
  append_row(text, "Of connections:", std::string(report::default_connection_format), text_column);
  return text +
         "\nExamples:\n"
         "  tcpstat -i eth0 1                     a line every second\n"
         "  tcpstat -i eth0 -t 1                  the same for the eye\n"
         "  tcpstat -r day.pcap -b 28800 0.5      was a line of 28.8 kbit/s enough?\n"
         "  tcpstat -r day.pcap --capacity auto   how fast a line does this need?\n"
         "  tcpstat -r day.pcap -c                each connection: who, how long, how much\n"
         "  tcpstat -r day.pcap --by host         who had which share?\n"
         "  tcpstat -r day.pcap -o '%S %b\\n'      time and bits per second, for gnuplot\n"
         "\nThe manual: man tcpstat\n";
}

void add_input_options(CLI::App& app, Options& options, Typed& typed) {
  const std::string group = "Input";
  app.add_option("-i,--interface", options.interfaces,
                 "capture live on this interface; may be repeated; auto or none: choose one; any: all")
      ->type_name("NAME")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("-r,--read", options.files,
                 "read a stored capture (pcap, pcapng, snoop; also gz, zst, xz, lz4, bz2); -: standard "
                 "input; may be repeated: in the order of their times")
      ->type_name("FILE")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--read-list", options.file_list,
                 "read the captures named in FILE, one a line; -: standard input")
      ->type_name("FILE")
      ->take_last()
      ->group(group);
  app.add_flag("--follow", options.is_followed,
               "keep reading a capture that grows; lines come on time, as when live")
      ->group(group);
  app.add_option("-f,--filter", options.filter, "count only packets that match; see pcap-filter(7)")
      ->type_name("EXPR")
      ->take_last()
      ->group(group);
  app.add_option("-Q,--direction", typed.direction,
                 "live: only packets that come in, go out, or both (inout)")
      ->type_name("in|out|inout")
      ->take_last()
      ->group(group);
  app.add_flag("-p,--no-promiscuous", typed.is_not_promiscuous,
               "live: leave the interface out of promiscuous mode")
      ->group(group);
  app.add_option("--snaplen", typed.snaplen, "live: capture this much of each packet (256)")
      ->type_name("BYTES")
      ->take_last()
      ->group(group);
  app.add_option("--buffer-size", typed.buffer_size, "live: the kernel's buffer, in KiB (65536)")
      ->type_name("KIB")
      ->take_last()
      ->group(group);
  app.add_flag("-D,--list-interfaces", options.lists_interfaces, "list the interfaces and end")->group(group);
}

void add_output_options(CLI::App& app, Options& options, Typed& typed) {
  const std::string group = "Output";
  app.add_option("-o,--output", typed.format, "what to print for each interval; see below")
      ->type_name("FORMAT")
      ->take_last()
      ->group(group);
  app.add_flag("-t,--table", typed.wants_table,
               "columns under a header, human units, a sparkline of the rate")
      ->group(group);
  app.add_flag("--json", typed.wants_json, "an object a line (JSON Lines)")->group(group);
  app.add_flag("--csv", typed.wants_csv, "comma-separated values under a header (RFC 4180)")->group(group);
  app.add_option("--fields", options.fields,
                 "which statistics --json, --csv or --table show: names with commas; all")
      ->type_name("NAME,...")
      ->take_last()
      ->group(group);
  app.add_flag("--summary", options.has_summary, "at the end, the whole sample in a few lines")->group(group);
  app.add_option("--alert", options.alerts,
                 "tell intervals that meet EXPR on stderr, end with status 3; as in 'bits_per_second > 10M'")
      ->type_name("EXPR")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_flag("-e,--no-empty", options.hides_empty, "print no lines for intervals without packets")
      ->group(group);
  app.add_flag("-l,--link-header", options.includes_link_header, "count the link-layer header in sizes")
      ->group(group);
  app.add_option("-R,--relative", typed.subtracted,
                 "print times relative to this one (seconds since the epoch)")
      ->type_name("SECONDS")
      ->take_last()
      ->group(group);
  app.add_flag("--no-progress", options.hides_progress, "no share, rate and time left on a terminal's stderr")
      ->group(group);
  app.add_flag("-F,--flush", typed.flushes, "for compatibility: every line is written at once anyway")
      ->group(group);
  app.add_flag("-a,--accounting", options.is_accounting, "bytes per second, minute, hour, day and month")
      ->group(group);
}

void add_capacity_options(CLI::App& app, Typed& typed) {
  const std::string group = "Capacity of a line";
  app.add_option("-b,--bandwidth", typed.carried_rates,
                 "time above BPS bits/s; what exceeds waits for the next interval. "
                 "Suffixes k, M, G, T; a list with commas")
      ->type_name("BPS")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("-B,--dumb-bandwidth", typed.plain_rates, "the same, each interval for itself")
      ->type_name("BPS")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--capacity", typed.capacity_rates,
                 "the queue before lines of these speeds, packet by packet; auto: the slowest that would do")
      ->type_name("BPS,...|auto")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--overhead", typed.overhead,
                 "what each packet takes of the line beyond its size, in -b, -B and --capacity; ethernet: 38")
      ->type_name("BYTES|ethernet")
      ->take_last()
      ->group(group);
}

void add_connection_options(CLI::App& app, Options& options, Typed& typed) {
  const std::string group = "Connections";
  app.add_flag("-c,--connections", options.prints_connections,
               "a line for each connection when it is over, the rest at the end")
      ->group(group);
  app.add_option("--connection-format", typed.connection_format, "what to print for each; see below")
      ->type_name("FORMAT")
      ->take_last()
      ->group(group);
  app.add_option("--connection-fields", options.connection_fields,
                 "what --json or --csv show of each: names with commas; all")
      ->type_name("NAME,...")
      ->take_last()
      ->group(group);
  app.add_option("--top", typed.top,
                 "after each interval its N busiest connections, by bits, packets, retransmissions or rtt")
      ->type_name("N[,KEY]")
      ->take_last()
      ->group(group);
  app.add_option("--by", typed.breakdowns,
                 "at the end, who had which share: host, port, protocol, network/LEN, vlan or interface")
      ->type_name("KEY")
      ->take_all()
      ->allow_extra_args(false)
      ->group(group);
  app.add_option("--max-connections", typed.connections_most,
                 "hold so many at a time (1000000); the longest idle one makes room")
      ->type_name("N")
      ->take_last()
      ->group(group);
  app.add_flag("--vlan-key", options.vlan_is_in_key, "the same addresses in different VLANs are different")
      ->group(group);
}

void add_sample_options(CLI::App& app, Options& options, Typed& typed) {
  const std::string group = "Sample";
  app.add_option("--interval,interval", typed.interval, "the same as INTERVAL")
      ->type_name("SECONDS")
      ->take_last()
      ->group(group);
  app.add_option("--count,count", typed.count, "the same as COUNT: end after so many intervals")
      ->type_name("COUNT")
      ->take_last()
      ->group(group);
  app.add_flag("-1,--whole", typed.is_whole_sample, "the whole sample is one interval")->group(group);
  app.add_option("-s,--seconds", typed.seconds, "end so long after the begin; -1: never")
      ->type_name("SECONDS")
      ->take_last()
      ->group(group);
  app.add_flag("--align", options.timeline.is_aligned,
               "intervals end at multiples of their length since the epoch")
      ->group(group);
}

}  // namespace

std::string hint_of_files(const std::string& word) {
  const bool is_file = ::access(word.c_str(), F_OK) == 0;
  return is_file ? " (several captures: -r for each, or ls *.pcap | tcpstat --read-list -)" : "";
}

Typed parse_arguments(int argc, const char* const* argv, Options& options) {
  Typed typed;
  CLI::App app;
  app.set_help_flag();  // CLI11's own would come first
  add_input_options(app, options, typed);
  add_sample_options(app, options, typed);
  add_output_options(app, options, typed);
  add_capacity_options(app, typed);
  add_connection_options(app, options, typed);
  app.set_help_flag("-?,-h,--help", "this help")->group("Other");
  app.add_flag("-V,--version", typed.wants_version, "the version")->group("Other");
  if (parse_words(app, "tcpstat", argc, argv, hint_of_files) == Parsed::help) {
    options.message = render_help(app, usage, epilogue());
  } else if (typed.wants_version) {
    options.message = std::string("tcpstat version ") + version + "\n" + pcap_lib_version() + "\n";
  }
  return typed;
}

}  // namespace tools
