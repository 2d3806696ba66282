// SPDX-License-Identifier: BSD-2-Clause
#include "packet/details.hpp"

#include "packet/encapsulation.hpp"

namespace packet {

namespace {

/// RFC 919: 255.255.255.255; RFC 1112: 224.0.0.0/4. Other broadcasts need the network's mask.
Cast cast_of_ipv4(Bytes header) {
  const std::uint32_t destination = header.be32(16);
  if (destination == 0xffffffff) return Cast::broadcast;
  return destination >> 28 == 0xe ? Cast::multicast : Cast::unicast;
}

/// RFC 4291, section 2.7: ff00::/8.
Cast cast_of_ipv6(Bytes header) { return header.u8(24) == 0xff ? Cast::multicast : Cast::unicast; }

}  // namespace

Cast cast_of_any(Bytes frame, const LinkType& link, const Packet& packet) {
  const std::optional<Cast> by_link = link.cast == nullptr ? std::nullopt : link.cast(frame);
  if (by_link) return *by_link;
  const Bytes header = frame.from(packet.network_offset);
  // An IPv4 header that cannot be right has no protocol and no destination either.
  const bool is_ipv4 = packet.network == Network::ipv4 && packet.protocol != protocol::unknown;
  if (is_ipv4) return cast_of_ipv4(header);
  return packet.network == Network::ipv6 ? cast_of_ipv6(header) : Cast::unicast;
}

std::uint16_t vlan_of_any(Bytes frame, const LinkType& link) {
  constexpr std::uint16_t identifier_bits = 0x0fff;
  Layer layer = link.decode(frame).next;
  for (int i = 0; i < encapsulations_most; ++i) {
    if (is_vlan_tag(layer.type)) return frame.be16(layer.offset) & identifier_bits;
    const Layer next = step_over(frame, layer);
    if (next.offset == layer.offset) break;
    layer = next;
  }
  return 0;
}

}  // namespace packet
