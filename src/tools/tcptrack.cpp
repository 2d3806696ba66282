// SPDX-License-Identifier: BSD-2-Clause
// tcptrack: packets from a capture, put together into connections, shown on the screen or as lines. The whole
// way of a packet is in Run.
#include <unistd.h>

#include <csignal>
#include <memory>

#include "base/text.hpp"
#include "capture/paced.hpp"
#include "capture/savefile.hpp"
#include "packet/decode.hpp"
#include "tools/connection_log.hpp"
#include "tools/help.hpp"
#include "tools/sources.hpp"
#include "tools/steps.hpp"
#include "tools/track_lines.hpp"
#include "tools/track_screen.hpp"

namespace tools {

namespace {

/// Where standard output is closed, the next file opened would take its place.
report::Sinks standard_output() {
  report::Sinks sinks;
  sinks.open(STDOUT_FILENO);
  return sinks;
}

/// One run: from the source through the connections to the screen or the lines, and what makes it stop.
class Run {
 public:
  explicit Run(const TrackOptions& options) : options_(options), loop_(clock_) {}

  base::ExitStatus operator()() {
    for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
      loop_.on_signal(signal, [this] { on_signal(); });
    }
    open();
    loop_.watch([this] { return has_ended_ ? base::Loop::nothing_to_watch : source_->descriptor(); },
                [this] { read(); });
    loop_.watch([this] { return lookups_.descriptor(); },
                [this] {
                  lookups_.handle_ready();
                  look_for_news();
                });
    loop_.on_deadline(
        [this] { return base::earlier(base::earlier(next_step(), face_->deadline()), lookups_.deadline()); },
        [this] { on_deadline(); });
    try {
      loop_.run();
    } catch (...) {
      face_.reset();
      tell_all();
      throw;
    }
    return finish();
  }

 private:
  void open() {
    if (options_.is_live()) {
      const std::vector<std::string> names = interface_names({options_.interface}, notify_);
      interface_names_ = InterfaceNames(names);
      source_ = std::move(open_live(options_.live, names, notify_).front());
    } else {
      drop_privileges();
      source_ = std::make_unique<capture::Savefile>(*options_.file, options_.live.filter, notify_);
      if (options_.pace_milli) {
        auto paced = std::make_unique<capture::Paced>(std::move(source_), *options_.pace_milli, clock_);
        paced_ = paced.get();
        source_ = std::move(paced);
      }
    }
    if (options_.log) log_.emplace(*options_.log, interface_names_);
    watch_ = std::make_unique<Watch>(options_, interface_names_, lookups_,
                                     [this](const flow::Connection& connection, flow::Ended ended) {
                                       face_->on_over(connection, ended);
                                       if (log_) log_->add(connection, ended);
                                     });
    stepped_ = clock_.monotonic();
    if (options_.is_live()) watch_->begin(clock_.wall());
    if (options_.is_batch) {
      face_ = std::make_unique<TrackLines>(options_, *watch_, interface_names_, lookups_, sinks_,
                                           [this] { loop_.stop(); });
    } else {
      face_ = std::make_unique<TrackScreen>(options_, *watch_, lookups_, clock_, for_screen(), loop_);
    }
  }

  TrackRun for_screen() {
    return {[this] { return now(); },
            [this] {
              const capture::Drops drops = source_->drops();
              return drops.by_kernel + drops.by_interface;
            },
            [this] { return filter_; },
            [this](const std::string& filter) {
              if (filter == filter_) return;
              source_->set_filter(filter);
              filter_ = filter;
              if (!has_ended_) return watch_->show_since(now());
              face_->tell("the capture is over: nothing comes for the filter");
            },
            [this] { loop_.stop(); }};
  }

  base::Nanoseconds now() const {
    if (options_.is_live()) return clock_.wall();
    const base::Nanoseconds now = paced_ != nullptr && !has_ended_ ? paced_->now() : watch_->latest();
    return std::max(now, stepped_to_);
  }

  void add(const capture::Frame& frame) {
    if (!options_.is_live() && steps_.concerns(frame.timestamp)) end_steps(frame.timestamp);
    has_more_ = true;
    watch_->add(frame, packet::decode(frame.bytes, *frame.link));
  }

  /// The steps that are over at this time of the capture.
  void end_steps(base::Nanoseconds timestamp) {
    const Steps::Ended ended = steps_.advance(timestamp);
    if (ended.is_back) {
      step(now());
      stepped_to_ = base::time_earliest;
    }
    for (std::size_t i = 0; i < ended.count; ++i) step(ended.ends[i]);
    if (ended.has_begun) watch_->begin(timestamp);
  }

  void step(base::Nanoseconds now) {
    has_stepped_ = true;
    has_more_ = false;
    stepped_to_ = now;
    watch_->step(now);
    face_->on_step(now);
    if (log_) log_->flush();
  }

  capture::Progress dispatch() {
    const capture::Progress progress =
        source_->dispatch(capture::FrameSink([this](const capture::Frame& frame) { add(frame); }));
    watch_->flush();
    if (log_) log_->flush();
    return progress;
  }

