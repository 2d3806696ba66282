// SPDX-License-Identifier: BSD-2-Clause
// g++ 12 sees null pointers in CLI11 where there are none, once it is inlined.
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wnull-dereference"
#endif
#include "tools/options.hpp"

#include <pcap/pcap.h>
#include <unistd.h>

#include <algorithm>

#include "base/text.hpp"
#include "report/format.hpp"
#include "tools/help.hpp"

namespace tools {

namespace {

/// No interval and no sample is longer: about 30 years.
constexpr base::Nanoseconds duration_most = base::ns_per_s * 1'000'000'000;

/// What the user typed, before it is looked at.
struct Typed {
  std::optional<std::string> interval;
  std::optional<std::string> count;
  bool is_whole_sample = false;
  std::optional<std::string> seconds;
  std::optional<std::string> subtracted;
  std::vector<std::string> carried_rates;
  std::vector<std::string> plain_rates;
  std::optional<std::string> direction;
  std::optional<std::string> snaplen;
  std::optional<std::string> buffer_size;
  bool is_not_promiscuous = false;
  bool wants_version = false;
  bool flushes = false;  // has no effect
};

base::Error wrong(const std::string& option, const std::string& value, const std::string& expected) {
  return base::usage_error(option + " '" + base::printable(value) + "': " + expected);
}

constexpr const char* usage =
    "Usage: tcpstat [OPTION]... [INTERVAL [COUNT]]\n"
    "One line of network statistics for every INTERVAL seconds (5; -1: the whole\n"
    "sample as one), COUNT times, from an interface or a stored capture.\n";

std::string epilogue() {
  std::string text = "\nFormat (-o):\n";
  constexpr std::size_t text_column = 8;
  for (const report::Directive& row : report::directives()) {
    append_row(text, std::string("%") + row.letter, std::string(row.meaning) + " [" + row.unit + "]",
               text_column);
  }
  append_row(text, "%NUMBER", "what follows goes to that file descriptor", text_column + 3);
  append_row(text, "%%", "a per cent sign", text_column);
  text += "  Default: " + std::string(report::default_format) + "\n";
  return text +
         "\nExamples:\n"
         "  tcpstat -i eth0 1                 a line every second\n"
         "  tcpstat -r day.pcap -b 28800 0.5  was a line of 28.8 kbit/s enough?\n"
         "  tcpstat -r day.pcap -o '%S %b\\n'  time and bits per second, for gnuplot\n"
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
  app.add_option("-o,--output", options.format, "what to print for each interval; see Format below")
      ->type_name("FORMAT")
      ->take_last()
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
  app.add_flag("-a,--accounting", options.is_accounting, "bytes per second, minute, hour, day and month")
      ->group(group);
}

void add_sample_options(CLI::App& app, Typed& typed) {
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
}

/// CLI11 would take the next word for the value of `--filter=`; and values for flags.
void check_words(int argc, const char* const* argv) {
  for (int i = 1; i < argc && std::string_view(argv[i]) != "--"; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--") && word.ends_with("=")) {
      throw base::usage_error(base::printable(word) + ": the value is missing");
    }
  }
}

/// `-r *.pcap` hands over one file and some words. Empty where `word` is no file.
std::string hint_of_files(const std::string& word) {
  const bool is_file = ::access(word.c_str(), F_OK) == 0;
  return is_file ? " (several captures: -r for each, or ls *.pcap | tcpstat --read-list -)" : "";
}

constexpr const char* options_hint = " (tcpstat -h lists the options)";

/// The Error for words that nothing takes; there may be thousands.
base::Error unexpected(const std::vector<std::string>& words) {
  const std::string& word = words.front();
  const std::string others =
      words.size() > 1 ? " and " + std::to_string(words.size() - 1) + " more are" : " is";
  const std::string hint = hint_of_files(word);
  return base::usage_error("'" + base::printable(word) + "'" + others + " not expected" +
                           (hint.empty() ? options_hint : hint));
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

void add_lines(Options& options, const std::string& option, const std::vector<std::string>& lists,
               stats::Line::Mode mode) {
  for (const std::string& list : lists) {
    for (const std::string_view text : base::split(list, ',')) {
      const auto rate_milli = base::parse_rate_milli(text);
      if (!rate_milli || *rate_milli == 0) {
        throw wrong(option, std::string(text),
                    "not a number of bits per second from 0.001 on, as in 28800, 1.5M or 10M,100M");
      }
      options.lines.emplace_back(*rate_milli, mode);
    }
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
  if (typed.buffer_size) {
    const auto kib = base::parse_whole(*typed.buffer_size, 2097151);
    if (!kib || *kib < 1024)
      throw wrong("--buffer-size", *typed.buffer_size, "not a number of KiB from 1024 to 2097151");
    live.buffer_bytes = static_cast<std::uint32_t>(*kib * 1024);
  }
}

void check_stored(const Options& options) {
  if (options.file_list == "-" && std::ranges::count(options.files, "-") > 0) {
    throw base::usage_error("-r -: standard input is the list already");
  }
  if (options.is_followed && (options.file_list || options.files.size() > 1)) {
    throw base::usage_error("--follow: takes one capture");
  }
}

void check_combinations(const Options& options, const Typed& typed) {
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

Options parse_options(int argc, const char* const* argv) {
  Options options;
  options.format = report::default_format;
  Typed typed;
  CLI::App app;
  app.set_help_flag();  // CLI11's own would come first
  add_input_options(app, options, typed);
  add_sample_options(app, typed);
  add_output_options(app, options, typed);
  app.set_help_flag("-?,-h,--help", "this help")->group("Other");
  app.add_flag("-V,--version", typed.wants_version, "the version")->group("Other");
  for (CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_max() == 0) option->disable_flag_override();
  }
  check_words(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    options.message = render_help(app, usage, epilogue());
    return options;
  } catch (const CLI::ExtrasError&) {
    throw unexpected(app.remaining());
  } catch (const CLI::ParseError& error) {
    throw base::usage_error(base::printable(error.what()) + options_hint);
  }
  if (typed.wants_version) {
    options.message = std::string("tcpstat version ") + version + "\n" + pcap_lib_version() + "\n";
    return options;
  }
  set_timeline(options, typed);
  if (typed.subtracted) {
    const auto subtracted = base::parse_seconds(*typed.subtracted);
    if (!subtracted) throw wrong("-R", *typed.subtracted, "not a number of seconds");
    options.subtracted = *subtracted;
  }
  add_lines(options, "-b", typed.carried_rates, stats::Line::Mode::carried);
  add_lines(options, "-B", typed.plain_rates, stats::Line::Mode::plain);
  set_live(options, typed);
  check_combinations(options, typed);
  return options;
}

}  // namespace tools
