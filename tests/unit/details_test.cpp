// SPDX-License-Identifier: BSD-2-Clause
#include "packet/details.hpp"

#include <algorithm>

#include "link_samples.hpp"

using packet::Cast;
using packet::Trait;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t ethernet = 1, raw = 101;

/// What is told of the first `size` octets of the frame.
bool has(Trait trait, std::uint32_t link_number, const Octets& frame, std::size_t size) {
  const test::Exact exact(frame, size);
  const packet::LinkType& link = packet::link_type(link_number);
  const unsigned traits = packet::traits_of(exact.bytes(), link, packet::decode(exact.bytes(), link));
  return (traits & static_cast<unsigned>(trait)) != 0;
}

Cast cast(std::uint32_t link_number, const Octets& frame, std::size_t size) {
  const bool is_multicast = has(Trait::multicast, link_number, frame, size);
  const bool is_broadcast = has(Trait::broadcast, link_number, frame, size);
  REQUIRE_FALSE((is_multicast && is_broadcast));
  return is_broadcast ? Cast::broadcast : is_multicast ? Cast::multicast : Cast::unicast;
}

Cast cast(std::uint32_t link_number, const Octets& frame) { return cast(link_number, frame, frame.size()); }

bool has_flags(std::uint32_t link_number, const Octets& frame, std::size_t size) {
  return has(Trait::tcp_syn, link_number, frame, size) || has(Trait::tcp_fin, link_number, frame, size) ||
         has(Trait::tcp_rst, link_number, frame, size);
}

bool has_flags(std::uint32_t link_number, const Octets& frame) {
  return has_flags(link_number, frame, frame.size());
}

/// A TCP header with these flags.
Octets tcp_header(std::uint8_t flags) {
  return hex("3039 0050 00000001 00000000 50") + Octets{flags} + hex("ffff 0000 0000");
}

Octets ipv4_with(const Octets& payload, std::uint16_t flags_and_offset = 0) {
  return hex("4500") + test::be16(static_cast<std::uint16_t>(20 + payload.size())) + hex("0001") +
         test::be16(flags_and_offset) + hex("4006 0000 c0000201 c0000202") + payload;
}

Octets ipv4_to(std::string_view destination) {
  Octets packet = test::ipv4_packet(test::udp);
  packet.resize(16);
  return packet + hex(destination) + test::filled(20);
}

Octets ipv6_to(std::string_view first_octet) {
  Octets packet = test::ipv6_packet();
  packet[24] = hex(first_octet)[0];
  return packet;
}

/// Ethernet of this destination, something inside.
Octets to(std::string_view destination) {
  return hex(destination) + hex("02005e000002 0800") + test::ipv4_packet();
}

}  // namespace

TEST_CASE("the flags of TCP that open and close") {
  for (unsigned flags = 0; flags < 256; ++flags) {
    CAPTURE(flags);
    const Octets segment = tcp_header(static_cast<std::uint8_t>(flags));
    for (const Octets& frame : {test::ethernet_header(0x0800) + ipv4_with(segment),
                                test::ethernet_header(0x86dd) + test::ipv6_packet(test::tcp, segment),
                                test::ethernet_header(0x8100) + hex("0001 0800") + ipv4_with(segment)}) {
      CHECK(has(Trait::tcp_fin, ethernet, frame, frame.size()) == ((flags & 1) != 0));
      CHECK(has(Trait::tcp_syn, ethernet, frame, frame.size()) == ((flags & 2) != 0));
      CHECK(has(Trait::tcp_rst, ethernet, frame, frame.size()) == ((flags & 4) != 0));
    }
  }
}

