// SPDX-License-Identifier: BSD-2-Clause
// Intervals of a capture that grows while it is read: first by its timestamps, then by the clock too, so
// that lines come when nothing arrives.
#pragma once

#include "stats/stored_timeline.hpp"

namespace stats {

/// By the timestamps of the packets, and, once those that are there have been read, by the clock too: of a
/// capture that grows while it is read. What is being captured now goes by the wall clock; an old capture
/// that arrives now goes on from its last packet. An interval is closed `grace` after its end.
class FollowedTimeline final : public StoredTimeline {
 public:
  FollowedTimeline(const TimelineOptions& options, base::Nanoseconds grace, const base::Clock& clock,
                   IntervalSink& sink)
      : StoredTimeline(options, sink), grace_(grace), clock_(clock) {}

  void cut() override;
  void interrupt() override;
  void end() override;
  void catch_up() override;
  std::optional<base::Nanoseconds> deadline() const override;
  void tick() override;
  base::Nanoseconds observed() const override;
  std::uint64_t late() const override { return late_; }

 private:
  bool place(base::Nanoseconds timestamp) override;
  base::Nanoseconds now() const { return clock_.monotonic() + *ahead_; }
  std::optional<base::Nanoseconds> next_end() const;
  void end_at(base::Nanoseconds end);

  base::Nanoseconds grace_;
  const base::Clock& clock_;
  std::optional<base::Nanoseconds> ahead_;         // the capture's time less the monotonic clock's
  base::Nanoseconds known_ = base::time_earliest;  // the latest packet when ahead_ was found
  std::uint64_t late_ = 0;
};

}  // namespace stats
