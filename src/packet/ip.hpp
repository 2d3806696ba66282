// SPDX-License-Identifier: BSD-2-Clause
// The network layer: which transport protocol an IPv4 or IPv6 packet carries, as far as its captured
// bytes say so. IPv6 extension headers are followed; ports and payload are left to others.
#pragma once

#include <cstdint>

#include "packet/bytes.hpp"

namespace packet {

/// Protocol numbers as IANA assigns them ("Assigned Internet Protocol Numbers").
namespace protocol {
inline constexpr std::uint16_t icmp = 1;
inline constexpr std::uint16_t tcp = 6;
inline constexpr std::uint16_t udp = 17;
inline constexpr std::uint16_t fragment = 44;  ///< IPv6 extension header
inline constexpr std::uint16_t icmpv6 = 58;
inline constexpr std::uint16_t unknown = 0x100;  ///< not captured, or a header that cannot be right
}  // namespace protocol

/// The extension headers that are followed (RFC 8200, section 4).
constexpr bool is_extension_header(std::uint8_t next) {
  constexpr std::uint8_t hop_by_hop = 0, routing = 43, destination_options = 60;
  return next == hop_by_hop || next == routing || next == protocol::fragment || next == destination_options;
}

/// The protocol field of an IPv4 header (RFC 791); later fragments carry it too.
std::uint16_t transport_of_ipv4(Bytes header);

/// The protocol after hop-by-hop, routing, fragment and destination options headers (RFC 8200); of
/// a later fragment the one its fragment header names.
std::uint16_t transport_of_ipv6(Bytes header);

/// Follows extension headers (RFC 8200, section 4) from the one of type `next` at `offset`.
std::uint16_t follow_extension_headers(Bytes packet, std::uint8_t next, std::size_t offset);

}  // namespace packet
