// SPDX-License-Identifier: BSD-2-Clause
// Random traffic through a table of a few connections, against a plain map: what is open, what is let go and why,
// and that nothing is counted twice or lost.
#include <algorithm>
#include <map>

#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using base::Nanoseconds;
using flow::Ended;
using test::Random;
using test::Watch;
using test::Way;

namespace {

constexpr std::size_t connections_most = 5;
constexpr std::size_t pairs = 12;  // of ends
constexpr std::uint16_t first_port = 20'000;
const flow::Timeouts timeouts{
    .established = 3_s, .transitory = 2_s, .udp = 1500_ms, .icmp = 1_s, .ended = 500_ms};

struct Packet {
  Nanoseconds at;
  std::size_t pair;
  bool is_back;  // from the second end
  std::uint8_t flags = 0;
  std::uint32_t sequence = 0, acknowledgment = 0;
  std::uint16_t window = 0;
  std::size_t payload_bytes = 0;
};

std::uint8_t protocol_of(std::size_t pair) {
  return std::array{test::tcp, test::tcp, test::tcp, test::udp, test::icmp, test::sctp}[pair % 6];
}

std::uint8_t random_flags(Random& random) {
  const std::array<int, 12> likely = {ack,       ack,       ack,       ack,       syn, syn,
                                      syn | ack, fin | ack, fin | ack, fin | ack, rst, 0};
  return static_cast<std::uint8_t>(likely[random.below(likely.size())]);
}

/// Mostly none.
std::uint32_t random_error(Random& random) {
  return random.below(5) == 0 ? static_cast<std::uint32_t>(random.below(200)) - 100 : 0;
}

Nanoseconds random_gap(Random& random, bool runs_backwards) {
  const auto gap = static_cast<Nanoseconds>(random.spread(4'000'000'000));
  return runs_backwards && random.below(8) == 0 ? -gap : gap / 4;
}

std::vector<Packet> random_traffic(std::uint64_t seed, std::size_t count, bool runs_backwards) {
  Random random(seed);
  std::vector<Packet> packets;
  std::array<std::array<std::uint32_t, 2>, pairs> next{};  // sequence numbers, around where they wrap
  Nanoseconds now = 0;
  for (std::size_t i = 0; i < count; ++i) {
    now += random_gap(random, runs_backwards);
    Packet packet{now, random.below(pairs), random.below(2) == 1};
    packet.flags = random_flags(random);
    if (random.below(2) == 0) packet.payload_bytes = random.below(50);
    if (random.below(6) != 0) packet.window = 500;
    packet.sequence = next[packet.pair][packet.is_back] + random_error(random);
    packet.acknowledgment = next[packet.pair][!packet.is_back] + random_error(random);
    const bool takes_one = (packet.flags & (syn | fin)) != 0;
    next[packet.pair][packet.is_back] =
        packet.sequence + static_cast<std::uint32_t>(packet.payload_bytes + (takes_one ? 1 : 0));
    packets.push_back(packet);
  }
  return packets;
}

test::Octets octets_of(const Packet& packet) {
  const Way way{.is_ipv6 = packet.pair >= pairs / 2};
  const std::uint8_t protocol = protocol_of(packet.pair);
  const auto port = static_cast<std::uint16_t>(first_port + packet.pair);
  const std::uint16_t from = packet.is_back ? 53 : port, to = packet.is_back ? port : 53;
  const std::uint8_t request = packet.is_back ? 0 : 8;
  const test::TcpHeader header{packet.flags, packet.sequence, packet.acknowledgment, packet.window, {}};
  const std::size_t bytes = packet.payload_bytes;
  const test::Octets transport = protocol == test::tcp    ? test::tcp_segment(from, to, header, bytes)
                                 : protocol == test::icmp ? test::icmp_message(request, port, bytes)
                                                          : test::datagram(protocol, from, to, bytes);
  return ip_packet(way, address_of(way, packet.is_back ? 2 : 1), address_of(way, packet.is_back ? 1 : 2),
                   protocol, transport);
}

void see(Watch& watch, const Packet& packet) {
  const Way way{.is_ipv6 = packet.pair >= pairs / 2};
  watch.see(packet.at, way, octets_of(packet), packet.payload_bytes);
}

/// What a plain map would know of a connection.
struct Known {
  std::array<Watch::Sum, 2> sums;
  Nanoseconds begin = 0, end = 0;
};
using Map = std::map<std::size_t, Known>;  // by pair

std::size_t pair_of(const flow::Connection& connection) {
  const flow::Endpoint first = connection.key.end(false), second = connection.key.end(true);
  return std::size_t{std::max(first.port, second.port)} - first_port;
}

Nanoseconds timeout_of(const flow::Connection& connection) {
  switch (connection.state) {
    case flow::State::syn_sent:
    case flow::State::syn_received: return timeouts.transitory;
    case flow::State::closed:
    case flow::State::reset: return timeouts.ended;
    case flow::State::established: return timeouts.established;
    case flow::State::closing: {
      const bool both = connection.knows(false, flow::Connection::has_fin) &&
                        connection.knows(true, flow::Connection::has_fin);
      return both ? timeouts.transitory : timeouts.established;
    }
    case flow::State::open: break;
  }
  const std::uint8_t protocol = connection.key.protocol();
  return protocol == test::sctp ? timeouts.established : protocol == test::udp ? timeouts.udp : timeouts.icmp;
}

void check_same(const flow::Connection& connection, const Known& known) {
  for (const std::size_t i : {0U, 1U}) {
    const flow::Direction& direction = connection.directions[i];
    REQUIRE(Watch::Sum{direction.packets, direction.bytes, direction.payload_bytes} == known.sums[i]);
    REQUIRE(direction.retransmitted_bytes <= direction.payload_bytes);
    REQUIRE(std::uint64_t{direction.retransmissions} + direction.out_of_order <= direction.packets);
    REQUIRE(direction.duplicate_acks <= direction.packets);
    REQUIRE(direction.zero_windows <= direction.packets);
  }
  REQUIRE(connection.begin == known.begin);
  REQUIRE(connection.end == known.end);
  REQUIRE(connection.begin <= connection.end);
  REQUIRE(connection.round_trip_least().value_or(0) >= 0);
  REQUIRE(connection.round_trip_mean().value_or(0) >= connection.round_trip_least().value_or(0));
  REQUIRE(connection.handshake_round_trip().value_or(0) >= 0);
  REQUIRE(connection.time_to_first_byte().value_or(0) >= 0);
}

/// Whether it was right to let go of it when the packet came; `map` has what else was there.
bool is_right(const Watch::Record& record, const Packet& packet, Nanoseconds now, const Map& map) {
  const flow::Connection& connection = record.connection;
  const bool is_its_own = pair_of(connection) == packet.pair;
  const bool is_old = now - connection.end > timeout_of(connection);
  const bool is_full = map.size() == connections_most && map.count(packet.pair) == 0;
  const auto is_no_longer_idle = [&](const auto& each) { return each.second.end >= connection.end; };
  const bool is_evicted = is_full && std::ranges::all_of(map, is_no_longer_idle);
  const bool is_opened_anew = is_its_own && (packet.flags & syn) != 0;
  switch (record.ended) {
    case Ended::fin:
      return connection.state == flow::State::closed && (is_old || is_evicted || is_opened_anew);
    case Ended::reset:
      return connection.state == flow::State::reset && (is_old || is_evicted || is_opened_anew);
    case Ended::timeout: return is_old || is_opened_anew;
    case Ended::evicted: return is_evicted;
    case Ended::open: return false;
  }
  return false;
}

void add(Map& map, const Packet& packet, Nanoseconds timestamp) {
  const bool is_new = map.count(packet.pair) == 0;
  Known& known = map[packet.pair];
  if (is_new) known.begin = timestamp;
  known.end = std::max(known.begin, timestamp);
  Watch::Sum& sum = known.sums[packet.is_back];
  ++sum.packets;
  sum.bytes += octets_of(packet).size();
  sum.payload += packet.payload_bytes;
}

/// Runs it packet by packet beside a map.
std::string told_beside_map(const std::vector<Packet>& packets, bool runs_backwards) {
  Watch watch(
      {.table = {.connections_most = connections_most, .timeouts = timeouts, .seed = packets.size()}});
  Map map;
  std::size_t ended = 0;
  for (const Packet& packet : packets) {
    see(watch, packet);
    const Nanoseconds now = watch.epoch + packet.at;
    for (; ended < watch.records.size(); ++ended) {
      const flow::Connection& connection = watch.records[ended].connection;
      const auto place = map.find(pair_of(connection));
      REQUIRE(place != map.end());
      check_same(connection, place->second);
      if (!runs_backwards) REQUIRE(is_right(watch.records[ended], packet, now, map));
      map.erase(place);
    }
    add(map, packet, now);
    REQUIRE(map.size() <= connections_most);
    REQUIRE(watch.table().size() == map.size());
    watch.table().each([&](std::uint32_t, const flow::Connection& connection) {
      REQUIRE(map.count(pair_of(connection)) == 1);
      check_same(connection, map[pair_of(connection)]);
      if (!runs_backwards) REQUIRE(now - connection.end <= timeout_of(connection) + 100_ms);
    });
  }
  watch.end();
  return watch.text();
}

/// The same at once, as a capture has it: packets are counted some time later.
std::string told_at_once(const std::vector<Packet>& packets) {
  Watch watch({.table = {.connections_most = connections_most, .timeouts = timeouts}}, false);
  for (const Packet& packet : packets) see(watch, packet);
  watch.end();
  return watch.text();
}

}  // namespace

TEST_CASE("random traffic through a table of five connections is what a plain map makes of it") {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    CAPTURE(seed);
    const std::vector<Packet> packets = random_traffic(seed, 1500, false);
    REQUIRE(told_beside_map(packets, false) == told_at_once(packets));
  }
}

TEST_CASE("also where timestamps run backwards") {
  for (std::uint64_t seed = 100; seed < 110; ++seed) {
    CAPTURE(seed);
    const std::vector<Packet> packets = random_traffic(seed, 1500, true);
    REQUIRE(told_beside_map(packets, true) == told_at_once(packets));
  }
}

TEST_CASE("random traffic meets all ends and all states") {
  std::string text;
  for (std::uint64_t seed = 0; seed < 5; ++seed) text += told_at_once(random_traffic(seed, 1500, false));
  for (const char* word :
       {"SYN_SENT timeout", "SYN|ACK-ACK timeout", "ESTABLISHED timeout", "CLOSING timeout", "CLOSED fin",
        "RESET reset", "OPEN timeout", "OPEN evicted", "SYN_SENT evicted", " open ", "guessed",
        "duplicate ACKs", "out of order", "zero windows", "handshake"}) {
    CAPTURE(word);
    CHECK(test::says(text, word));
  }
}
