// SPDX-License-Identifier: BSD-2-Clause
#include "packet/ip.hpp"

#include "support.hpp"

using packet::protocol::unknown;
using test::hex;
using test::Octets;

namespace {

std::uint16_t ipv4_transport(const Octets& packet) {
  return packet::transport_of_ipv4(test::Exact(packet).bytes()).protocol;
}
std::uint16_t ipv6_transport(const Octets& packet) {
  return packet::transport_of_ipv6(test::Exact(packet).bytes()).protocol;
}

/// An extension header: next header, length in 8 octets beyond the first 8, and padding.
Octets extension(std::uint8_t next, std::uint8_t length = 0) {
  return Octets{next, length} + hex("0104 00000000") + test::filled(std::size_t{length} * 8);
}

Octets fragment(std::uint8_t next, std::uint16_t offset_and_flags) {
  return Octets{next, 0} + test::be16(offset_and_flags) + hex("00001234");
}

constexpr std::uint8_t hop_by_hop = 0, routing = 43, fragmented = 44, destination = 60, authentication = 51,
                       esp = 50, none = 59;

}  // namespace

TEST_CASE("IPv4 counts by its protocol field") {
  for (const std::uint8_t protocol : hex("00 01 06 11 32 3a ff")) {
    CHECK(ipv4_transport(test::ipv4_packet(protocol)) == protocol);
  }
  SUBCASE("later fragments too") {
    Octets later = test::ipv4_packet(test::udp);
    later[6] = 0x00;
    later[7] = 0xb9;
    CHECK(ipv4_transport(later) == test::udp);
  }
  SUBCASE("with options") {
    Octets options =
        hex("4f00 0064 00000000 4006 0000 c0000201 c0000202") + test::filled(40) + test::filled(40);
    CHECK(ipv4_transport(options) == test::tcp);
  }
  SUBCASE("when more was announced than captured") {
    CHECK(ipv4_transport(hex("4500 05dc 00000000 4006 0000 c0000201 c0000202")) == test::tcp);
    CHECK(ipv4_transport(hex("4500 05dc 00000000 4006")) == test::tcp);
  }
}

TEST_CASE("an IPv4 header that cannot be right has no transport") {
  Octets packet = test::ipv4_packet(test::tcp, 20);
  SUBCASE("a header length under 20") {
    for (const std::uint8_t words : hex("00 01 04")) {
      packet[0] = static_cast<std::uint8_t>(0x40 | words);
      CHECK(ipv4_transport(packet) == unknown);
    }
  }
  SUBCASE("a header length past the total length") {
    packet[0] = 0x4f;  // 60 of 40
    CHECK(ipv4_transport(packet) == unknown);
    packet[0] = 0x4a;  // 40 of 40
    CHECK(ipv4_transport(packet) == test::tcp);
  }
  SUBCASE("a total length under the header") {
    packet[2] = 0;
    packet[3] = 19;
    CHECK(ipv4_transport(packet) == unknown);
    packet[3] = 20;
    CHECK(ipv4_transport(packet) == test::tcp);
  }
  SUBCASE("another version") {
    packet[0] = 0x55;
    CHECK(ipv4_transport(packet) == unknown);
  }
  SUBCASE("a protocol field that was not captured") {
    for (std::size_t size = 0; size < 10; ++size) {
      CHECK(packet::transport_of_ipv4(test::Exact(packet, size).bytes()).protocol == unknown);
    }
    CHECK(packet::transport_of_ipv4(test::Exact(packet, 10).bytes()).protocol == test::tcp);
  }
}

TEST_CASE("IPv6 extension headers are followed") {
  CHECK(ipv6_transport(test::ipv6_packet(test::tcp)) == test::tcp);
  CHECK(ipv6_transport(test::ipv6_packet(hop_by_hop, extension(test::icmpv6))) == test::icmpv6);
  CHECK(ipv6_transport(test::ipv6_packet(destination, extension(test::udp))) == test::udp);
  CHECK(ipv6_transport(test::ipv6_packet(routing, extension(test::tcp, 4))) == test::tcp);
  CHECK(ipv6_transport(test::ipv6_packet(hop_by_hop, extension(destination, 255) + extension(test::tcp))) ==
        test::tcp);
  SUBCASE("all of them in a row") {
    const Octets chain = extension(destination) + extension(routing, 1) + extension(fragmented, 2) +
                         fragment(destination, 0) + extension(test::udp);
    CHECK(ipv6_transport(test::ipv6_packet(hop_by_hop, chain)) == test::udp);
  }
  SUBCASE("but authentication, encryption and no next header are where it ends") {
    CHECK(ipv6_transport(test::ipv6_packet(authentication, extension(test::tcp))) == authentication);
    CHECK(ipv6_transport(test::ipv6_packet(esp)) == esp);
    CHECK(ipv6_transport(test::ipv6_packet(none, {})) == none);
    CHECK(ipv6_transport(test::ipv6_packet(hop_by_hop, extension(authentication) + extension(test::tcp))) ==
          authentication);
  }
}

