// SPDX-License-Identifier: BSD-2-Clause
#include "packet/ip.hpp"

namespace packet {

// The fragment header, the only one with no length of its own:
// |  Next Header  |   Reserved    |      Fragment Offset    |Res|M|
// |                         Identification                        |
Transport follow_extension_headers(Bytes packet, std::uint8_t next, std::size_t offset) {
  Transport transport;
  while (is_extension_header(next)) {
    if (!packet.has(offset, 2)) return transport;
    const bool is_fragment_header = next == protocol::fragment;
    next = packet.u8(offset);
    if (is_fragment_header) {
      const std::uint16_t position = packet.be16(offset + 2);
      const bool is_later_fragment = (position & 0xfff8) != 0, has_more = (position & 1) != 0;
      if (is_later_fragment) return {next, true, 0};  // no headers follow
      transport.is_fragment |= has_more;
      offset += 8;
    } else {
      offset += (packet.u8(offset + 1) + 1U) * 8U;
    }
  }
  return {next, transport.is_fragment, static_cast<std::uint32_t>(offset)};
}

std::optional<Ipv6FragmentHeader> fragment_header_of_ipv6(Bytes header) {
  std::uint8_t next = header.u8(6);
  for (std::uint32_t offset = 40; is_extension_header(next) && header.has(offset, 8);) {
    if (next == protocol::fragment) return Ipv6FragmentHeader{header.be32(offset + 4), offset + 8};
    next = header.u8(offset);
    offset += (header.u8(offset + 1) + 1U) * 8U;
  }
  return std::nullopt;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |Version|  IHL  |Type of Service|          Total Length         |
// |         Identification        |Flags|      Fragment Offset    |
// |  Time to Live |    Protocol   |         Header Checksum       |
Transport transport_of_ipv4(Bytes header) {
  if (!header.has(0, 10) || (header.u8(0) >> 4) != 4) return {};
  const std::uint32_t header_bytes = (header.u8(0) & 0x0fU) * 4U;
  const std::size_t total_bytes = header.be16(2);
  // A total length of 0 is segmentation offload: the kernel had not cut the packet yet.
  if (header_bytes < 20 || (total_bytes != 0 && total_bytes < header_bytes)) return {};
  const std::uint16_t fragment = header.be16(ipv4_fragment_field);
  const bool is_later_fragment = (fragment & ipv4_fragment_offset_bits) != 0;
  return {header.u8(9), (fragment & ipv4_fragment_bits) != 0, is_later_fragment ? 0 : header_bytes};
}

// |Version| Traffic Class |           Flow Label                  |
// |         Payload Length        |  Next Header  |   Hop Limit   |
// |            Source Address (16), Destination Address (16)      |
Transport transport_of_ipv6(Bytes header) {
  if (!header.has(0, 7)) return {};
  return follow_extension_headers(header, header.u8(6), 40);
}

}  // namespace packet
