// SPDX-License-Identifier: BSD-2-Clause
// tcpstat: packets from a capture, put into intervals, printed as statistics. The whole way of a
// packet is in Run.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <memory>

#include "base/loop.hpp"
#include "base/text.hpp"
#include "capture/input.hpp"
#include "stats/followed_timeline.hpp"
#include "stats/live_timeline.hpp"
#include "tools/counter.hpp"
#include "tools/help.hpp"
#include "tools/options.hpp"
#include "tools/progress.hpp"
#include "tools/rereading.hpp"
#include "tools/sources.hpp"
#include "tools/statistics.hpp"

namespace tools {

namespace {

/// How long a live interval stays open after its end: the kernel hands packets over with a delay.
constexpr base::Nanoseconds live_grace = 4 * capture::live_timeout_ms * base::ns_per_ms;

/// The same where a file is followed.
constexpr base::Nanoseconds followed_grace = 2 * capture::follow_ms * base::ns_per_ms;

std::unique_ptr<stats::Timeline> make_timeline(const Options& options, const stats::Collect& collect,
                                               const base::Clock& clock, stats::IntervalSink& sink) {
  stats::TimelineOptions of_timeline = options.timeline;
  of_timeline.collect = collect;
  if (options.is_live()) return std::make_unique<stats::LiveTimeline>(of_timeline, live_grace, clock, sink);
  if (options.is_followed)
    return std::make_unique<stats::FollowedTimeline>(of_timeline, followed_grace, clock, sink);
  return std::make_unique<stats::StoredTimeline>(of_timeline, sink);
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

/// One run: from the sources through the timeline to the statistics, and what makes it stop.
class Run {
 public:
  explicit Run(const Options& options)
      : options_(options),
        statistics_(options, {[this] { progress_.erase(); }, notify_, [this] { return dropped(); }}),
        loop_(clock_) {}

  base::ExitStatus operator()() {
    if (!options_.is_live()) drop_privileges();
    const std::vector<std::string> names =
        options_.is_live() ? interface_names(options_.interfaces, notify_) : capture_names(options_);
    const Rereading rereading(options_, names);
    // Before anything is opened: a signal at any moment of the start ends the run in good order.
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) {
      loop_.on_signal(signal, [this, signal] { on_signal(signal); });
    }
    sources_ =
        options_.is_live() ? open_live(options_.live, names, notify_) : open_stored(options_, names, notify_);
    if (options_.is_live()) statistics_.name_interfaces(names);
    timeline_ = make_timeline(options_, statistics_.collect(), clock_, statistics_);
    statistics_.follow(*timeline_);
    for (const auto& source : sources_) {
      loop_.watch([&source] { return source->descriptor(); }, [this, &source] { read(*source); });
    }
    if (options_.goes_by_the_clock() && statistics_.tracking() != nullptr) idle_look_ = clock_.monotonic();
    loop_.on_deadline(
        [this] {
          return base::earlier(base::earlier(timeline_->deadline(), progress_.deadline()), idle_look_);
        },
        [this] { on_deadline(); });
    loop_.run();
    return finish(rereading);
  }

 private:
  capture::Progress dispatch(capture::Source& source) {
    const bool includes_link_header = options_.includes_link_header;
    const FullCounter full{*timeline_, includes_link_header, statistics_.capacity(), statistics_.tracking(),
                           statistics_.breakdowns()};
    const bool is_plain = full.capacity == nullptr && full.tracking == nullptr && full.breakdowns.empty() &&
                          statistics_.collect().is_nothing();
    if (is_plain) return source.dispatch(capture::FrameSink(PlainCounter{*timeline_, includes_link_header}));
    const capture::Progress progress = source.dispatch(capture::FrameSink(full));
    if (full.tracking != nullptr) full.tracking->flush();
    return progress;
  }

  /// Reads what waits, also after a stall; not for ever, should packets come faster than they are counted.
  capture::Progress read_backlog(capture::Source& source) {
    constexpr int rounds_most = 64;
    capture::Progress progress = capture::Progress::more;
    for (int round = 0; round < rounds_most && progress == capture::Progress::more; ++round) {
      progress = dispatch(source);
    }
    return progress;
  }

  /// False where more waits.
  bool read_all() {
    bool is_all = true;
    for (const auto& source : sources_) is_all = read_backlog(*source) != capture::Progress::more && is_all;
    return is_all;
  }

  void read(capture::Source& source) {
    const auto come_to = options_.is_followed ? read_backlog(source) : dispatch(source);
    if (come_to == capture::Progress::idle) timeline_->catch_up();
    if (come_to == capture::Progress::end) {
      const auto& fault = source.fault();
      if (fault && source.packets() == 0 && !options_.is_live()) throw *fault;  // nothing to tell of
      if (options_.is_live()) read_all();
      if (statistics_.tracking() != nullptr) statistics_.tracking()->end_packets();
      timeline_->end();
    }
    stop_when_over();
  }

  void on_signal(int signal) {
    if (options_.goes_by_the_clock()) read_all();
    has_been_cut_ = true;
    signal == SIGUSR1 ? timeline_->cut() : timeline_->interrupt();
    stop_when_over();
  }

  void on_deadline() {
    progress_.draw(sources_.front()->extent());
    if (!options_.goes_by_the_clock()) return;
    // What waits in a file belongs to its own intervals, however long it has waited.
    if (read_all() || options_.is_live()) timeline_->tick();
    look_for_idle_connections();
    stop_when_over();
  }

  /// Connections are over by the clock too, also while no packets come.
  void look_for_idle_connections() {
    constexpr base::Nanoseconds old = 3'600 * base::ns_per_s;
    if (!idle_look_ || clock_.monotonic() < *idle_look_) return;
    Tracking& tracking = *statistics_.tracking();
    // A file that is followed may hold an old capture, whose clock is another one.
    if (clock_.wall() - tracking.now() < old) tracking.advance(clock_.wall());
    idle_look_ = clock_.monotonic() + base::ns_per_s;
  }

  void stop_when_over() {
    if (timeline_->is_over()) loop_.stop();
  }

  std::uint64_t dropped() const {
    std::uint64_t packets = 0;
    for (const auto& source : sources_) packets += source->drops().by_kernel;
    return packets;
  }

  /// The answers of --capacity auto. Where the input stays it is read again, unless a signal has changed the
  /// sample.
  void search_lines(const Rereading& rereading) {
    constexpr int readings_most = 12;
    const stats::Capacity* capacity = statistics_.capacity();
    if (capacity == nullptr || capacity->probe() == nullptr) return statistics_.finish(nullptr, {});
    stats::LineSearch search;
    search.learn(*capacity->probe());
    Rereading::Outcome outcome;
    if (rereading.is_possible() && !has_been_cut_) {
      outcome = rereading.refine(search, *capacity->probe(), readings_most,
                                 [this](const capture::Extent& extent) { progress_.draw(extent); });
    }
    if (outcome.has_changed)
      notify_("the input has changed since it was read: --capacity auto is less close");
    statistics_.finish(&search, outcome);
  }

  base::ExitStatus finish(const Rereading& rereading) {
    search_lines(rereading);
    report_drops(sources_, notify_);
    report_late(timeline_->late(), notify_);
    if (const Tracking* tracking = statistics_.tracking()) {
      report_evicted(tracking->evicted(), options_.connections_most, notify_);
      if (options_.prints_connections) report_unattributed(tracking->unattributed(), notify_);
    }
    for (const auto& source : sources_) {
      if (source->fault()) throw base::Error(*source->fault());
    }
    return statistics_.has_alerted() ? base::ExitStatus::alert : base::ExitStatus::success;
  }

  const Options& options_;
  const base::SystemClock clock_;
  ProgressLine progress_{!options_.goes_by_the_clock() && !options_.hides_progress, clock_};
  const capture::Notice notify_ = [this](const std::string& message) {
    progress_.erase();
    base::warn("tcpstat", message);
  };
  Statistics statistics_;  // before anything is opened: it looks which descriptors the user has opened
  base::Loop loop_;
  std::unique_ptr<stats::Timeline> timeline_;
  Sources sources_;
  bool has_been_cut_ = false;                   // by a signal
  std::optional<base::Nanoseconds> idle_look_;  // when (monotonic) it is looked for idle connections next
};

}  // namespace

}  // namespace tools

int main(int argc, char** argv) {
  return base::run_tool("tcpstat", [&] {
    const tools::Options options = tools::parse_options(argc, argv);
    if (!options.message.empty()) return tools::print(options.message);
    if (options.lists_interfaces) return tools::list_interfaces();
    return tools::Run(options)();
  });
}
