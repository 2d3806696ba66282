// SPDX-License-Identifier: BSD-2-Clause
// The decoder of frames. The first two bytes (little-endian, modulo 512) are the link type, the rest
// is the frame.
#include <cstdint>
#include <cstdlib>

#include "packet/details.hpp"
#include "stats/interval.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_packet(const packet::Packet& packet) {
  const bool has_transport = packet.protocol != packet::protocol::unknown;
  const bool has_ip = packet.network == packet::Network::ipv4 || packet.network == packet::Network::ipv6;
  const bool is_compressed = packet.network_offset == packet::compressed_offset;
  check(packet.protocol <= packet::protocol::unknown);
  check(has_ip || (!has_transport && !packet.has(packet::Trait::ip_fragment)));
  check(packet.transport_offset == 0 || has_transport);
  check(packet.transport_offset == 0 || is_compressed ||
        packet.transport_offset >= packet.network_offset + 20);
}

void check_traits(unsigned traits, const packet::Packet& packet) {
  constexpr unsigned tcp_flags = 7, casts = 24;
  check((traits & tcp_flags) == 0 ||
        (packet.protocol == packet::protocol::tcp && packet.transport_offset != 0));
  check((traits & casts) != casts && traits < packet::trait_sums);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const packet::LinkType& link = packet::link_type(packet::Bytes(data, size).le16(0) % 512U);
  const packet::Bytes frame(data + 2, size - 2);
  const packet::Packet packet = packet::decode(frame, link);
  check(packet == packet::decode_any(frame, link));  // without the short cut for plain frames
  check_packet(packet);
  check_traits(packet::traits_of(frame, link, packet), packet);
  static stats::Interval interval;
  interval.add(packet, static_cast<std::uint32_t>(size));
  return 0;
}
