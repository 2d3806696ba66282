// SPDX-License-Identifier: BSD-2-Clause
// tcpstat: packets from a capture, put into intervals, printed as statistics. The whole way of a
// packet is in run().
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/loop.hpp"
#include "base/text.hpp"
#include "capture/input.hpp"
#include "packet/decode.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"
#include "tools/sources.hpp"
#include "tools/statistics.hpp"

namespace tools {

namespace {

/// How long a live interval stays open after its end: the kernel hands packets over with a delay.
constexpr base::Nanoseconds live_grace = 4 * capture::live_timeout_ms * base::ns_per_ms;

/// The same where a file is followed.
constexpr base::Nanoseconds followed_grace = 2 * capture::follow_ms * base::ns_per_ms;

std::unique_ptr<stats::Timeline> make_timeline(const Options& options, const base::Clock& clock,
                                               stats::IntervalSink& sink) {
  if (options.is_live())
    return std::make_unique<stats::LiveTimeline>(options.timeline, live_grace, clock, sink);
  if (options.is_followed)
    return std::make_unique<stats::FollowedTimeline>(options.timeline, followed_grace, clock, sink);
  return std::make_unique<stats::StoredTimeline>(options.timeline, sink);
}

/// Reads what waits, also after a stall; not for ever, should packets come faster than they are counted.
capture::Progress read_backlog(capture::Source& source, const capture::FrameSink& sink) {
  constexpr int rounds_most = 64;
  capture::Progress progress = capture::Progress::more;
  for (int round = 0; round < rounds_most && progress == capture::Progress::more; ++round) {
    progress = source.dispatch(sink);
  }
  return progress;
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

std::optional<base::Nanoseconds> earlier(std::optional<base::Nanoseconds> a, std::optional<base::Nanoseconds> b) {
  return a && b ? std::min(a, b) : a ? a : b;
}

base::ExitStatus run(const Options& options) {
  const base::SystemClock clock;
  ProgressLine progress(!options.goes_by_the_clock() && !options.hides_progress, clock);
  const auto make_room = [&] { progress.erase(); };
  Statistics statistics(options, make_room);  // first: it looks which descriptors the user has opened
  const capture::Notice notify = [&](const std::string& message) {
    progress.erase();
    base::warn("tcpstat", message);
  };
  const std::vector<std::string> names = capture_names(options);
  base::Loop loop(clock);
  std::unique_ptr<stats::Timeline> timeline;
  Sources sources;
  std::optional<base::Error> fault;

  const bool includes_link_header = options.includes_link_header;
  const auto count_frame = [&timeline, includes_link_header](const capture::Frame& frame) {
    const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
    const std::uint32_t header = includes_link_header ? frame.link->pseudo_bytes : packet.link_header_bytes;
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
    const auto come_to = options.is_followed ? read_backlog(source, sink) : source.dispatch(sink);
    if (come_to == capture::Progress::idle) timeline->catch_up();
    if (come_to == capture::Progress::end) {
      fault = source.fault();
      if (fault && source.packets() == 0 && !options.is_live()) throw *fault;  // nothing to tell of
      if (options.is_live()) read_all();
      timeline->end();
    }
    stop_when_over();
  };

  // Before anything is opened: a signal at any moment of the start ends the run in good order.
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
    loop.on_signal(signal, [&, signal] {
      if (options.goes_by_the_clock()) read_all();
      signal == SIGUSR1 ? timeline->cut() : timeline->interrupt();
      stop_when_over();
    });
  }
  sources = options.is_live() ? open_live(options, notify) : open_stored(options, names, notify);
  timeline = make_timeline(options, clock, statistics);
  statistics.follow(*timeline);
  for (const auto& source : sources) {
    loop.watch([&source] { return source->descriptor(); }, [&] { read(*source); });
  }
  loop.on_deadline([&] { return earlier(timeline->deadline(), progress.deadline()); },
                   [&] {
                     progress.draw(sources.front()->extent());
                     if (!options.goes_by_the_clock()) return;
                     read_all();
                     timeline->tick();
                     stop_when_over();
                   });
  loop.run();

  statistics.finish(timeline->observed());
  report_drops(sources, notify);
  report_late(timeline->late(), notify);
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
