// SPDX-License-Identifier: BSD-2-Clause
// The decoder of frames. The first two bytes (little-endian, modulo 512) are the link type, the rest
// is the frame.
#include <cstdint>
#include <cstdlib>

#include "packet/decode.hpp"
#include "stats/interval.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const packet::LinkType& link = packet::link_type(packet::Bytes(data, size).le16(0) % 512U);
  const packet::Bytes frame(data + 2, size - 2);
  const packet::Packet packet = packet::decode(frame, link);
  const packet::Packet the_long_way =
      packet::decode_any(frame, link);  // without the short cut for plain frames
  if (packet.network != the_long_way.network || packet.protocol != the_long_way.protocol ||
      packet.link_header_bytes != the_long_way.link_header_bytes) {
    std::abort();
  }
  static stats::Interval interval;
  interval.add(packet, static_cast<std::uint32_t>(size));
  const bool has_transport = packet.protocol != packet::protocol::unknown;
  const bool has_network = packet.network == packet::Network::ipv4 || packet.network == packet::Network::ipv6;
  if (has_transport && !has_network) std::abort();
  if (packet.protocol > packet::protocol::unknown) std::abort();
  return 0;
}
