// SPDX-License-Identifier: BSD-2-Clause
// Link-layer headers of every link type that is decoded, written down by hand from their
// specifications: what must stand before an IPv4 and before an IPv6 packet.
#pragma once

#include <vector>

#include "support.hpp"

namespace test {

struct LinkSample {
  std::uint32_t link_number;
  std::string what;
  Octets before_ipv4;  ///< empty and not `is_bare`: this header cannot carry it
  Octets before_ipv6;
  std::uint32_t header_bytes;
  bool is_bare = false;  ///< no header at all
};

std::vector<LinkSample> link_samples();

/// Ethernet addresses, both of them.
Octets ethernet_addresses();
/// An Ethernet header with this length/type field.
Octets ethernet_header(std::uint16_t type);
/// LLC and SNAP (RFC 1042) with this ethertype.
Octets snap(std::uint16_t type);
/// IEEE 802.11: frame control (as it is sent: low byte first), and what follows the 24 octets.
Octets wireless_data(std::string_view frame_control, const Octets& rest);

}  // namespace test
