// SPDX-License-Identifier: BSD-2-Clause
#include "packet/decode.hpp"

#include "packet/encapsulation.hpp"
#include "packet/sixlowpan.hpp"

namespace packet {

namespace {

/// The most common types, known without a look at the table of encapsulations.
bool is_network_layer(std::uint32_t type) {
  return type == ethertype::ipv4 || type == ethertype::ipv6 || type == ethertype::arp;
}

void take(Packet& packet, Network network, Layer layer, Transport transport) {
  const auto offset = static_cast<std::uint32_t>(layer.offset);
  packet.network = network;
  packet.protocol = transport.protocol;
  packet.traits |= trait_if(transport.is_fragment, Trait::ip_fragment);
  packet.network_offset = offset;
  packet.transport_offset = transport.offset == 0 ? 0 : offset + transport.offset;
}

void decode_sixlowpan(Bytes header, Layer layer, Packet& packet) {
  if (!is_sixlowpan(header)) return;
  take(packet, Network::ipv6, layer, transport_of_sixlowpan(header));
  packet.network_offset = compressed_offset;
}

void decode_network(Bytes frame, Layer layer, Packet& packet) {
  const Bytes header = frame.from(layer.offset);
  const unsigned version = header.u8(0) >> 4;
  std::uint32_t type = layer.type;
  if (type == ethertype::raw_ip) {
    type = version == 4 ? ethertype::ipv4 : version == 6 ? ethertype::ipv6 : ethertype::none;
  }
  switch (type) {
    case ethertype::ipv4: take(packet, Network::ipv4, layer, transport_of_ipv4(header)); break;
    case ethertype::ipv6:
      // What says it is IPv6 and is not has no header to go by. (IPv4 with another version in it
      // still counts, with no transport: Wireshark and tcpdump agree on both.)
      if (header.has(0, 1) && version != 6) break;
      take(packet, Network::ipv6, layer, transport_of_ipv6(header));
      break;
    case ethertype::arp:
    case ethertype::rarp: take(packet, Network::arp, layer, {}); break;
    case ethertype::sixlowpan: decode_sixlowpan(header, layer, packet); break;
    default: break;
  }
}

}  // namespace

Packet decode_any(Bytes frame, const LinkType& link) {
  const LinkHeader header = link.decode(frame);
  Packet packet;
  packet.link_header_bytes = header.bytes;
  Layer layer = header.next;
  for (int i = 0; i < encapsulations_most && !is_network_layer(layer.type); ++i) {
    packet.traits |= trait_if(is_vlan_tag(layer.type), Trait::vlan);
    const Layer next = step_over(frame, layer);
    if (next.offset == layer.offset) break;
    layer = next;
  }
  decode_network(frame, layer, packet);
  return packet;
}

}  // namespace packet
