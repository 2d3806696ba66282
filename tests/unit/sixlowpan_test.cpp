// SPDX-License-Identifier: BSD-2-Clause
#include "packet/sixlowpan.hpp"

#include "packet/ip.hpp"
#include "support.hpp"

using packet::protocol::unknown;
using test::hex;
using test::Octets;

namespace {

bool is_sixlowpan(const Octets& payload) { return packet::is_sixlowpan(test::Exact(payload).bytes()); }
std::uint16_t transport(const Octets& payload) {
  return packet::transport_of_sixlowpan(test::Exact(payload).bytes()).protocol;
}

/// The two octets of an IPHC header (RFC 6282, 3.1.1).
Octets iphc(unsigned traffic, bool is_next_compressed, unsigned hops, bool has_context, unsigned source,
            unsigned destination) {
  return test::be16(static_cast<std::uint16_t>(0x6000U | traffic << 11 | (is_next_compressed ? 0x400U : 0U) |
                                               hops << 8 | (has_context ? 0x80U : 0U) | source << 4 |
                                               destination));
}

/// Octets in line for the source (stateful bit and mode) and the destination (multicast, stateful, mode).
std::size_t source_bytes(unsigned source) {
  constexpr std::size_t bytes[] = {16, 8, 2, 0, 0, 8, 2, 0};
  return bytes[source];
}

std::size_t destination_bytes(unsigned destination) {
  constexpr std::size_t bytes[] = {16, 8, 2, 0, 0, 8, 2, 0, 16, 6, 4, 1, 6, 0, 0, 0};
  return bytes[destination];
}

}  // namespace

TEST_CASE("every form of an IPHC header, with the next header in line and compressed") {
  constexpr std::size_t traffic_bytes[] = {4, 3, 1, 0};
  for (unsigned bits = 0; bits < 4096; ++bits) {
    const unsigned traffic = bits & 3, hops = (bits >> 2) & 3, source = (bits >> 4) & 7,
                   destination = (bits >> 7) & 15;
    const bool has_context = (bits & 0x800) != 0;
    const bool is_reserved = destination == 4 || destination > 12;  // RFC 6282: reserved modes
    if (is_reserved) continue;
    CAPTURE(bits);
    const Octets before = test::filled((has_context ? 1U : 0U) + traffic_bytes[traffic], 0x11);
    const Octets after =
        test::filled((hops == 0 ? 1U : 0U) + source_bytes(source) + destination_bytes(destination), 0x11);
    const Octets in_line =
        iphc(traffic, false, hops, has_context, source, destination) + before + Octets{test::tcp} + after;
    CHECK(transport(in_line) == test::tcp);
    const Octets compressed =
        iphc(traffic, true, hops, has_context, source, destination) + before + after + hex("f0 1234 5678");
    CHECK(transport(compressed) == test::udp);
  }
}

TEST_CASE("compressed next headers (RFC 6282, section 4)") {
  const Octets start = iphc(3, true, 2, false, 3, 3);
  SUBCASE("UDP with every form of its ports") {
    for (const char* header :
         {"f0 12345678 abcd", "f1 1234 78 abcd", "f2 34 5678 abcd", "f3 12 abcd", "f7 12"}) {
      CHECK(transport(start + hex(header)) == test::udp);
    }
  }
  SUBCASE("an extension header, then UDP") {
    CHECK(transport(start + hex("e1 06 0102 00000000 f3 12")) == test::udp);        // hop-by-hop
    CHECK(transport(start + hex("e1 02 0102 e7 04 01020304 f3 12")) == test::udp);  // and destination options
  }
  SUBCASE("an extension header that names the next one") {
    CHECK(transport(start + hex("e0 3a 06 0102 00000000 8000")) == test::icmpv6);
    CHECK(transport(start + hex("e6 06 06 0102 00000000")) == test::tcp);
  }
  SUBCASE("something else") { CHECK(transport(start + hex("80 0102")) == unknown); }
}

TEST_CASE("extension headers that are not compressed") {
  const Octets start = iphc(3, false, 2, false, 3, 3);
  CHECK(transport(start + hex("00") + hex("3a 00 050200000000")) == test::icmpv6);
  CHECK(transport(start + hex("2c") + hex("11 00 0001 00001234")) == test::udp);
}

