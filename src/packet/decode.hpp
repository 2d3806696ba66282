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

/// Decodes the captured bytes of a frame of link type `link`.
Packet decode(Bytes frame, const LinkType& link);

}  // namespace packet
