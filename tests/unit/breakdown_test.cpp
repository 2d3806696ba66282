// SPDX-License-Identifier: BSD-2-Clause
#include "stats/breakdown.hpp"

#include "flow_script.hpp"

using stats::Breakdown;
using stats::BreakdownKind;
using stats::RankingKey;
using test::address_of;
using test::datagram;
using test::Octets;
using test::Way;
using Key = BreakdownKind::Key;
using Row = stats::Ranking::Row;

namespace {

bool refuses(std::string_view text, std::string_view why) {
  return test::is_usage_error([&] { BreakdownKind::parse(text); },
                              "--by '" + std::string(text) + "': " + std::string(why));
}

/// Ranks frames of Ethernet by a key; in words: "key packets bytes, " of each row.
class Ranked {
 public:
  explicit Ranked(std::string_view by, std::size_t keys_most = 1000)
      : breakdown_(BreakdownKind::parse(by), 1, keys_most) {}

  Ranked& see(const Octets& frame, std::uint32_t size, std::uint32_t interface = 0) {
    const test::Exact exact(frame);
    const packet::LinkType& link = packet::link_type(packet::linktype_ethernet);
    breakdown_.add(exact.bytes(), link, packet::decode(exact.bytes(), link), interface, size);
    return *this;
  }

  std::string rows() const {
    std::string rows;
    for (const Row& row : breakdown_.rows()) rows += name_of(row.key) + amounts(row);
    if (breakdown_.none().packets > 0) rows += "none" + amounts(breakdown_.none());
    if (breakdown_.others().packets > 0) rows += "others" + amounts(breakdown_.others());
    return rows;
  }
  const Breakdown& breakdown() const { return breakdown_; }

 private:
  static std::string amounts(const Row& row) {
    return " " + std::to_string(row.packets) + " " + std::to_string(row.bytes) + ", ";
  }
  std::string name_of(const RankingKey& key) const {
    const std::uint32_t number = Breakdown::number_of(key);
    const Breakdown::Port port = Breakdown::port_of(key);
    std::string text;
    switch (breakdown_.kind().key) {
      case Key::host:
      case Key::network: packet::append_address(text, Breakdown::address_of(key)); return text;
      case Key::port: return std::to_string(port.protocol) + ":" + std::to_string(port.port);
      case Key::protocol:
        return std::to_string(static_cast<int>(Breakdown::network_of(key))) + "/" + std::to_string(number);
      case Key::vlan:
      case Key::interface: break;
    }
    return std::to_string(number);
  }

  Breakdown breakdown_;
};

const Way ipv4, ipv6{.is_ipv6 = true};

/// From host to host, from port to port.
Octets frame(const Way& way, std::uint32_t from, std::uint32_t to, std::uint8_t protocol = test::udp,
             std::uint16_t from_port = 1000, std::uint16_t to_port = 2000) {
  return frame_of(way, ip_packet(way, address_of(way, from), address_of(way, to), protocol,
                                 datagram(protocol, from_port, to_port, 8)));
}

Octets fragment(const Way& way, std::uint16_t offset_bytes) {
  return frame_of(way, ip_packet(way, address_of(way, 1), address_of(way, 2), test::udp,
                                 datagram(test::udp, 1000, 2000, 8), test::Part{7, offset_bytes, true}));
}

Octets arp() { return test::first(frame(ipv4, 1, 2), 12) + test::hex("0806") + test::filled(28, 1); }
Octets spanning_tree() { return test::first(frame(ipv4, 1, 2), 12) + test::be16(3) + test::hex("424203"); }

}  // namespace

TEST_CASE("what packets are ranked by is a name, of networks with lengths") {
  CHECK(BreakdownKind::parse("host").key == Key::host);
  CHECK(BreakdownKind::parse("port").key == Key::port);
  CHECK(BreakdownKind::parse("protocol").key == Key::protocol);
  CHECK(BreakdownKind::parse("vlan").key == Key::vlan);
  CHECK(BreakdownKind::parse("interface").key == Key::interface);
  const BreakdownKind network = BreakdownKind::parse("network/20");
  CHECK(network.key == Key::network);
  CHECK(network.ipv4_bits == 20);
  CHECK(network.ipv6_bits == 64);
  CHECK(network.name == "network/20");
  CHECK(BreakdownKind::parse("network/0/128").ipv4_bits == 0);
  CHECK(BreakdownKind::parse("network/32/0").ipv6_bits == 0);
  CHECK(BreakdownKind::parse("network/32/128").ipv6_bits == 128);
}

