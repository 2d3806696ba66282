// SPDX-License-Identifier: BSD-2-Clause
// What a header says of what follows it. Ethertypes (IEEE 802 Numbers, IANA) are the common names
// of protocols here; what has no ethertype of its own gets a number above them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace packet {

namespace ethertype {
inline constexpr std::uint32_t none = 0;  ///< nothing that is decoded here
inline constexpr std::uint32_t ipv4 = 0x0800;
inline constexpr std::uint32_t arp = 0x0806;
inline constexpr std::uint32_t rarp = 0x8035;  ///< RFC 903: ARP's format
inline constexpr std::uint32_t vlan = 0x8100;  ///< IEEE 802.1Q
inline constexpr std::uint32_t ipv6 = 0x86dd;
inline constexpr std::uint32_t ppp_direct = 0x880b;  ///< PPP straight after the ethertype
inline constexpr std::uint32_t mpls = 0x8847;        ///< RFC 3032, unicast
inline constexpr std::uint32_t pppoe = 0x8864;       ///< RFC 2516, session stage
inline constexpr std::uint32_t qinq = 0x88a8;        ///< IEEE 802.1ad
inline constexpr std::uint32_t old_qinq = 0x9100;    ///< QinQ before IEEE 802.1ad
// Above 0xffff: no ethertypes.
inline constexpr std::uint32_t llc = 0x10000;        ///< IEEE 802.2 LLC header
inline constexpr std::uint32_t ppp = 0x10001;        ///< PPP protocol field
inline constexpr std::uint32_t ethernet = 0x10002;   ///< Ethernet header
inline constexpr std::uint32_t raw_ip = 0x10003;     ///< IPv4 or IPv6, told by the version field
inline constexpr std::uint32_t sixlowpan = 0x10004;  ///< RFC 4944, RFC 6282
}  // namespace ethertype

constexpr bool is_vlan_tag(std::uint32_t type) {
  return type == ethertype::vlan || type == ethertype::qinq || type == ethertype::old_qinq;
}

/// The protocol that begins at `offset` of the frame.
struct Layer {
  std::uint32_t type = ethertype::none;
  std::size_t offset = 0;
};

}  // namespace packet
