// SPDX-License-Identifier: BSD-2-Clause
#include "flow/segment.hpp"

#include <algorithm>

namespace flow {

namespace {

using packet::Bytes;
namespace protocol = packet::protocol;

std::uint32_t difference(std::uint32_t left, std::uint32_t right) { return left > right ? left - right : 0; }

/// The length of the IP packet by its header, at most what was on the wire; where it says 0 (segmentation
/// offload, jumbograms) that.
std::uint32_t ip_bytes(const Sighting& sighting) {
  constexpr std::uint32_t ipv6_header_bytes = 40;
  const std::uint32_t begin = sighting.packet.network_offset;
  const std::uint32_t on_wire = difference(sighting.bytes_wire, begin);
  const bool is_ipv6 = sighting.packet.network == packet::Network::ipv6;
  const std::uint32_t length = sighting.frame.be16(begin + (is_ipv6 ? 4 : 2));
  if (length == 0) return on_wire;
  return std::min(on_wire, is_ipv6 ? length + ipv6_header_bytes : length);
}

/// What is behind the first `header_bytes` of the transport.
std::uint32_t payload_behind(const Sighting& sighting, std::uint32_t bytes, std::uint32_t header_bytes) {
  return difference(bytes, sighting.packet.transport_offset - sighting.packet.network_offset + header_bytes);
}

/// The shift of a window scaling option (RFC 7323, section 2), at most 14.
std::uint8_t window_scale_of(Bytes options) {
  constexpr std::uint8_t end_of_options = 0, no_operation = 1, window_scale = 3, shift_most = 14;
  for (std::size_t at = 0; at < options.size();) {
    const std::uint8_t kind = options.u8(at);
    if (kind == end_of_options) break;
    if (kind == no_operation) {
      ++at;
      continue;
    }
    const std::uint8_t bytes = options.u8(at + 1);
    if (kind == window_scale && bytes == 3 && options.has(at, 3))
      return std::min(options.u8(at + 2), shift_most);
    if (bytes < 2) break;
    at += bytes;
  }
  return Segment::no_scale;
}

//  0                   1                   2                   3
// |          Source Port          |       Destination Port        |
// |                        Sequence Number                        |
// |                    Acknowledgment Number                      |
// | Offset| Rsrvd |     Flags     |            Window             |
void read_tcp(const Sighting& sighting, Segment& segment) {
  constexpr std::uint32_t header_bytes_least = 20;
  const Bytes header = sighting.frame.exactly(sighting.packet.transport_offset, 16);
  if (header.size() == 0) return;
  const std::uint32_t header_bytes = (header.u8(12) >> 4) * 4U;
  const std::uint32_t there = payload_behind(sighting, segment.bytes, 0);
  segment.has_tcp = header_bytes >= header_bytes_least && header_bytes <= there;
  if (!segment.has_tcp) return;
  segment.payload = there - header_bytes;
  segment.sequence = header.be32(4);
  segment.acknowledgment = header.be32(8);
  segment.flags = header.u8(13);
  segment.window = header.be16(14);
  if (!segment.has(tcp_flag::syn)) return;
  const Bytes behind = sighting.frame.from(sighting.packet.transport_offset + header_bytes_least);
  segment.window_scale = window_scale_of(behind.first(header_bytes - header_bytes_least));
}

/// The length of a header that holds no lengths we need; of DCCP it is in words, in its fifth byte (RFC 4340).
std::uint32_t header_bytes_of(const Sighting& sighting) {
  constexpr std::uint32_t udp_bytes = 8, sctp_bytes = 12, icmp_bytes = 8;
  switch (sighting.packet.protocol) {
    case protocol::sctp: return sctp_bytes;
    case protocol::dccp: return sighting.frame.u8(sighting.packet.transport_offset + 4) * 4U;
    case protocol::icmp:
    case protocol::icmpv6: return icmp_bytes;
    default: return udp_bytes;
  }
}

enum class Query : std::uint8_t { none, request, reply };

/// Which messages have an identifier (RFC 792, RFC 950, RFC 4443).
Query query_of(std::uint16_t protocol, std::uint8_t type) {
  if (protocol == protocol::icmpv6)
    return type == 128 ? Query::request : type == 129 ? Query::reply : Query::none;
  switch (type) {
    case 8:
    case 13:
    case 15:
    case 17: return Query::request;
    case 0:
    case 14:
    case 16:
    case 18: return Query::reply;
    default: return Query::none;
  }
}

struct Ports {
  std::uint16_t source, destination;
};

/// Of ICMP the identifier, twice. Nothing where they were not captured, or lie behind the `there` bytes that IP
/// has for them.
std::optional<Ports> ports_of(const Sighting& sighting, std::uint32_t there, Segment& segment) {
  constexpr std::uint32_t ports_bytes = 4, identifier_end = 6;
  const packet::Packet& packet = sighting.packet;
  if (there < ports_bytes) return std::nullopt;
  if (packet.protocol != protocol::icmp && packet.protocol != protocol::icmpv6) {
    const Bytes both = sighting.frame.exactly(packet.transport_offset, ports_bytes);
    if (both.size() == 0) return std::nullopt;
    return Ports{both.be16(0), both.be16(2)};
  }
  const Bytes header = sighting.frame.from(packet.transport_offset);
  if (!header.has(0, 1)) return std::nullopt;
  const Query query = query_of(packet.protocol, header.u8(0));
  segment.is_request = query == Query::request;
  segment.is_reply = query == Query::reply;
  if (query == Query::none) return Ports{0, 0};
  if (there < identifier_end || !header.has(4, 2)) return std::nullopt;
  return Ports{header.be16(4), header.be16(4)};
}

}  // namespace

bool read_segment(const Sighting& sighting, Segment& segment) {
  const packet::Packet& packet = sighting.packet;
  if (packet.transport_offset == 0 || !is_tracked(packet.protocol)) return false;
  const auto addresses = packet::addresses_of(sighting.frame, packet);
  if (!addresses) return false;
  static const Segment blank;  // copied in wide words; one made here would be written in narrow ones first
  segment = blank;
  segment.bytes = ip_bytes(sighting);
  const auto ports = ports_of(sighting, payload_behind(sighting, segment.bytes, 0), segment);
  if (!ports) return false;
  segment.is_swapped = segment.key.set(*addresses, ports->source, ports->destination,
                                       static_cast<std::uint8_t>(packet.protocol));
  segment.timestamp = sighting.timestamp;
  segment.interface = sighting.interface;
  if (packet.protocol == protocol::tcp) {
    read_tcp(sighting, segment);
  } else {
    segment.payload = payload_behind(sighting, segment.bytes, header_bytes_of(sighting));
  }
  return true;
}

std::optional<Fragment> read_fragment(const Sighting& sighting) {
  const packet::Packet& packet = sighting.packet;
  const auto addresses = packet::addresses_of(sighting.frame, packet);
  if (!addresses) return std::nullopt;
  const Bytes header = sighting.frame.from(packet.network_offset);
  Fragment fragment{{*addresses, 0, packet.protocol}, ip_bytes(sighting), 0};
  std::uint32_t header_bytes = (header.u8(0) & 0x0fU) * 4U;
  fragment.id.identification = header.be16(4);
  if (packet.network == packet::Network::ipv6) {
    const auto of_ipv6 = packet::fragment_header_of_ipv6(header);
    if (!of_ipv6) return std::nullopt;
    fragment.id.identification = of_ipv6->identification;
    header_bytes = of_ipv6->end;
  }
  fragment.payload = difference(fragment.bytes, header_bytes);
  return fragment;
}

}  // namespace flow
