// SPDX-License-Identifier: BSD-2-Clause
// Puts packets into consecutive intervals (begin, begin + length] and closes these: a stored
// capture by the timestamps of its packets, a live one by the clock. What becomes of a closed interval is
// the sink's business.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "base/time.hpp"
#include "stats/interval.hpp"

namespace stats {

/// Who gets the closed intervals, in their order.
class IntervalSink {
 public:
  virtual ~IntervalSink() = default;
  virtual void on_interval(const Interval& interval) = 0;
  /// `count` consecutive intervals without packets, `first` and its successors: a gap may hold
  /// billions.
  virtual void on_empty(const Interval& first, std::uint64_t count) = 0;
};

struct TimelineOptions {
  std::optional<base::Nanoseconds> length;  ///< of an interval, > 0; none: the sample is one interval
  std::optional<base::Nanoseconds> limit;   ///< the sample ends so long after its begin
  std::optional<std::uint64_t> count;       ///< and after so many intervals
};

class Timeline {
 public:
  virtual ~Timeline() = default;

  /// Counts a packet of `size` bytes; one that comes after the end is left out.
  void add(base::Nanoseconds timestamp, const packet::Packet& packet, std::uint32_t size) {
    const auto since = static_cast<std::uint64_t>(timestamp - inside_from_);
    if (since >= inside_length_ && !place(timestamp)) return;
    if (timestamp > latest_) latest_ = timestamp;
    holder_->add(packet, size);
  }

  /// Closes the open interval now, with its true length, and opens the next.
  virtual void cut() = 0;
  /// Asks for the end, by signal; is_over() becomes true at once or soon.
  virtual void interrupt() = 0;
  /// There are no more packets.
  virtual void end() = 0;
  /// All packets that have arrived so far have been added.
  virtual void catch_up() {}
  virtual bool is_over() const = 0;

  /// When (monotonic) tick() wants to be called; none: never.
  virtual std::optional<base::Nanoseconds> deadline() const { return std::nullopt; }
  /// Closes what is due. The packets that have arrived must have been added before.
  virtual void tick() {}

  /// What times "relative to the first packet" count from.
  virtual base::Nanoseconds origin() const = 0;
  /// How long the sample was observed; 0 where no time has passed.
  virtual base::Nanoseconds observed() const = 0;
  /// Packets that came when the clock had closed their interval: they count in the one that was open then.
  virtual std::uint64_t late() const { return 0; }

 protected:
  /// Makes `holder_` the interval that a packet stamped so is counted in; false: in none. Packets stamped
  /// from inside_from_ to inside_to_ are then counted in the same one without asking.
  virtual bool place(base::Nanoseconds timestamp) = 0;
  void hold(Interval& interval, base::Nanoseconds from, base::Nanoseconds to) {
    holder_ = &interval;
    inside_from_ = from;
    inside_length_ = static_cast<std::uint64_t>(to - from) + 1;
  }
  /// Packets stamped before that ask after all.
  void ask_before(base::Nanoseconds from) {
    inside_length_ -= static_cast<std::uint64_t>(from - inside_from_);
    inside_from_ = from;
  }
  /// The next packet asks.
  void release() { inside_length_ = 0; }

  base::Nanoseconds latest_ = base::time_earliest;  // the largest timestamp counted

 private:
  Interval* holder_ = nullptr;
  base::Nanoseconds inside_from_ = 0;
  std::uint64_t inside_length_ = 0;  // in ns: the first timestamp that is no longer inside, less inside_from_
};

/// By the timestamps of the packets. The first one opens the first interval; the last interval
/// counts as a whole one. A sample without packets is one interval from the epoch on, as in 1.5.
class StoredTimeline : public Timeline {
 public:
  StoredTimeline(const TimelineOptions& options, IntervalSink& sink) : options_(options), sink_(sink) {}

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
  void begin_at(base::Nanoseconds timestamp);
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
  std::optional<base::Nanoseconds> ahead_;          // the capture's time less the monotonic clock's
  base::Nanoseconds known_ = base::time_earliest;  // the latest packet when ahead_ was found
  std::uint64_t late_ = 0;
};

/// By the clock. Lengths are measured by the monotonic clock; when the wall clock jumps, the next
/// interval is anchored anew. An interval stays open for `grace` after its end, until the kernel has
/// handed over all packets stamped inside it; meanwhile the next ones are open too.
class LiveTimeline final : public Timeline {
 public:
  LiveTimeline(const TimelineOptions& options, base::Nanoseconds grace, const base::Clock& clock,
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
  base::Nanoseconds jump() const;
  void open_next();
  void extend_to(base::Nanoseconds monotonic);
  void truncate_at(base::Nanoseconds monotonic);
  void close_first();
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
