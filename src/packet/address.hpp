// SPDX-License-Identifier: BSD-2-Clause
// IPv4 and IPv6 addresses: as numbers, as the outermost IP header of a frame has them, and as text. Ports
// and the addresses of other layers are left to others.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include "packet/decode.hpp"

namespace packet {

/// An IPv4 or IPv6 address.
struct Address {
  std::uint64_t high = 0;  ///< of IPv6 the first 8 bytes as a number; of IPv4 0
  std::uint64_t low = 0;   ///< of IPv6 the last 8 bytes; of IPv4 the address
  bool is_ipv6 = false;
  // NOLINTNEXTLINE(modernize-use-nullptr): the 0 that a rewritten < compares with
  auto operator<=>(const Address&) const = default;
};

struct Addresses {
  Address source, destination;
  bool operator==(const Addresses&) const = default;
};

/// What the outermost IP header says; nothing where there is none that can be read (also where 6LoWPAN has
/// compressed it) or it was not captured as far as both.
inline std::optional<Addresses> addresses_of(Bytes frame, const Packet& packet) {
  constexpr std::size_t ipv4_source = 12, ipv6_source = 8;
  if (packet.network == Network::ipv4 && packet.protocol != protocol::unknown) {
    const Bytes both = frame.exactly(packet.network_offset + ipv4_source, 8);
    if (both.size() == 0) return std::nullopt;
    return Addresses{{0, both.be32(0), false}, {0, both.be32(4), false}};
  }
  if (packet.network != Network::ipv6) return std::nullopt;
  const Bytes both = frame.exactly(packet.network_offset + ipv6_source, 32);
  if (both.size() == 0) return std::nullopt;
  return Addresses{{both.be64(0), both.be64(8), true}, {both.be64(16), both.be64(24), true}};
}

/// Appends IPv4 as a dotted quad, IPv6 as RFC 5952 (sections 4 and 5) has it, without a zone.
void append_address(std::string& out, const Address& address);

/// The first `bits` of it, the others 0; all of it where it has no more.
Address masked(const Address& address, unsigned bits);

}  // namespace packet
