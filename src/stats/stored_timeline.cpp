// SPDX-License-Identifier: BSD-2-Clause
#include "stats/stored_timeline.hpp"

#include <algorithm>

namespace stats {

namespace {

/// Timestamps may run backwards: only a packet so long past the limit says that no earlier one follows.
constexpr base::Nanoseconds disorder_most = 60 * base::ns_per_s;

}  // namespace

void StoredTimeline::open_at(base::Nanoseconds begin) {
  open_ = Interval();
  open_.begin = begin;
  open_.length = options_.length_from(begin);
  open_.collect(options_.collect);
}

void StoredTimeline::begin_at(base::Nanoseconds timestamp, base::Nanoseconds begin) {
  has_begun_ = true;
  first_ = latest_ = timestamp;
  open_at(begin);
}

/// Where the interval begins that the first packet opens. Aligned, it lies in it as all others do: after
/// its begin.
base::Nanoseconds StoredTimeline::begin_before(base::Nanoseconds first) const {
  if (!options_.is_aligned || !options_.length) return first;
  const base::Nanoseconds left = options_.length_from(first) % *options_.length;
  return first + left - *options_.length;
}

bool StoredTimeline::place(base::Nanoseconds timestamp) {
  if (is_over_) return false;
  if (!has_begun_) begin_at(timestamp, begin_before(timestamp));
  if (options_.limit && timestamp - first_ > *options_.limit) {
    if (timestamp - first_ - *options_.limit > disorder_most) end();
    return false;
  }
  if (options_.length && timestamp - open_.begin > open_.length) advance_to(timestamp);
  if (is_over_) return false;
  base::Nanoseconds last = options_.length ? open_.begin + open_.length : base::time_limit;
  if (options_.limit) last = std::min(last, first_ + *options_.limit);
  hold(open_, base::time_earliest, last);  // a timestamp that runs backwards is counted in the open interval
  return true;
}

/// Closes intervals until the one that holds `timestamp` is open.
void StoredTimeline::advance_to(base::Nanoseconds timestamp) {
  close(open_.length);
  const base::Nanoseconds beyond = timestamp - open_.begin;
  if (beyond > open_.length) skip_empty(static_cast<std::uint64_t>((beyond - 1) / open_.length));
}

void StoredTimeline::close(base::Nanoseconds length) {
  open_.length = length;
  const base::Nanoseconds end = open_.begin + length;
  sink_.on_interval(open_);
  open_at(end);
  if (++closed_ == options_.count) is_over_ = true;
  release();
}

void StoredTimeline::skip_empty(std::uint64_t count) {
  if (is_over_ || count == 0) return;
  if (options_.count) count = std::min(count, *options_.count - closed_);
  sink_.on_empty(open_, count);
  open_at(open_.begin + static_cast<base::Nanoseconds>(count) * open_.length);
  closed_ += count;
  if (closed_ == options_.count) is_over_ = true;
}

void StoredTimeline::cut() {
  if (has_begun_ && !is_over_) close(std::max<base::Nanoseconds>(0, latest_ - open_.begin));
}

void StoredTimeline::interrupt() {
  if (has_begun_ && !is_over_) {
    close(options_.length ? open_.length : std::max<base::Nanoseconds>(0, latest_ - open_.begin));
  }
  finish();
}

void StoredTimeline::finish() {
  is_over_ = true;
  release();
}

void StoredTimeline::end() {
  if (is_over_) return;
  if (!has_begun_) begin_at(0, 0);
  StoredTimeline::interrupt();
  if (!options_.length || !options_.limit) return;
  const base::Nanoseconds left = first_ + *options_.limit - open_.begin;
  if (left <= 0 || closed_ == options_.count) return;
  is_over_ = false;
  skip_empty(static_cast<std::uint64_t>((left - 1) / *options_.length + 1));
  is_over_ = true;
}

base::Nanoseconds StoredTimeline::observed() const {
  if (!has_begun_) return 0;
  return latest_ > first_ ? latest_ - first_ : options_.length.value_or(0);
}

}  // namespace stats
