// SPDX-License-Identifier: BSD-2-Clause
// To how many a frame is addressed, told by addresses as the link layers write them. Which link type has
// which address where: the rows in link.cpp. What IP says where the link layer is silent: details.hpp.
#pragma once

#include <optional>

#include "packet/bytes.hpp"

namespace packet {

enum class Cast : std::uint8_t { unicast, multicast, broadcast };

/// What the link layer of a frame tells; nothing where it does not.
using CastOf = std::optional<Cast> (*)(Bytes frame);

/// IEEE 802: the bit of the first octet that says "group", as Ethernet has it in memory, and as token
/// ring and FDDI have it, which send the highest bit first.
inline constexpr std::uint8_t group_bit = 0x01, group_bit_sent_first = 0x80;

/// By the 6-byte address at `offset`; by nothing where it was not captured.
template <std::size_t offset, std::uint8_t group = group_bit>
inline std::optional<Cast> cast_of_address(Bytes frame) {
  if (!frame.has(offset, 6)) return std::nullopt;
  if ((frame.u8(offset) & group) == 0) return Cast::unicast;
  const bool is_all_ones = frame.be32(offset) == 0xffffffff && frame.be16(offset + 4) == 0xffff;
  return is_all_ones ? Cast::broadcast : Cast::multicast;
}

}  // namespace packet
