// SPDX-License-Identifier: BSD-2-Clause
// Puts packets into consecutive intervals (begin, begin + length] and closes these; by what clock is up
// to the kinds of timelines: stored, followed, live. What becomes of a closed interval is the sink's business.
#pragma once

#include <cstdint>
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
  bool is_aligned = false;                  ///< intervals end at multiples of `length` since the epoch
  Collect collect = {};                     ///< what the intervals count beyond the plain counters

  /// How long an interval that begins there is; 0: as long as the sample.
  base::Nanoseconds length_from(base::Nanoseconds begin) const;
};

class Timeline {
 public:
  virtual ~Timeline() = default;

  /// The interval that a packet stamped so is to be counted in; nullptr: it comes after the end.
  Interval* take(base::Nanoseconds timestamp) {
    const auto since = static_cast<std::uint64_t>(timestamp - inside_from_);
    if (since >= inside_length_ && !place(timestamp)) return nullptr;
    if (timestamp > latest_) latest_ = timestamp;
    return holder_;
  }

  /// Counts a packet of `size` bytes there.
  void add(base::Nanoseconds timestamp, const packet::Packet& packet, std::uint32_t size) {
    if (Interval* interval = take(timestamp)) interval->add(packet, size);
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
  // Packets that follow each other nearly always go to the same interval: for a range of timestamps that is
  // known, and costs one comparison.

  /// Makes holder_ the interval that a packet stamped so is counted in; false: in none. Packets stamped
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

}  // namespace stats
