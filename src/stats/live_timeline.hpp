// SPDX-License-Identifier: BSD-2-Clause
// Intervals of a live capture, closed by the clock. Packets come with a delay: several intervals may be
// open at a time.
#pragma once

#include <deque>

#include "stats/timeline.hpp"

namespace stats {

/// By the clock. Lengths are measured by the monotonic clock; when the wall clock jumps, the next
/// interval is anchored anew. An interval stays open for `grace` after its end, until the kernel has
/// handed over all packets stamped inside it; meanwhile the next ones are open too.
class LiveTimeline final : public Timeline {
 public:
  LiveTimeline(TimelineOptions options, base::Nanoseconds grace, const base::Clock& clock,
               IntervalSink& sink);

  void cut() override;
  void interrupt() override;
  void end() override;
  bool is_over() const override { return open_.empty(); }
  std::optional<base::Nanoseconds> deadline() const override;
  void tick() override;
  base::Nanoseconds origin() const override { return origin_; }
  base::Nanoseconds observed() const override { return observed_; }

 private:
  struct Open {
    Interval interval;
    base::Nanoseconds end_monotonic;
  };

  bool place(base::Nanoseconds timestamp) override;
  bool may_open_more() const;
  base::Nanoseconds drift() const;
  base::Nanoseconds jump() const;
  void open_next();
  void extend_to(base::Nanoseconds monotonic);
  void truncate_at(base::Nanoseconds monotonic);
  void close_first();
  static base::Nanoseconds end_of(const Open& open) { return open.interval.begin + open.interval.length; }
  base::Nanoseconds begin_monotonic(const Open& open) const {
    return open.end_monotonic - open.interval.length;
  }

  TimelineOptions options_;
  base::Nanoseconds grace_;
  const base::Clock& clock_;
  IntervalSink& sink_;
  std::deque<Open> open_;
  base::Nanoseconds origin_;  // wall clock
  base::Nanoseconds start_;   // monotonic
  base::Nanoseconds wall_minus_monotonic_;
  base::Nanoseconds observed_ = 0;
  std::uint64_t opened_ = 0;
  bool has_jumped_ = false;
  bool is_ending_ = false;
};

}  // namespace stats
