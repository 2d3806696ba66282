// SPDX-License-Identifier: BSD-2-Clause
// From frames to connections: reads what a packet says, finds out whose a fragment is, and hands it to the
// table. Packets of other protocols than tracked ones are left alone.
#pragma once

#include "flow/fragments.hpp"
#include "flow/table.hpp"

namespace flow {

struct TrackerOptions {
  TableOptions table = {};
  bool vlan_is_in_key = false;
};

class Tracker {
 public:
  Tracker(const TrackerOptions& options, Listener& listener)
      : vlan_is_in_key_(options.vlan_is_in_key),
        fragments_(options.table.seed),
        table_(options.table, listener) {}

  /// Counts a packet, at the latest with the next flush(). Of other protocols than tracked ones only the time
  /// counts. `tally` must live until then.
  void add(const Sighting& sighting, Tally& tally) {
    if (!is_tracked(sighting.packet.protocol)) return table_.pass(sighting.timestamp, tally);
    if (sighting.packet.has(packet::Trait::ip_fragment)) return add_fragment(sighting, tally);
    if (read(sighting, table_.vacant())) {
      table_.add(tally);
    } else {
      ++tally.unattributed;
    }
  }
  void flush() { table_.flush(); }
  void advance(base::Nanoseconds now, Tally& tally) { table_.advance(now, tally); }
  /// There are no more packets: fragments whose first one never came belong to no connection.
  void end_packets(Tally& tally);
  /// Lets go of all connections.
  void end(Tally& tally) {
    end_packets(tally);
    table_.end();
  }

  const Table& table() const { return table_; }

 private:
  bool read(const Sighting& sighting, Segment& segment) const;
  void add_fragment(const Sighting& sighting, Tally& tally);
  void add(const Segment& segment, Tally& tally);

  bool vlan_is_in_key_;
  Fragments fragments_;
  Table table_;
};

}  // namespace flow
