// SPDX-License-Identifier: BSD-2-Clause
#include "tools/statistics.hpp"

#include <unistd.h>

#include "base/loop.hpp"
#include "report/summary.hpp"

namespace tools {

namespace {

bool has_own_privileges() { return ::geteuid() == ::getuid() && ::getegid() == ::getgid(); }

}  // namespace

Statistics::Statistics(const Options& options, std::function<void()> make_room)
    : options_(options),
      make_room_(std::move(make_room)),
      format_(options.format, sinks_, has_own_privileges()),
      lines_(options.lines) {}

void Statistics::on_interval(const stats::Interval& interval) {
  bytes_ += interval.bytes();
  load_.add(interval);
  for (stats::Line& line : lines_) line.add(interval);
  if (options_.prints_intervals() && (interval.packets() > 0 || !options_.hides_empty)) print(interval);
}

void Statistics::on_empty(const stats::Interval& first, std::uint64_t count) {
  if (!options_.prints_intervals() || options_.hides_empty) {
    load_.add_empty(first.length, count);
    for (stats::Line& line : lines_) line.add_empty(first.length, count);
    return;
  }
  constexpr std::uint64_t lines_between_looks = 1024;  // a gap may be decades long
  stats::Interval interval = first;
  for (; count > 0; --count, interval.begin += interval.length) {
    if (count % lines_between_looks == 0 && base::is_interrupt_pending()) return;
    on_interval(interval);
  }
}

void Statistics::print(const stats::Interval& interval) {
  format_.render({interval, load_.ratio(), timeline_->origin(), options_.subtracted}, sinks_);
  make_room_();
  sinks_.flush();
}

void Statistics::finish(base::Nanoseconds observed) {
  std::string& out = sinks_.text(sinks_.open(1));
  for (const stats::Line& line : lines_) report::append_line(out, line, load_.peak_bps());
  if (options_.is_accounting) report::append_accounting(out, {bytes_, observed});
  make_room_();
  sinks_.flush();
}

}  // namespace tools