TEST_CASE("anything else is refused in a sentence that helps") {
  CHECK(refuses("hosts", "is it host?"));
  CHECK(refuses("Host", "is it host?"));
  CHECK(refuses("netwrok/24", "is it network/24?"));
  CHECK(refuses("colour", "not host, port, protocol, network/LEN, vlan or interface"));
  CHECK(refuses("", "not host"));
  CHECK(refuses("host/24", "only network has a length, as in network/24"));
  CHECK(refuses("network", "needs the length of its prefix, as in network/24; of IPv6 too: network/24/48"));
  CHECK(refuses("network/24/48/1", "needs the length"));
  CHECK(refuses("network/33", "a prefix of IPv4 has 0 to 32 bits"));
  CHECK(refuses("network/", "a prefix of IPv4 has 0 to 32 bits"));
  CHECK(refuses("network/-1", "a prefix of IPv4 has 0 to 32 bits"));
  CHECK(refuses("network/24/129", "a prefix of IPv6 has 0 to 128 bits"));
  CHECK(refuses("network/24/", "a prefix of IPv6 has 0 to 128 bits"));
}

TEST_CASE("hosts: both ends have the packet, one that speaks to itself once") {
  Ranked ranked("host");
  ranked.see(frame(ipv4, 1, 2), 100).see(frame(ipv4, 2, 1), 30).see(frame(ipv4, 3, 3), 7);
  ranked.see(frame(ipv6, 1, 2), 1000);
  CHECK(ranked.rows() ==
        "2001:db8::1 1 1000, 2001:db8::2 1 1000, 192.0.2.1 2 130, 192.0.2.2 2 130, 192.0.2.3 1 7, ");
  CHECK(ranked.breakdown().packets() == 4);
  CHECK(ranked.breakdown().bytes() == 1137);
  SUBCASE("behind VLAN tags and extension headers, and in later fragments") {
    ranked.see(frame({.is_ipv6 = true, .extensions = {0, 60}, .vlans = {5, 6}}, 4, 4), 1);
    ranked.see(fragment(ipv4, 800), 20);
    CHECK(ranked.rows() ==
          "2001:db8::1 1 1000, 2001:db8::2 1 1000, 192.0.2.1 3 150, 192.0.2.2 3 150, 192.0.2.3 1 7, "
          "2001:db8::4 1 1, ");
  }
  SUBCASE("what has no addresses, or was not captured so far, has no host") {
    ranked.see(arp(), 40).see(spanning_tree(), 3);
    ranked.see(test::first(frame(ipv4, 1, 2), 33), 100).see(test::first(frame(ipv6, 1, 2), 53), 200);
    CHECK(ranked.rows().ends_with("192.0.2.3 1 7, none 4 343, "));
    CHECK(ranked.breakdown().packets() == 8);
    ranked.see(test::first(frame(ipv4, 1, 2), 34), 1);
    CHECK(ranked.breakdown().none().packets == 4);
  }
}

TEST_CASE("networks: what their addresses have in common, both ends in one once") {
  Ranked ranked("network/30/126");
  ranked.see(frame(ipv4, 1, 3), 10).see(frame(ipv4, 2, 4), 100).see(frame(ipv6, 1, 9), 5).see(arp(), 1);
  CHECK(ranked.rows() == "192.0.2.0 2 110, 192.0.2.4 1 100, 2001:db8:: 1 5, 2001:db8::8 1 5, none 1 1, ");
  SUBCASE("of no length: one of each") {
    Ranked all("network/0/0");
    all.see(frame(ipv4, 1, 2), 10).see(frame(ipv4, 3, 4), 10).see(frame(ipv6, 1, 2), 5);
    CHECK(all.rows() == "0.0.0.0 2 20, :: 1 5, ");
  }
}

