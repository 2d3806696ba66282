// SPDX-License-Identifier: BSD-2-Clause
#include "flow/busiest.hpp"

#include <algorithm>
#include <map>

#include "flow_script.hpp"

using base::Nanoseconds;
using flow::Busiest;
using flow::Busy;
using flow::Connection;
using flow::Top;
using test::address_of;
using test::Octets;
using test::Way;
using namespace test::times;
using namespace flow::tcp_flag;

namespace {

bool refuses(std::string_view text, std::string_view why) {
  return test::is_usage_error([&] { Top::parse(text); },
                              "--top '" + std::string(text) + "': " + std::string(why));
}

/// Feeds frames to a tracker, and what ends to the busiest, as a program does.
class Station final : public flow::Listener {
 public:
  explicit Station(std::string_view top, const flow::TrackerOptions& options = {})
      : busiest_(Top::parse(top)), tracker_(options, *this) {}

  /// UDP from host to host, of `payload_bytes` and 28 more.
  void see(Nanoseconds at, std::uint32_t from, std::uint32_t to, std::size_t payload_bytes) {
    see(at, from, to, test::udp, test::datagram(test::udp, 1000, 1000, payload_bytes));
  }
  /// TCP between port 40000 of host 1 and port 80 of host 2, of `payload_bytes` and 40 more.
  void see_tcp(Nanoseconds at, bool is_servers, const test::TcpHeader& header,
               std::size_t payload_bytes = 0) {
    const std::uint16_t client = 40'000, server = 80;
    see(at, is_servers ? 2 : 1, is_servers ? 1 : 2, test::tcp,
        test::tcp_segment(is_servers ? server : client, is_servers ? client : server, header, payload_bytes));
  }
  void advance(Nanoseconds at) {
    tracker_.flush();
    tracker_.advance(at, tally_);
  }

  std::vector<Busy> take() {
    tracker_.flush();
    return busiest_.take(tracker_.table());
  }
  /// "from>to packets bytes, " of each.
  std::string names() {
    std::string names;
    for (const Busy& busy : take()) {
      const auto host = [](const flow::Endpoint& end) { return std::to_string(end.address.low & 0xff); };
      names += host(busy.connection.client()) + ">" + host(busy.connection.server()) + " " +
               std::to_string(busy.packets) + " " + std::to_string(busy.bytes) + ", ";
    }
    return names;
  }
  const flow::Table& table() const { return tracker_.table(); }

 private:
  void see(Nanoseconds at, std::uint32_t from, std::uint32_t to, std::uint8_t protocol,
           const Octets& payload) {
    const Way way;
    const test::Exact exact(
        frame_of(way, ip_packet(way, address_of(way, from), address_of(way, to), protocol, payload)));
    const packet::LinkType& link = packet::link_type(packet::linktype_ethernet);
    tracker_.add({at, exact.bytes(), static_cast<std::uint32_t>(exact.bytes().size()), link, 0,
                  packet::decode(exact.bytes(), link)},
                 tally_);
  }
  void on_end(std::uint32_t number, const Connection& connection, flow::Ended) override {
    busiest_.on_end(number, connection);
  }

  Busiest busiest_;
  flow::Tally tally_;
  flow::Tracker tracker_;
};

}  // namespace

TEST_CASE("how many, and by what") {
  CHECK(Top::parse("3").count == 3);
  CHECK(Top::parse("3").by == Top::By::bits);
  for (const Top::By by : {Top::By::bits, Top::By::packets, Top::By::retransmissions, Top::By::rtt}) {
    CHECK(Top::parse(std::string("1000,") + name_of(by)).by == by);
    CHECK(Top::parse(std::string("1000,") + name_of(by)).count == 1000);
  }
  const std::string number = "not a number of connections from 1 to 1000, as in 10 or 10,packets";
  for (const char* text : {"", "0", "1001", "-1", "ten", "bits", ",bits", "1.5", " 1"}) {
    CHECK(refuses(text, number));
  }
  CHECK(refuses("5,packet", "no 'packet': is it packets?"));
  CHECK(refuses("5,bytes", "no 'bytes': is it bits?"));
  CHECK(refuses("5,", "no '': bits, packets, retransmissions or rtt"));
  CHECK(refuses("5,bits,rtt", "no 'bits,rtt': "));
}

TEST_CASE("amounts are those since the last line, connections without any are left out") {
  Station station("10");
  station.see(1_s, 1, 2, 100);
  station.see(1_s, 2, 1, 50);
  station.see(1_s, 3, 4, 500);
  CHECK(station.names() == "3>4 1 528, 1>2 2 206, ");
  station.see(2_s, 1, 2, 10);
  CHECK(station.names() == "1>2 1 38, ");
  CHECK(station.names().empty());
  station.see(4_s, 3, 4, 10);
  station.see(4_s, 5, 6, 11);
  CHECK(station.names() == "5>6 1 39, 3>4 1 38, ");
}

TEST_CASE("as many as are asked for, in the order of what is asked for, equal ones in that of their keys") {
  for (const char* top : {"2", "2,packets"}) {
    Station station(top);
    for (std::uint32_t host = 40; host > 0; --host) station.see(1_s, 100 + host, 200, 10);
    CHECK(station.names() == "101>200 1 38, 102>200 1 38, ");
    station.see(2_s, 140, 200, 100);
    for (int i = 0; i < 2; ++i) station.see(2_s, 120, 200, 20);
    CHECK(station.names() ==
          (std::string(top) == "2" ? "140>200 1 128, 120>200 2 96, " : "120>200 2 96, 140>200 1 128, "));
  }
}

