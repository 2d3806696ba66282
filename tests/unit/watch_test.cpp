// SPDX-License-Identifier: BSD-2-Clause
#include "tools/watch.hpp"

#include <map>

#include "flow_script.hpp"
#include "packet/link.hpp"
#include "tools/gathered.hpp"

using namespace test::times;
using base::Nanoseconds;
using flow::Ended;
using tools::TrackOptions;

namespace {

constexpr Nanoseconds epoch = 1'700'000'000_s;
constexpr int syn = flow::tcp_flag::syn, fin = flow::tcp_flag::fin, rst = flow::tcp_flag::rst,
              ack = flow::tcp_flag::ack;

/// A watch of what host 1 and host 2 send; connections are told apart by the port of host 1.
struct Desk {
  explicit Desk(const TrackOptions& options = {})
      : watch(options, interface_names, lookups, [this](const flow::Connection& connection, Ended ended) {
          over += std::to_string(connection.client().port) + " " + name_of(ended) + "\n";
        }) {}

  void send(Nanoseconds at, unsigned port, bool is_back, int flags, std::size_t bytes = 0) {
    auto& its = next.try_emplace(port, std::array<std::uint32_t, 2>{1000, 5000}).first->second;
    const auto own = static_cast<std::uint16_t>(port);
    const test::TcpHeader header{
        static_cast<std::uint8_t>(flags), its[is_back], (flags & ack) != 0 ? its[!is_back] : 0, 1000, {}};
    add(at, is_back, test::tcp, test::tcp_segment(is_back ? 80 : own, is_back ? own : 80, header, bytes));
    its[is_back] += static_cast<std::uint32_t>(bytes) + ((flags & syn) != 0) + ((flags & fin) != 0);
  }
  void open(Nanoseconds at, unsigned port) {
    send(at, port, false, syn);
    send(at, port, true, syn | ack);
    send(at, port, false, ack);
  }
  void close(Nanoseconds at, unsigned port) {
    send(at, port, false, fin | ack);
    send(at, port, true, fin | ack);
    send(at, port, false, ack);
  }
  void datagram(Nanoseconds at, unsigned port) {
    add(at, false, test::udp, test::datagram(test::udp, static_cast<std::uint16_t>(port), 53, 10));
  }
  void add(Nanoseconds at, bool is_back, std::uint8_t protocol, const test::Octets& payload) {
    const test::Octets frame = frame_of(way, ip_packet(way, address_of(way, is_back ? 2 : 1),
                                                       address_of(way, is_back ? 1 : 2), protocol, payload));
    const packet::Bytes bytes(frame.data(), frame.size());
    const auto& link = packet::link_type(1);
    watch.add({epoch + at, static_cast<std::uint32_t>(frame.size()), bytes, &link, 0},
              packet::decode(bytes, link));
    watch.flush();  // the frame ends here
  }

  void step(Nanoseconds at) {
    watch.advance(epoch + at);
    watch.step(epoch + at);
  }
  /// Ports and states of the rows, in the order in which they appeared.
  std::string rows(Nanoseconds at) {
    watch.look(epoch + at);
    std::map<view::Identity, std::string> texts;
    for (std::size_t row = 0; row < watch.size(); ++row) {
      const flow::Connection& connection = record(row).connection;
      texts[watch.identity(row)] =
          std::to_string(connection.client().port) + " " + name_of(connection.state) + "\n";
    }
    REQUIRE(texts.size() == watch.size());  // no two rows are the same
    std::string text;
    for (const auto& [identity, each] : texts) text += each;
    return text;
  }
  const report::TrackedRecord& record(std::size_t row = 0) const {
    return static_cast<const report::TrackedRecord&>(watch.full_record(row));
  }

  test::Way way;
  test::FakeClock clock;
  tools::InterfaceNames interface_names;
  tools::Lookups lookups{clock};
  std::string over;
  tools::Watch watch;
  std::map<unsigned, std::array<std::uint32_t, 2>> next;  // sequence numbers
};

}  // namespace

