// SPDX-License-Identifier: BSD-2-Clause
#include "link_samples.hpp"

using packet::Network;
using packet::Packet;
using test::hex;
using test::Octets;
using test::wireless_data;

namespace {

constexpr std::uint32_t ieee802_11 = 105, radiotap = 127;

}  // namespace

TEST_CASE("802.11 frames that carry nothing to be read") {
  const Octets payload = test::snap(0x0800) + test::ipv4_packet();
  SUBCASE("protected ones: the header is known, the rest is encrypted") {
    const Packet packet = test::decode(ieee802_11, wireless_data("0841", payload));
    CHECK(packet.network == Network::other);
    CHECK(packet.link_header_bytes == 24);
    CHECK(test::decode(ieee802_11, wireless_data("8841", hex("0000") + payload)).link_header_bytes == 26);
  }
  SUBCASE("null data") {
    CHECK(test::decode(ieee802_11, wireless_data("4801", payload)).network == Network::other);
    CHECK(test::decode(ieee802_11, wireless_data("c801", hex("0000") + payload)).network == Network::other);
  }
  SUBCASE("a later fragment") {
    const Octets later = hex("0801 2c00 02005e000001 02005e000002 02005e000003 1100") + payload;
    CHECK(test::decode(ieee802_11, later).network == Network::other);
  }
  SUBCASE("a first fragment is read") {
    CHECK(test::decode(ieee802_11, wireless_data("0805", payload)).network == Network::ipv4);
  }
}

TEST_CASE("802.11 management frames have a header of 24 bytes") {
  const Octets body = test::filled(12) + hex("0003 616263");
  CHECK(test::decode(ieee802_11, wireless_data("4000", body)).link_header_bytes == 24);  // probe request
  CHECK(test::decode(ieee802_11, wireless_data("8000", body)).link_header_bytes == 24);  // beacon
  CHECK(test::decode(ieee802_11, wireless_data("c000", body)).link_header_bytes == 24);  // deauthentication
  CHECK(test::decode(ieee802_11, wireless_data("8000", body)).network == Network::other);
}

TEST_CASE("802.11 control frames have the header that was captured") {
  CHECK(test::decode(ieee802_11, hex("d400 0000 02005e000001")).link_header_bytes <= 10);  // ACK
  CHECK(test::decode(ieee802_11, hex("b400 0000 02005e000001 02005e000002")).link_header_bytes <= 16);
}

TEST_CASE("headers before 802.11 that cannot be right") {
  const Octets plain = wireless_data("0801", test::snap(0x0800)) + test::ipv4_packet();
  SUBCASE("radiotap of another version") {
    CHECK(test::decode(radiotap, hex("01 00 0800 00000000") + plain).network == Network::other);
  }
  SUBCASE("radiotap shorter than its fixed part") {
    CHECK(test::decode(radiotap, hex("00 00 0700 00000000") + plain).network == Network::other);
  }
  SUBCASE("radiotap longer than the frame") {
    const Packet packet = test::decode(radiotap, hex("00 00 ff00 00000000") + plain);
    CHECK(packet.network == Network::other);
    CHECK(packet.link_header_bytes == 0);
  }
  SUBCASE("radiotap whose words never end") {
    CHECK(test::decode(radiotap, hex("00 00 1000 ffffffff ffffffff ffffffff") + plain).network ==
          Network::ipv4);
  }
  SUBCASE("AVS longer than the frame") {
    CHECK(test::decode(163, hex("80211001 ffffffff") + plain).network == Network::other);
  }
  SUBCASE("PPI longer than the frame") {
    CHECK(test::decode(192, hex("00 00 ffff 69000000") + plain).network == Network::other);
  }
}
