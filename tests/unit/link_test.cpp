// SPDX-License-Identifier: BSD-2-Clause
#include "packet/link.hpp"

#include <algorithm>
#include <string>

#include "link_samples.hpp"

using packet::Network;
using packet::Packet;
using test::hex;
using test::LinkSample;
using test::Octets;

namespace {

constexpr std::uint32_t ipv4_only[] = {19, 106, 228}, ipv6_only[] = {229};

bool carries_ipv4(const LinkSample& sample) {
  return (sample.is_bare || !sample.before_ipv4.empty()) &&
         std::ranges::count(ipv6_only, sample.link_number) == 0;
}

bool carries_ipv6(const LinkSample& sample) {
  return (sample.is_bare || !sample.before_ipv6.empty()) &&
         std::ranges::count(ipv4_only, sample.link_number) == 0;
}

/// Every beginning of `frame` decodes to what the whole one does, or to less: nothing is counted
/// that was not captured. `protocol_at` is where the transport is named.
void check_beginnings(const LinkSample& sample, const Octets& frame, std::size_t protocol_at) {
  const Packet whole = test::decode(sample.link_number, frame);
  for (std::size_t size = 0; size < frame.size(); ++size) {
    CAPTURE(size);
    const test::Exact cut(frame, size);
    const Packet packet = packet::decode(cut.bytes(), packet::link_type(sample.link_number));
    REQUIRE((packet.network == whole.network || packet.network == Network::other));
    REQUIRE((packet.protocol == whole.protocol || packet.protocol == packet::protocol::unknown));
    if (size <= protocol_at) REQUIRE(packet.protocol == packet::protocol::unknown);
    if (size > protocol_at) REQUIRE(packet.protocol == whole.protocol);
  }
}

}  // namespace

TEST_CASE("every link type has a sample here") {
  constexpr std::uint32_t in_ieee802_15_4_test[] = {195, 215, 230, 283};
  constexpr std::uint32_t without_network[] = {139, 201, 209, 245, 254};
  const auto samples = test::link_samples();
  for (const packet::LinkType& row : packet::link_types()) {
    CAPTURE(row.number);
    CAPTURE(std::string(row.name));
    const auto has_number = [&](const LinkSample& sample) { return sample.link_number == row.number; };
    const bool is_elsewhere = std::ranges::count(in_ieee802_15_4_test, row.number) > 0 ||
                              std::ranges::count(without_network, row.number) > 0;
    CHECK((is_elsewhere || std::ranges::any_of(samples, has_number)));
    CHECK(row.is_decoded);
    CHECK(packet::link_type(row.number).name == std::string(row.name));
  }
}

TEST_CASE("IPv4 and IPv6 are found behind every header, and the header has its true length") {
  for (const LinkSample& sample : test::link_samples()) {
    CAPTURE(sample.link_number);
    CAPTURE(sample.what);
    if (carries_ipv4(sample)) {
      const Packet packet =
          test::decode(sample.link_number, sample.before_ipv4 + test::ipv4_packet(test::tcp));
      CHECK(packet.network == Network::ipv4);
      CHECK(packet.protocol == test::tcp);
      CHECK(packet.link_header_bytes == sample.header_bytes);
    }
    if (carries_ipv6(sample)) {
      const Packet packet =
          test::decode(sample.link_number, sample.before_ipv6 + test::ipv6_packet(test::udp));
      CHECK(packet.network == Network::ipv6);
      CHECK(packet.protocol == test::udp);
      CHECK(packet.link_header_bytes == sample.header_bytes);
    }
  }
}

TEST_CASE("a frame that is cut short counts as far as it was captured") {
  for (const LinkSample& sample : test::link_samples()) {
    CAPTURE(sample.link_number);
    CAPTURE(sample.what);
    if (carries_ipv4(sample)) {
      const Octets frame = sample.before_ipv4 + test::ipv4_packet(test::tcp);
      if (test::decode(sample.link_number, frame).network == Network::ipv4) {
        check_beginnings(sample, frame, sample.before_ipv4.size() + 9);
      }
    }
    if (carries_ipv6(sample)) {
      const Octets frame = sample.before_ipv6 + test::ipv6_packet(test::udp);
      if (test::decode(sample.link_number, frame).network == Network::ipv6) {
        check_beginnings(sample, frame, sample.before_ipv6.size() + 6);
      }
    }
  }
}

TEST_CASE("random octets of every length do no harm, whatever the link type") {
  test::Random random(3);
  for (std::uint32_t number = 0; number < 300; ++number) {
    for (std::size_t size = 0; size < 200; size += 1 + random.below(5)) {
      Octets frame(size);
      for (std::uint8_t& octet : frame) octet = static_cast<std::uint8_t>(random.spread(255));
      (void)test::decode(number, frame);
    }
  }
}

TEST_CASE("a link type that is not in the table counts as packets and bytes") {
  for (const std::uint32_t number : {2U, 147U, 65535U, 65536U, 65537U, 0xffffffffU}) {
    CAPTURE(number);
    CHECK_FALSE(packet::link_type(number).is_decoded);
    const Packet packet = test::decode(number, test::ethernet_header(0x0800) + test::ipv4_packet());
    CHECK(packet.network == Network::other);
    CHECK(packet.protocol == packet::protocol::unknown);
    CHECK(packet.link_header_bytes == 0);
  }
}

TEST_CASE("ARP behind link types that have it") {
  const Octets arp = hex("0001 0800 06 04 0001 02005e000002 c0000201 000000000000 c0000202");
  CHECK(test::decode(1, test::ethernet_header(0x0806) + arp).network == Network::arp);
  CHECK(test::decode(1, test::ethernet_header(0x8035) + arp).network == Network::arp);  // RARP
  CHECK(test::decode(7, hex("01 02 d5 00 0001") + arp).network == Network::arp);
  CHECK(test::decode(7, hex("01 02 f1") + arp).network == Network::arp);
  CHECK(test::decode(113, hex("0000 0001 0006 02005e0000010000 0806") + arp).network == Network::arp);
  CHECK(test::decode(10, hex("50") + test::ethernet_addresses() + test::snap(0x0806) + arp).network ==
        Network::arp);
  SUBCASE("but SLARP on Cisco's serial lines is none, though it has RARP's number") {
    CHECK(
        test::decode(104, hex("8f00 8035 00000002 00000001 00000000 ffff 0000") + test::filled(4)).network ==
        Network::other);
  }
}

TEST_CASE("LLC frames in cooked captures") {
  const Octets start = hex("0000 0001 0006 02005e0000010000 0004");
  const Packet packet = test::decode(113, start + test::snap(0x0800) + test::ipv4_packet());
  CHECK(packet.network == Network::ipv4);
  CHECK(packet.link_header_bytes == 16);
}

TEST_CASE("a link type inside a header that would lead to another such header ends there") {
  const Octets ppi_in_ppi = hex("00 00 0800 c0000000");
  Octets frame;
  for (int i = 0; i < 1000; ++i) frame = frame + ppi_in_ppi;
  CHECK(test::decode(192, frame).network == Network::other);
  const Octets pktap = test::le32(108) + test::le32(1) + test::le32(258) + test::filled(96);
  CHECK(test::decode(258, pktap + pktap + pktap).network == Network::other);
}
