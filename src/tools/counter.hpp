// SPDX-License-Identifier: BSD-2-Clause
// What happens with every frame: it is decoded, sized, and counted in its interval. One kind for the plain
// counters, one for all that can be asked for, so that nobody pays for what nobody asks for.
#pragma once

#include <span>

#include "capture/frame.hpp"
#include "packet/decode.hpp"
#include "stats/breakdown.hpp"
#include "stats/capacity.hpp"
#include "stats/timeline.hpp"
#include "tools/tracking.hpp"

namespace tools {

/// What a packet's size is: without the link-layer header unless that is asked for.
inline std::uint32_t size_of(const capture::Frame& frame, const packet::Packet& packet,
                             bool includes_link_header) {
  const std::uint32_t header = includes_link_header ? frame.link->pseudo_bytes : packet.link_header_bytes;
  return frame.bytes_wire > header ? frame.bytes_wire - header : 0;
}

struct PlainCounter {
  stats::Timeline& timeline;
  bool includes_link_header;

  void operator()(const capture::Frame& frame) const {
    const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
    timeline.add(frame.timestamp, packet, size_of(frame, packet, includes_link_header));
  }
};

struct FullCounter {
  stats::Timeline& timeline;
  bool includes_link_header;
  stats::Capacity* capacity;  // nullptr: not asked for
  Tracking* tracking;         // the same
  std::span<stats::Breakdown> breakdowns;

  void operator()(const capture::Frame& frame) const {
    const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
    const std::uint32_t size = size_of(frame, packet, includes_link_header);
    stats::Interval* interval = timeline.take(frame.timestamp);
    if (interval == nullptr) return;
    interval->add(packet, size);
    if (stats::Extras* extras = interval->extras()) {
      extras->add(frame.timestamp, frame.bytes, *frame.link, packet, size);
    }
    if (capacity != nullptr) capacity->add(frame.timestamp, size);
    if (tracking != nullptr) tracking->add(frame, packet, interval->begin);
    for (stats::Breakdown& each : breakdowns) {
      each.add(frame.bytes, *frame.link, packet, frame.interface, size);
    }
  }
};

}  // namespace tools
