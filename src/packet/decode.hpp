// SPDX-License-Identifier: BSD-2-Clause
// One look at a frame: which network layer is outermost, which transport it carries, and how long
// the link-layer header is. Never fails: what cannot be read counts as far as it can.
#pragma once

#include "packet/bytes.hpp"
#include "packet/ip.hpp"
#include "packet/link.hpp"

namespace packet {

enum class Network : std::uint8_t { other, arp, ipv4, ipv6 };

struct Packet {
  Network network = Network::other;
  std::uint16_t protocol = protocol::unknown;  ///< IP protocol number; `unknown` where there is none
  std::uint32_t link_header_bytes = 0;
};

/// Decodes any frame.
Packet decode_any(Bytes frame, const LinkType& link);

/// Decodes what nearly all frames are, in a few instructions: ARP, IPv4 without options and IPv6 without
/// extension headers, behind an Ethernet header and at most one VLAN tag. False: decode_any() knows.
inline bool decode_plain_ethernet(Bytes frame, const LinkType& link, Packet& packet) {
  constexpr std::size_t ethernet_bytes = 14, tag_bytes = 4, ipv4_bytes = 20;
  if (link.number != linktype_ethernet) return false;
  Bytes header = frame.exactly(0, ethernet_bytes + ipv4_bytes);
  if (header.be16(12) == ethertype::vlan) header = frame.exactly(tag_bytes, ethernet_bytes + ipv4_bytes);
  if (header.size() == 0) return false;
  packet.link_header_bytes = ethernet_bytes;
  const std::uint16_t type = header.be16(12);
  if (type == ethertype::ipv4 && header.u8(ethernet_bytes) == 0x45) {
    const std::uint16_t total_bytes = header.be16(ethernet_bytes + 2);  // 0: segmentation offload
    packet.network = Network::ipv4;
    packet.protocol = header.u8(ethernet_bytes + 9);
    return total_bytes == 0 || total_bytes >= ipv4_bytes;
  }
  if (type == ethertype::ipv6 && header.u8(ethernet_bytes) >> 4 == 6) {
    packet.network = Network::ipv6;
    packet.protocol = header.u8(ethernet_bytes + 6);
    return !is_extension_header(header.u8(ethernet_bytes + 6));
  }
  packet.network = Network::arp;
  return type == ethertype::arp;
}

/// Decodes the captured bytes of a frame of link type `link`.
inline Packet decode(Bytes frame, const LinkType& link) {
  Packet packet;
  return decode_plain_ethernet(frame, link, packet) ? packet : decode_any(frame, link);
}

}  // namespace packet
