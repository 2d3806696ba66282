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
    loop_.run();
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
              if (has_ended_) throw base::Error("the capture is over: a filter would change nothing");
              source_->set_filter(filter);
              filter_ = filter;
              watch_->show_since(now());
            },
            [this] { loop_.stop(); }};
  }

  base::Nanoseconds now() const {
    if (options_.is_live()) return clock_.wall();
    const base::Nanoseconds now = paced_ != nullptr && !has_ended_ ? paced_->now() : watch_->latest();
    return std::max(now, stepped_to_);
  }

  void add(const capture::Frame& frame) {
    constexpr base::Nanoseconds disorder_most = 60 * base::ns_per_s;
    const bool ends_step =
        frame.timestamp >= step_end_ || step_end_ - frame.timestamp > disorder_most + options_.step();
    if (!options_.is_live() && ends_step) end_steps(frame.timestamp);
    has_more_ = true;
    watch_->add(frame, packet::decode(frame.bytes, *frame.link));
  }

  /// The steps that are over when a packet comes. Of a gap only its begin and its end are looked at; where time goes
  /// back, as after a packet that was stamped in the future, steps go on from there.
  void end_steps(base::Nanoseconds timestamp) {
    const base::Nanoseconds length = options_.step();
    const bool is_first = step_end_ == base::time_earliest, is_back = timestamp < step_end_;
    if (is_first) watch_->begin(timestamp);
    if (is_first || is_back) {
      step_end_ = timestamp + length;
      return;
    }
    constexpr base::Nanoseconds leap_most = 3'600 * base::ns_per_s;
    if (timestamp - step_end_ > leap_most && !(doubtful_ && timestamp >= *doubtful_ - leap_most)) {
      doubtful_ = timestamp;  // a single one so far ahead is not believed, as in flow::Table
      return;
    }
    doubtful_.reset();
    step(step_end_);
    step_end_ += length;
    if (timestamp < step_end_) return;
    const base::Nanoseconds missed = (timestamp - step_end_) / length;
    step(step_end_ + missed * length);
    step_end_ += (missed + 1) * length;
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
    if (progress != capture::Progress::end) return;
    has_ended_ = true;
    const auto& fault = source_->fault();
    if (fault && source_->packets() == 0 && !options_.is_live()) throw *fault;  // nothing to show
    end_packets();
  }

  /// Where little is left of a step, its rate would mean nothing by itself.
  void end_last_step() {
    const bool is_short = !options_.is_live() && has_stepped_ && now() < step_end_ - options_.step() / 2;
    is_short ? watch_->cut_step(now()) : watch_->step(now());
  }

  void end_packets() {
    end_last_step();
    const auto& fault = source_->fault();
    if (fault && !options_.is_batch) face_->tell(fault->what());
    if (!face_->on_end(now(), has_more_)) loop_.stop();
  }

  void on_signal() {
    if (options_.is_batch && !has_ended_) {
      if (options_.is_live()) read_backlog();
      has_ended_ = true;
      end_last_step();
      face_->on_end(now(), has_more_ || options_.is_live());
    }
    loop_.stop();
  }

  /// Monotonic: when a step ends by the clock, also where no packet comes. At full speed only packets end steps.
  std::optional<base::Nanoseconds> next_step() const {
    if (has_ended_) return std::nullopt;
    if (options_.is_live()) return stepped_ + options_.step();
    if (paced_ == nullptr || step_end_ == base::time_earliest) return std::nullopt;
    return paced_->due(step_end_);
  }

  void on_deadline() {
    const base::Nanoseconds at = clock_.monotonic();
    if (const auto due = next_step(); due && at >= *due) {
      stepped_ += (at - stepped_) / options_.step() * options_.step();
      options_.is_live() ? read_backlog() : dispatch();  // what waits belongs to this step
      watch_->advance(now());
      if (options_.is_live()) {
        step(now());
      } else if (now() >= step_end_) {
        end_steps(now());
      }
    }
    lookups_.handle_deadline();
    look_for_news();
    face_->on_deadline();
  }

  void look_for_news() {
    if (lookups_.take_news()) face_->on_news();
  }

  base::ExitStatus finish() {
    watch_->finish();
    if (log_) log_->close();
    const std::uint64_t left_out = face_->left_out();
    face_.reset();  // the terminal is as it was
    for (const std::string& message : told_) base::warn("tcptrack", message);
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
  base::Nanoseconds step_end_ = base::time_earliest;    // since the epoch
  base::Nanoseconds stepped_ = 0;                       // monotonic: when a step began
  std::optional<base::Nanoseconds> doubtful_;           // a leap ahead that is not believed yet
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
