// SPDX-License-Identifier: BSD-2-Clause
#include "packet/decode.hpp"

#include "link_samples.hpp"

using test::Octets;

namespace {

/// The short cut for plain frames and the long way must agree.
bool is_the_same(const Octets& frame, std::size_t size) {
  const test::Exact exact(frame, size);
  const packet::LinkType& link = packet::link_type(1);
  const packet::Packet left = packet::decode(exact.bytes(), link),
                       right = packet::decode_any(exact.bytes(), link);
  return left.network == right.network && left.protocol == right.protocol &&
         left.link_header_bytes == right.link_header_bytes;
}

}  // namespace

TEST_CASE("plain frames are decoded as all others are, damaged and cut ones too") {
  const Octets options = test::hex("4600 0028 00000000 4006 0000 c0000201 c0000202") + test::filled(20);
  const Octets chain = test::ipv6_packet(0, test::hex("0600 0104 00000000"));
  const std::vector<Octets> frames = {
      test::ethernet_header(0x0800) + test::ipv4_packet(), test::ethernet_header(0x0800) + options,
      test::ethernet_header(0x86dd) + test::ipv6_packet(), test::ethernet_header(0x86dd) + chain,
      test::ethernet_header(0x8100) + test::hex("0001 0800") + test::ipv4_packet()};
  test::Random random(14);
  for (const Octets& original : frames) {
    for (std::size_t size = 0; size <= original.size(); ++size) REQUIRE(is_the_same(original, size));
    for (int i = 0; i < 5000; ++i) {
      Octets frame = original;
      for (std::uint64_t count = random.below(4); count > 0; --count) {
        frame[12 + random.below(12)] = static_cast<std::uint8_t>(random.next());
      }
      REQUIRE(is_the_same(frame, random.below(4) == 0 ? random.below(frame.size()) : frame.size()));
    }
  }
}
