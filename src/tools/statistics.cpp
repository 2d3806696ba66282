// SPDX-License-Identifier: BSD-2-Clause
#include "tools/statistics.hpp"

#include <unistd.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/loop.hpp"
#include "base/random.hpp"
#include "report/breakdown_report.hpp"
#include "report/capacity_report.hpp"
#include "report/format.hpp"
#include "report/summary.hpp"
#include "tools/terminal.hpp"

namespace tools {

namespace {

bool has_own_privileges() { return ::geteuid() == ::getuid() && ::getegid() == ::getgid(); }

}  // namespace

Statistics::Statistics(const Options& options, Surroundings surroundings)
    : options_(options), surroundings_(std::move(surroundings)), lines_(options.lines) {
  wishes_.window_most = options.timeline.length;
  output_ = make_output();
  if (!options.prints_intervals()) {  // what the output would need is not collected
    wishes_.collect = {};
    wishes_.drops = wishes_.connections = false;
  }
  wishes_.collect.seed = base::random_seed();
  for (const std::string& text : options.alerts) alerts_.emplace_back(text, wishes_);
  if (options.wants_capacity()) {
    capacity_ = std::make_unique<stats::Capacity>(options.capacity_rates_milli, options.finds_capacity,
                                                  options.overhead_bytes.value_or(0));
  }
  if (options.prints_connections || options.top || wishes_.connections) {
    tracking_ = std::make_unique<Tracking>(options, sinks_, has_own_privileges(), surroundings_.make_room);
    if (wishes_.connections) tracking_->count_by_interval();
  }
  const std::uint64_t seed = options.breakdowns.empty() ? 0 : base::random_seed();
  for (const stats::BreakdownKind& kind : options.breakdowns) breakdowns_.emplace_back(kind, seed);
}

std::unique_ptr<report::Output> Statistics::make_output() {
  sinks_.open(STDOUT_FILENO);
  std::vector<report::Field> fields;
  const bool is_for_machines =
      options_.output == Options::OutputKind::json || options_.output == Options::OutputKind::csv;
  if (options_.fields || is_for_machines) {
    fields = base::in_context("--fields", [&] {
      return report::find_fields(options_.fields.value_or(std::string(report::default_fields)), wishes_);
    });
  }
  switch (options_.output) {
    case Options::OutputKind::table:
      return report::make_table(std::move(fields), options_.is_live(), look_at_screen, wishes_);
    case Options::OutputKind::json: return report::make_json(std::move(fields));
    case Options::OutputKind::csv: return report::make_csv(std::move(fields));
    case Options::OutputKind::text: break;
  }
  return std::make_unique<report::Format>(options_.format, sinks_, has_own_privileges(), wishes_);
}

std::uint64_t Statistics::take_drops() {
  if (!wishes_.drops && !options_.has_summary) return 0;
  const std::uint64_t so_far = surroundings_.dropped();
  const std::uint64_t here = so_far - dropped_;
  dropped_ = so_far;
  return here;
}

void Statistics::sum_up(const stats::Interval& interval) {
  ++index_;
  bytes_ += interval.bytes();
  load_.add(interval);
  for (stats::Line& line : lines_) line.add(interval);
  if (capacity_) capacity_->add(interval);
  if (!options_.has_summary) return;
  total_ += interval;
  if (interval.length <= 0) return;
  rates_.add(interval.bits_per_second());
  intervals_length_ += interval.length;
}

/// The same for `count` intervals without packets.
void Statistics::sum_up_empty(base::Nanoseconds length, std::uint64_t count) {
  index_ += count;
  load_.add_empty(length, count);
  for (stats::Line& line : lines_) line.add_empty(length, count);
  if (capacity_) capacity_->add_empty(length, count);
  if (!options_.has_summary || length <= 0) return;
  rates_.add(0, count);
  intervals_length_ += static_cast<base::Nanoseconds>(count) * length;
}

report::IntervalRecord Statistics::record_of(const stats::Interval& interval, std::uint64_t dropped) const {
  return {
      {timeline_->origin(), options_.subtracted}, interval, load_.ratio(), load_.peak_bps(), index_, dropped};
}

void Statistics::on_interval(const stats::Interval& interval) {
  sum_up(interval);
  report::IntervalRecord record = record_of(interval, take_drops());
  std::optional<flow::Tally> tally;
  if (tracking_) {
    record.tally = &tally.emplace(tracking_->take(interval));
    record.connections = tracking_->open();
  }
  const bool is_hidden = options_.hides_empty && interval.packets() == 0 && record.dropped == 0;
  if (options_.prints_intervals() && !is_hidden) print(record);
  if (!alerts_.empty()) alert(record);
}

/// Whether nothing is printed of an interval like this one nor of those after it: they need only be summed up.
bool Statistics::is_silent(const stats::Interval& empty) const {
  if (options_.prints_intervals() && !options_.hides_empty) return false;
  const report::IntervalRecord record = record_of(empty, 0);
  return std::ranges::all_of(
      alerts_, [&](const report::Alert& each) { return !each.changes_when_empty() && !each.is_met(record); });
}

void Statistics::on_empty(const stats::Interval& first, std::uint64_t count) {
  constexpr std::uint64_t lines_between_looks = 1024;  // a gap may be decades long
  stats::Interval interval;
  interval.begin = first.begin;
  interval.length = first.length;
  if (is_silent(interval)) return sum_up_empty(first.length, count);
  for (; count > 0; --count, interval.begin += interval.length) {
    if (count % lines_between_looks == 0 && base::is_interrupt_pending()) break;
    on_interval(interval);
  }
  sum_up_empty(first.length, count);  // what an interrupt has left unprinted
}

void Statistics::print(const report::IntervalRecord& record) {
  if (!has_begun_) output_->begin(sinks_);
  has_begun_ = true;
  output_->render(record, sinks_);
  if (tracking_) tracking_->append_top(sinks_.text(sinks_.open(STDOUT_FILENO)), record);
  surroundings_.make_room();
  sinks_.flush();
}

void Statistics::alert(const report::IntervalRecord& record) {
  for (const report::Alert& each : alerts_) {
    if (!each.is_met(record)) continue;
    has_alerted_ = true;
    surroundings_.notify(each.describe(record));
  }
}

/// How long the sample was: as long as it was captured, or, stored, from the first packet to the latest.
base::Nanoseconds Statistics::capacity_length() const {
  if (options_.goes_by_the_clock()) return timeline_->observed();
  return std::max<base::Nanoseconds>(0, capacity_->latest() - timeline_->origin());
}

/// What is told of the whole sample, in the order of the manual.
std::string Statistics::reports(const stats::LineSearch* search, const Rereading::Outcome& outcome) {
  const bool is_json = options_.output == Options::OutputKind::json;
  const base::Nanoseconds observed = timeline_->observed();
  std::string out;
  for (const stats::Line& line : lines_) {
    is_json ? report::append_line_json(out, line) : report::append_line(out, line);
  }
  if (options_.is_accounting) {
    const stats::Accounting accounting{bytes_, observed};
    is_json ? report::append_accounting_json(out, accounting) : report::append_accounting(out, accounting);
  }
  if (capacity_) {
    const report::CapacityContext context{timeline_->origin(),
                                          capacity_length(),
                                          options_.timeline.length,
                                          options_.includes_link_header,
                                          search,
                                          outcome.readings,
                                          outcome.has_changed};
    is_json ? report::append_capacity_json(out, *capacity_, context)
            : report::append_capacity(out, *capacity_, context);
  }
  if (options_.has_summary) {
    const report::Summary summary{total_, index_,   intervals_length_,
                                  rates_, observed, surroundings_.dropped()};
    is_json ? report::append_summary_json(out, summary) : report::append_summary(out, summary);
  }
  append_breakdowns(out);
  const bool is_inside_line = sinks_.is_inside_line(sinks_.open(STDOUT_FILENO));
  return !out.empty() && is_inside_line ? "\n" + out : out;
}

void Statistics::append_breakdowns(std::string& out) const {
  using Kind = Options::OutputKind;
  const bool is_for_machines = options_.output == Kind::json || options_.output == Kind::csv;
  if (options_.output == Kind::csv && !breakdowns_.empty()) report::append_breakdown_csv_header(out);
  for (const stats::Breakdown& each : breakdowns_) {
    const auto append = options_.output == Kind::json  ? report::append_breakdown_json
                        : options_.output == Kind::csv ? report::append_breakdown_csv
                                                       : report::append_breakdown;
    if (!is_for_machines && (&each != &breakdowns_.front() || options_.prints_connections || !out.empty())) {
      out += '\n';
    }
    append(out, each, interface_names_);
  }
}

void Statistics::finish(const stats::LineSearch* search, const Rereading::Outcome& outcome) {
  if (options_.prints_intervals() && !has_begun_) output_->begin(sinks_);
  if (tracking_) tracking_->finish();
  const std::string text = reports(search, outcome);
  surroundings_.make_room();
  // A record of JSON is a line and a write, as those of intervals are; all else is one text.
  const bool is_json = options_.output == Options::OutputKind::json;
  const std::size_t stdout_place = sinks_.open(STDOUT_FILENO);
  for (std::size_t begin = 0, end = 0; begin < text.size(); begin = end) {
    end = is_json ? text.find('\n', begin) + 1 : text.size();
    sinks_.text(stdout_place) += text.substr(begin, end - begin);
    sinks_.flush();
  }
  sinks_.flush();
}

}  // namespace tools
