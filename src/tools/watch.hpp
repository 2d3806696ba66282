// SPDX-License-Identifier: BSD-2-Clause
// The connections that tcptrack shows, as they are at the moment: which of them, at what rates, by what names. Time
// is that of the packets where a capture is read at full speed; otherwise its user tells it.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "capture/frame.hpp"
#include "flow/rates.hpp"
#include "flow/tracker.hpp"
#include "tools/interface_names.hpp"
#include "tools/lookups.hpp"
#include "tools/track_options.hpp"
#include "view/rows.hpp"

namespace tools {

/// Who hears of connections that are over.
using OnOver = std::function<void(const flow::Connection& connection, flow::Ended ended)>;

class Watch final : public flow::Listener, public view::Rows {
 public:
  Watch(const TrackOptions& options, InterfaceNames& interface_names, Lookups& lookups, OnOver on_over);

  /// What is shown: TCP, or all; can be changed at any time.
  bool shows_all_protocols;

  using History = std::array<std::uint64_t, flow::Rates::history_steps>;

  void add(const capture::Frame& frame, const packet::Packet& packet) {
    latest_ = std::max(latest_, frame.timestamp);
    tracker_.add({frame.timestamp, frame.bytes, frame.bytes_wire, *frame.link, frame.interface, packet},
                 tally_);
  }
  void flush() { tracker_.flush(); }
  /// The first step begins.
  void begin(base::Nanoseconds now) { rates_.begin(now); }
  /// A step ends: rates are anew.
  void step(base::Nanoseconds now);
  /// It is so late by a clock, also where no packets come: what is idle for too long is over.
  void advance(base::Nanoseconds now);
  /// The capture is over: what is still open goes to `on_over`.
  void finish() { tracker_.end(tally_); }

  /// Looks at the connections as they are: rows are good until the next packet. Paused, nothing changes.
  void look(base::Nanoseconds now);
  /// The time of the latest packets; a single one that is far ahead is not believed.
  base::Nanoseconds latest() const;
  /// Only connections with packets from then on are shown: the filter is another one.
  void show_since(base::Nanoseconds since) { shown_since_ = since; }
  /// Keeps rows as they are now.
  void pause(base::Nanoseconds now);
  void go_on() { frozen_.reset(); }
  bool is_paused() const { return frozen_.has_value(); }

  std::size_t size() const override { return numbers_.size(); }
  const report::Record& record(std::size_t row) const override;
  const report::Record& full_record(std::size_t row) const override;
  view::Identity identity(std::size_t row) const override;
  /// Bytes per second in each of the last steps, the oldest first.
  History history(std::size_t row) const;

  /// The present rate of them all, also of those that are not shown.
  std::uint64_t bytes_per_second() const { return rates_.bytes_per_second(); }
  std::uint64_t evicted() const { return tracker_.table().evicted(); }
  /// Packets of protocols that have connections, which belong to none.
  std::uint64_t unattributed() const { return tally_.unattributed; }

 private:
  /// What is seen of a connection.
  struct Sight {
    const flow::Connection* connection;
    std::array<std::uint64_t, 2> bytes_per_second;
    bool is_active;
  };
  /// What a paused row keeps.
  struct Frozen {
    flow::Connection connection;
    Sight sight;
    History history;
  };

  void on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) override;
  bool is_wanted(const flow::Connection& connection) const;
  bool is_shown(const flow::Connection& connection) const;
  Sight sight(std::size_t row) const;

  bool shows_started_only_;
  base::Nanoseconds shown_since_ = base::time_earliest;
  base::Nanoseconds linger_;
  InterfaceNames& interface_names_;
  Lookups& lookups_;
  OnOver on_over_;
  flow::Tally tally_;
  flow::Tracker tracker_;
  flow::Rates rates_;
  base::Nanoseconds latest_ = base::time_earliest;  // timestamp, however wrong
  base::Nanoseconds now_ = base::time_earliest;     // of the rows
  std::vector<std::uint32_t> numbers_;              // of the rows
  std::optional<std::vector<Frozen>> frozen_;
  mutable Lookups::Found found_;  // of the record that was asked for last
  mutable std::optional<report::TrackedRecord> record_;
};

}  // namespace tools
