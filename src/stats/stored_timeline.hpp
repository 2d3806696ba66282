// SPDX-License-Identifier: BSD-2-Clause
// Intervals of a stored capture: the timestamps of its packets are its only clock, and they may run
// backwards.
#pragma once

#include <utility>

#include "stats/timeline.hpp"

namespace stats {

/// By the timestamps of the packets. The first one opens the first interval; the last interval
/// counts as a whole one. A sample without packets is one interval from the epoch on, as in 1.5.
class StoredTimeline : public Timeline {
 public:
  StoredTimeline(TimelineOptions options, IntervalSink& sink) : options_(std::move(options)), sink_(sink) {}

  void cut() override;
  void interrupt() override;
  void end() override;
  bool is_over() const override { return is_over_; }
  base::Nanoseconds origin() const override { return first_; }
  base::Nanoseconds observed() const override;

 protected:
  void close(base::Nanoseconds length);
  void advance_to(base::Nanoseconds timestamp);
  void finish();
  bool place(base::Nanoseconds timestamp) override;
  bool has_begun() const { return has_begun_; }
  const TimelineOptions& options() const { return options_; }
  const Interval& open() const { return open_; }

 private:
  void begin_at(base::Nanoseconds timestamp, base::Nanoseconds begin);
  base::Nanoseconds begin_before(base::Nanoseconds first) const;
  void open_at(base::Nanoseconds begin);
  void skip_empty(std::uint64_t count);

  TimelineOptions options_;
  IntervalSink& sink_;
  Interval open_;
  base::Nanoseconds first_ = 0;
  std::uint64_t closed_ = 0;
  bool has_begun_ = false;
  bool is_over_ = false;
};

}  // namespace stats
