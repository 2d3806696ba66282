// SPDX-License-Identifier: BSD-2-Clause
#include "packet/ip.hpp"

namespace packet {

std::uint16_t follow_extension_headers(Bytes packet, std::uint8_t next, std::size_t offset) {
  for (;;) {
    if (!is_extension_header(next)) return next;
    const bool is_fragment = next == protocol::fragment;
    if (!packet.has(offset, 2)) return protocol::unknown;
    next = packet.u8(offset);
    if (is_fragment) {
      if ((packet.be16(offset + 2) & 0xfff8) != 0) return next;  // a later fragment: no headers follow
      offset += 8;
    } else {
      offset += (packet.u8(offset + 1) + 1U) * 8U;
    }
  }
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |Version|  IHL  |Type of Service|          Total Length         |
// |         Identification        |Flags|      Fragment Offset    |
// |  Time to Live |    Protocol   |         Header Checksum       |
std::uint16_t transport_of_ipv4(Bytes header) {
  if (!header.has(0, 10) || (header.u8(0) >> 4) != 4) return protocol::unknown;
  const std::size_t header_bytes = (header.u8(0) & 0x0fU) * 4U;
  const std::size_t total_bytes = header.be16(2);
  // A total length of 0 is segmentation offload: the kernel had not cut the packet yet.
  if (header_bytes < 20 || (total_bytes != 0 && total_bytes < header_bytes)) return protocol::unknown;
  return header.u8(9);
}

// |Version| Traffic Class |           Flow Label                  |
// |         Payload Length        |  Next Header  |   Hop Limit   |
// |            Source Address (16), Destination Address (16)      |
std::uint16_t transport_of_ipv6(Bytes header) {
  if (!header.has(0, 7)) return protocol::unknown;
  return follow_extension_headers(header, header.u8(6), 40);
}

}  // namespace packet
