// SPDX-License-Identifier: BSD-2-Clause
#include "packet/decode.hpp"

#include "link_samples.hpp"

using packet::Network;
using packet::Packet;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t ethernet = 1;

/// The short cut for plain frames and the long way must agree.
bool is_the_same(const Octets& frame, std::size_t size) {
  const test::Exact exact(frame, size);
  const packet::LinkType& link = packet::link_type(ethernet);
  return packet::decode(exact.bytes(), link) == packet::decode_any(exact.bytes(), link);
}

Packet on_ethernet(std::uint16_t type, const Octets& inside) {
  return test::decode(ethernet, test::ethernet_header(type) + inside);
}

/// An IPv4 packet with this field of flags and fragment offset.
Octets ipv4_fragment(std::uint16_t flags_and_offset, std::uint8_t protocol = test::udp) {
  Octets packet = test::ipv4_packet(protocol);
  packet[6] = static_cast<std::uint8_t>(flags_and_offset >> 8);
  packet[7] = static_cast<std::uint8_t>(flags_and_offset);
  return packet;
}

std::vector<std::uint16_t> positions(std::initializer_list<std::uint16_t> values) { return values; }

Octets ipv6_fragment(std::uint16_t offset_and_flags) {
  return test::ipv6_packet(44, hex("1100") + test::be16(offset_and_flags) + hex("00001234"));
}

}  // namespace

TEST_CASE("plain frames are decoded as all others are, damaged and cut ones too") {
  const Octets options = test::hex("4600 0028 00000000 4006 0000 c0000201 c0000202") + test::filled(20);
  const Octets chain = test::ipv6_packet(0, test::hex("0600 0104 00000000"));
  const std::vector<Octets> frames = {
      test::ethernet_header(0x0800) + test::ipv4_packet(),
      test::ethernet_header(0x0800) + options,
      test::ethernet_header(0x0800) + ipv4_fragment(0x2000),
      test::ethernet_header(0x0800) + ipv4_fragment(0x00b9),
      test::ethernet_header(0x86dd) + test::ipv6_packet(),
      test::ethernet_header(0x86dd) + chain,
      test::ethernet_header(0x86dd) + ipv6_fragment(0x0001),
      test::ethernet_header(0x0806) + test::filled(46),
      test::ethernet_header(0x8100) + test::hex("0001 0800") + test::ipv4_packet(),
      test::ethernet_header(0x8100) + test::hex("0001 0800") + ipv4_fragment(0x0001),
      test::ethernet_header(0x8100) + test::hex("0001 86dd") + test::ipv6_packet(),
      test::ethernet_header(0x8100) + test::hex("0001 8100 0002 0800") + test::ipv4_packet()};
  test::Random random(14);
  for (const Octets& original : frames) {
    for (std::size_t size = 0; size <= original.size(); ++size) REQUIRE(is_the_same(original, size));
    for (int i = 0; i < 5000; ++i) {
      Octets frame = original;
      for (std::uint64_t count = random.below(4); count > 0; --count) {
        frame[12 + random.below(16)] = static_cast<std::uint8_t>(random.next());
      }
      REQUIRE(is_the_same(frame, random.below(4) == 0 ? random.below(frame.size()) : frame.size()));
    }
  }
}

TEST_CASE("where the network layer and the transport begin") {
  SUBCASE("behind Ethernet and its tags") {
    const Packet plain = on_ethernet(0x0800, test::ipv4_packet());
    CHECK(plain.network_offset == 14);
    CHECK(plain.transport_offset == 34);
    const Packet tagged = on_ethernet(0x8100, hex("0001 86dd") + test::ipv6_packet());
    CHECK(tagged.network_offset == 18);
    CHECK(tagged.transport_offset == 58);
    const Packet twice = on_ethernet(0x88a8, hex("0001 8100 0002 0800") + test::ipv4_packet());
    CHECK(twice.network_offset == 22);
    CHECK(twice.transport_offset == 42);
    CHECK(on_ethernet(0x8100, hex("0001 0806") + test::filled(42)).network_offset == 18);
  }
  SUBCASE("behind every other link-layer header") {
    for (const test::LinkSample& sample : test::link_samples()) {
      CAPTURE(sample.link_number);
      CAPTURE(sample.what);
      const Packet four = test::decode(sample.link_number, sample.before_ipv4 + test::ipv4_packet());
      if (four.network == Network::ipv4) {
        CHECK(four.network_offset == sample.before_ipv4.size());
        CHECK(four.transport_offset == sample.before_ipv4.size() + 20);
      }
      const Packet six = test::decode(sample.link_number, sample.before_ipv6 + test::ipv6_packet());
      if (six.network == Network::ipv6 && six.protocol == test::udp) {
        CHECK(six.network_offset == sample.before_ipv6.size());
        CHECK(six.transport_offset == sample.before_ipv6.size() + 40);
      }
    }
  }
  SUBCASE("behind options and extension headers") {
    const Octets options = hex("4800 0034 00000000 4006 0000 c0000201 c0000202") + test::filled(32);
    CHECK(on_ethernet(0x0800, options).transport_offset == 14 + 32);
    const Octets chain = hex("0601 0104 00000000 0000000000000000") + test::filled(20);
    CHECK(on_ethernet(0x86dd, test::ipv6_packet(0, chain)).transport_offset == 14 + 40 + 16);
  }
  SUBCASE("no transport begins in later fragments, ARP, and headers that cannot be right") {
    CHECK(on_ethernet(0x0800, ipv4_fragment(0x0001)).transport_offset == 0);
    CHECK(on_ethernet(0x86dd, ipv6_fragment(0x0008)).transport_offset == 0);
    CHECK(on_ethernet(0x0806, test::filled(46)).transport_offset == 0);
    CHECK(on_ethernet(0x0800, hex("4400 0028") + test::filled(36)).transport_offset == 0);
    CHECK(on_ethernet(0x88cc, test::filled(46)).transport_offset == 0);
  }
}

