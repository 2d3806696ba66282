// SPDX-License-Identifier: BSD-2-Clause
#include "packet/sixlowpan.hpp"

#include <array>

#include "packet/ip.hpp"

namespace packet {

namespace {

/// RFC 6282, section 3.1.1: how many bytes of the IPv6 header an IPHC header carries in line, after
/// its own two (and one for the context identifiers).
std::size_t iphc_inline_bytes(std::uint16_t iphc) {
  constexpr std::size_t traffic_class_bytes[] = {4, 3, 1, 0};
  constexpr std::size_t unicast_bytes[] = {16, 8, 2, 0};
  constexpr std::size_t multicast_bytes[] = {16, 6, 4, 1};
  const bool has_context = (iphc & 0x80) != 0;
  const bool is_source_stateful = (iphc & 0x40) != 0;
  const bool is_multicast = (iphc & 0x08) != 0;
  const bool is_destination_stateful = (iphc & 0x04) != 0;
  const unsigned source_mode = (iphc >> 4) & 3, destination_mode = iphc & 3;
  std::size_t bytes = has_context ? 1 : 0;
  bytes += traffic_class_bytes[(iphc >> 11) & 3];
  bytes += (iphc & 0x0400) != 0 ? 0U : 1U;  // next header
  bytes += (iphc & 0x0300) != 0 ? 0U : 1U;  // hop limit
  bytes += is_source_stateful && source_mode == 0 ? 0 : unicast_bytes[source_mode];
  if (is_multicast) return bytes + (is_destination_stateful ? 6 : multicast_bytes[destination_mode]);
  return bytes + (is_destination_stateful && destination_mode == 0 ? 0 : unicast_bytes[destination_mode]);
}

/// RFC 6282, section 3: a compressed IPv6 header, and what its next header is.
Transport transport_of_iphc(Bytes header) {
  constexpr std::size_t traffic_class_bytes[] = {4, 3, 1, 0};
  const std::uint16_t iphc = header.be16(0);
  const bool is_next_header_compressed = (iphc & 0x0400) != 0;
  if (!is_next_header_compressed) {
    const std::size_t offset = 2 + ((iphc & 0x80) != 0 ? 1U : 0U) + traffic_class_bytes[(iphc >> 11) & 3];
    if (!header.has(offset, 1)) return {};
    const std::uint8_t next = header.u8(offset);
    return follow_extension_headers(header, next, 2 + iphc_inline_bytes(iphc));
  }
  std::size_t offset = 2 + iphc_inline_bytes(iphc);
  while (header.has(offset, 2)) {
    const std::uint8_t dispatch = header.u8(offset);
    if ((dispatch & 0xf8) == 0xf0) return {protocol::udp};  // section 4.3
    if ((dispatch & 0xf0) != 0xe0) return {};               // section 4.2: extension headers
    const bool is_next_compressed = (dispatch & 1) != 0;
    if (!is_next_compressed) return {header.u8(offset + 1)};
    offset += 2U + header.u8(offset + 1);
  }
  return {};
}

/// Where the IPv6 header, compressed or not, begins: behind mesh, broadcast and first-fragment
/// headers (RFC 4944, section 5).
std::size_t dispatch_offset(Bytes header) {
  constexpr std::uint8_t broadcast = 0x50;
  std::size_t offset = 0;
  const std::uint8_t mesh = header.u8(0);
  if ((mesh & 0xc0) == 0x80) {  // addresses of 2 or 8 bytes; more than 14 hops take a byte more
    offset = 1U + ((mesh & 0x20) != 0 ? 2U : 8U) + ((mesh & 0x10) != 0 ? 2U : 8U);
    if ((mesh & 0x0f) == 0x0f) ++offset;
  }
  if (header.u8(offset) == broadcast) offset += 2;
  if ((header.u8(offset) & 0xf8) == 0xc0) offset += 4;
  return offset;
}

/// `transport`, counted from `offset` bytes before.
Transport further(Transport transport, std::size_t offset) {
  if (transport.offset != 0) transport.offset += static_cast<std::uint32_t>(offset);
  return transport;
}

constexpr std::uint8_t uncompressed = 0x41, hc1 = 0x42;

bool is_iphc(std::uint8_t dispatch) { return (dispatch & 0xe0) == 0x60; }

/// RFC 4944, section 10.1: two bits name the most common transports; 0 is any other, in line.
Transport transport_of_hc1(std::uint8_t encoding) {
  constexpr std::array transports = {protocol::unknown, protocol::udp, protocol::icmpv6, protocol::tcp};
  return {transports[(encoding >> 1) & 3]};
}

}  // namespace

bool is_sixlowpan(Bytes header) {
  const std::uint8_t dispatch = header.u8(dispatch_offset(header));
  const bool is_later_fragment = (dispatch & 0xf8) == 0xe0;
  return is_iphc(dispatch) || is_later_fragment || dispatch == uncompressed || dispatch == hc1;
}

Transport transport_of_sixlowpan(Bytes header) {
  const std::size_t offset = dispatch_offset(header);
  const Bytes ipv6 = header.from(offset);
  if (is_iphc(ipv6.u8(0))) return further(transport_of_iphc(ipv6), offset);
  if (ipv6.u8(0) == hc1) return transport_of_hc1(ipv6.u8(1));
  return ipv6.u8(0) == uncompressed ? further(transport_of_ipv6(ipv6.from(1)), offset + 1) : Transport{};
}

}  // namespace packet
