// SPDX-License-Identifier: BSD-2-Clause
#include "flow/tracker.hpp"

#include "packet/details.hpp"

namespace flow {

bool Tracker::read(const Sighting& sighting, Segment& segment) const {
  if (!read_segment(sighting, segment)) return false;
  segment.vlan = packet::vlan_of(sighting.frame, sighting.link, sighting.packet);
  if (vlan_is_in_key_) segment.key.add_vlan(segment.vlan);
  segment.key.add_interface(sighting.interface);
  return true;
}

void Tracker::add(const Segment& segment, Tally& tally) {
  if (segment.packets == 0) return;
  table_.vacant() = segment;
  table_.add(tally);
}

void Tracker::add_fragment(const Sighting& sighting, Tally& tally) {
  auto fragment = read_fragment(sighting);
  Segment segment;
  if (fragment) {
    fragment->id.interface = sighting.interface;
    if (vlan_is_in_key_) fragment->id.vlan = packet::vlan_of(sighting.frame, sighting.link, sighting.packet);
  }
  const bool is_later = sighting.packet.transport_offset == 0;
  if (fragment && is_later) {
    add(fragments_.add_later(*fragment, sighting.timestamp), tally);
  } else if (fragment && read(sighting, segment)) {
    add(fragments_.add_first(*fragment, segment), tally);  // what came before it
    add(segment, tally);
  } else {
    ++tally.unattributed;
  }
  tally.unattributed += fragments_.take_lost();
}

void Tracker::end_packets(Tally& tally) {
  fragments_.end();
  tally.unattributed += fragments_.take_lost();
}

}  // namespace flow
