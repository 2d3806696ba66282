// SPDX-License-Identifier: BSD-2-Clause
#include "stats/extras.hpp"

#include "stats/interval.hpp"
#include "support.hpp"

using packet::Network;
using packet::Trait;
using stats::Interval;
using test::hex;
using test::Octets;

namespace {

constexpr std::uint32_t ethernet = 1;

/// Ethernet to a host, IPv4, TCP with these flags.
Octets tcp_frame(std::uint8_t flags, std::string_view destination = "02005e000001",
                 bool is_fragment = false) {
  return hex(destination) + hex("02005e000002 0800 4500 0028 0001") + hex(is_fragment ? "2000" : "0000") +
         hex("4006 0000 c0000201 c0000202 3039 0050 00000001 00000000 50") + Octets{flags} +
         hex("ffff 0000 0000");
}

/// A VLAN tag behind the addresses.
Octets tagged(const Octets& frame) {
  return test::first(frame, 12) + hex("8100 0001") + Octets(frame.begin() + 12, frame.end());
}

/// As the program does it, the size being `size`.
void add(Interval& interval, const Octets& frame, std::uint32_t size, base::Nanoseconds timestamp = 1,
         std::uint32_t link_number = ethernet) {
  const test::Exact exact(frame);
  const packet::LinkType& link = packet::link_type(link_number);
  const packet::Packet packet = packet::decode(exact.bytes(), link);
  interval.add(packet, size);
  if (interval.extras() != nullptr) interval.extras()->add(timestamp, exact.bytes(), link, packet, size);
}

Interval collecting(const stats::Collect& collect) {
  Interval interval;
  interval.length = base::ns_per_s;
  interval.collect(collect);
  return interval;
}

constexpr std::array traits = {Trait::tcp_fin,   Trait::tcp_syn, Trait::tcp_rst,    Trait::multicast,
                               Trait::broadcast, Trait::vlan,    Trait::ip_fragment};

/// How many packets have each of the traits.
std::vector<std::uint64_t> counts(const Interval& interval) {
  std::vector<std::uint64_t> packets;
  for (const Trait trait : traits) packets.push_back(interval.count(trait));
  return packets;
}

using Counts = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("nothing is collected where nothing is asked for, and its numbers are 0") {
  Interval interval = collecting({});
  CHECK(interval.extras() == nullptr);
  add(interval, tcp_frame(7), 40);
  CHECK(counts(interval) == Counts(7, 0));
  CHECK(interval.bytes_of(Network::ipv4) == 0);
  CHECK(interval.bytes_of(std::uint16_t{test::tcp}) == 0);
  CHECK(interval.size_quantile(50) == 0);
  CHECK(interval.burst_bps(0) == 0.0);
  SUBCASE("and only what is asked for") {
    Interval sizes = collecting({false, true, {}});
    add(sizes, tcp_frame(7), 40);
    CHECK(sizes.size_quantile(50) == 40);
    CHECK(counts(sizes) == Counts(7, 0));
    CHECK(sizes.bytes_of(Network::ipv4) == 0);
    CHECK(sizes.burst_bps(0) == 0.0);
    Interval details = collecting({true, false, {}});
    add(details, tcp_frame(7), 40);
    CHECK(details.size_quantile(50) == 0);
    CHECK(details.burst_bps(0) == 0.0);
  }
}

TEST_CASE("a packet counts under all that it is at once") {
  Interval interval = collecting({true, false, {}});
  add(interval, tcp_frame(0x10), 40);  // ACK: nothing of all this
  CHECK(counts(interval) == Counts(7, 0));
  add(interval, tcp_frame(0x01), 40);
  add(interval, tcp_frame(0x02), 40);
  add(interval, tcp_frame(0x12), 40);
  add(interval, tcp_frame(0x04), 40);
  CHECK(counts(interval) == Counts{1, 2, 1, 0, 0, 0, 0});
  add(interval, tcp_frame(0x07), 40);
  CHECK(counts(interval) == Counts{2, 3, 2, 0, 0, 0, 0});
  add(interval, tcp_frame(0x10, "01005e000001"), 40);
  add(interval, tcp_frame(0x10, "ffffffffffff"), 40);
  CHECK(counts(interval) == Counts{2, 3, 2, 1, 1, 0, 0});
  add(interval, tcp_frame(0x10, "02005e000001", true), 40);
  add(interval, tagged(tcp_frame(0x10)), 40);
  CHECK(counts(interval) == Counts{2, 3, 2, 1, 1, 1, 1});
  add(interval, tagged(tcp_frame(0x07, "ffffffffffff", true)), 40);
  CHECK(counts(interval) == Counts{3, 4, 3, 1, 2, 2, 2});
  add(interval, tagged(tcp_frame(0x02, "333300000001")), 40);
  CHECK(counts(interval) == Counts{3, 5, 3, 2, 2, 3, 2});
  CHECK(interval.packets() == 12);
}

TEST_CASE("every combination of what a packet may be") {
  for (unsigned number = 0; number < 64; ++number) {
    CAPTURE(number);
    const auto flags = static_cast<std::uint8_t>(number & 7);
    const unsigned cast = number >> 3 & 1;
    Octets frame = tcp_frame(flags, cast != 0 ? "ffffffffffff" : "02005e000001", (number >> 5 & 1) != 0);
    if ((number >> 4 & 1) != 0) frame = tagged(frame);
    Interval interval = collecting({true, false, {}});
    add(interval, frame, 40);
    CHECK(counts(interval) ==
          Counts{flags & 1U, flags >> 1 & 1U, flags >> 2 & 1U, 0, cast, number >> 4 & 1, number >> 5 & 1});
  }
}

TEST_CASE("bytes by protocol are the sizes of its packets") {
  Interval interval = collecting({true, false, {}});
  constexpr std::uint32_t raw = 101;
  add(interval, test::ipv4_packet(test::tcp), 100, 1, raw);
  add(interval, test::ipv4_packet(test::tcp), 23, 1, raw);
  add(interval, test::ipv4_packet(test::udp), 3000, 1, raw);
  add(interval, test::ipv6_packet(test::udp), 50'000, 1, raw);
  add(interval, test::ipv4_packet(test::icmp), 1, 1, raw);
  add(interval, test::ipv6_packet(test::icmpv6), 2, 1, raw);
  add(interval, hex("ffffffffffff 02005e000002 0806") + test::filled(28), 28);
  add(interval, hex("02005e000001 02005e000002 88cc") + test::filled(28), 0xffffffff);
  CHECK(interval.bytes_of(std::uint16_t{test::tcp}) == 123);
  CHECK(interval.bytes_of(std::uint16_t{test::udp}) == 53'000);
  CHECK(interval.bytes_of(std::uint16_t{test::icmp}) == 1);
  CHECK(interval.bytes_of(std::uint16_t{test::icmpv6}) == 2);
  CHECK(interval.bytes_of(Network::ipv4) == 3124);
  CHECK(interval.bytes_of(Network::ipv6) == 50'002);
  CHECK(interval.bytes_of(Network::arp) == 28);
  CHECK(interval.bytes_of(Network::other) == 0xffffffff);
  CHECK(interval.bytes() == 3124 + 50'002 + 28 + std::uint64_t{0xffffffff});
}

TEST_CASE("intervals add up; what they collect stays their own") {
  const stats::Collect all{true, true, {100 * base::ns_per_ms}};
  Interval left = collecting(all), right = collecting(all);
  add(left, tcp_frame(0x02), 100);
  add(right, tagged(tcp_frame(0x03)), 300);
  left += right;
  CHECK(left.packets() == 2);
  CHECK(left.bytes() == 400);
  CHECK(counts(left) == Counts{0, 1, 0, 0, 0, 0, 0});
  CHECK(left.bytes_of(Network::ipv4) == 100);
  CHECK(left.size_quantile(99) == 100);
  CHECK(left.burst_bps(0) == 8000.0);
}

TEST_CASE("sizes: percentiles by nearest rank, exact up to 65535 bytes") {
  Interval interval = collecting({false, true, {}});
  for (std::uint32_t size = 1; size <= 100; ++size) add(interval, {}, size * 600 + 1);
  CHECK(interval.size_quantile(50) == 30'001);
  CHECK(interval.size_quantile(95) == 57'001);
  CHECK(interval.size_quantile(99) == 59'401);
  add(interval, {}, 65535);
  CHECK(interval.size_quantile(100) == 65535);
  SUBCASE("larger ones never too low") {
    Interval large = collecting({false, true, {}});
    add(large, {}, 0xffffffff);
    add(large, {}, 100'001);
    CHECK(large.size_quantile(50) >= 100'001);
    CHECK(large.size_quantile(50) <= 100'005);
    CHECK(large.size_quantile(99) == 0xffffffff);
  }
}

TEST_CASE("bursts lie in the interval, each window in its place") {
  Interval interval;
  interval.begin = 5 * base::ns_per_s;
  interval.length = base::ns_per_s;
  interval.collect({false, false, {10 * base::ns_per_ms, base::ns_per_s}});
  add(interval, {}, 1000, interval.begin + 1);
  add(interval, {}, 250, interval.begin + 500 * base::ns_per_ms);
  CHECK(interval.burst_bps(0) == 800'000.0);
  CHECK(interval.burst_bps(1) == 10'000.0);
  CHECK(interval.burst_bps(2) == 0.0);  // there is none
}