TEST_CASE("connections that are over stay for a while, and are told of once") {
  TrackOptions options;
  options.linger = 2_s;
  Desk desk(options);
  desk.open(0_s, 1);
  desk.open(0_s, 2);
  desk.open(0_s, 3);
  desk.close(1_s, 1);
  desk.send(1_s, 2, true, rst);
  CHECK(desk.rows(1_s) == "1 CLOSED\n2 RESET\n3 ESTABLISHED\n");
  CHECK(desk.rows(3_s) == "1 CLOSED\n2 RESET\n3 ESTABLISHED\n");
  CHECK(desk.rows(3_s + 1_ns) == "3 ESTABLISHED\n");
  CHECK(desk.over.empty());  // what comes late belongs to them still
  desk.step(3_s);
  desk.step(6'200_ms);
  CHECK(desk.over == "1 fin\n2 reset\n");
  CHECK(desk.rows(6'200_ms) == "3 ESTABLISHED\n");
  desk.watch.finish();
  CHECK(desk.over == "1 fin\n2 reset\n3 open\n");
  SUBCASE("not at all") {
    options.linger = 0;
    Desk other(options);
    other.open(0_s, 1);
    other.close(1_s, 1);
    CHECK(other.rows(1_s) == "1 CLOSED\n");
    CHECK(other.rows(1_s + 1_ns).empty());
  }
  SUBCASE("for longer than what comes late is waited for") {
    options.linger = 60_s;
    Desk other(options);
    other.open(0_s, 1);
    other.close(1_s, 1);
    other.open(2_s, 2);
    for (int second = 3; second <= 61; ++second) {
      other.send(second * 1_s, 2, false, ack, 1);
      other.step(second * 1_s);
    }
    CHECK(other.rows(61_s) == "1 CLOSED\n2 ESTABLISHED\n");
    CHECK(other.rows(62_s) == "2 ESTABLISHED\n");
  }
}

TEST_CASE("with -d only connections are shown and told of whose start was seen") {
  TrackOptions options;
  options.shows_started_only = true;
  options.shows_all_protocols = true;
  Desk desk(options);
  desk.send(0_s, 1, false, ack, 10);
  desk.open(1_s, 2);
  desk.send(2_s, 3, true, syn | ack);  // the SYN was missed
  desk.datagram(3_s, 4);               // has no start
  CHECK(desk.rows(3_s) == "2 ESTABLISHED\n3 SYN|ACK-ACK\n4 OPEN\n");
  desk.watch.finish();
  CHECK(desk.over == "2 open\n3 open\n4 open\n");
}

TEST_CASE("other protocols than TCP are shown when they are wanted, from then on") {
  Desk desk;
  desk.open(0_s, 1);
  desk.datagram(1_s, 2);
  CHECK(desk.rows(1_s) == "1 ESTABLISHED\n");
  desk.watch.shows_all_protocols = true;
  CHECK(desk.rows(1_s) == "1 ESTABLISHED\n2 OPEN\n");
  desk.watch.shows_all_protocols = false;
  CHECK(desk.rows(1_s) == "1 ESTABLISHED\n");
  desk.watch.finish();
  CHECK(desk.over == "1 open\n");
}

TEST_CASE("rates are those of the last step, by who sends") {
  Desk desk;
  desk.open(0_s, 1);
  desk.step(1_s);
  desk.send(1'100_ms, 1, false, ack, 100);  // 140 bytes of IP
  desk.send(1'200_ms, 1, true, ack, 1000);
  desk.send(1'300_ms, 1, true, ack, 1000);
  desk.step(2_s);
  REQUIRE(desk.rows(2_s) == "1 ESTABLISHED\n");
  CHECK(desk.record().bytes_per_second_out == 140);
  CHECK(desk.record().bytes_per_second_in == 2080);
  CHECK(desk.record().is_active);
  CHECK(desk.record().now == epoch + 2_s);
  CHECK(desk.watch.history(0).back() > 0);
  desk.step(3_s);
  desk.rows(3_s);
  CHECK(desk.record().bytes_per_second_out == 0);
  CHECK(desk.record().bytes_per_second_in == 0);
  CHECK_FALSE(desk.record().is_active);
  CHECK(desk.watch.history(0).back() == 0);
  SUBCASE("with -f of the last second, ten times in it") {
    TrackOptions options;
    options.is_fast = true;
    Desk fast(options);
    fast.open(0_s, 1);
    for (int step = 1; step <= 30; ++step) {
      if (step == 11) fast.send(1'050_ms, 1, false, ack, 960);  // 1000 bytes of IP
      fast.step(step * 100_ms);
      fast.rows(step * 100_ms);
      if (step > 10) CHECK(fast.record().bytes_per_second_out == (step <= 20 ? 1000 : 0));
      if (step > 1) CHECK(fast.record().is_active == (step == 11));
    }
  }
}

TEST_CASE("a pause keeps rows as they are, while the tracking goes on") {
  Desk desk;
  desk.open(0_s, 1);
  desk.open(0_s, 2);
  desk.send(500_ms, 1, false, ack, 960);
  desk.step(1_s);
  const std::string before = desk.rows(1_s);
  const auto identity = desk.watch.identity(0);
  const auto history = desk.watch.history(0);
  desk.watch.pause(epoch + 1_s);
  CHECK(desk.watch.is_paused());
  desk.open(2_s, 3);
  desk.close(2_s, 1);
  desk.send(2_s, 2, true, rst);
  for (int second = 2; second < 20; ++second) desk.step(second * 1_s);
  CHECK(desk.over == "1 fin\n2 reset\n");  // their places are taken again
  desk.open(20_s, 4);
  desk.open(21_s, 5);
  CHECK(desk.rows(21_s) == before);
  CHECK(desk.watch.identity(0) == identity);
  CHECK(desk.watch.history(0) == history);
  std::uint64_t out = 0;
  for (const std::size_t row : {0U, 1U}) {
    CHECK(desk.record(row).now == epoch + 1_s);
    out += desk.record(row).bytes_per_second_out;
  }
  CHECK(out == 1000 + 2 * 80);
  desk.watch.pause(epoch + 21_s);  // once more is the same
  CHECK(desk.rows(20_s) == before);
  desk.watch.go_on();
  CHECK(desk.rows(21_s) == "3 ESTABLISHED\n4 ESTABLISHED\n5 ESTABLISHED\n");
}

TEST_CASE("a row is the same one as long as it is there") {
  Desk desk;
  for (unsigned port = 1; port <= 50; ++port) desk.open(1_ms * port, port);
  std::map<unsigned, view::Identity> known;
  const auto check = [&](Nanoseconds at) {
    desk.watch.look(epoch + at);
    for (std::size_t row = 0; row < desk.watch.size(); ++row) {
      const unsigned port = desk.record(row).connection.client().port;
      const auto [place, is_new] = known.try_emplace(port, desk.watch.identity(row));
      REQUIRE(place->second == desk.watch.identity(row));
    }
  };
  check(1_s);
  for (unsigned port = 1; port <= 50; port += 2) desk.close(2_s, port);
  for (int second = 3; second < 12; ++second) desk.step(second * 1_s);
  for (unsigned port = 101; port <= 140; ++port) desk.open(12_s, port);  // in the places of the others
  check(12_s);
  CHECK(desk.watch.size() == 25 + 40);
  CHECK(known.size() == 50 + 40);
}

TEST_CASE("the time is that of the latest packets, whatever comes late or is far ahead") {
  Desk desk;
  desk.open(5_s, 1);
  desk.send(3_s, 1, false, ack, 1);
  CHECK(desk.watch.latest() == epoch + 5_s);
  desk.send(86'400_s, 1, false, ack, 1);
  CHECK(desk.watch.latest() == epoch + 5_s);
  desk.send(86'401_s, 1, false, ack, 1);  // so it is so late
  CHECK(desk.watch.latest() == epoch + 86'401_s);
}

TEST_CASE("where there are more connections than there is room for the longest idle one is told of") {
  TrackOptions options;
  options.connections_most = 2;
  Desk desk(options);
  for (unsigned port = 1; port <= 4; ++port) desk.open(1_s * port, port);
  CHECK(desk.rows(4_s) == "3 ESTABLISHED\n4 ESTABLISHED\n");
  CHECK(desk.over == "1 evicted\n2 evicted\n");
  CHECK(desk.watch.evicted() == 2);
}

TEST_CASE("connections that are over are gathered, as many as there is room for") {
  tools::InterfaceNames interface_names(std::vector<std::string>{"eth0"});
  tools::Gathered gathered(2, interface_names);
  CHECK(gathered.size() == 0);
  flow::Connection connection{};
  for (int number = 1; number <= 4; ++number) {
    connection.begin = connection.end = epoch - 1_s * number;
    gathered.add(connection, number == 2 ? Ended::reset : Ended::fin);
  }
  gathered.set_now(epoch + 7_s);
  CHECK(gathered.size() == 2);
  CHECK(gathered.left_out() == 2);
  const auto& record = static_cast<const report::TrackedRecord&>(gathered.full_record(1));
  CHECK(record.connection.begin == epoch - 2_s);
  CHECK(record.ended == Ended::reset);
  CHECK(record.interface_name == "eth0");
  CHECK(record.now == epoch + 7_s);
  CHECK(gathered.identity(1) < gathered.identity(0));  // it began earlier
}
