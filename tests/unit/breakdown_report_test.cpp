// SPDX-License-Identifier: BSD-2-Clause
#include "report/breakdown_report.hpp"

#include "flow_script.hpp"
#include "names/protocols.hpp"

using stats::Breakdown;
using stats::BreakdownKind;
using test::address_of;
using test::datagram;
using test::says;
using test::Way;

namespace {

void see(Breakdown& breakdown, const test::Octets& frame, std::uint32_t size, std::uint32_t interface = 0) {
  const test::Exact exact(frame);
  const packet::LinkType& link = packet::link_type(packet::linktype_ethernet);
  breakdown.add(exact.bytes(), link, packet::decode(exact.bytes(), link), interface, size);
}

/// Of a frame of `protocol` from host 1 to host 2.
test::Octets frame(std::uint8_t protocol, std::uint16_t from, std::uint16_t to, const Way& way = {}) {
  return frame_of(
      way, ip_packet(way, address_of(way, 1), address_of(way, 2), protocol, datagram(protocol, from, to, 8)));
}

/// 1,000,000 bytes of HTTPS, 3,000 of DNS over IPv6, 500 of GRE and something of Ethernet alone.
Breakdown sample(std::string_view by, std::size_t keys_most = 1000) {
  Breakdown breakdown(BreakdownKind::parse(by), 1, keys_most);
  for (int i = 0; i < 10; ++i) see(breakdown, frame(test::tcp, 443, 40'000), 60'000);
  for (int i = 0; i < 10; ++i) see(breakdown, frame(test::tcp, 40'000, 443), 40'000);
  for (int i = 0; i < 2; ++i) see(breakdown, frame(test::udp, 53, 50'000, {.is_ipv6 = true}), 1'500, 1);
  see(breakdown, frame(47, 0, 0, {.vlans = {7}}), 500, 2);
  see(breakdown, frame(253, 0, 0, {.vlans = {7}}), 49, 2);
  see(breakdown, test::filled(60), 46, 2);
  return breakdown;
}

std::string text(const Breakdown& breakdown, report::InterfaceNames interfaces = {}) {
  std::string out;
  report::append_breakdown(out, breakdown, interfaces);
  return out;
}

std::string json(const Breakdown& breakdown, report::InterfaceNames interfaces = {}) {
  std::string out;
  report::append_breakdown_json(out, breakdown, interfaces);
  return out;
}

std::string csv(const Breakdown& breakdown, report::InterfaceNames interfaces = {}) {
  std::string out;
  report::append_breakdown_csv(out, breakdown, interfaces);
  return out;
}

}  // namespace

TEST_CASE("a ranking in columns: hosts") {
  CHECK(text(sample("host")) ==
        "By host      packets     bytes    share\n"
        "192.0.2.1         22  1.001 MB  99.70 %\n"
        "192.0.2.2         22  1.001 MB  99.70 %\n"
        "2001:db8::1        2  3.000 kB   0.30 %\n"
        "2001:db8::2        2  3.000 kB   0.30 %\n"
        "(none)             1      46 B   0.00 %\n");
}

TEST_CASE("ports have a protocol, and a name where they are assigned to something") {
  CHECK(text(sample("port", 3)) ==
        "By port   protocol  service  packets     bytes    share\n"
        "443       TCP       https         20  1.000 MB  99.64 %\n"
        "40000     TCP                     20  1.000 MB  99.64 %\n"
        "53        UDP       domain         2  3.000 kB   0.30 %\n"
        "(none)                             3     595 B   0.06 %\n"
        "(others)                           2  3.000 kB   0.30 %\n");
}

TEST_CASE("protocols have their names, or their number") {
  CHECK(text(sample("protocol")) ==
        "By protocol  packets     bytes    share\n"
        "TCP               20  1.000 MB  99.64 %\n"
        "UDP                2  3.000 kB   0.30 %\n"
        "GRE                1     500 B   0.05 %\n"
        "253                1      49 B   0.00 %\n"
        "other              1      46 B   0.00 %\n");
  SUBCASE("that of ARP is ARP") {
    Breakdown breakdown(BreakdownKind::parse("protocol"), 1);
    see(breakdown, test::filled(12) + test::hex("0806") + test::filled(28), 28);
    CHECK(says(text(breakdown), "ARP "));
  }
}

TEST_CASE("networks have their length, packets without a tag are untagged") {
  CHECK(text(sample("network/24/32")) ==
        "By network/24/32  packets     bytes    share\n"
        "192.0.2.0/24           22  1.001 MB  99.70 %\n"
        "2001:db8::/32           2  3.000 kB   0.30 %\n"
        "(none)                  1      46 B   0.00 %\n");
  CHECK(text(sample("vlan")) ==
        "By vlan   packets     bytes    share\n"
        "untagged       23  1.003 MB  99.95 %\n"
        "7               2     549 B   0.05 %\n");
}

TEST_CASE("interfaces have the names that the capture gives them, whatever these hold") {
  const std::vector<std::string> names = {"eth0", "a,\"b\"\x1b[2J\xff"};
  CHECK(text(sample("interface"), names) ==
        "By interface      packets     bytes    share\n"
        "eth0                   20  1.000 MB  99.64 %\n"
        "a,\"b\"\\x1b[2J\\xff        2  3.000 kB   0.30 %\n"
        "2                       3     595 B   0.06 %\n");
  CHECK(says(json(sample("interface"), names), R"("rank":2,"key":"a,\"b\"\\x1b[2J\\xff","packets":2)"));
  CHECK(csv(sample("interface"), names) ==
        "interface,1,eth0,,,20,1000000,0.9964178777295623\r\n"
        "interface,2,\"a,\"\"b\"\"\\x1b[2J\\xff\",,,2,3000,0.0029892536331886867\r\n"
        "interface,3,2,,,3,595,0.0005928686372490895\r\n");
  CHECK(says(text(sample("interface")), "\n0 "));
  const std::vector<std::string> empty = {""};
  CHECK(says(text(sample("interface"), empty), "\n0 "));
}

TEST_CASE("a ranking as records of JSON") {
  CHECK(json(sample("port", 3)) ==
        R"({"record":"ranking","by":"port","rank":1,"key":"443","protocol":"TCP","service":"https",)"
        R"("packets":20,"bytes":1000000,"share":0.9964178777295623})"
        "\n"
        R"({"record":"ranking","by":"port","rank":2,"key":"40000","protocol":"TCP","service":null,)"
        R"("packets":20,"bytes":1000000,"share":0.9964178777295623})"
        "\n"
        R"({"record":"ranking","by":"port","rank":3,"key":"53","protocol":"UDP","service":"domain",)"
        R"("packets":2,"bytes":3000,"share":0.0029892536331886867})"
        "\n"
        R"j({"record":"ranking","by":"port","rank":null,"key":"(none)","protocol":null,"service":null,)j"
        R"("packets":3,"bytes":595,"share":0.0005928686372490895})"
        "\n"
        R"j({"record":"ranking","by":"port","rank":null,"key":"(others)","protocol":null,"service":null,)j"
        R"("packets":2,"bytes":3000,"share":0.0029892536331886867})"
        "\n");
  CHECK(says(json(sample("network/24")),
             R"({"record":"ranking","by":"network/24","rank":2,"key":"2001:db8::/64","packets":2,)"));
}

TEST_CASE("a ranking as CSV") {
  std::string header;
  report::append_breakdown_csv_header(header);
  CHECK(header == "by,rank,key,protocol,service,packets,bytes,share\r\n");
  CHECK(csv(sample("port", 1)) ==
        "port,1,443,TCP,https,20,1000000,0.9964178777295623\r\n"
        "port,,(none),,,3,595,0.0005928686372490895\r\n"
        "port,,(others),,,24,1006000,1.0023963849959396\r\n");
}

TEST_CASE("without packets there are no rows, without bytes no shares but 0") {
  Breakdown breakdown(BreakdownKind::parse("vlan"), 1);
  CHECK(text(breakdown) == "By vlan  packets  bytes  share\n");
  CHECK(json(breakdown).empty());
  CHECK(csv(breakdown).empty());
  see(breakdown, test::filled(14), 0);
  CHECK(text(breakdown) ==
        "By vlan   packets  bytes   share\n"
        "untagged        1    0 B  0.00 %\n");
  CHECK(csv(breakdown) == "vlan,1,untagged,,,1,0,0\r\n");
}

TEST_CASE("IP protocols by name") {
  CHECK(names::protocol_name(6) == "TCP");
  CHECK(names::protocol_name(0) == "HOPOPT");
  CHECK(names::protocol_name(58) == "ICMPv6");
  CHECK(names::protocol_name(89) == "OSPF");
  CHECK(names::protocol_name(136) == "UDP-Lite");
  CHECK(names::protocol_name(145) == "NSH");
  for (const int number : {5, 61, 146, 253, 255, 256, 65'535}) {
    CHECK(names::protocol_name(static_cast<std::uint16_t>(number)).empty());
  }
}
