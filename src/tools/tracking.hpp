// SPDX-License-Identifier: BSD-2-Clause
// What tcpstat makes of connections: a line for each that is over, what happened to them in each interval, and
// the busiest ones. It writes; which packets belong together is the tracker's business.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "capture/frame.hpp"
#include "flow/busiest.hpp"
#include "flow/tracker.hpp"
#include "report/output.hpp"
#include "tools/interface_names.hpp"
#include "tools/options.hpp"

namespace tools {

class Tracking final : public flow::Listener {
 public:
  /// `make_room` is called before anything is written to `sinks`. Throws a usage Error where the format or a
  /// field is wrong.
  Tracking(const Options& options, report::Sinks& sinks, bool may_switch, std::function<void()> make_room);

  /// What interfaces are called, by their numbers; others are called by these.
  void name_interfaces(const std::vector<std::string>& names) { interface_names_ = InterfaceNames(names); }

  /// Counts what happens by interval from now on; all together where that is not called.
  void count_by_interval() { counts_by_interval_ = true; }

  void add(const capture::Frame& frame, const packet::Packet& packet, base::Nanoseconds interval_begin) {
    flow::Tally& tally = counts_by_interval_ ? tally_of(interval_begin) : total_;
    tracker_.add({frame.timestamp, frame.bytes, frame.bytes_wire, *frame.link, frame.interface, packet},
                 tally);
  }
  /// Counts what was added and writes what is over.
  void flush();
  /// No packet that was captured before is still to come: what is idle for too long by then is over.
  void advance(base::Nanoseconds now);

  /// What happened in an interval that closes: once for each.
  flow::Tally take(const stats::Interval& interval);
  std::uint64_t open() const { return tracker_.table().open(); }
  /// The time of the latest packets, nearly.
  base::Nanoseconds now() const { return tracker_.table().now(); }
  /// How many have made room for others.
  std::uint64_t evicted() const { return tracker_.table().evicted(); }
  /// How many packets of protocols that have connections belong to none.
  std::uint64_t unattributed() const { return unattributed_ + total_.unattributed; }
  /// Appends the busiest connections since this was called last, where they are asked for.
  void append_top(std::string& out, const report::IntervalRecord& record);

  /// There are no more packets: fragments whose first never came belong to no connection.
  void end_packets();
  /// Writes all that are still open.
  void finish();

 private:
  /// What the next interval gets that asks for its tally.
  static constexpr base::Nanoseconds unclaimed = base::time_earliest;
  struct OfInterval {
    base::Nanoseconds begin;
    flow::Tally tally;
  };

  flow::Tally& tally_of(base::Nanoseconds begin) {
    return !tallies_.empty() && tallies_.back().begin == begin ? tallies_.back().tally : find_tally(begin);
  }
  flow::Tally& find_tally(base::Nanoseconds begin);
  void on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) override;
  report::ConnectionRecord record_of(const flow::Connection& connection, flow::Ended ended);
  flow::Tally& present_tally();
  void write();

  const Options& options_;
  InterfaceNames interface_names_;
  report::Sinks& sinks_;
  std::function<void()> make_room_;
  std::unique_ptr<report::Output> output_;  // nullptr: no lines of connections
  bool has_begun_ = false;
  std::size_t lines_ = 0;  // that were rendered and not written
  bool counts_by_interval_ = false;
  flow::Tally total_;
  std::uint64_t unattributed_ = 0;  // in all intervals
  std::deque<OfInterval>
      tallies_;  // of the open intervals; they move when one is taken: nothing is pending then
  std::optional<flow::Busiest> busiest_;
  flow::Tracker tracker_;
};

}  // namespace tools
