// SPDX-License-Identifier: BSD-2-Clause
// What may stand between a link-layer header and the network layer: VLAN tags, LLC/SNAP, PPP,
// PPPoE, MPLS and other tags. One table: ethertype -> function that steps over one header.
#pragma once

#include "packet/bytes.hpp"
#include "packet/layer.hpp"

namespace packet {

/// No real frame has more headers before its network layer; a made-up one ends here.
inline constexpr int encapsulations_most = 128;

/// Steps over one encapsulating header. Returns `layer` itself where its type is none of these: the
/// network layer has been reached, or something that is not decoded.
Layer step_over(Bytes frame, Layer layer);

/// What an Ethernet length/type field at `offset` says of the bytes after it.
Layer after_length_or_type(Bytes frame, std::size_t offset);

/// The ethertype for a PPP protocol number (IANA "PPP DLL Protocol Numbers").
std::uint32_t ethertype_of_ppp(std::uint16_t protocol);

/// The ethertype for a network layer protocol identifier (ISO/IEC TR 9577, RFC 2427).
std::uint32_t ethertype_of_nlpid(std::uint8_t nlpid);

}  // namespace packet
