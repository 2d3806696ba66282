// SPDX-License-Identifier: BSD-2-Clause
// tcpstat: packets from a capture, put into intervals, printed as statistics. The whole way of a
// packet is in run().
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/loop.hpp"
#include "base/text.hpp"
#include "capture/savefile.hpp"
#include "packet/decode.hpp"
#include "tools/options.hpp"
#include "tools/statistics.hpp"

namespace tools {

namespace {

/// How long a live interval stays open after its end: the kernel hands packets over with a delay.
constexpr base::Nanoseconds live_grace = 4 * capture::live_timeout_ms * base::ns_per_ms;

void notify(const std::string& message) { base::warn("tcpstat", message); }

/// A setuid program needs its privileges to open interfaces, for nothing else.
void drop_privileges() {
  if (::setresgid(::getgid(), ::getgid(), ::getgid()) != 0 ||
      ::setresuid(::getuid(), ::getuid(), ::getuid()) != 0) {
    throw base::Error("privileges cannot be dropped: " + base::system_reason(errno));
  }
}

using Sources = std::vector<std::unique_ptr<capture::Source>>;

/// A packet must not count twice.
void check_interfaces(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto times = std::ranges::count(names, name);
    if (times > 1) throw base::usage_error("-i " + base::printable(name) + ": given twice");
    if (name == "any" && names.size() > 1)
      throw base::usage_error("-i any: holds the other interfaces already");
  }
}

Sources open_sources(const Options& options) {
  Sources sources;
  if (options.file) {
    drop_privileges();
    sources.push_back(std::make_unique<capture::Savefile>(*options.file, options.filter, notify));
    return sources;
  }
  std::vector<std::string> names = options.interfaces;
  if (names.empty()) names.emplace_back("auto");
  for (std::string& name : names) {
    if (name != "auto") continue;
    name = capture::choose_interface();
    notify("capturing on " + name);
  }
  check_interfaces(names);
  for (const std::string& name : names) {
    const auto index = static_cast<std::uint32_t>(sources.size());
    sources.push_back(std::make_unique<capture::Live>(name, index, options.live, notify));
  }
  drop_privileges();
  return sources;
}

std::unique_ptr<stats::Timeline> make_timeline(const Options& options, const base::Clock& clock,
                                               stats::IntervalSink& sink) {
  if (options.is_live())
    return std::make_unique<stats::LiveTimeline>(options.timeline, live_grace, clock, sink);
  return std::make_unique<stats::StoredTimeline>(options.timeline, sink);
}

/// Reads what waits, also after a stall; not for ever, should packets come faster than they are counted.
void read_backlog(capture::Source& source, const capture::FrameSink& sink) {
  constexpr int rounds_most = 64;
  for (int round = 0; round < rounds_most && source.dispatch(sink) == capture::Progress::more; ++round) {
  }
}

/// Tells what the kernel or the interface has lost, if anything.
void report_drops(const Sources& sources) {
  capture::Drops total;
  for (const auto& source : sources) {
    const capture::Drops drops = source->drops();
    total.received += drops.received;
    total.by_kernel += drops.by_kernel;
    total.by_interface += drops.by_interface;
  }
  const auto tell = [&](std::uint64_t count, std::uint64_t all, const char* by, const char* advice) {
    if (count == 0) return;
    const double percent = base::nearest_quotient(base::Uint128{count} * 100, all);
    notify(std::to_string(count) + " packets (" + base::fixed(percent, 2) + "%) were dropped by " + by +
           advice);
  };
  tell(total.by_kernel, total.received, "the kernel", ": a larger --buffer-size may help");
  tell(total.by_interface, total.received + total.by_interface, "the interface", "");
}

base::ExitStatus print(const std::string& text) {
  const int error_number = base::write_all(1, text);
  if (error_number != 0) throw base::Error("standard output: " + base::system_reason(error_number));
  return base::ExitStatus::success;
}

base::ExitStatus list_interfaces() {
  std::string text;
  for (const auto& interface : capture::list_interfaces()) {
    text += base::printable(interface.name);
    if (!interface.description.empty()) text += " (" + base::printable(interface.description) + ")";
    if (interface.is_up) text += interface.is_running ? " [up, running]" : " [up]";
    text += interface.is_loopback ? " [loopback]\n" : "\n";
  }
  return print(text);
}

base::ExitStatus run(const Options& options) {
  Statistics statistics(options);  // first: it looks which descriptors the user has opened
  const base::SystemClock clock;
  base::Loop loop(clock);
  std::unique_ptr<stats::Timeline> timeline;
  Sources sources;
  std::optional<base::Error> fault;

  const auto count_frame = [&](const capture::Frame& frame) {
    const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
    const std::uint32_t header =
        options.includes_link_header ? frame.link->pseudo_bytes : packet.link_header_bytes;
    timeline->add(frame.timestamp, packet, frame.bytes_wire > header ? frame.bytes_wire - header : 0);
  };
  const capture::FrameSink sink(count_frame);
  const auto stop_when_over = [&] {
    if (timeline->is_over()) loop.stop();
  };
  const auto read_all = [&] {
    for (const auto& source : sources) read_backlog(*source, sink);
  };
  const auto read = [&](capture::Source& source) {
    if (source.dispatch(sink) == capture::Progress::end) {
      fault = source.fault();
      if (fault && source.packets() == 0 && !options.is_live()) throw *fault;  // nothing to tell of
      read_all();
      timeline->end();
    }
    stop_when_over();
  };

  // Before anything is opened: a signal at any moment of the start ends the run in good order.
  for (const int signal : {SIGINT, SIGTERM}) {
    loop.on_signal(signal, [&] {
      if (options.is_live()) read_all();
      timeline->interrupt();
      stop_when_over();
    });
  }
  loop.on_signal(SIGUSR1, [&] {
    timeline->cut();
    stop_when_over();
  });

  sources = open_sources(options);
  timeline = make_timeline(options, clock, statistics);
  statistics.follow(*timeline);
  for (const auto& source : sources) {
    loop.watch(source->descriptor(), [&read, watched = source.get()] { read(*watched); });
  }
  loop.on_deadline([&] { return timeline->deadline(); },
                   [&] {
                     read_all();
                     timeline->tick();
                     stop_when_over();
                   });
  loop.run();

  statistics.finish(timeline->observed());
  report_drops(sources);
  if (fault) throw *fault;
  return base::ExitStatus::success;
}

}  // namespace

}  // namespace tools

int main(int argc, char** argv) {
  return base::run_tool("tcpstat", [&] {
    const tools::Options options = tools::parse_options(argc, argv);
    if (!options.message.empty()) return tools::print(options.message);
    if (options.lists_interfaces) return tools::list_interfaces();
    return tools::run(options);
  });
}