TEST_CASE("ports: with their protocol, of both ends, equal ones once") {
  Ranked ranked("port");
  ranked.see(frame(ipv4, 1, 2, test::tcp, 40'000, 443), 100);
  ranked.see(frame(ipv6, 1, 2, test::tcp, 443, 40'001), 50);
  ranked.see(frame(ipv4, 1, 2, test::udp, 443, 443), 9);
  CHECK(ranked.rows() == "6:443 2 150, 6:40000 1 100, 6:40001 1 50, 17:443 1 9, ");
  SUBCASE("SCTP, UDP-Lite and DCCP have them too") {
    ranked.see(frame(ipv4, 1, 2, test::sctp, 1, 1), 3);
    ranked.see(frame(ipv4, 1, 2, test::udp_lite, 1, 1), 2);
    ranked.see(frame(ipv4, 1, 2, test::dccp, 1, 1), 1);
    CHECK(ranked.rows().ends_with("17:443 1 9, 132:1 1 3, 136:1 1 2, 33:1 1 1, "));
  }
  SUBCASE("the first fragment has them, later ones do not") {
    ranked.see(fragment(ipv4, 0), 2).see(fragment(ipv4, 800), 3).see(fragment(ipv6, 800), 4);
    CHECK(ranked.rows().ends_with("17:443 1 9, 17:1000 1 2, 17:2000 1 2, none 2 7, "));
  }
  SUBCASE("nor do ICMP, ARP, padding, and what was not captured") {
    const auto of_ipv4 = [](std::uint8_t protocol, const Octets& payload) {
      return frame_of({.frame_least = 60},
                      ip_packet(ipv4, address_of(ipv4, 1), address_of(ipv4, 2), protocol, payload));
    };
    ranked.see(of_ipv4(test::icmp, test::icmp_message(8, 1, 0)), 1).see(arp(), 1).see(spanning_tree(), 1);
    ranked.see(of_ipv4(test::udp, test::filled(3)), 1);
    ranked.see(test::first(frame(ipv4, 1, 2), 37), 1);
    CHECK(ranked.rows().ends_with("17:443 1 9, none 5 5, "));
    ranked.see(test::first(frame(ipv4, 1, 2), 38), 1);
    CHECK(ranked.breakdown().none().packets == 5);
  }
}

TEST_CASE("protocols: that of IP, ARP, and what is neither") {
  Ranked ranked("protocol");
  ranked.see(frame(ipv4, 1, 2, test::tcp), 50).see(frame(ipv6, 1, 2, test::tcp), 50);
  ranked.see(frame(ipv4, 1, 2, 47), 40).see(fragment(ipv6, 800), 30);
  ranked.see(arp(), 20).see(spanning_tree(), 3);
  ranked.see(test::first(frame(ipv4, 1, 2), 16), 1);
  CHECK(ranked.rows() == "2/6 2 100, 2/47 1 40, 2/17 1 30, 1/0 1 20, 0/0 1 3, none 1 1, ");
}

TEST_CASE("VLANs: the outermost tag; interfaces: their number") {
  Ranked vlans("vlan"), interfaces("interface");
  for (Ranked* ranked : {&vlans, &interfaces}) {
    ranked->see(frame({.vlans = {20, 30}}, 1, 2), 100, 3).see(frame({.vlans = {4095}}, 1, 2), 10, 3);
    ranked->see(frame(ipv4, 1, 2), 1).see(frame({.vlans = {0}}, 1, 2), 1).see(spanning_tree(), 1, 70'000);
  }
  CHECK(vlans.rows() == "20 1 100, 4095 1 10, 0 3 3, ");
  CHECK(interfaces.rows() == "3 2 110, 0 2 2, 70000 1 1, ");
}

TEST_CASE("what finds no room is counted together") {
  Ranked ranked("host", 3);
  ranked.see(frame(ipv4, 1, 2), 10).see(frame(ipv4, 3, 4), 10).see(frame(ipv4, 5, 6), 10);
  CHECK(ranked.rows() == "192.0.2.1 1 10, 192.0.2.2 1 10, 192.0.2.3 1 10, others 3 30, ");
  CHECK(ranked.breakdown().packets() == 3);
}

TEST_CASE("of a key that every packet has one of, the rows are all packets") {
  test::Random random(5);
  for (const char* by : {"protocol", "vlan", "interface"}) {
    Ranked ranked(by, 20);
    std::uint64_t packets = 0, bytes = 0;
    for (int i = 0; i < 2000; ++i) {
      const Way way{
          .is_ipv6 = random.below(2) == 0,
          .vlans = std::vector<std::uint16_t>(random.below(2), static_cast<std::uint16_t>(random.below(40)))};
      Octets octets = frame(way, 1, 2, static_cast<std::uint8_t>(61 + random.below(50)));
      octets.resize(octets.size() - random.spread(octets.size()));
      ranked.see(octets, static_cast<std::uint32_t>(random.spread(9000)),
                 static_cast<std::uint32_t>(random.below(30)));
    }
    const Breakdown& breakdown = ranked.breakdown();
    for (const Row& row : breakdown.rows()) {
      packets += row.packets;
      bytes += row.bytes;
    }
    CHECK(packets + breakdown.none().packets + breakdown.others().packets == breakdown.packets());
    CHECK(bytes + breakdown.none().bytes + breakdown.others().bytes == breakdown.bytes());
    CHECK(breakdown.packets() == 2000);
    CHECK(breakdown.others().packets > 0);
  }
}
