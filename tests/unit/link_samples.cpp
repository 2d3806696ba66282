// SPDX-License-Identifier: BSD-2-Clause
#include "link_samples.hpp"

namespace test {

Octets ethernet_addresses() { return hex("02005e000001 02005e000002"); }
Octets ethernet_header(std::uint16_t type) { return ethernet_addresses() + be16(type); }
Octets snap(std::uint16_t type) { return hex("aaaa03 000000") + be16(type); }

Octets wireless_data(std::string_view frame_control, const Octets& rest) {
  return hex(frame_control) + hex("2c00 02005e000001 02005e000002 02005e000003 1000") + rest;
}

namespace {

constexpr std::uint16_t ipv4 = 0x0800, ipv6 = 0x86dd;
using Samples = std::vector<LinkSample>;

/// The same octets, then something for each version.
LinkSample same_start(std::uint32_t link_number, const std::string& what, const Octets& start,
                      const Octets& end_ipv4, const Octets& end_ipv6) {
  const auto bytes = static_cast<std::uint32_t>(start.size() + end_ipv4.size());
  return {link_number, what, start + end_ipv4, start + end_ipv6, bytes};
}

/// An ethertype at the end.
LinkSample typed(std::uint32_t link_number, const std::string& what, const Octets& start) {
  return same_start(link_number, what, start, be16(ipv4), be16(ipv6));
}

Samples loopback_samples() {
  return {
      {0, "NULL, little-endian, FreeBSD", hex("02000000"), hex("1c000000"), 4},
      {0, "NULL, big-endian, macOS", hex("00000002"), hex("0000001e"), 4},
      {0, "NULL, NetBSD and OpenBSD", hex("02000000"), hex("18000000"), 4},
      {0, "NULL, Linux", hex("02000000"), hex("0a000000"), 4},
      {108, "LOOP", hex("00000002"), hex("00000018"), 4},
      {108, "LOOP, little-endian", hex("02000000"), hex("18000000"), 4},
      same_start(109, "ENC", {}, hex("02000000 00001000 00000000"), hex("18000000 00001000 00000000")),
      {101, "RAW", {}, {}, 0, true},
      {12, "RAW, as libpcap numbers it on Linux and macOS", {}, {}, 0, true},
      {14, "RAW, as OpenBSD numbers it", {}, {}, 0, true},
  };
}

Samples lan_samples() {
  return {
      typed(1, "Ethernet", ethernet_addresses()),
      typed(6, "Token Ring", hex("10 40") + ethernet_addresses() + hex("aaaa03 000000")),
      typed(6, "Token Ring, with source routing",
            hex("10 40 02005e000001 82005e000002 0630 0011 0021 aaaa03 000000")),
      same_start(7, "ARCNET, RFC 1201", hex("01 02"), hex("d4 00 0001"), hex("c4 00 0001")),
      same_start(7, "ARCNET, first fragment", hex("01 02"), hex("d4 03 0001"), hex("c4 03 0001")),
      same_start(7, "ARCNET, exception packet", hex("01 02"), hex("d4 ff ffffff 00 0001"),
                 hex("c4 ff ffffff 00 0001")),
      {7, "ARCNET, RFC 1051", hex("01 02 f0"), {}, 3},
      same_start(129, "ARCNET on Linux", hex("01 02 0000"), hex("d4 00 0001"), hex("c4 00 0001")),
      typed(10, "FDDI", hex("50") + ethernet_addresses() + hex("aaaa03 000000")),
      typed(122, "IP over Fibre Channel", filled(16) + hex("aaaa03 000000")),
      typed(138, "IP over IEEE 1394, Apple", filled(16)),
      typed(240, "netANALYZER", hex("00000000") + ethernet_addresses()),
      typed(259, "EPON", hex("55 55 d5 00 00 00 00 00") + ethernet_addresses()),
      typed(274, "Ethernet mPackets", hex("55555555555555d5") + ethernet_addresses()),
      {242, "IP over InfiniBand", filled(40) + be16(ipv4) + be16(0), filled(40) + be16(ipv6) + be16(0), 44},
  };
}

Samples ppp_samples() {
  Samples samples;
  for (const std::uint32_t number : {9U, 50U}) {
    samples.push_back(same_start(number, "PPP", hex("ff03"), hex("0021"), hex("0057")));
    samples.push_back(same_start(number, "PPP, no address and control", {}, hex("0021"), hex("0057")));
    samples.push_back(same_start(number, "PPP, compressed protocol", hex("ff03"), hex("21"), hex("57")));
    samples.push_back(same_start(number, "PPP, everything compressed", {}, hex("21"), hex("57")));
    samples.push_back(typed(number, "Cisco HDLC on a PPP line", hex("0f00")));
  }
  samples.push_back(same_start(166, "PPP of pppd, incoming: 0 in place of the address", hex("0003"),
                               hex("0021"), hex("0057")));
  samples.push_back(same_start(166, "PPP of pppd, outgoing: 1 in place of the address", hex("0103"),
                               hex("0021"), hex("0057")));
  samples.push_back(same_start(204, "PPP behind a direction", hex("01 ff03"), hex("0021"), hex("0057")));
  samples.push_back({51, "PPP over Ethernet", hex("1100 0001 002a 0021"), hex("1100 0001 0032 0057"), 8});
  return samples;
}

Samples wan_samples() {
  return {
      typed(104, "Cisco HDLC", hex("0f00")),
      typed(205, "Cisco HDLC behind a direction", hex("00 0f00")),
      same_start(107, "Frame Relay, NLPID", hex("1841 03"), hex("cc"), hex("8e")),
      same_start(107, "Frame Relay, NLPID, padded", hex("1841 03 00"), hex("cc"), hex("8e")),
      same_start(107, "Frame Relay, address of 3 bytes", hex("184205 03"), hex("cc"), hex("8e")),
      same_start(107, "Frame Relay, address of 4 bytes", hex("18400241 03"), hex("cc"), hex("8e")),
      typed(107, "Frame Relay, SNAP", hex("1841 03 00 80 000000")),
      typed(107, "Frame Relay, SNAP, not padded", hex("1841 03 80 000000")),
      typed(107, "Frame Relay, Cisco", hex("1841")),
      same_start(206, "Frame Relay behind a direction", hex("01 1841 03"), hex("cc"), hex("8e")),
      typed(100, "ATM, LLC and SNAP", hex("aaaa03 000000")),
      typed(11, "ATM, as libpcap numbers it", hex("aaaa03 000000")),
      same_start(100, "ATM, NLPID", hex("fefe03"), hex("cc"), hex("8e")),
      {100, "ATM, LLC of IP", hex("060603"), {}, 3},
      {106, "Classical IP over ATM", {}, {}, 0, true},
      {19, "Classical IP over ATM, as libpcap numbers it", {}, {}, 0, true},
      typed(123, "SunATM, LLC and SNAP", hex("82 00 0064 aaaa03 000000")),
      same_start(123, "SunATM, NLPID", hex("02 00 0064 fefe03"), hex("cc"), hex("8e")),
      typed(178, "Juniper Ethernet", hex("4d4743 01") + ethernet_addresses()),
      typed(178, "Juniper Ethernet, with extensions", hex("4d4743 81 0004 01020304") + ethernet_addresses()),
      same_start(179, "Juniper PPP", hex("4d4743 00 ff03"), hex("0021"), hex("0057")),
      same_start(180, "Juniper Frame Relay", hex("4d4743 00 1841 03"), hex("cc"), hex("8e")),
      typed(181, "Juniper Cisco HDLC", hex("4d4743 00 0f00")),
  };
}

Samples system_samples() {
  const Octets cooked2 = hex("0000 00000002 0001 00 06 02005e0000010000");
  const Octets pflog_ipv4 = hex("3d 02") + filled(62), pflog_ipv6 = hex("3d 18") + filled(62);
  const Octets nflog =
      hex("00 0000 08000100 08000200 0900 0a00 6f75740000000000");  // a packet header, a prefix
  const Octets pktap = le32(108) + le32(1);
  return {
      typed(113, "LINUX_SLL", hex("0000 0001 0006 02005e0000010000")),
      {276, "LINUX_SLL2", be16(ipv4) + cooked2, be16(ipv6) + cooked2, 20},
      {117, "PFLOG, 61 bytes made 64", pflog_ipv4, pflog_ipv6, 64},
      {117, "PFLOG, 100 bytes", hex("64 02") + filled(98), hex("64 1c") + filled(98), 100},
      {226, "IPNET", hex("01 02") + filled(22), hex("01 1a") + filled(22), 24},
      {228, "IPV4", {}, {}, 0, true},
      {229, "IPV6", {}, {}, 0, true},
      {239, "NFLOG", hex("02") + nflog + hex("2c00 0900"), hex("0a") + nflog + hex("3400 0900"), 28},
      {239, "NFLOG, payload first", hex("02 00 0000 2c00 0900"), hex("0a 00 0000 3400 0900"), 8},
      typed(258, "PKTAP, Ethernet", pktap + le32(1) + filled(96) + ethernet_addresses()),
      typed(149, "PKTAP, its old number", pktap + le32(1) + filled(96) + ethernet_addresses()),
      {258, "PKTAP, NULL", pktap + le32(0) + filled(96) + le32(2), pktap + le32(0) + filled(96) + le32(30),
       112},
      {258, "PKTAP, DLT_RAW", pktap + le32(12) + filled(96), pktap + le32(12) + filled(96), 108},
      {219, "MPLS", hex("00010140"), hex("00010140"), 4},
      {219, "MPLS, two labels", hex("00010040 00011140"), hex("00010040 00011140"), 8},
      typed(281, "DSA, Broadcom", ethernet_addresses() + hex("40000003")),
      typed(282, "DSA, Broadcom, in front", hex("40000003") + ethernet_addresses()),
      typed(284, "DSA", ethernet_addresses() + hex("c0180000")),
      typed(285, "DSA, with an ethertype", ethernet_addresses() + hex("dada 0000 c0180000")),
  };
}

Samples wireless_samples() {
  const Octets plain = wireless_data("0801", hex("aaaa03 000000"));
  const Octets qos_padded = wireless_data("8801", hex("0000 0000 aaaa03 000000"));  // 26 octets made 28
  const Octets amsdu = hex("8000") + ethernet_addresses() + be16(48) + hex("aaaa03 000000");
  Samples samples = {
      typed(105, "802.11, data", plain),
      typed(105, "802.11, QoS", wireless_data("8801", hex("0000 aaaa03 000000"))),
      typed(105, "802.11, four addresses", wireless_data("0803", hex("02005e000004 aaaa03 000000"))),
      typed(105, "802.11, QoS, four addresses",
            wireless_data("8803", hex("02005e000004 0000 aaaa03 000000"))),
      typed(105, "802.11, QoS, HT control", wireless_data("8881", hex("0000 01020304 aaaa03 000000"))),
      typed(105, "802.11, A-MSDU", wireless_data("8801", amsdu)),
      typed(127, "radiotap", hex("00 00 0800 00000000") + plain),
      typed(127, "radiotap, flags: not padded", hex("00 00 0900 02000000 10") + plain),
      typed(127, "radiotap, flags: padded", hex("00 00 0900 02000000 20") + qos_padded),
      typed(127, "radiotap, time and flags: padded",
            hex("00 00 1100 03000000 0102030405060708 20") + qos_padded),
      typed(127, "radiotap, two words, time and flags: padded",
            hex("00 00 1900 03000080 00000000 00000000 0102030405060708 20") + qos_padded),
      typed(119, "Prism", filled(144) + plain),
      typed(119, "AVS in place of Prism", hex("80211001 00000040") + filled(56) + plain),
      typed(163, "AVS", hex("80211002 00000044") + filled(60) + plain),
      typed(192, "PPI, 802.11", hex("00 00 0800 69000000") + plain),
      typed(192, "PPI, a field, Ethernet",
            hex("00 00 1000 01000000 0300 0400 01020304") + ethernet_addresses()),
  };
  return samples;
}

}  // namespace

std::vector<LinkSample> link_samples() {
  Samples all;
  for (const Samples& some : {loopback_samples(), lan_samples(), ppp_samples(), wan_samples(),
                              system_samples(), wireless_samples()}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace test
