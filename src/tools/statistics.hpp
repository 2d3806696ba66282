// SPDX-License-Identifier: BSD-2-Clause
// What tcpstat makes of closed intervals: lines, one for each, alerts, and sums for the end. It writes; when an
// interval closes is the timeline's business.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "report/alert.hpp"
#include "report/output.hpp"
#include "report/sink.hpp"
#include "stats/capacity.hpp"
#include "stats/load.hpp"
#include "stats/timeline.hpp"
#include "tools/options.hpp"
#include "tools/rereading.hpp"
#include "tools/tracking.hpp"

namespace tools {

class Statistics final : public stats::IntervalSink {
 public:
  /// What it needs of the rest of the program.
  struct Surroundings {
    std::function<void()> make_room;                 ///< called before anything is written
    std::function<void(const std::string&)> notify;  ///< tells the user of an alert
    std::function<std::uint64_t()> dropped;          ///< packets the kernel has lost so far
  };

  /// Throws a usage Error where the format, a field, an alert or a descriptor of `options` is wrong.
  Statistics(const Options& options, Surroundings surroundings);

  /// What the intervals have to count beyond the plain counters.
  const stats::Collect& collect() const { return wishes_.collect; }
  /// What wants to see every packet; nullptr: nothing does.
  stats::Capacity* capacity() { return capacity_.get(); }

  /// What tells connections apart; nullptr: nothing asks for it.
  Tracking* tracking() { return tracking_.get(); }
  /// What the interfaces are called, by their numbers; to be said before the first packet.
  void name_interfaces(const std::vector<std::string>& names) {
    interface_names_ = names;
    if (tracking_) tracking_->name_interfaces(names);
  }
  /// What every packet is to be ranked by.
  std::span<stats::Breakdown> breakdowns() { return breakdowns_; }

  void on_interval(const stats::Interval& interval) override;
  void on_empty(const stats::Interval& first, std::uint64_t count) override;

  /// Where relative times count from; to be said before the first interval closes.
  void follow(const stats::Timeline& timeline) { timeline_ = &timeline; }

  /// Prints what is told of the whole sample. `search` holds the answers of --capacity auto, if there are any.
  void finish(const stats::LineSearch* search, const Rereading::Outcome& outcome);

  bool has_alerted() const { return has_alerted_; }

 private:
  std::unique_ptr<report::Output> make_output();
  void sum_up(const stats::Interval& interval);
  void sum_up_empty(base::Nanoseconds length, std::uint64_t count);
  report::IntervalRecord record_of(const stats::Interval& interval, std::uint64_t dropped) const;
  bool is_silent(const stats::Interval& empty) const;
  void alert(const report::IntervalRecord& record);
  void print(const report::IntervalRecord& record);
  std::string reports(const stats::LineSearch* search, const Rereading::Outcome& outcome);
  void append_breakdowns(std::string& out) const;
  base::Nanoseconds capacity_length() const;
  std::uint64_t take_drops();

  const Options& options_;
  Surroundings surroundings_;
  report::Sinks sinks_;
  report::Wishes wishes_;
  std::unique_ptr<report::Output> output_;
  std::vector<report::Alert> alerts_;
  std::vector<stats::Line> lines_;
  std::unique_ptr<stats::Capacity> capacity_;
  std::vector<std::string> interface_names_;
  std::unique_ptr<Tracking> tracking_;
  std::vector<stats::Breakdown> breakdowns_;
  stats::Load load_;
  std::uint64_t index_ = 0;
  std::uint64_t bytes_ = 0;
  stats::Interval total_;  // of the summary, as the two below
  base::Nanoseconds intervals_length_ = 0;
  stats::Rates rates_;
  std::uint64_t dropped_ = 0;  // of the intervals so far
  const stats::Timeline* timeline_ = nullptr;
  bool has_begun_ = false;  // to print intervals
  bool has_alerted_ = false;
};

}  // namespace tools
