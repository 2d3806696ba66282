// SPDX-License-Identifier: BSD-2-Clause
#include "stats/followed_timeline.hpp"

#include <algorithm>
#include <cstdlib>

namespace stats {

namespace {

/// Captures are written with a delay; one whose last packet is older is not being made now.
constexpr base::Nanoseconds delay_most = 60 * base::ns_per_s;

}  // namespace

void FollowedTimeline::catch_up() {
  if (!has_begun() || latest_ == known_) return;
  known_ = latest_;
  const base::Nanoseconds wall = clock_.wall();
  const bool is_now = std::abs(wall - latest_) <= delay_most;
  const base::Nanoseconds ahead = (is_now ? wall : latest_) - clock_.monotonic();
  ahead_ = std::max(ahead, ahead_.value_or(ahead));  // time does not run backwards, whatever packets say
}

bool FollowedTimeline::place(base::Nanoseconds timestamp) {
  const bool is_late = ahead_ && timestamp <= open().begin;
  if (!StoredTimeline::place(timestamp)) return false;
  if (is_late) ++late_;
  if (ahead_) ask_before(open().begin + 1);
  return true;
}

/// When, in the capture's time, something has to happen.
std::optional<base::Nanoseconds> FollowedTimeline::next_end() const {
  if (!ahead_ || is_over()) return std::nullopt;
  std::optional<base::Nanoseconds> end;
  if (options().length) end = open().begin + open().length;
  if (options().limit) end = std::min(end.value_or(base::time_limit), origin() + *options().limit);
  return end;
}

std::optional<base::Nanoseconds> FollowedTimeline::deadline() const {
  const auto end = next_end();
  if (!end) return std::nullopt;
  return *end + grace_ - *ahead_;
}

void FollowedTimeline::tick() {
  const auto end = next_end();
  if (!end || now() < *end + grace_) return;
  const base::Nanoseconds past = now() - grace_;
  if (options().limit && past - origin() >= *options().limit) return end_at(origin() + *options().limit);
  if (past > open().begin + open().length) return advance_to(past);
  close(open().length);
}

/// The sample ends here, in the middle of an interval perhaps.
void FollowedTimeline::end_at(base::Nanoseconds end) {
  if (options().length && end > open().begin + open().length) advance_to(end);
  if (!is_over()) close(end - open().begin);
  finish();
}

/// With its true length: up to now, where that is known.
void FollowedTimeline::cut() {
  if (!ahead_ || is_over()) return StoredTimeline::cut();
  const base::Nanoseconds most = options().length ? open().length : base::time_limit;
  close(std::clamp<base::Nanoseconds>(now() - open().begin, 0, most));
}

void FollowedTimeline::interrupt() {
  if (!ahead_ || is_over()) return StoredTimeline::interrupt();
  cut();
  finish();
}

void FollowedTimeline::end() { return ahead_ ? interrupt() : StoredTimeline::end(); }

base::Nanoseconds FollowedTimeline::observed() const {
  const base::Nanoseconds by_the_clock = ahead_ ? open().begin - origin() : 0;
  return std::max(StoredTimeline::observed(), by_the_clock);
}

}  // namespace stats