TEST_CASE("IPv6 fragments") {
  SUBCASE("the first one is read on") {
    CHECK(ipv6_transport(test::ipv6_packet(fragmented, fragment(test::udp, 0x0001))) == test::udp);
    CHECK(ipv6_transport(test::ipv6_packet(
              fragmented, fragment(destination, 0x0001) + extension(test::tcp))) == test::tcp);
  }
  SUBCASE("a later one counts by what its fragment header names") {
    CHECK(ipv6_transport(test::ipv6_packet(fragmented, fragment(test::udp, 0x0008))) == test::udp);
    CHECK(ipv6_transport(test::ipv6_packet(
              fragmented, fragment(destination, 0x0008) + extension(test::tcp))) == destination);
    CHECK(ipv6_transport(test::ipv6_packet(
              hop_by_hop, extension(fragmented) + fragment(test::icmpv6, 0xfff9))) == test::icmpv6);
  }
}

TEST_CASE("an IPv6 chain that is cut short") {
  const Octets chain =
      extension(routing, 1) + extension(fragmented) + fragment(destination, 0) + extension(test::tcp, 2);
  const Octets packet = test::ipv6_packet(hop_by_hop, chain);
  const std::size_t last_header = 40 + 16 + 8 + 8;
  for (std::size_t size = 0; size <= packet.size(); ++size) {
    CAPTURE(size);
    const std::uint16_t transport = packet::transport_of_ipv6(test::Exact(packet, size).bytes()).protocol;
    CHECK((transport == unknown || transport == test::tcp));
    if (size <= last_header) CHECK(transport == unknown);
    if (size >= last_header + 2) CHECK(transport == test::tcp);
  }
  SUBCASE("a length that leads past the end") {
    CHECK(ipv6_transport(
              test::ipv6_packet(hop_by_hop, extension(destination, 0) + Octets{hop_by_hop, 255})) == unknown);
  }
}

TEST_CASE("a chain of extension headers that leads into itself ends") {
  Octets zeros = test::ipv6_packet(hop_by_hop, test::filled(65535));  // hop-by-hop after hop-by-hop
  CHECK(ipv6_transport(zeros) == unknown);
}

TEST_CASE("where the transport begins, and whether it is a fragment") {
  const auto ipv4 = [](const Octets& packet) {
    return packet::transport_of_ipv4(test::Exact(packet).bytes());
  };
  const auto ipv6 = [](const Octets& packet) {
    return packet::transport_of_ipv6(test::Exact(packet).bytes());
  };
  SUBCASE("behind the options of IPv4, of every length") {
    for (std::uint8_t words = 5; words < 16; ++words) {
      Octets packet = test::ipv4_packet(test::tcp, 60);
      packet[0] = static_cast<std::uint8_t>(0x40 | words);
      CHECK(ipv4(packet).offset == words * 4U);
      CHECK_FALSE(ipv4(packet).is_fragment);
      packet[6] = 0x20;  // more fragments
      CHECK(ipv4(packet).offset == words * 4U);
      CHECK(ipv4(packet).is_fragment);
      packet[7] = 0x01;
      CHECK(ipv4(packet).offset == 0);
    }
  }
  SUBCASE("behind all extension headers of IPv6") {
    const Octets chain = extension(destination) + extension(routing, 1) + extension(fragmented, 2) +
                         fragment(destination, 0x0001) + extension(test::udp);
    const packet::Transport transport = ipv6(test::ipv6_packet(hop_by_hop, chain));
    CHECK(transport.offset == 40 + chain.size());
    CHECK(transport.is_fragment);
  }
  SUBCASE("a fragment header behind an atomic one, and before") {
    CHECK(ipv6(test::ipv6_packet(fragmented, fragment(fragmented, 0) + fragment(test::udp, 1))).is_fragment);
    CHECK(ipv6(test::ipv6_packet(fragmented, fragment(fragmented, 1) + fragment(test::udp, 0))).is_fragment);
    CHECK_FALSE(
        ipv6(test::ipv6_packet(fragmented, fragment(fragmented, 0) + fragment(test::udp, 0))).is_fragment);
  }
  SUBCASE("a fragment whose next extension header was not captured is one without a transport") {
    const packet::Transport cut = ipv6(test::ipv6_packet(fragmented, fragment(destination, 0x0001)));
    CHECK(cut.protocol == unknown);
    CHECK(cut.is_fragment);
    CHECK(cut.offset == 0);
  }
  SUBCASE("it may begin past what was captured") {
    CHECK(ipv4(hex("4500 05dc 00000000 4006")).offset == 20);
    CHECK(ipv6(test::ipv6_packet(hop_by_hop, Octets{test::tcp, 255})).offset == 40 + 2048);
  }
  SUBCASE("no protocol, no place") {
    CHECK(ipv4(hex("4400 05dc 00002000 4006 0000 c0000201 c0000202")).offset == 0);
    CHECK(ipv6(test::ipv6_packet(hop_by_hop, {})).offset == 0);
  }
}
