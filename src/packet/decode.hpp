// SPDX-License-Identifier: BSD-2-Clause
// One look at a frame: which network layer is outermost, which transport it carries, where both begin, and
// how long the link-layer header is. Never fails: what cannot be read counts as far as it can. What is
// asked for now and then only (flags, addressing) is in details.hpp.
#pragma once

#include "packet/bytes.hpp"
#include "packet/ip.hpp"
#include "packet/link.hpp"

namespace packet {

enum class Network : std::uint8_t { other, arp, ipv4, ipv6 };

/// What a packet may be besides its protocol; several are added up.
enum class Trait : std::uint8_t {
  // As in the TCP header (RFC 9293, section 3.1).
  tcp_fin = 1,
  tcp_syn = 2,
  tcp_rst = 4,
  // As Cast, above these.
  multicast = 8,
  broadcast = 16,
  vlan = 32,        ///< at least one tag before the outermost network layer
  ip_fragment = 64  ///< of IPv4 or IPv6; the first one too
};
inline constexpr std::size_t trait_sums = 128;

/// The trait itself, or nothing.
constexpr std::uint8_t trait_if(bool has, Trait trait) { return has ? static_cast<std::uint8_t>(trait) : 0; }

/// Of 16 bytes, for then it comes back in two registers; what a caller does not use of it costs nothing.
struct Packet {
  constexpr Packet() = default;
  constexpr Packet(Network layer, std::uint16_t transport, std::uint32_t header_bytes)
      : network(layer), protocol(transport), link_header_bytes(header_bytes) {}
  bool operator==(const Packet&) const = default;
  bool has(Trait trait) const { return (traits & static_cast<std::uint8_t>(trait)) != 0; }

  Network network = Network::other;
  std::uint8_t traits = 0;  ///< Trait::vlan and Trait::ip_fragment; details.hpp tells others
  std::uint16_t protocol = protocol::unknown;  ///< IP protocol number; `unknown` where there is none
  std::uint32_t link_header_bytes = 0;
  /// Where the header of the network layer begins in the frame; `compressed_offset` where 6LoWPAN leaves none
  /// to be read. Means nothing with Network::other.
  std::uint32_t network_offset = 0;
  /// Where the transport's header begins, maybe past the captured bytes. 0: there is none (a later fragment,
  /// an unknown protocol, a compressed header).
  std::uint32_t transport_offset = 0;
};
static_assert(sizeof(Packet) == 16);

/// Past the end of every frame, also with something added to it: all that is read there reads as 0.
inline constexpr std::uint32_t compressed_offset = 0x7fffffff;

/// Decodes any frame.
Packet decode_any(Bytes frame, const LinkType& link);

/// Decodes what nearly all frames are, in a few instructions: ARP, IPv4 without options and IPv6 without
/// extension headers, behind an Ethernet header and at most one VLAN tag. False: decode_any() knows.
inline bool decode_plain_ethernet(Bytes frame, const LinkType& link, Packet& packet) {
  constexpr std::uint32_t ethernet_bytes = 14, tag_bytes = 4, ipv4_bytes = 20, ipv6_bytes = 40;
  if (link.number != linktype_ethernet) return false;
  Bytes header = frame.exactly(0, ethernet_bytes + ipv4_bytes);
  const bool has_tag = header.be16(12) == ethertype::vlan;
  if (has_tag) header = frame.exactly(tag_bytes, ethernet_bytes + ipv4_bytes);
  if (header.size() == 0) return false;
  packet.link_header_bytes = ethernet_bytes;
  packet.traits = trait_if(has_tag, Trait::vlan);
  packet.network_offset = has_tag ? ethernet_bytes + tag_bytes : ethernet_bytes;
  const std::uint16_t type = header.be16(12);
  if (type == ethertype::ipv4 && header.u8(ethernet_bytes) == 0x45) {
    const std::uint16_t total_bytes = header.be16(ethernet_bytes + 2);  // 0: segmentation offload
    const std::uint16_t fragment = header.be16(ethernet_bytes + ipv4_fragment_field);
    const bool is_later_fragment = (fragment & ipv4_fragment_offset_bits) != 0;
    packet.network = Network::ipv4;
    packet.protocol = header.u8(ethernet_bytes + 9);
    packet.traits |= trait_if((fragment & ipv4_fragment_bits) != 0, Trait::ip_fragment);
    packet.transport_offset = is_later_fragment ? 0 : packet.network_offset + ipv4_bytes;
    return total_bytes == 0 || total_bytes >= ipv4_bytes;
  }
  if (type == ethertype::ipv6 && header.u8(ethernet_bytes) >> 4 == 6) {
    packet.network = Network::ipv6;
    packet.protocol = header.u8(ethernet_bytes + 6);
    packet.transport_offset = packet.network_offset + ipv6_bytes;
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
