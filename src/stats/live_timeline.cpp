// SPDX-License-Identifier: BSD-2-Clause
#include "stats/live_timeline.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace stats {

namespace {

/// Less than that between wall and monotonic clock is adjustment, not a jump.
constexpr base::Nanoseconds jump_least = 100 * base::ns_per_ms;

/// How many intervals may be open at once: after that long a stall the oldest is closed early.
constexpr std::size_t open_most = 4096;

constexpr base::Nanoseconds never = std::numeric_limits<base::Nanoseconds>::max();

}  // namespace

LiveTimeline::LiveTimeline(TimelineOptions options, base::Nanoseconds grace, const base::Clock& clock,
                           IntervalSink& sink)
    : options_(std::move(options)),
      grace_(grace),
      clock_(clock),
      sink_(sink),
      origin_(clock.wall()),
      start_(clock.monotonic()),
      wall_minus_monotonic_(origin_ - start_) {
  open_next();
}

bool LiveTimeline::may_open_more() const {
  if (is_ending_ || opened_ == options_.count) return false;
  if (open_.empty()) return true;
  return !options_.limit || open_.back().end_monotonic < start_ + *options_.limit;
}

/// How far the wall clock has gone away from the monotonic one since they were last held together.
base::Nanoseconds LiveTimeline::drift() const {
  return clock_.wall() - clock_.monotonic() - wall_minus_monotonic_;
}

/// How far the wall clock has jumped since the last interval was opened.
base::Nanoseconds LiveTimeline::jump() const {
  const base::Nanoseconds distance = drift();
  return distance > jump_least || distance < -jump_least ? distance : 0;
}

/// Opens the interval after the last one.
void LiveTimeline::open_next() {
  const base::Nanoseconds begin = open_.empty() ? start_ : open_.back().end_monotonic;
  const base::Nanoseconds anchored_anew = jump();
  const bool is_aligned = options_.is_aligned && options_.length;
  wall_minus_monotonic_ += is_aligned ? drift() : anchored_anew;
  has_jumped_ = has_jumped_ || anchored_anew != 0;
  Open next;
  next.interval.begin = begin + wall_minus_monotonic_;
  if (is_aligned && anchored_anew == 0 && !open_.empty()) next.interval.begin = end_of(open_.back());
  next.interval.length = options_.length_from(next.interval.begin);
  next.end_monotonic = options_.length ? begin + next.interval.length : never;
  if (is_aligned) next.end_monotonic = std::max(begin, end_of(next) - wall_minus_monotonic_);
  if (options_.limit && next.end_monotonic > start_ + *options_.limit) {
    next.end_monotonic = start_ + *options_.limit;
    next.interval.length = next.end_monotonic - begin;
  }
  next.interval.collect(options_.collect);
  open_.push_back(std::move(next));
  ++opened_;
}

/// Opens intervals until the last one holds this point in time, or no more may be opened.
void LiveTimeline::extend_to(base::Nanoseconds monotonic) {
  while (open_.back().end_monotonic < monotonic && may_open_more()) {
    open_next();
    if (open_.size() > open_most) close_first();
  }
}

bool LiveTimeline::place(base::Nanoseconds timestamp) {
  if (open_.empty()) return false;
  if (timestamp < origin_ && !has_jumped_ && jump() == 0) return false;  // captured before the sample began
  const auto is_inside = [&](const Open& open) {
    return open.end_monotonic == never || timestamp - open.interval.begin <= open.interval.length;
  };
  if (!is_inside(open_.back())) {
    // Stamped later than all of them: never later than now, unless the wall clock has jumped.
    extend_to(std::min(timestamp - wall_minus_monotonic_, clock_.monotonic()));
    if (!is_inside(open_.back()) && !may_open_more()) return false;
  }
  auto holder = std::find_if(open_.begin(), open_.end(), is_inside);
  if (holder == open_.end()) --holder;
  hold(holder->interval, holder->interval.begin + 1,
       holder->end_monotonic == never ? base::time_limit : end_of(*holder));
  return true;
}

std::optional<base::Nanoseconds> LiveTimeline::deadline() const {
  if (open_.empty() || open_.front().end_monotonic == never) return std::nullopt;
  return open_.front().end_monotonic + grace_;
}

void LiveTimeline::tick() {
  const base::Nanoseconds now = clock_.monotonic();
  while (!open_.empty() && open_.front().end_monotonic != never &&
         open_.front().end_monotonic + grace_ <= now) {
    extend_to(std::min(now, open_.front().end_monotonic + 1));
    close_first();
  }
}

void LiveTimeline::close_first() {
  const Open first = std::move(open_.front());
  open_.pop_front();
  release();
  observed_ = first.end_monotonic - start_;
  sink_.on_interval(first.interval);
}

/// Ends the last interval here.
void LiveTimeline::truncate_at(base::Nanoseconds monotonic) {
  Open& last = open_.back();
  const base::Nanoseconds begin =
      last.end_monotonic == never ? last.interval.begin - wall_minus_monotonic_ : begin_monotonic(last);
  last.end_monotonic = std::clamp(monotonic, begin, last.end_monotonic);
  last.interval.length = last.end_monotonic - begin;
  release();
}

void LiveTimeline::cut() {
  if (is_ending_ || open_.empty()) return;
  const base::Nanoseconds now = clock_.monotonic();
  extend_to(now);
  truncate_at(now);
  if (may_open_more()) open_next();
}

void LiveTimeline::interrupt() {
  if (open_.empty()) return;
  if (is_ending_) return end();  // the second time: at once
  const base::Nanoseconds now = clock_.monotonic();
  extend_to(now);
  truncate_at(now);
  is_ending_ = true;
}

void LiveTimeline::end() {
  if (open_.empty()) return;
  const base::Nanoseconds now = clock_.monotonic();
  if (!is_ending_) {
    extend_to(now);
    truncate_at(now);
  }
  is_ending_ = true;
  while (!open_.empty()) close_first();
}

}  // namespace stats
