// SPDX-License-Identifier: BSD-2-Clause
#include "packet/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include "support.hpp"

using packet::Address;
using packet::Addresses;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t ethernet = 1, ieee802_15_4 = 230, raw = 101;

Address ipv4(std::uint32_t number) { return {0, number, false}; }
Address ipv6(std::uint64_t high, std::uint64_t low) { return {high, low, true}; }

std::string text(const Address& address) {
  std::string out = "to ";
  packet::append_address(out, address);
  return out.substr(3);
}

/// As inet_pton reads it.
Address address_of(const char* text) {
  std::array<std::uint8_t, 16> octets;
  const packet::Bytes bytes(octets.data(), octets.size());
  if (inet_pton(AF_INET, text, octets.data()) == 1) return ipv4(bytes.be32(0));
  REQUIRE(inet_pton(AF_INET6, text, octets.data()) == 1);
  return ipv6(bytes.be64(0), bytes.be64(8));
}

Octets octets_of(const Address& address) {
  const auto half = [](std::uint64_t number) {
    return test::be32(static_cast<std::uint32_t>(number >> 32)) +
           test::be32(static_cast<std::uint32_t>(number));
  };
  return address.is_ipv6 ? half(address.high) + half(address.low)
                         : test::be32(static_cast<std::uint32_t>(address.low));
}

/// As glibc writes it.
std::string reference_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> out;
  const int family = address.is_ipv6 ? AF_INET6 : AF_INET;
  return inet_ntop(family, octets_of(address).data(), out.data(), out.size());
}

/// ::a.b.c.d, which RFC 4291 has deprecated: glibc still writes a dotted quad where the seventh group is not 0.
bool is_compatible(const Address& address) {
  return address.is_ipv6 && address.high == 0 && address.low >> 32 == 0 && address.low >> 16 != 0;
}

/// Each group 0, of one digit, or of any number of them.
std::uint64_t random_half(test::Random& random) {
  std::uint64_t half = 0;
  for (int group = 0; group < 4; ++group) {
    const std::uint64_t most[] = {0, 0, 0xf, 0xffff};
    half = half << 16 | (random.next() & most[random.below(4)]);
  }
  return half;
}

std::optional<Addresses> addresses(std::uint32_t link_number, const Octets& frame, std::size_t size) {
  const test::Exact exact(frame, size);
  return packet::addresses_of(exact.bytes(), packet::decode(exact.bytes(), packet::link_type(link_number)));
}
std::optional<Addresses> addresses(std::uint32_t link_number, const Octets& frame) {
  return addresses(link_number, frame, frame.size());
}

const Addresses both_ipv4 = {ipv4(0xc0000201), ipv4(0xc0000202)};
const Addresses both_ipv6 = {ipv6(0x20010db800000000, 1), ipv6(0x20010db800000000, 2)};

Octets ethernet_frame(std::string_view type, const Octets& payload) {
  return hex("020000000001 020000000002") + hex(type) + payload;
}

}  // namespace

TEST_CASE("addresses are those of the outermost IP header, where both were captured") {
  const Octets ipv4_frame = ethernet_frame("0800", test::ipv4_packet());
  const Octets ipv6_frame = ethernet_frame("86dd", test::ipv6_packet());
  SUBCASE("of IPv4") {
    for (std::size_t size = 0; size <= ipv4_frame.size(); ++size) {
      REQUIRE(addresses(ethernet, ipv4_frame, size).has_value() == (size >= 14 + 20));
    }
    CHECK(addresses(ethernet, ipv4_frame) == both_ipv4);
    CHECK(addresses(raw, test::ipv4_packet()) == both_ipv4);
  }
  SUBCASE("of IPv6") {
    for (std::size_t size = 0; size <= ipv6_frame.size(); ++size) {
      REQUIRE(addresses(ethernet, ipv6_frame, size).has_value() == (size >= 14 + 40));
    }
    CHECK(addresses(ethernet, ipv6_frame) == both_ipv6);
  }
  SUBCASE("behind VLAN tags") {
    CHECK(addresses(ethernet, ethernet_frame("8100 0001 0800", test::ipv4_packet())) == both_ipv4);
    CHECK(addresses(ethernet, ethernet_frame("88a8 0001 8100 0002 86dd", test::ipv6_packet())) == both_ipv6);
  }
  SUBCASE("not those of a tunnelled packet") {
    CHECK(addresses(raw, test::ipv6_packet(4, test::ipv4_packet())) == both_ipv6);
  }
  SUBCASE("though the extension headers of IPv6 were not captured") {
    CHECK(addresses(raw, test::ipv6_packet(0, hex("06"))) == both_ipv6);
  }
  SUBCASE("of later fragments too") {
    Octets fragment = test::ipv4_packet();
    fragment[7] = 1;
    CHECK(addresses(raw, fragment) == both_ipv4);
  }
}

