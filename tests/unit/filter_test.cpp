// SPDX-License-Identifier: BSD-2-Clause
#include "capture/filter.hpp"

#include "link_samples.hpp"

using test::Octets;

namespace {

bool matches(const std::string& expression, std::uint16_t link_number, const Octets& octets,
             std::uint32_t wire = 0) {
  const test::Exact exact(octets);
  const auto bytes_wire = wire == 0 ? static_cast<std::uint32_t>(octets.size()) : wire;
  return capture::Filter(expression, link_number).matches(exact.bytes(), bytes_wire);
}

}  // namespace

TEST_CASE("an expression means the same on every link type") {
  const Octets tcp = test::ipv4_packet(test::tcp);
  CHECK(matches("tcp", 1, test::ethernet_header(0x0800) + tcp));
  CHECK_FALSE(matches("udp", 1, test::ethernet_header(0x0800) + tcp));
  CHECK(matches("tcp", 101, tcp));  // RAW: its numbers differ in libpcap
  CHECK(matches("ip6", 101, test::ipv6_packet()));
  CHECK(matches("tcp", 0, test::hex("02000000") + tcp));
  CHECK(matches("tcp", 113, test::hex("0000 0001 0006 02005e0000010000 0800") + tcp));
  CHECK(matches("tcp", 100, test::snap(0x0800) + tcp));  // ATM_RFC1483
  CHECK(matches("tcp", 9, test::hex("ff03 0021") + tcp));
}

TEST_CASE("lengths are those on the wire, bytes those captured") {
  const Octets frame = test::ethernet_header(0x0800) + test::ipv4_packet();
  CHECK(matches("greater 1000", 1, frame, 1514));
  CHECK_FALSE(matches("greater 1000", 1, frame));
  CHECK_FALSE(matches("ether[2000] = 0", 1, frame, 3000));
  CHECK_FALSE(matches("tcp", 1, {}, 60));
}

TEST_CASE("an expression that is wrong is wrong usage, and named") {
  CHECK(test::is_usage_error([] { capture::Filter("tcp port", 1); }, "filter 'tcp port': "));
  CHECK(test::is_usage_error([] { capture::Filter("no such \x1b word", 1); }, "\\x1b"));
  CHECK(test::is_usage_error([] { capture::Filter("vlan", 101); }));
}

TEST_CASE("link types that libpcap numbers otherwise") {
  CHECK(capture::dlt_of_linktype(1) == DLT_EN10MB);
  CHECK(capture::dlt_of_linktype(101) == DLT_RAW);
  CHECK(capture::dlt_of_linktype(100) == DLT_ATM_RFC1483);
  CHECK(capture::linktype_of_dlt(DLT_RAW) == 101);
  CHECK(capture::linktype_of_dlt(DLT_LINUX_SLL2) == 276);
  for (std::uint32_t number : {0U, 1U, 6U, 9U, 50U, 100U, 101U, 104U, 106U, 108U, 113U, 276U}) {
    CAPTURE(number);
    CHECK(capture::linktype_of_dlt(capture::dlt_of_linktype(number)) == number);
  }
}
