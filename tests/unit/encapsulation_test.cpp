// SPDX-License-Identifier: BSD-2-Clause
#include "packet/encapsulation.hpp"

#include "link_samples.hpp"

using packet::Network;
using packet::Packet;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t ethernet = 1;

/// An Ethernet frame of this type, whose payload is `inside`.
Packet on_ethernet(std::uint16_t type, const Octets& inside) {
  return test::decode(ethernet, test::ethernet_header(type) + inside);
}

/// The tags are stepped over, for IPv4 and IPv6; they are no part of the link-layer header; and every
/// beginning of the frame counts no more than was captured of it.
void check_tags(const std::string& what, std::uint16_t type, const Octets& before_ipv4,
                const Octets& before_ipv6) {
  CAPTURE(what);
  const Packet four = on_ethernet(type, before_ipv4 + test::ipv4_packet(test::icmp));
  CHECK(four.network == Network::ipv4);
  CHECK(four.protocol == test::icmp);
  CHECK(four.link_header_bytes == 14);
  const Packet six = on_ethernet(type, before_ipv6 + test::ipv6_packet(test::tcp));
  CHECK(six.network == Network::ipv6);
  CHECK(six.protocol == test::tcp);
  const Octets frame = test::ethernet_header(type) + before_ipv4 + test::ipv4_packet(test::icmp);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CAPTURE(size);
    const test::Exact cut(frame, size);
    const Packet packet = packet::decode(cut.bytes(), packet::link_type(ethernet));
    const bool is_transport_captured = size > 14 + before_ipv4.size() + 9;
    CHECK(packet.protocol == (is_transport_captured ? test::icmp : packet::protocol::unknown));
    CHECK((packet.network == Network::ipv4 || (packet.network == Network::other && !is_transport_captured)));
  }
}

/// Something that ends in an ethertype.
void check_typed(const std::string& what, std::uint16_t type, const Octets& start) {
  check_tags(what, type, start + test::be16(0x0800), start + test::be16(0x86dd));
}

}  // namespace

TEST_CASE("tags between Ethernet and the network layer") {
  check_typed("VLAN", 0x8100, hex("2064"));
  check_typed("VLAN in VLAN", 0x8100, hex("2064 8100 0065"));
  check_typed("QinQ, IEEE 802.1ad", 0x88a8, hex("2064 8100 0065"));
  check_typed("QinQ, as it was before", 0x9100, hex("2064 8100 0065"));
  check_typed("five tags", 0x88a8, hex("0001 88a8 0002 9100 0003 8100 0004 8100 0005"));
  check_typed("MACsec, authenticated only", 0x88e5, hex("00 00 00000001"));
  check_typed("MACsec, with a channel identifier", 0x88e5, hex("20 00 00000001 02005e0000020001"));
  check_typed("VN-Tag", 0x8926, hex("00000000"));
  check_typed("HSR", 0x892f, hex("1034 0001"));
  check_typed("R-Tag", 0xf1c1, hex("0000 0001"));
  check_typed("provider backbone bridge", 0x88e7, hex("00000001") + test::ethernet_addresses());
  check_typed("LLC and SNAP", 60, hex("aaaa03 000000"));
  check_typed("LLC and SNAP in a VLAN", 0x8100, hex("0064 0040 aaaa03 000000"));
  check_typed("transparent Ethernet bridging", 0x6558, test::ethernet_addresses());
  check_typed("TRILL", 0x22f3, hex("0000 0001 0002") + test::ethernet_addresses());
  check_typed("TRILL, 8 bytes of options", 0x22f3,
              hex("0080 0001 0002 0102030405060708") + test::ethernet_addresses());
}

TEST_CASE("PPP over Ethernet") {
  check_tags("session", 0x8864, hex("1100 0001 002a 0021"), hex("1100 0001 003e 0057"));
  check_tags("in a VLAN", 0x8100, hex("0064 8864 1100 0001 002a 0021"), hex("0064 8864 1100 0001 003e 0057"));
  SUBCASE("discovery and LCP are no IP") {
    CHECK(on_ethernet(0x8863, hex("1109 0000 0004 01010000")).network == Network::other);
    CHECK(on_ethernet(0x8864, hex("1100 0001 000a c021 0101 0008")).network == Network::other);
  }
}

TEST_CASE("MPLS") {
  check_tags("one label", 0x8847, hex("00010140"), hex("00010140"));
  check_tags("three labels", 0x8847, hex("00010040 00011040 00012140"), hex("00010040 00011040 00012140"));
  check_tags("explicit null", 0x8847, hex("00000140"), hex("00002140"));
  check_tags("multicast", 0x8848, hex("00010140"), hex("00010140"));
  SUBCASE("a stack that does not end within the captured bytes") {
    CHECK(on_ethernet(0x8847, hex("00010040 00011040")).network == Network::other);
    CHECK(on_ethernet(0x8847, test::filled(4000)).network == Network::other);
  }
  SUBCASE("what is neither version 4 nor 6 is no IP") {
    CHECK(on_ethernet(0x8847, hex("00010140 20000000") + test::filled(40)).network == Network::other);
  }
  SUBCASE("Ethernet in a pseudowire, behind its control word (RFC 4448)") {
    const Packet packet =
        on_ethernet(0x8847, hex("00010140 00000000") + test::ethernet_header(0x0800) + test::ipv4_packet());
    CHECK(packet.network == Network::ipv4);
    CHECK(packet.protocol == test::tcp);
  }
}

