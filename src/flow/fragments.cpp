// SPDX-License-Identifier: BSD-2-Clause
#include "flow/fragments.hpp"

#include <algorithm>
#include <span>

namespace flow {

namespace {

/// How long the parts of a packet are waited for (RFC 8200, section 4.5: 60 s).
constexpr base::Nanoseconds wait_most = 60 * base::ns_per_s;

/// 4,096 packets at a time; the oldest of four makes room.
constexpr std::size_t sets = 1024, ways = 4;

}  // namespace

void Fragments::give_up(Entry& entry) {
  if (entry.is_used && !entry.has_first) lost_ += entry.segment.packets;
  entry = Entry{};
}

/// Where this packet's parts are, or a place for them.
Fragments::Entry& Fragments::entry(const FragmentId& id, base::Nanoseconds timestamp) {
  if (entries_.empty()) entries_.resize(sets * ways);
  Key key;
  key.words = {id.addresses.source.high,
               id.addresses.source.low,
               id.addresses.destination.high,
               id.addresses.destination.low,
               id.identification,
               id.protocol | std::uint64_t{id.vlan} << 16 | std::uint64_t{id.interface} << 32};
  const std::size_t set = hash_of(hash_, key) % sets;
  const std::span<Entry> places = std::span(entries_).subspan(set * ways, ways);
  for (Entry& place : places) {
    if (!place.is_used || place.id != id) continue;
    const bool is_old = timestamp - place.begin > wait_most;  // the identification is another packet's now
    if (!is_old) return place;
    give_up(place);
  }
  Entry& place = *std::ranges::min_element(
      places, {}, [](const Entry& each) { return each.is_used ? each.begin : base::time_earliest; });
  give_up(place);
  place.id = id;
  place.is_used = true;
  place.begin = timestamp;
  place.segment.packets = 0;
  return place;
}

Segment Fragments::add_first(const Fragment& fragment, const Segment& segment) {
  Entry& place = entry(fragment.id, segment.timestamp);
  Segment waiting = segment;
  waiting.has_tcp = false;
  waiting.packets = 0;
  if (!place.has_first) {
    waiting.packets = place.segment.packets;
    waiting.bytes = place.segment.bytes;
    waiting.payload = place.segment.payload;
    if (waiting.packets > 0) waiting.timestamp = place.segment.timestamp;
  }
  if (place.has_first) place.begin = segment.timestamp;  // its identification is used again
  place.has_first = true;
  place.segment = segment;
  place.segment.has_tcp = false;
  return waiting;
}

Segment Fragments::add_later(const Fragment& fragment, base::Nanoseconds timestamp) {
  Entry& place = entry(fragment.id, timestamp);
  Segment later = place.segment;
  later.packets = 0;
  if (place.has_first) {
    later.packets = 1;
    later.timestamp = timestamp;
    later.bytes = fragment.bytes;
    later.payload = fragment.payload;
    return later;
  }
  const std::uint64_t sum = std::uint64_t{place.segment.bytes} + fragment.bytes;
  if (sum > UINT32_MAX) {
    ++lost_;
    return later;
  }
  if (place.segment.packets++ == 0) place.segment.timestamp = timestamp;
  place.segment.bytes += fragment.bytes;
  place.segment.payload += fragment.payload;
  return later;
}

void Fragments::end() {
  for (Entry& place : entries_) give_up(place);
}

}  // namespace flow
