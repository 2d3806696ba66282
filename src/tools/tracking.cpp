// SPDX-License-Identifier: BSD-2-Clause
#include "tools/tracking.hpp"

#include "base/random.hpp"
#include "report/format.hpp"
#include "report/top_report.hpp"

namespace tools {

namespace {

std::unique_ptr<report::Output> make_output(const Options& options, report::Sinks& sinks, bool may_switch) {
  report::Wishes wishes{.subject = report::Subject::connection};
  const auto fields = [&] {
    return base::in_context("--connection-fields", [&] {
      return report::find_fields(
          options.connection_fields.value_or(std::string(report::default_connection_fields)), wishes);
    });
  };
  switch (options.output) {
    case Options::OutputKind::json: return report::make_json(fields());
    case Options::OutputKind::csv: return report::make_csv(fields());
    case Options::OutputKind::table:
    case Options::OutputKind::text: break;
  }
  return base::in_context("--connection-format", [&] {
    return std::make_unique<report::Format>(options.connection_format, sinks, may_switch, wishes);
  });
}

flow::TrackerOptions tracker_options(const Options& options) {
  flow::TrackerOptions of_tracker;
  of_tracker.table.connections_most = options.connections_most;
  of_tracker.table.seed = base::random_seed();
  of_tracker.vlan_is_in_key = options.vlan_is_in_key;
  return of_tracker;
}

}  // namespace

Tracking::Tracking(const Options& options, report::Sinks& sinks, bool may_switch,
                   std::function<void()> make_room)
    : options_(options),
      sinks_(sinks),
      make_room_(std::move(make_room)),
      tracker_(tracker_options(options), *this) {
  if (options.prints_connections) output_ = make_output(options, sinks, may_switch);
  if (options.top) busiest_.emplace(*options.top);
}

flow::Tally& Tracking::find_tally(base::Nanoseconds begin) {
  for (OfInterval& each : tallies_) {
    if (each.begin == unclaimed) each.begin = begin;
    if (each.begin == begin) return each.tally;
  }
  tallies_.push_back({begin, {}});
  return tallies_.back().tally;
}

void Tracking::flush() {
  tracker_.flush();
  write();
}

void Tracking::advance(base::Nanoseconds now) {
  tracker_.flush();
  tracker_.advance(now, present_tally());
  write();
}

/// For what no packet tells of: that of the latest interval, or of the next one that asks for its own.
flow::Tally& Tracking::present_tally() {
  if (!counts_by_interval_) return total_;
  return tallies_.empty() ? find_tally(unclaimed) : tallies_.back().tally;
}

flow::Tally Tracking::take(const stats::Interval& interval) {
  tracker_.flush();
  flow::Tally& tally = tally_of(interval.begin);
  flow::Tally taken = std::move(tally);
  unattributed_ += taken.unattributed;
  std::erase_if(tallies_, [&](const OfInterval& each) { return each.begin == interval.begin; });
  return taken;
}

void Tracking::append_top(std::string& out, const report::IntervalRecord& record) {
  if (!busiest_ || record.interval.packets() == 0) return;
  const std::vector<flow::Busy> busy = busiest_->take(tracker_.table());
  if (options_.output == Options::OutputKind::json) {
    report::append_top_json(out, busy, options_.top->by, record);
  } else {
    if (!busy.empty() && !out.empty() && out.back() != '\n') out += '\n';
    report::append_top(out, busy, record);
  }
}

void Tracking::end_packets() { tracker_.end_packets(present_tally()); }

void Tracking::finish() {
  if (output_ && !has_begun_) output_->begin(sinks_);
  has_begun_ = true;
  tracker_.end(total_);
  write();
}

void Tracking::on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) {
  constexpr std::size_t lines_most = 256;  // at a time
  if (busiest_) busiest_->on_end(number, connection);
  if (!output_) return;
  if (!has_begun_) output_->begin(sinks_);
  has_begun_ = true;
  output_->render(record_of(connection, ended), sinks_);
  if (++lines_ >= lines_most) write();
}

report::ConnectionRecord Tracking::record_of(const flow::Connection& connection, flow::Ended ended) {
  return {{0, options_.subtracted}, connection, ended, interface_names_[connection.interface]};
}

void Tracking::write() {
  if (lines_ == 0) return;
  lines_ = 0;
  make_room_();
  sinks_.flush();
}

}  // namespace tools