TEST_CASE("network service headers (RFC 8300)") {
  const Octets context = test::filled(16);
  CHECK(on_ethernet(0x894f, hex("0fc2 02 01 0000ff01") + test::ipv4_packet()).network == Network::ipv4);
  CHECK(on_ethernet(0x894f, hex("0fc6 01 02 0000ff01") + context + test::ipv6_packet()).network ==
        Network::ipv6);
  const Packet packet = on_ethernet(
      0x894f, hex("0fc6 01 03 0000ff01") + context + test::ethernet_header(0x0800) + test::ipv4_packet());
  CHECK(packet.network == Network::ipv4);
  CHECK(on_ethernet(0x894f, hex("0fc2 02 05 0000ff01 00010140") + test::ipv4_packet()).network ==
        Network::ipv4);
  SUBCASE("a length that cannot be right") {
    CHECK(on_ethernet(0x894f, hex("0fc1 02 01 0000ff01") + test::ipv4_packet()).network == Network::other);
    CHECK(on_ethernet(0x894f, hex("0fc0 02 01 0000ff01") + test::ipv4_packet()).network == Network::other);
  }
}

TEST_CASE("what is between is not always stepped over") {
  SUBCASE("MACsec that is encrypted") {
    CHECK(on_ethernet(0x88e5, hex("0c 00 00000001 0800") + test::ipv4_packet()).network == Network::other);
    CHECK(on_ethernet(0x88e5, hex("2c 00 00000001 02005e0000020001 0800") + test::ipv4_packet()).network ==
          Network::other);
  }
  SUBCASE("LLC that is no unnumbered information, other SAPs and organizations") {
    CHECK(on_ethernet(60, hex("aaaa7f 000000 0800") + test::ipv4_packet()).network == Network::other);
    CHECK(on_ethernet(60, hex("424203 0000000000")).network == Network::other);  // spanning tree
    CHECK(on_ethernet(60, hex("aaaa03 00000c 0800") + test::ipv4_packet()).network ==
          Network::other);                                                             // Cisco
    CHECK(on_ethernet(60, hex("ffff") + test::filled(40)).network == Network::other);  // Novell
  }
  SUBCASE("IP straight behind LLC") {
    CHECK(on_ethernet(60, hex("060603") + test::ipv4_packet()).network == Network::ipv4);
    // RFC 1042 carries ARP in SNAP; nothing is read behind the SAP that IEEE 802 gave it.
    CHECK(on_ethernet(60, hex("989803") + test::filled(28)).network == Network::other);
  }
  SUBCASE("an unknown ethertype") {
    CHECK(on_ethernet(0x88cc, test::ipv4_packet()).network == Network::other);  // LLDP
    CHECK(on_ethernet(0x0000, test::ipv4_packet()).network == Network::other);
    CHECK(on_ethernet(0xffff, test::ipv4_packet()).network == Network::other);
  }
}

TEST_CASE("the outermost network layer counts") {
  SUBCASE("IPv6 in IPv4 is IPv4") {
    const Packet packet = on_ethernet(0x0800, test::ipv4_packet(41, 0) + test::ipv6_packet());
    CHECK(packet.network == Network::ipv4);
    CHECK(packet.protocol == 41);
  }
  SUBCASE(
      "an ethertype says IPv4 whatever the version field says; with another version there is no transport") {
    Octets wrong = test::ipv4_packet();
    wrong[0] = 0x65;
    const Packet packet = on_ethernet(0x0800, wrong);
    CHECK(packet.network == Network::ipv4);
    CHECK(packet.protocol == packet::protocol::unknown);
  }
}

TEST_CASE("a frame cut right behind the ethertype counts as what the ethertype says") {
  CHECK(on_ethernet(0x0806, {}).network == Network::arp);
  CHECK(on_ethernet(0x0800, {}).network == Network::ipv4);
  CHECK(on_ethernet(0x86dd, {}).network == Network::ipv6);
}

TEST_CASE("a made-up frame of nothing but tags ends") {
  Octets tags;
  for (int i = 0; i < 16000; ++i) tags = tags + hex("0001 8100");
  CHECK(on_ethernet(0x8100, tags).network == Network::other);
  Octets nested;
  for (int i = 0; i < 4000; ++i) nested = nested + test::ethernet_header(0x6558);
  CHECK(test::decode(ethernet, nested).network == Network::other);
}

TEST_CASE("random tags in random order do no harm") {
  constexpr std::uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8864, 0x88e5,
                                     0x88e7, 0x8926, 0x892f, 0x894f, 0xd28b, 0xf1c1, 0x22f3,
                                     0x6558, 0x880b, 0x0040, 0x0800, 0x86dd};
  test::Random random(4);
  for (int i = 0; i < 20000; ++i) {
    Octets frame = test::ethernet_addresses();
    while (frame.size() < 20 + random.below(150)) {
      frame = frame + test::be16(types[random.below(std::size(types))]);
      for (std::uint64_t count = random.below(18); count > 0; --count) {
        frame.push_back(static_cast<std::uint8_t>(random.spread(255)));
      }
    }
    frame.resize(random.below(frame.size()) + 1);
    (void)test::decode(ethernet, frame);
  }
}