TEST_CASE("there are no addresses without an IP header that can be right") {
  Octets wrong_version = test::ipv4_packet(), wrong_length = test::ipv4_packet();
  wrong_version[0] = 0x55;
  wrong_length[0] = 0x44;
  CHECK_FALSE(addresses(ethernet, ethernet_frame("0800", wrong_version)));
  CHECK_FALSE(addresses(ethernet, ethernet_frame("0800", wrong_length)));
  CHECK_FALSE(addresses(ethernet, ethernet_frame("86dd", test::ipv4_packet())));
  CHECK_FALSE(addresses(ethernet, ethernet_frame("0806", test::ipv4_packet())));
  CHECK_FALSE(addresses(ethernet, ethernet_frame("88cc", test::filled(60))));
  CHECK_FALSE(addresses(ethernet, {}));
  SUBCASE("nor with one that 6LoWPAN has compressed") {
    const Octets header = hex("41 88 00 cdab 0100 0200"), compressed = hex("7a 33 3a");
    const Octets frame = header + compressed + test::filled(60);
    REQUIRE(test::decode(ieee802_15_4, frame).network == packet::Network::ipv6);
    CHECK_FALSE(addresses(ieee802_15_4, frame));
  }
}

TEST_CASE("IPv4 is written as a dotted quad") {
  CHECK(text(ipv4(0)) == "0.0.0.0");
  CHECK(text(ipv4(0x0a000001)) == "10.0.0.1");
  CHECK(text(ipv4(0xffffffff)) == "255.255.255.255");
}

TEST_CASE("IPv6 is written as RFC 5952 has it") {
  const auto is_kept = [](const char* written) { return text(address_of(written)) == written; };
  SUBCASE("no leading zeros, lower case") {
    CHECK(text(address_of("2001:0DB8::00AB:0001")) == "2001:db8::ab:1");
    CHECK(is_kept("1:22:333:4444:f:ff:fff:ffff"));
  }
  SUBCASE("the longest run of zeros is shortened as far as it goes, at either end too") {
    CHECK(text(address_of("2001:db8:0:0:0:0:2:1")) == "2001:db8::2:1");
    CHECK(text(address_of("2001:0:0:1:0:0:0:1")) == "2001:0:0:1::1");
    CHECK(is_kept("::"));
    CHECK(is_kept("::1"));
    CHECK(is_kept("fe80::"));
    CHECK(is_kept("1:2:3:4:5:6::"));
  }
  SUBCASE("the first one of equals") { CHECK(text(address_of("2001:db8::1:0:0:1")) == "2001:db8::1:0:0:1"); }
  SUBCASE("never a single group") { CHECK(is_kept("2001:db8:0:1:1:1:1:1")); }
  SUBCASE("IPv4-mapped addresses end in a dotted quad, compatible and translated ones do not") {
    CHECK(is_kept("::ffff:192.0.2.1"));
    CHECK(is_kept("::ffff:0.0.0.0"));
    CHECK(text(address_of("::192.0.2.1")) == "::c000:201");
    CHECK(text(address_of("64:ff9b::192.0.2.1")) == "64:ff9b::c000:201");
    CHECK(is_kept("1::ffff:c000:201"));
  }
}

TEST_CASE("100,000 random addresses are written as glibc writes them, but for compatible ones") {
  test::Random random(5952);
  int compatible = 0;
  for (int i = 0; i < 100'000; ++i) {
    Address address = {random_half(random), random_half(random), true};
    if (i % 8 == 0) address = ipv6(0, address.low & 0xffff'ffffffff);  // many of them mapped or compatible
    if (i % 16 == 0) address.low |= 0xffff'00000000;
    if (i % 5 == 0) address = ipv4(static_cast<std::uint32_t>(random.next()));
    const std::string expected = reference_text(address);
    if (is_compatible(address)) {
      ++compatible;
      REQUIRE(text(address) != expected);
      REQUIRE(address_of(text(address).c_str()) == address);
    } else {
      REQUIRE(text(address) == expected);
    }
  }
  CHECK(compatible > 100);
}

TEST_CASE("a mask keeps the first bits") {
  test::Random random(32);
  for (int i = 0; i < 1000; ++i) {
    const Address address = i % 2 == 0 ? ipv4(static_cast<std::uint32_t>(random.next()))
                                       : Address{random.next(), random.next(), true};
    const Octets octets = octets_of(address);
    for (unsigned bits = 0; bits <= 200; ++bits) {
      Octets expected = octets;
      for (unsigned bit = bits; bit < 8 * octets.size(); ++bit) {
        expected[bit / 8] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
      }
      REQUIRE(octets_of(packet::masked(address, bits)) == expected);
    }
    REQUIRE(packet::masked(address, 13).is_ipv6 == address.is_ipv6);
    REQUIRE(packet::masked(address, 128) == address);
  }
  CHECK(text(packet::masked(address_of("192.0.2.129"), 25)) == "192.0.2.128");
  CHECK(text(packet::masked(address_of("2001:db8:1:2:3:4:5:6"), 48)) == "2001:db8:1::");
}