TEST_CASE("flags are read only where a TCP header was captured") {
  const Octets segment = tcp_header(0xff);
  SUBCASE("up to their octet") {
    const Octets frame = test::ethernet_header(0x0800) + ipv4_with(segment);
    for (std::size_t size = 0; size <= frame.size(); ++size) {
      CAPTURE(size);
      CHECK(has_flags(ethernet, frame, size) == (size > 14 + 20 + 13));
    }
  }
  SUBCASE("not of another protocol") {
    Octets udp = ipv4_with(segment);
    udp[9] = test::udp;
    CHECK_FALSE(has_flags(ethernet, test::ethernet_header(0x0800) + udp));
  }
  SUBCASE("of a first fragment, not of a later one") {
    CHECK(has_flags(raw, ipv4_with(segment, 0x2000)));
    CHECK_FALSE(has_flags(raw, ipv4_with(segment, 0x0001)));
    const Octets later = test::ipv6_packet(44, hex("0600 0009 00001234") + segment);
    CHECK_FALSE(has_flags(raw, later));
    const Octets first = test::ipv6_packet(44, hex("0600 0001 00001234") + segment);
    CHECK(has_flags(raw, first));
  }
  SUBCASE("not in the padding behind a packet that ends before") {
    for (std::uint16_t total_bytes = 20; total_bytes <= 40; ++total_bytes) {
      CAPTURE(total_bytes);
      Octets packet = ipv4_with(segment);
      packet[3] = static_cast<std::uint8_t>(total_bytes);
      CHECK(has_flags(raw, packet) == (total_bytes > 33));
    }
    for (std::uint16_t payload_bytes = 1; payload_bytes <= 20; ++payload_bytes) {
      CAPTURE(payload_bytes);
      Octets packet = test::ipv6_packet(test::tcp, segment);
      packet[5] = static_cast<std::uint8_t>(payload_bytes);
      CHECK(has_flags(raw, packet) == (payload_bytes > 13));
    }
  }
  SUBCASE("where segmentation is left to the hardware, the length is 0") {
    Octets packet = ipv4_with(segment);
    packet[2] = packet[3] = 0;
    CHECK(has_flags(raw, packet));
    Octets six = test::ipv6_packet(test::tcp, segment);
    six[4] = six[5] = 0;
    CHECK(has_flags(raw, six));
  }
  SUBCASE("not of what a tunnel carries: the outermost network layer counts") {
    Octets outer = ipv4_with(ipv4_with(segment));
    outer[9] = 4;
    CHECK_FALSE(has_flags(raw, outer));
  }
}

TEST_CASE("Ethernet tells by the destination address") {
  CHECK(cast(ethernet, to("02005e000001")) == Cast::unicast);
  CHECK(cast(ethernet, to("01005e000001")) == Cast::multicast);
  CHECK(cast(ethernet, to("333300000001")) == Cast::multicast);
  CHECK(cast(ethernet, to("ffffffffffff")) == Cast::broadcast);
  SUBCASE("all of it") {
    CHECK(cast(ethernet, to("fffffffffffe")) == Cast::multicast);
    CHECK(cast(ethernet, to("ffff7fffffff")) == Cast::multicast);
    CHECK(cast(ethernet, to("fdffffffffff")) == Cast::multicast);
    CHECK(cast(ethernet, to("feffffffffff")) == Cast::unicast);
  }
  SUBCASE("whatever is inside, and whatever that says") {
    CHECK(cast(ethernet, hex("ffffffffffff 02005e000002 0806") + test::filled(46)) == Cast::broadcast);
    CHECK(cast(ethernet, hex("01005e000001 02005e000002 88cc") + test::filled(46)) == Cast::multicast);
    CHECK(cast(ethernet, hex("02005e000001 02005e000002 0800") + ipv4_to("e0000001")) == Cast::unicast);
  }
  SUBCASE("not where it was not captured") {
    for (std::size_t size = 0; size < 8; ++size) {
      CHECK(cast(ethernet, to("ffffffffffff"), size) == (size < 6 ? Cast::unicast : Cast::broadcast));
    }
  }
}

