// SPDX-License-Identifier: BSD-2-Clause
// What one packet says of its connection: whose it is, how much it carries, and what its TCP header says.
// Lengths are those of the IP header, so that padding of the link layer is no payload. It holds copies only:
// the frame may be gone when it is counted.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "flow/key.hpp"
#include "packet/decode.hpp"

namespace flow {

/// A frame as the capture has it, and what decode() said of it.
struct Sighting {
  base::Nanoseconds timestamp;
  packet::Bytes frame;
  std::uint32_t bytes_wire;  ///< of the frame
  const packet::LinkType& link;
  std::uint32_t interface;
  const packet::Packet& packet;
};

/// Flags of a TCP header (RFC 9293, section 3.1).
namespace tcp_flag {
inline constexpr std::uint8_t fin = 1, syn = 2, rst = 4, ack = 16;
}  // namespace tcp_flag

struct Segment {
  static constexpr std::uint8_t no_scale = 0xff;

  /// Any of these.
  bool has(std::uint8_t any_of) const { return (flags & any_of) != 0; }

  Key key;
  base::Nanoseconds timestamp = 0;
  std::uint32_t bytes = 0;    ///< the IP packet
  std::uint32_t payload = 0;  ///< bytes behind the transport's header
  std::uint32_t interface = 0;
  std::uint16_t vlan = 0;   ///< of the outermost tag; 0: untagged
  bool is_swapped = false;  ///< its sender is the second end of the key
  bool is_request = false;  ///< ICMP: its sender asks
  bool is_reply = false;    ///< ICMP: its sender answers

  bool has_tcp = false;  ///< what follows was captured and can be right
  std::uint8_t flags = 0;
  std::uint8_t window_scale = no_scale;  ///< the option of a SYN (RFC 7323), at most 14
  std::uint16_t window = 0;              ///< as in the header, not scaled
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;

  // Several packets at once: what fragments have carried before the one with the ports came.
  std::uint32_t packets = 1;
};

/// What belongs together with a fragment of an IP packet.
struct FragmentId {
  bool operator==(const FragmentId&) const = default;

  packet::Addresses addresses;
  std::uint32_t identification = 0;
  std::uint16_t protocol = 0;
  std::uint16_t vlan = 0;  ///< where VLANs tell connections apart
  std::uint32_t interface = 0;
};

/// Whether connections are told of packets of this protocol.
constexpr bool is_tracked(std::uint16_t number) {
  namespace protocol = packet::protocol;
  return number == protocol::tcp || number == protocol::udp || number == protocol::icmp ||
         number == protocol::icmpv6 || number == protocol::sctp || number == protocol::udp_lite ||
         number == protocol::dccp;
}

/// Reads a packet of a tracked protocol that begins with its transport's header. False: it is none, or its
/// addresses or ports were not captured.
bool read_segment(const Sighting& sighting, Segment& segment);

/// A fragment of an IP packet: what belongs together with it, and how much it carries.
struct Fragment {
  FragmentId id;
  std::uint32_t bytes = 0;
  std::uint32_t payload = 0;  ///< behind the IP header and those of extensions
};

/// Nothing where its header was not captured.
std::optional<Fragment> read_fragment(const Sighting& sighting);

}  // namespace flow