TEST_CASE("what ends in the interval counts, and whoever gets its number begins at nothing") {
  Station station("10");
  station.see(1_s, 1, 2, 100);
  CHECK(station.names() == "1>2 1 128, ");
  station.see(2_s, 1, 2, 20);
  station.advance(200_s);
  CHECK(station.table().size() == 0);
  SUBCASE("another connection") {
    station.see(201_s, 3, 4, 10);
    CHECK(station.names() == "1>2 1 48, 3>4 1 38, ");
    station.see(202_s, 3, 4, 10);
    CHECK(station.names() == "3>4 1 38, ");
  }
  SUBCASE("the same ends again, the first one first") {
    station.see(201_s, 1, 2, 20);
    const std::vector<Busy> busiest = station.take();
    REQUIRE(busiest.size() == 2);
    CHECK(busiest[0].connection.begin == 1_s);
    CHECK(busiest[1].connection.begin == 201_s);
    CHECK(busiest[1].bytes == 48);
  }
  SUBCASE("nothing of what ended without a packet since the last line") {
    CHECK(station.names() == "1>2 1 48, ");
    station.see(300_s, 3, 4, 10);
    CHECK(station.names() == "3>4 1 38, ");
    station.advance(900_s);
    CHECK(station.table().size() == 0);
    CHECK(station.names().empty());
  }
}

TEST_CASE("what is pushed out of a full table counts too") {
  flow::TrackerOptions options;
  options.table.connections_most = 2;
  Station station("10", options);
  for (std::uint32_t host = 1; host <= 5; ++host) station.see(host * 1_s, 100 + host, 200, host);
  CHECK(station.names() == "105>200 1 33, 104>200 1 32, 103>200 1 31, 102>200 1 30, 101>200 1 29, ");
}

TEST_CASE("retransmissions and round trips of the interval") {
  Station by_rtt("10,rtt"), by_retransmissions("10,retransmissions");
  for (Station* station : {&by_rtt, &by_retransmissions}) {
    station->see(0_s, 7, 8, 1000);  // has neither
    station->see_tcp(0_ms, false, {.flags = syn, .sequence = 100});
    station->see_tcp(30_ms, true, {.flags = syn | ack, .sequence = 500, .acknowledgment = 101});
    station->see_tcp(34_ms, false, {.flags = ack, .sequence = 101, .acknowledgment = 501});
  }
  CHECK(by_retransmissions.take().empty());
  std::vector<Busy> first = by_rtt.take();
  REQUIRE(first.size() == 1);
  CHECK(first[0].rtt == 34_ms);
  CHECK(first[0].packets == 3);
  CHECK(first[0].bytes == 120);
  for (Station* station : {&by_rtt, &by_retransmissions}) {
    station->see_tcp(1_s, false, {.flags = ack, .sequence = 101, .acknowledgment = 501}, 10);
    station->see_tcp(1_s + 400_ms, false, {.flags = ack, .sequence = 101, .acknowledgment = 501}, 10);
    station->see_tcp(2_s, false, {.flags = ack, .sequence = 111, .acknowledgment = 501}, 10);
    station->see_tcp(2_s + 50_ms, true, {.flags = ack, .sequence = 501, .acknowledgment = 121});
  }
  SUBCASE("a half of the way without a sample here counts as it did so far") {
    const std::vector<Busy> second = by_rtt.take();
    REQUIRE(second.size() == 1);
    CHECK(second[0].rtt == 54_ms);
    CHECK(second[0].retransmissions == 1);
    by_rtt.see_tcp(3_s, false, {.flags = ack, .sequence = 121, .acknowledgment = 501});
    CHECK(by_rtt.take().empty());
  }
  SUBCASE("retransmissions") {
    const std::vector<Busy> second = by_retransmissions.take();
    REQUIRE(second.size() == 1);
    CHECK(second[0].retransmissions == 1);
    CHECK(second[0].packets == 4);
  }
}

TEST_CASE("the same as a full sort of all connections, on random traffic") {
  test::Random random(3);
  for (const char* top : {"1", "7", "30,packets", "1000"}) {
    flow::TrackerOptions options;
    options.table.connections_most = 50;  // they are pushed out and come back
    Station station(top, options);
    const Top parsed = Top::parse(top);
    for (int line = 0; line < 40; ++line) {
      std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> seen;  // by host: packets, bytes
      for (std::uint64_t packets = random.below(100); packets > 0; --packets) {
        const auto host = static_cast<std::uint32_t>(1 + random.below(45));
        const std::size_t bytes = random.below(4) * 100;
        station.see(line * 1_s + 1_ms, host, 200, bytes);
        ++seen[host].first;
        seen[host].second += bytes + 28;
      }
      if (line % 10 == 9) station.advance(line * 1_s + 500_s);  // all end, in the interval
      std::vector<std::uint32_t> hosts;
      for (const auto& [host, amounts] : seen) hosts.push_back(host);
      const auto measure = [&](std::uint32_t host) {
        return parsed.by == Top::By::packets ? seen[host].first : seen[host].second;
      };
      std::ranges::stable_sort(hosts, [&](auto left, auto right) { return measure(left) > measure(right); });
      std::string expected;
      if (hosts.size() > parsed.count) hosts.resize(parsed.count);
      for (const std::uint32_t host : hosts) {
        expected += std::to_string(host) + ">200 " + std::to_string(seen[host].first) + " " +
                    std::to_string(seen[host].second) + ", ";
      }
      REQUIRE(station.names() == expected);
    }
  }
}