TEST_CASE("other link layers that tell by an address") {
  struct Sample {
    std::uint32_t link_number;
    std::string before, unicast, multicast, after;  // broadcast is all ones
  };
  const std::string wireless = "2c00 ", addresses = " 02005e000002 02005e000003 1000";
  const std::string juniper = "4d4743 00 ";
  const std::vector<Sample> samples = {
      {6, "1040", "02005e000001", "c00000000100", ""},         // sent from the highest bit on: the group bit
      {10, "50", "01005e000001", "800000000001", ""},          // is the first one
      {105, "0802 2c00", "02005e000001", "01005e000001", ""},  // from the distribution system
      {105, "0801 2c00 ffffffffffff 02005e000002", "02005e000001", "01005e000001", "1000"},  // to it
      {105, "8000 0000", "02005e000001", "01005e000001", addresses},                         // management
      {105, "d400 0000", "02005e000001", "01005e000001", ""},                                // control
      {119, "80211001 0000000c 00000000 0802 2c00", "02005e000001", "01005e000001", ""},
      {122, "1000", "02005e000001", "01005e000001", "0000 02005e000002"},
      {127, "0000 0800 00000000 0802 2c00", "02005e000001", "01005e000001", ""},
      {163, "80211001 00000008 0802 2c00", "02005e000001", "01005e000001", ""},
      {178, juniper, "02005e000001", "01005e000001", ""},
      {178, "4d4743 80 0003 010203", "02005e000001", "01005e000001", ""},
      {192, "00 00 0800 01000000", "02005e000001", "01005e000001", ""},
      {192, "00 00 0800 69000000 0802 2c00", "02005e000001", "01005e000001", ""},
      {240, "00000000", "02005e000001", "01005e000001", ""},
      {259, "555555555555 55d5", "02005e000001", "01005e000001", ""},
      {274, "555555555555 55d5", "02005e000001", "01005e000001", ""},
      {281, "", "02005e000001", "01005e000001", ""},
      {282, "00000000", "02005e000001", "01005e000001", ""},
      {284, "", "02005e000001", "01005e000001", ""},
      {285, "", "02005e000001", "01005e000001", ""},
  };
  for (const Sample& sample : samples) {
    CAPTURE(sample.link_number);
    CAPTURE(sample.before);
    const Octets before = hex(sample.before), after = hex(sample.after) + test::filled(40);
    CHECK(cast(sample.link_number, before + hex(sample.unicast) + after) == Cast::unicast);
    CHECK(cast(sample.link_number, before + hex(sample.multicast) + after) == Cast::multicast);
    CHECK(cast(sample.link_number, before + hex("ffffffffffff") + after) == Cast::broadcast);
  }
  SUBCASE("each of them has a sample, here or below") {
    constexpr std::uint32_t elsewhere[] = {ethernet, 7, 113, 129, 149, 258, 276};
    for (const packet::LinkType& row : packet::link_types()) {
      CAPTURE(row.number);
      const auto has_number = [&](const Sample& sample) { return sample.link_number == row.number; };
      const bool is_tested =
          std::ranges::any_of(samples, has_number) || std::ranges::count(elsewhere, row.number) > 0;
      CHECK(is_tested == (row.cast != nullptr));
    }
  }
  SUBCASE("Prism's header has 144 octets") {
    const Octets before = test::filled(144) + hex("0802 2c00");
    CHECK(cast(119, before + hex("ffffffffffff") + test::filled(30)) == Cast::broadcast);
  }
  SUBCASE("what Apple puts before a frame names its link type") {
    const Octets on_ethernet = test::le32(108) + test::le32(1) + test::le32(1) + test::filled(96);
    const Octets on_raw = test::le32(108) + test::le32(1) + test::le32(101) + test::filled(96);
    for (const std::uint32_t number : {149U, 258U}) {
      CHECK(cast(number, on_ethernet + to("ffffffffffff")) == Cast::broadcast);
      CHECK(cast(number, on_raw + ipv4_to("e0000001")) == Cast::multicast);
    }
  }
  SUBCASE("ARCNET knows broadcast only") {
    for (const std::uint32_t number : {7U, 129U}) {
      CHECK(cast(number, hex("01 00 0000 f0") + test::filled(40)) == Cast::broadcast);
      CHECK(cast(number, hex("01 ff 0000 f0") + test::filled(40)) == Cast::unicast);
      CHECK(cast(number, hex("01")) == Cast::unicast);
    }
  }
}