  /// Reads what waits, also after a stall; not for ever, should packets come faster than they are counted.
  capture::Progress read_backlog() {
    constexpr int rounds_most = 64;
    capture::Progress progress = capture::Progress::more;
    for (int round = 0; round < rounds_most && progress == capture::Progress::more; ++round)
      progress = dispatch();
    return progress;
  }

  void read() {
    const capture::Progress progress = dispatch();
    if (!options_.is_live() && paced_ == nullptr) face_->on_news();  // else a step comes by the clock
    take(progress);
  }

  void take(capture::Progress progress) {
    if (progress != capture::Progress::end || has_ended_) return;
    has_ended_ = true;
    const auto& fault = source_->fault();
    if (fault && source_->packets() == 0 && !options_.is_live()) throw *fault;  // nothing to show
    if (fault && !options_.is_batch) face_->tell(fault->what());
    end_packets();
  }

  /// The last step is seldom whole: it has the rate of the time that it took, at least a hundredth of a step. On a
  /// screen the whole one before says more, where this one is short.
  void end_packets() {
    const base::Nanoseconds end = now(), length = options_.step();
    const base::Nanoseconds begin = has_stepped_ ? stepped_to_ : steps_.end().value_or(end) - length;
    const bool is_short = has_stepped_ && end - begin < length / 2;
    if (options_.is_batch || !is_short)
      watch_->step(has_stepped_ ? std::max(end, begin + length / 100) : end);
    if (!face_->on_end(end, has_more_ || options_.is_live())) loop_.stop();
  }

  void on_signal() {
    if (options_.is_batch && !has_ended_) {
      if (options_.is_live()) read_backlog();
      has_ended_ = true;
      end_packets();
    }
    loop_.stop();
  }

  /// Monotonic: when a step ends by the clock, also where no packet comes. At full speed only packets end steps.
  std::optional<base::Nanoseconds> next_step() const {
    constexpr base::Nanoseconds wait_least = 10 * base::ns_per_ms;
    if (has_ended_) return std::nullopt;
    if (options_.is_live()) return stepped_ + options_.step();
    if (paced_ == nullptr || !steps_.end()) return std::nullopt;
    return std::max(paced_->due(*steps_.end()), stepped_ + wait_least);
  }

  void on_deadline() {
    const base::Nanoseconds at = clock_.monotonic();
    if (const auto due = next_step(); due && at >= *due) end_step_by_the_clock(at);
    lookups_.handle_deadline();
    look_for_news();
    face_->on_deadline();
  }

  void end_step_by_the_clock(base::Nanoseconds at) {
    const capture::Progress progress = options_.is_live() ? read_backlog() : dispatch();
    watch_->advance(now());
    if (options_.is_live()) {
      stepped_ += (at - stepped_) / options_.step() * options_.step();
      step(now());
    } else {
      stepped_ = at;
      end_steps(now());
    }
    take(progress);
  }

  void look_for_news() {
    if (lookups_.take_news()) face_->on_news();
  }

  /// What was told while the screen was there.
  void tell_all() const {
    for (const std::string& message : told_) base::warn("tcptrack", message);
  }

  base::ExitStatus finish() {
    watch_->finish();
    const std::uint64_t left_out = face_->left_out();
    face_.reset();  // the terminal is as it was
    if (log_) log_->close();
    tell_all();
    const std::uint64_t evicted = watch_->evicted();
    Sources sources;
    sources.push_back(std::move(source_));
    report_drops(sources, notify_);
    report_evicted(evicted, options_.connections_most, notify_);
    if (options_.is_whole()) report_unattributed(watch_->unattributed(), notify_);
    if (left_out > 0)
      notify_(std::to_string(left_out) + " connections have no line: there is room for " +
              std::to_string(options_.connections_most) + " (--max-connections)");
    if (const auto& fault = sources.front()->fault()) throw base::Error(*fault);
    return base::ExitStatus::success;
  }

  const TrackOptions& options_;
  report::Sinks sinks_ = standard_output();  // before anything else is opened
  const base::SystemClock clock_;
  /// What is told while the screen is there comes to stderr when it is gone.
  const capture::Notice notify_ = [this](const std::string& message) {
    if (face_ == nullptr || options_.is_batch) return base::warn("tcptrack", message);
    told_.push_back(message);
    face_->tell(message);
  };
  std::string filter_ = options_.live.filter;
  base::Loop loop_;
  std::unique_ptr<capture::Source> source_;
  capture::Paced* paced_ = nullptr;  // the source, where it is one
  InterfaceNames interface_names_;
  Lookups lookups_{clock_};
  std::optional<ConnectionLog> log_;
  std::unique_ptr<Watch> watch_;
  std::unique_ptr<Face> face_;
  std::vector<std::string> told_;
  Steps steps_{options_.step()};                        // of a stored capture
  base::Nanoseconds stepped_ = 0;                       // monotonic: when a step began
  base::Nanoseconds stepped_to_ = base::time_earliest;  // since the epoch: the end of the last step
  bool has_more_ = false;                               // packets since then
  bool has_stepped_ = false;
  bool has_ended_ = false;
};

}  // namespace

}  // namespace tools

int main(int argc, char** argv) {
  return base::run_tool("tcptrack", [&] {
    const tools::TrackOptions options = tools::parse_track_options(argc, argv);
    if (!options.message.empty()) return tools::print(options.message);
    return tools::Run(options)();
  });
}
