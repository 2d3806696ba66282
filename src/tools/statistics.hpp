// SPDX-License-Identifier: BSD-2-Clause
// What tcpstat makes of closed intervals: lines, one for each, or sums for the end. It writes; when an
// interval closes is the timeline's business.
#pragma once

#include <functional>

#include "report/format.hpp"
#include "report/sink.hpp"
#include "stats/load.hpp"
#include "stats/timeline.hpp"
#include "tools/options.hpp"

namespace tools {

class Statistics final : public stats::IntervalSink {
 public:
  /// Throws a usage Error where the format or a descriptor of `options` is wrong.
  /// `make_room` is called before anything is written.
  Statistics(const Options& options, std::function<void()> make_room);

  void on_interval(const stats::Interval& interval) override;
  void on_empty(const stats::Interval& first, std::uint64_t count) override;

  /// Where relative times count from; to be said before the first interval closes.
  void follow(const stats::Timeline& timeline) { timeline_ = &timeline; }

  /// Prints what is told of the whole sample.
  void finish(base::Nanoseconds observed);

 private:
  void print(const stats::Interval& interval);

  const Options& options_;
  std::function<void()> make_room_;
  report::Sinks sinks_;
  report::Format format_;
  std::vector<stats::Line> lines_;
  stats::Load load_;
  std::uint64_t bytes_ = 0;
  const stats::Timeline* timeline_ = nullptr;
};

}  // namespace tools