TEST_CASE("Linux's cooked captures tell by the packet type") {
  constexpr std::uint8_t to_us = 0, broadcast = 1, multicast = 2, to_other = 3, outgoing = 4;
  const auto check = [](std::uint8_t type, const Octets& packet, Cast expected) {
    const Octets version_1 = Octets{0, type} + hex("0001 0006 02005e0000010000 0800");
    const Octets version_2 = hex("0800 0000 00000002 0001") + Octets{type} + hex("06 02005e0000010000");
    CHECK(cast(113, version_1 + packet) == expected);
    CHECK(cast(276, version_2 + packet) == expected);
  };
  check(to_us, ipv4_to("e0000001"), Cast::unicast);
  check(broadcast, test::ipv4_packet(), Cast::broadcast);
  check(multicast, test::ipv4_packet(), Cast::multicast);
  check(to_other, ipv4_to("ffffffff"), Cast::unicast);
  SUBCASE("but for what this host sends, for which IP does") {
    check(outgoing, test::ipv4_packet(), Cast::unicast);
    check(outgoing, ipv4_to("e0000001"), Cast::multicast);
    check(outgoing, ipv4_to("ffffffff"), Cast::broadcast);
  }
  SUBCASE("nor where it was not captured") {
    CHECK(cast(113, hex("00")) == Cast::unicast);
    CHECK(cast(276, hex("0800 0000 00000002 0001")) == Cast::unicast);
  }
}

TEST_CASE("where the link layer does not tell, the IP destination does") {
  CHECK(cast(raw, ipv4_to("c0000202")) == Cast::unicast);
  CHECK(cast(raw, ipv4_to("dfffffff")) == Cast::unicast);
  CHECK(cast(raw, ipv4_to("e0000000")) == Cast::multicast);
  CHECK(cast(raw, ipv4_to("efffffff")) == Cast::multicast);
  CHECK(cast(raw, ipv4_to("f0000000")) == Cast::unicast);
  CHECK(cast(raw, ipv4_to("fffffffe")) == Cast::unicast);
  CHECK(cast(raw, ipv4_to("ffffffff")) == Cast::broadcast);
  CHECK(cast(raw, ipv6_to("fe")) == Cast::unicast);
  CHECK(cast(raw, ipv6_to("ff")) == Cast::multicast);
  CHECK(cast(0, hex("02000000") + ipv4_to("e0000001")) == Cast::multicast);  // loopback
  CHECK(cast(9, hex("ff03 0057") + ipv6_to("ff")) == Cast::multicast);       // PPP
  SUBCASE("nor where the header is damaged or cut: unicast") {
    Octets damaged = ipv4_to("e0000001");
    damaged[0] = 0x44;
    CHECK(cast(228, damaged) == Cast::unicast);
    CHECK(cast(raw, ipv4_to("ffffffff"), 19) == Cast::unicast);
    CHECK(cast(raw, ipv6_to("ff"), 24) == Cast::unicast);
    CHECK(cast(127, hex("0000 ffff 00000000") + test::filled(40)) == Cast::unicast);
    CHECK(cast(178, hex("4d4743 02") + ipv4_to("e0000001")) == Cast::unicast);
  }
  SUBCASE("nor where it is compressed") {
    const Octets frame_header = hex("41cc 01 2222 0102030405060708 1112131415161718");
    CHECK(cast(195, frame_header + hex("7a33 06") + test::filled(40, 0xff)) == Cast::unicast);
  }
}

TEST_CASE("random octets of every link type do no harm") {
  test::Random random(6);
  for (const packet::LinkType& row : packet::link_types()) {
    for (int i = 0; i < 300; ++i) {
      Octets frame(random.below(120));
      for (std::uint8_t& octet : frame) octet = static_cast<std::uint8_t>(random.spread(255));
      REQUIRE(cast(row.number, frame) <= Cast::broadcast);
    }
  }
}
