// SPDX-License-Identifier: BSD-2-Clause
// The network layer: which transport protocol an IPv4 or IPv6 packet carries and where its header
// begins, as far as the captured bytes say so. IPv6 extension headers are followed; ports and payload are
// left to others.
#pragma once

#include <cstdint>
#include <optional>

#include "packet/bytes.hpp"

namespace packet {

/// Protocol numbers as IANA assigns them ("Assigned Internet Protocol Numbers").
namespace protocol {
inline constexpr std::uint16_t icmp = 1;
inline constexpr std::uint16_t igmp = 2;
inline constexpr std::uint16_t tcp = 6;
inline constexpr std::uint16_t udp = 17;
inline constexpr std::uint16_t dccp = 33;
inline constexpr std::uint16_t gre = 47;
inline constexpr std::uint16_t esp = 50;
inline constexpr std::uint16_t sctp = 132;
inline constexpr std::uint16_t udp_lite = 136;
inline constexpr std::uint16_t fragment = 44;  ///< IPv6 extension header
inline constexpr std::uint16_t icmpv6 = 58;
inline constexpr std::uint16_t unknown = 0x100;  ///< not captured, or a header that cannot be right
}  // namespace protocol

/// What an IP header says of what it carries.
struct Transport {
  std::uint16_t protocol = protocol::unknown;
  bool is_fragment = false;  ///< the first one too; an IPv6 atomic fragment (RFC 6946) is none
  /// Where its header begins, counted from the first byte that was looked at; it may lie past the captured
  /// ones. 0: there is none, as in a later fragment.
  std::uint32_t offset = 0;
};

/// The extension headers that are followed (RFC 8200, section 4).
constexpr bool is_extension_header(std::uint8_t next) {
  constexpr std::uint8_t hop_by_hop = 0, routing = 43, destination_options = 60;
  return next == hop_by_hop || next == routing || next == protocol::fragment || next == destination_options;
}

/// The flag "more fragments" and the fragment offset of an IPv4 header: their field, and its two parts.
inline constexpr std::size_t ipv4_fragment_field = 6;
inline constexpr std::uint16_t ipv4_fragment_bits = 0x3fff, ipv4_fragment_offset_bits = 0x1fff;

/// The protocol field of an IPv4 header (RFC 791); later fragments carry it too.
Transport transport_of_ipv4(Bytes header);

/// The protocol after hop-by-hop, routing, fragment and destination options headers (RFC 8200); of
/// a later fragment the one its fragment header names.
Transport transport_of_ipv6(Bytes header);

/// What the fragment header of an IPv6 packet says, and where it ends.
struct Ipv6FragmentHeader {
  std::uint32_t identification;
  std::uint32_t end;
};

/// Nothing where there is none, or it was not captured.
std::optional<Ipv6FragmentHeader> fragment_header_of_ipv6(Bytes header);

/// Follows extension headers (RFC 8200, section 4) from the one of type `next` at `offset`.
Transport follow_extension_headers(Bytes packet, std::uint8_t next, std::size_t offset);

}  // namespace packet
