// SPDX-License-Identifier: BSD-2-Clause
#include "support.hpp"

using packet::Network;
using packet::Packet;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t with_fcs = 195, nonask_phy = 215, no_fcs = 230, tap = 283;

/// 6LoWPAN: IPHC with everything elided but the next header, then UDP compressed (RFC 6282).
Octets iphc_udp() { return hex("7e33 f3 12"); }

/// Frame control (as it is sent: low byte first), then the rest of the header.
void check(const std::string& what, const Octets& header) {
  CAPTURE(what);
  const Packet packet = test::decode(no_fcs, header + iphc_udp());
  CHECK(packet.network == Network::ipv6);
  CHECK(packet.protocol == test::udp);
  CHECK(packet.link_header_bytes == header.size());
}

const std::string_view short_address = "0100", extended_address = "0102030405060708";

Octets frame(std::string_view control, std::initializer_list<std::string_view> fields) {
  Octets octets = hex(control) + hex("2a");
  for (const auto field : fields) octets = octets + hex(field);
  return octets;
}

}  // namespace

TEST_CASE("IEEE 802.15.4-2003 and -2006: addresses of every kind") {
  check("short to short, one PAN", frame("4198", {"cdab", short_address, short_address}));
  check("short to short, two PANs", frame("0198", {"cdab", short_address, "cdab", short_address}));
  check("extended to extended, one PAN", frame("41dc", {"cdab", extended_address, extended_address}));
  check("extended to extended, two PANs",
        frame("01dc", {"cdab", extended_address, "dcba", extended_address}));
  check("extended to short, one PAN", frame("41d8", {"cdab", short_address, extended_address}));
  check("short to extended, one PAN, version 0", frame("418c", {"cdab", extended_address, short_address}));
  check("to the coordinator: no destination", frame("0190", {"cdab", short_address}));
  check("from the coordinator: no source", frame("0118", {"cdab", short_address}));
  check("acknowledgement asked for, more pending", frame("7198", {"cdab", short_address, short_address}));
}

TEST_CASE("IEEE 802.15.4-2015: which PAN identifiers are there (table 7-2)") {
  check("neither address, no PAN", frame("0120", {}));
  check("neither address, compressed: a PAN", frame("4120", {"cdab"}));
  check("destination alone: its PAN", frame("0128", {"cdab", short_address}));
  check("destination alone, compressed", frame("4128", {short_address}));
  check("source alone: its PAN", frame("01a0", {"cdab", short_address}));
  check("source alone, compressed", frame("41a0", {short_address}));
  check("extended to extended: one PAN", frame("01ec", {"cdab", extended_address, extended_address}));
  check("extended to extended, compressed: none", frame("41ec", {extended_address, extended_address}));
  check("short to short: both", frame("01a8", {"cdab", short_address, "dcba", short_address}));
  check("short to short, compressed: one", frame("41a8", {"cdab", short_address, short_address}));
  check("extended to short: both", frame("01e8", {"cdab", short_address, "dcba", extended_address}));
  SUBCASE("a sequence number that is suppressed") {
    const Octets header = hex("41a9") + hex("cdab 0100 0100");
    check("suppressed", header);
  }
}

TEST_CASE("IEEE 802.15.4-2015: information elements") {
  const Octets start = frame("41aa", {"cdab", short_address, short_address});
  SUBCASE("header elements, then the payload") {
    check("time correction, termination 2", start + hex("020f 0180") + hex("803f"));
    check("termination 2 alone", start + hex("803f"));
  }
  SUBCASE("termination 1: payload elements follow, which end with a termination of their own") {
    check("termination 1, one payload element, termination",
          start + hex("003f") + hex("0488 01020304") + hex("00f8"));
  }
}

TEST_CASE("IEEE 802.15.4 frames without a payload to be read") {
  const Octets addresses = hex("cdab 0100 0100");
  CHECK(test::decode(no_fcs, hex("4098 2a") + addresses + iphc_udp()).network == Network::other);  // beacon
  CHECK(test::decode(no_fcs, hex("4398 2a") + addresses + iphc_udp()).network == Network::other);  // command
  CHECK(test::decode(no_fcs, hex("4998 2a") + addresses + iphc_udp()).network == Network::other);  // secured
  CHECK(test::decode(no_fcs, hex("0200 2a")).network == Network::other);              // acknowledgement
  CHECK(test::decode(no_fcs, hex("4198 2a") + addresses).network == Network::other);  // nothing captured
  CHECK(test::decode(no_fcs, hex("4198 2a") + addresses + hex("00 0102")).network ==
        Network::other);  // not 6LoWPAN
}

TEST_CASE("the other link types of IEEE 802.15.4") {
  const Octets frame = hex("4198 2a cdab 0100 0100") + iphc_udp();
  SUBCASE("with a frame check sequence") {
    const Packet packet = test::decode(with_fcs, frame + hex("1234"));
    CHECK(packet.network == Network::ipv6);
    CHECK(packet.link_header_bytes == 9);
  }
  SUBCASE("with a physical layer header: preamble, start, length") {
    const Packet packet = test::decode(nonask_phy, hex("00000000 a7 0d") + frame);
    CHECK(packet.protocol == test::udp);
    CHECK(packet.link_header_bytes == 15);
  }
  SUBCASE("with TLVs") {
    const Packet packet = test::decode(tap, hex("00 00 1400 0000 0100 01000000 0300 0300 0b0000 00") + frame);
    CHECK(packet.protocol == test::udp);
    CHECK(packet.link_header_bytes == 29);
    CHECK(test::decode(tap, hex("00 00 0300 00000000") + frame).network == Network::other);
    CHECK(test::decode(tap, hex("00 00 ff00") + frame).network == Network::other);
  }
}

TEST_CASE("an IEEE 802.15.4 frame that is cut short counts as far as it was captured") {
  const Octets frame = hex("41dc 2a cdab 0102030405060708 0102030405060708 7a33 3a 8000 0102 00000000");
  for (std::size_t size = 0; size <= frame.size(); ++size) {
    CAPTURE(size);
    const test::Exact cut(frame, size);
    const Packet packet = packet::decode(cut.bytes(), packet::link_type(no_fcs));
    CHECK(packet.network == (size > 21 ? Network::ipv6 : Network::other));
    CHECK(packet.protocol == (size > 23 ? test::icmpv6 : packet::protocol::unknown));
  }
}