TEST_CASE("what may stand before the IPv6 header (RFC 4944, section 5)") {
  const Octets packet = iphc(3, false, 2, false, 3, 3) + hex("3a");
  CHECK(transport(packet) == test::icmpv6);
  CHECK(transport(hex("b1 0001 0002") + packet) == test::icmpv6);                          // mesh, short
  CHECK(transport(hex("81 0102030405060708 0102030405060708") + packet) == test::icmpv6);  // mesh, extended
  CHECK(transport(hex("a1 0001 0102030405060708") + packet) == test::icmpv6);              // mesh, both
  CHECK(transport(hex("bf 10 0001 0002") + packet) == test::icmpv6);                       // many hops
  CHECK(transport(hex("b1 0001 0002 50 07") + packet) == test::icmpv6);                    // and broadcast
  CHECK(transport(hex("c0 64 1234") + packet) == test::icmpv6);                            // first fragment
  CHECK(transport(hex("b1 0001 0002 50 07 c0 64 1234") + packet) == test::icmpv6);
  SUBCASE("not compressed at all") {
    CHECK(transport(hex("41") + test::ipv6_packet(test::tcp)) == test::tcp);
  }
  SUBCASE("a later fragment is IPv6 without a transport") {
    CHECK(is_sixlowpan(hex("e0 64 1234 08") + test::filled(20)));
    CHECK(transport(hex("e0 64 1234 08") + test::filled(20)) == unknown);
  }
}

TEST_CASE("HC1, the older compression, names the most common transports (RFC 4944, section 10.1)") {
  const auto hc1 = [](unsigned next) {
    return hex("42") + Octets{static_cast<std::uint8_t>(0xf8 | next << 1)} + hex("40");
  };
  CHECK(is_sixlowpan(hc1(1)));
  CHECK(transport(hc1(1) + test::filled(8)) == test::udp);
  CHECK(transport(hc1(2) + test::filled(8)) == test::icmpv6);
  CHECK(transport(hc1(3) + test::filled(20)) == test::tcp);
}

TEST_CASE("a transport header begins where it is not compressed") {
  const auto whole = [](const Octets& payload) {
    return packet::transport_of_sixlowpan(test::Exact(payload).bytes());
  };
  const Octets in_line = iphc(3, false, 2, false, 3, 3) + hex("06") + test::filled(20);
  CHECK(whole(in_line).offset == 3);
  CHECK(whole(hex("b1 0001 0002 50 07 c0 64 1234") + in_line).offset == 5 + 2 + 4 + 3);
  CHECK(whole(hex("41") + test::ipv6_packet(test::tcp)).offset == 41);
  CHECK(whole(iphc(3, true, 2, false, 3, 3) + hex("f3 12 abcd")).offset == 0);
  CHECK(whole(hex("42 fe 40") + test::filled(20)).offset == 0);
  CHECK(whole(hex("e0 64 1234 08") + test::filled(20)).offset == 0);
  SUBCASE("an IPv6 fragment is one here too, a fragment of 6LoWPAN is none") {
    const Octets start = iphc(3, false, 2, false, 3, 3) + hex("2c");
    CHECK(whole(start + hex("11 00 0001 00001234")).is_fragment);
    CHECK(whole(start + hex("11 00 0008 00001234")).is_fragment);
    CHECK_FALSE(whole(start + hex("11 00 0000 00001234")).is_fragment);
    CHECK_FALSE(whole(hex("c0 64 1234") + in_line).is_fragment);
    CHECK_FALSE(whole(hex("e0 64 1234 08") + test::filled(20)).is_fragment);
  }
}

TEST_CASE("what is no 6LoWPAN") {
  CHECK_FALSE(is_sixlowpan({}));
  CHECK_FALSE(is_sixlowpan(hex("00 0102")));  // NALP
  CHECK_FALSE(is_sixlowpan(hex("3f 0102")));
  CHECK_FALSE(is_sixlowpan(hex("50 07")));  // broadcast, nothing behind it
  CHECK_FALSE(is_sixlowpan(hex("b1 00")));
}

TEST_CASE("random payloads of every length do no harm") {
  test::Random random(5);
  for (int i = 0; i < 50000; ++i) {
    Octets payload(random.below(40));
    for (std::uint8_t& octet : payload) octet = static_cast<std::uint8_t>(random.next());
    (void)is_sixlowpan(payload);
    (void)transport(payload);
  }
}