TEST_CASE("fragments") {
  SUBCASE("of IPv4: the first, those between, the last") {
    for (const std::uint16_t position : positions({0x2000, 0x20b9, 0x00b9, 0x0001, 0x1fff})) {
      CAPTURE(position);
      CHECK(on_ethernet(0x0800, ipv4_fragment(position)).has(packet::Trait::ip_fragment));
      CHECK(on_ethernet(0x8100, hex("0001 8100 0002 0800") + ipv4_fragment(position))
                .has(packet::Trait::ip_fragment));
    }
    for (const std::uint16_t position : positions({0x0000, 0x4000, 0x8000, 0xc000})) {
      CAPTURE(position);
      CHECK_FALSE(on_ethernet(0x0800, ipv4_fragment(position)).has(packet::Trait::ip_fragment));
    }
  }
  SUBCASE("of IPv6") {
    for (const std::uint16_t position : positions({0x0001, 0x0009, 0x0008, 0xfff8})) {
      CAPTURE(position);
      CHECK(on_ethernet(0x86dd, ipv6_fragment(position)).has(packet::Trait::ip_fragment));
    }
    CHECK_FALSE(on_ethernet(0x86dd, test::ipv6_packet()).has(packet::Trait::ip_fragment));
  }
  SUBCASE("an atomic fragment is none (RFC 6946)") {
    CHECK_FALSE(on_ethernet(0x86dd, ipv6_fragment(0x0000)).has(packet::Trait::ip_fragment));
    CHECK_FALSE(on_ethernet(0x86dd, ipv6_fragment(0x0006)).has(packet::Trait::ip_fragment));  // reserved bits
  }
  SUBCASE("the first one's transport is where it is always, behind the fragment header") {
    CHECK(on_ethernet(0x0800, ipv4_fragment(0x2000)).transport_offset == 34);
    CHECK(on_ethernet(0x86dd, ipv6_fragment(0x0001)).transport_offset == 14 + 40 + 8);
  }
}

TEST_CASE("VLAN tags") {
  const Octets ipv4 = test::ipv4_packet();
  CHECK(on_ethernet(0x8100, hex("0001 0800") + ipv4).has(packet::Trait::vlan));
  CHECK(on_ethernet(0x88a8, hex("0001 0800") + ipv4).has(packet::Trait::vlan));
  CHECK(on_ethernet(0x9100, hex("0001 0800") + ipv4).has(packet::Trait::vlan));
  CHECK(on_ethernet(0x8100, hex("0001 8100 0002 0806") + test::filled(28)).has(packet::Trait::vlan));
  CHECK_FALSE(on_ethernet(0x0800, ipv4).has(packet::Trait::vlan));
  CHECK_FALSE(on_ethernet(0x8847, hex("00010140") + ipv4).has(packet::Trait::vlan));
  SUBCASE("before a network layer that is not known") {
    CHECK(on_ethernet(0x8100, hex("0001 88cc") + test::filled(46)).has(packet::Trait::vlan));
    CHECK(on_ethernet(0x8100, hex("0001 0026 424203") + test::filled(46)).has(packet::Trait::vlan));
    CHECK(on_ethernet(0x8100, {}).has(packet::Trait::vlan));
  }
  SUBCASE("behind other headers") {
    const Octets tagged = test::ethernet_header(0x8100) + hex("0001 0800") + ipv4;
    CHECK(on_ethernet(0x8847, hex("00010140 00000000") + tagged).has(packet::Trait::vlan));
    CHECK(test::decode(113, hex("0000 0001 0006 02005e0000010000 8100 0001 0800") + ipv4)
              .has(packet::Trait::vlan));
    CHECK(test::decode(10,
                       hex("50") + test::ethernet_addresses() + test::snap(0x8100) + hex("0001 0800") + ipv4)
              .has(packet::Trait::vlan));
  }
  SUBCASE("the inner one that Linux leaves when it has taken out the outer") {
    const Packet packet = test::decode(113, hex("0000 0001 0006 02005e0000010000 0800 0001 0800") + ipv4);
    CHECK(packet.has(packet::Trait::vlan));
    CHECK(packet.network_offset == 20);
    CHECK(packet.link_header_bytes == 16);
  }
  SUBCASE("but not inside a tunnel") {
    const Octets tagged = test::ethernet_header(0x8100) + hex("0001 0800") + ipv4;
    CHECK_FALSE(
        on_ethernet(0x0800, test::ipv4_packet(47, 0) + hex("0000 6558") + tagged).has(packet::Trait::vlan));
  }
}

TEST_CASE("a compressed IPv6 header (6LoWPAN) is not to be read as one") {
  // IPHC; hop limit 64, addresses by context, next header in line or UDP compressed.
  const Octets frame_header = hex("41cc 01 2222 0102030405060708 1112131415161718");
  const Packet tcp = test::decode(195, frame_header + hex("7a33 06") + test::filled(20));
  CHECK(tcp.network == Network::ipv6);
  CHECK(tcp.network_offset == packet::compressed_offset);
  CHECK(tcp.transport_offset == frame_header.size() + 3);
  const Packet udp = test::decode(195, frame_header + hex("7e33 f0 1234 5678 abcd"));
  CHECK(udp.protocol == test::udp);
  CHECK(udp.transport_offset == 0);
  const Octets frame = frame_header + hex("7a33 06") + test::filled(20);
  const packet::Bytes bytes(frame.data(), frame.size());
  CHECK(bytes.from(tcp.network_offset).size() == 0);
  CHECK_FALSE(bytes.has(tcp.network_offset + 40, 1));
}
