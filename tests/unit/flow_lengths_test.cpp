// SPDX-License-Identifier: BSD-2-Clause
// How much a packet carries: by its IP header, whatever the frame, the capture or the header leave out or make up.
#include "flow/segment.hpp"

#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::hex;
using test::Octets;
using test::Pair;
using test::tcp_segment;
using test::Watch;
using test::Way;

namespace {

const Way ipv4, ipv6{.is_ipv6 = true};

Octets packet_of(const Way& way, std::uint8_t protocol, const Octets& transport) {
  return ip_packet(way, address_of(way, 1), address_of(way, 2), protocol, transport);
}

/// A TCP segment with data.
Octets tcp_packet(const Way& way, std::size_t payload_bytes, std::uint8_t flags = ack) {
  return packet_of(way, test::tcp, tcp_segment(40'000, 80, {flags, 1000, 1, 500, {}}, payload_bytes));
}

/// The length by an IP header: of IPv6 what follows it.
Octets with_length(const Way& way, Octets packet, std::uint16_t length) {
  const Octets field = test::be16(length);
  std::copy(field.begin(), field.end(), packet.begin() + (way.is_ipv6 ? 4 : 2));
  return packet;
}

/// What is counted of the first `captured` octets of a frame.
Watch::Sum sum_of(const Way& way, const Octets& packet, std::size_t captured, std::uint32_t bytes_wire) {
  Watch watch;
  watch.see_frame(0, first(frame_of(way, packet), captured), bytes_wire);
  watch.seen = {};
  watch.tracker().flush();
  Watch::Sum sum;
  watch.table().each([&](std::uint32_t, const flow::Connection& connection) {
    for (const flow::Direction& direction : connection.directions) {
      sum.packets += direction.packets;
      sum.bytes += direction.bytes;
      sum.payload += direction.payload_bytes;
    }
  });
  return sum;
}

Watch::Sum sum_of(const Way& way, const Octets& packet) {
  const std::size_t bytes = frame_of(way, packet).size();
  return sum_of(way, packet, bytes, static_cast<std::uint32_t>(bytes));
}

}  // namespace

TEST_CASE("payload is what is behind the header of each protocol") {
  for (const Way& way : {ipv4, ipv6, Way{.is_ipv6 = true, .extensions = {0, 60}}}) {
    for (const std::uint8_t protocol : {test::udp, test::udp_lite, test::sctp, test::dccp}) {
      const Octets packet = packet_of(way, protocol, test::datagram(protocol, 1, 2, 33));
      CHECK(sum_of(way, packet) == Watch::Sum{1, packet.size(), 33});
    }
    const std::uint8_t icmp = way.is_ipv6 ? test::icmpv6 : test::icmp;
    const Octets packet = packet_of(way, icmp, test::icmp_message(3, 0, 33));
    CHECK(sum_of(way, packet) == Watch::Sum{1, packet.size(), 33});
    CHECK(sum_of(way, tcp_packet(way, 33)) == Watch::Sum{1, tcp_packet(way, 33).size(), 33});
  }
  SUBCASE("and behind TCP's options") {
    const Octets segment = tcp_segment(1, 2, {ack, 1, 1, 1, test::filled(40, 1)}, 33);
    CHECK(sum_of(ipv4, packet_of(ipv4, test::tcp, segment)) == Watch::Sum{1, 113, 33});
  }
}

TEST_CASE("padding of the link layer is no payload") {
  for (const Way& way : {Way{.frame_least = 60}, Way{.vlans = {5}, .frame_least = 64}}) {
    CHECK(sum_of(way, tcp_packet(way, 0)) == Watch::Sum{1, 40, 0});
    CHECK(sum_of(way, tcp_packet(way, 1)) == Watch::Sum{1, 41, 1});
    CHECK(sum_of(way, packet_of(way, test::udp, test::datagram(test::udp, 1, 2, 0))) == Watch::Sum{1, 28, 0});
  }
}

TEST_CASE("an IP length of 0 is segmentation offload: what was on the wire counts") {
  const Octets four = with_length(ipv4, tcp_packet(ipv4, 3000), 0);
  CHECK(sum_of(ipv4, four) == Watch::Sum{1, 3040, 3000});
  CHECK(sum_of(ipv4, four, 96, 100'054) == Watch::Sum{1, 100'040, 100'000});
  const Octets six = with_length(ipv6, tcp_packet(ipv6, 3000), 0);
  CHECK(sum_of(ipv6, six) == Watch::Sum{1, 3060, 3000});
  CHECK(sum_of(ipv6, six, 96, 100'074) == Watch::Sum{1, 100'060, 100'000});
}

TEST_CASE("more than 4 GiB in one connection") {
  Watch watch;
  std::uint32_t sequence = 4'000'000'000;
  constexpr std::uint32_t payload = 1U << 30;
  for (int i = 0; i < 9; ++i, sequence += payload) {
    const Octets segment = tcp_segment(40'000, 80, {ack, sequence, 1, 500, {}}, 8);
    const Octets packet = with_length(ipv4, packet_of(ipv4, test::tcp, segment), 0);
    watch.see_frame(i * 1_s, frame_of(ipv4, packet), 54 + payload);
    watch.seen.bytes += 40 + std::uint64_t{payload};
    watch.seen.payload += payload;
  }
  watch.end();
  CHECK(watch.text() ==
        "40000>80 ESTABLISHED open 0s-8s, guessed, one way\n"
        "  > 9 packets, 9663676416 bytes\n"
        "  < 0 packets\n");
}

TEST_CASE("a length that cannot be right makes nothing negative and nothing larger than the wire") {
  for (const Way& way : {ipv4, ipv6}) {
    const Octets tcp = tcp_packet(way, 10), udp = packet_of(way, test::udp, test::datagram(17, 1, 2, 10));
    CHECK(sum_of(way, with_length(way, tcp, 65'535)) == Watch::Sum{1, tcp.size(), 10});
    CHECK(sum_of(way, with_length(way, udp, 1000)) == Watch::Sum{1, udp.size(), 10});
    // On the wire there was less than was captured.
    CHECK(sum_of(way, tcp, 1000, 0) == Watch::Sum{});
    CHECK(sum_of(way, tcp, 1000, 20) == Watch::Sum{});
    const std::uint32_t bytes = way.is_ipv6 ? 44 : 24;
    CHECK(sum_of(way, tcp, 1000, 14 + bytes) == Watch::Sum{1, bytes, 0});
  }
}

TEST_CASE("a length that ends within the transport's header leaves ports only, or not even them") {
  for (const Way& way : {ipv4, ipv6}) {
    const Octets tcp = tcp_packet(way, 10), udp = packet_of(way, test::udp, test::datagram(17, 1, 2, 10));
    const std::uint16_t header = way.is_ipv6 ? 0 : 20;
    const std::uint64_t before = way.is_ipv6 ? 40 : 20;
    for (std::uint16_t bytes = way.is_ipv6 ? 1 : 0; bytes < 20; ++bytes) {
      CAPTURE(bytes);
      const auto length = static_cast<std::uint16_t>(header + bytes);
      const Watch::Sum expected = bytes < 4 ? Watch::Sum{} : Watch::Sum{1, before + bytes, 0};
      CHECK(sum_of(way, with_length(way, tcp, length)) == expected);
      if (bytes <= 8) CHECK(sum_of(way, with_length(way, udp, length)) == expected);
    }
  }
}

TEST_CASE("a TCP header whose length cannot be right is a packet only") {
  for (unsigned words = 0; words < 16; ++words) {
    CAPTURE(words);
    Octets packet = tcp_packet(ipv4, 10, syn);
    packet[32] = static_cast<std::uint8_t>(words << 4);
    const bool is_right = words == 5 || words == 6 || words == 7;
    CHECK(sum_of(ipv4, packet) == Watch::Sum{1, 50, is_right ? 30 - words * 4 : 0});
  }
}

TEST_CASE("of a frame that was cut short its lengths still count") {
  const auto state_of = [](std::size_t captured) {
    const Way way{.captured_most = captured};
    Watch watch;
    Pair pair(watch, way, false);
    pair.client.syn(0_ms);
    watch.end();
    return watch.text();
  };
  const std::size_t ports = 14 + 20 + 4, flags = 14 + 20 + 16;
  CHECK(state_of(ports - 1).empty());
  for (std::size_t captured = ports; captured < flags; ++captured) {
    CAPTURE(captured);
    CHECK(state_of(captured) ==
          "40000>80 ESTABLISHED open 0s-0s, guessed, one way\n"
          "  > 1 packets\n"
          "  < 0 packets\n");
  }
  CHECK(state_of(flags) ==
        "40000>80 SYN_SENT open 0s-0s, one way\n"
        "  > 1 packets, SYN\n"
        "  < 0 packets\n");
  SUBCASE("of TCP the payload where the header's length was captured, of UDP always") {
    const Octets tcp = tcp_packet(ipv4, 1000);
    CHECK(sum_of(ipv4, tcp, ports, 1054) == Watch::Sum{1, 1040, 0});
    CHECK(sum_of(ipv4, tcp, flags, 1054) == Watch::Sum{1, 1040, 1000});
    const Octets udp = packet_of(ipv4, test::udp, test::datagram(test::udp, 1, 2, 1000));
    CHECK(sum_of(ipv4, udp, ports, 1042) == Watch::Sum{1, 1028, 1000});
    const Octets dccp = packet_of(ipv4, test::dccp, test::datagram(test::dccp, 1, 2, 1000));
    CHECK(sum_of(ipv4, dccp, ports + 1, 1050) == Watch::Sum{1, 1036, 1000});
  }
  SUBCASE("down to nothing: what cannot be told is said") {
    for (const Way& way : {ipv4, ipv6}) {
      const Octets frame = frame_of(way, tcp_packet(way, 100));
      for (std::size_t captured = 0; captured <= frame.size(); ++captured) {
        Watch watch;
        watch.see_frame(0, first(frame, captured), static_cast<std::uint32_t>(frame.size()));
        watch.tracker().flush();
        const bool is_tcp = captured >= (way.is_ipv6 ? 14 + 7 : 14 + 10);
        REQUIRE(watch.table().size() + watch.tally.unattributed == (is_tcp ? 1 : 0));
      }
    }
  }
}

TEST_CASE("options of a SYN that cannot be right: window scaling is read where it is, and nothing else") {
  // How the client's windows are scaled; 0: it has not offered it, so that the server's are not either.
  const auto scale_of = [](std::string_view options) {
    Watch watch;
    const auto see = [&](bool is_answer, std::uint8_t flags, const Octets& its_options) {
      const test::TcpHeader header{flags, flags == ack ? 2U : 1U, 2, 100, its_options};
      const Octets segment = is_answer ? tcp_segment(80, 9, header, 0) : tcp_segment(9, 80, header, 0);
      const auto from = address_of(ipv4, is_answer ? 2 : 1), to = address_of(ipv4, is_answer ? 1 : 2);
      watch.see(0, ipv4, ip_packet(ipv4, from, to, test::tcp, segment), 0);
    };
    see(false, syn, hex(options));
    see(true, syn | ack, hex("03030100"));
    see(false, ack, {});
    see(true, ack, {});
    watch.end();
    const flow::Connection& connection = watch.only();
    return connection.window_most(false) == 200 ? connection.window_most(true) / 100 : 0;
  };
  CHECK(scale_of("03030500") == 32);
  CHECK(scale_of("03030000") == 1);
  CHECK(scale_of("020405b4 01030305") == 32);
  CHECK(scale_of("0204 05b4 0402 080a 00000001 00000000 01 03 03 02") == 4);
  CHECK(scale_of("fe040303 03030500") == 32);  // the value of another option
  CHECK(scale_of("") == 0);
  CHECK(scale_of("00020303 05000000") == 0);  // behind the end of options
  CHECK(scale_of("03020500") == 0);           // of another length
  CHECK(scale_of("08000303 05000000") == 0);  // a length of 0 ends nowhere
  CHECK(scale_of("08010303 05000000") == 0);
  CHECK(scale_of("01010303") == 0);  // cut off
  CHECK(scale_of("01010103") == 0);
  CHECK(scale_of("fe0a0303 03030500") == 0);
}
