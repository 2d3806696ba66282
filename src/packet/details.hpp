// SPDX-License-Identifier: BSD-2-Clause
// What is asked of a packet now and then, beyond its protocol: TCP flags, and to how many it is addressed.
// Looked up only where wanted; decode.hpp says where it is.
#pragma once

#include "packet/cast.hpp"
#include "packet/decode.hpp"

namespace packet {

/// By the link layer where it tells, by the IP destination elsewhere; unicast where neither does.
Cast cast_of_any(Bytes frame, const LinkType& link, const Packet& packet);

inline Cast cast_of(Bytes frame, const LinkType& link, const Packet& packet) {
  if (link.number != linktype_ethernet) return cast_of_any(frame, link, packet);
  return cast_of_address<0>(frame).value_or(Cast::unicast);
}

/// Whether the IP packet ends, by its own length, before `end` of the frame: padding of the link layer
/// may follow. A length of 0 is segmentation offload or a jumbogram: it ends nowhere.
inline bool ends_before(std::uint32_t end, Bytes frame, const Packet& packet) {
  constexpr std::uint32_t ipv6_header_bytes = 40;  // which its length leaves out
  const bool is_ipv4 = packet.network == Network::ipv4;
  const std::uint16_t length = frame.be16(packet.network_offset + (is_ipv4 ? 2U : 4U));
  return length != 0 && packet.network_offset + (is_ipv4 ? 0 : ipv6_header_bytes) + length < end;
}

/// The flags of a TCP header that open and close a connection (RFC 9293, section 3.1); 0 where there is none
/// or its flags were not captured.
inline std::uint8_t tcp_flags_of(Bytes frame, const Packet& packet) {
  constexpr std::uint8_t fin_syn_rst = 7;
  if (packet.protocol != protocol::tcp) return 0;
  const std::uint32_t flags_offset = packet.transport_offset + 13;
  const auto flags = static_cast<std::uint8_t>(frame.u8(flags_offset) & fin_syn_rst);
  if (flags == 0) return 0;  // nearly always: the rest need not be looked at
  const bool is_there = packet.transport_offset != 0 && !ends_before(flags_offset + 1, frame, packet);
  return is_there ? flags : std::uint8_t{0};
}

/// The VLAN identifier of the outermost tag (IEEE 802.1Q), 0 where there is none or a tag of priority only.
std::uint16_t vlan_of_any(Bytes frame, const LinkType& link);

inline std::uint16_t vlan_of(Bytes frame, const LinkType& link, const Packet& packet) {
  return packet.has(Trait::vlan) ? vlan_of_any(frame, link) : std::uint16_t{0};
}

/// All that the packet is, added up; `packet` is what decode() said of the frame.
inline std::uint8_t traits_of(Bytes frame, const LinkType& link, const Packet& packet) {
  constexpr unsigned cast_shift = 3;  // as Trait has them
  const auto cast = static_cast<unsigned>(cast_of(frame, link, packet)) << cast_shift;
  return static_cast<std::uint8_t>(packet.traits | cast | tcp_flags_of(frame, packet));
}

}  // namespace packet
