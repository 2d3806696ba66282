// SPDX-License-Identifier: BSD-2-Clause
// What a run tells of connections: their own lines, what happened to them in each interval, the busiest of each,
// and rankings. How they are told apart is tested in flow_*_test.
#include <map>
#include <random>
#include <sstream>

#include "flow_script.hpp"
#include "statistics_run.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::every_second;
using test::Frames;
using test::run_statistics_of;
using test::says;
using Kind = tools::Options::OutputKind;

namespace {

const test::Way way;

/// Of host 1, this port, to host 2, port 9: 28 bytes and the payload.
test::Octets udp(std::uint16_t port, std::size_t payload_bytes = 10) {
  return test::frame_of(way, test::ip_packet(way, test::address_of(way, 1), test::address_of(way, 2),
                                             test::udp, test::datagram(test::udp, port, 9, payload_bytes)));
}

/// Between host 1, this port, and host 2, port 80: 40 bytes and the payload.
test::Octets tcp(bool from_client, std::uint16_t port, test::TcpHeader header,
                 std::size_t payload_bytes = 0) {
  header.window = 1000;
  const std::uint32_t from = from_client ? 1 : 2;
  const std::uint16_t from_port = from_client ? port : 80, to_port = from_client ? 80 : port;
  return test::frame_of(
      way, test::ip_packet(way, test::address_of(way, from), test::address_of(way, 3 - from), test::tcp,
                           test::tcp_segment(from_port, to_port, header, payload_bytes)));
}

/// A handshake of 20 ms, 100 bytes, sent again after 300 ms, and FINs from `close_at` on, if that is not 0.
Frames tcp_connection(base::Nanoseconds begin, base::Nanoseconds close_at = 0) {
  Frames frames = {{begin, tcp(true, 40'000, {syn, 1000})},
                   {begin + 15_ms, tcp(false, 40'000, {syn | ack, 5000, 1001})},
                   {begin + 20_ms, tcp(true, 40'000, {ack, 1001, 5001})},
                   {begin + 30_ms, tcp(true, 40'000, {ack, 1001, 5001}, 100)},
                   {begin + 330_ms, tcp(true, 40'000, {ack, 1001, 5001}, 100)}};
  if (close_at == 0) return frames;
  frames.insert(frames.end(), {{close_at, tcp(true, 40'000, {fin | ack, 1101, 5001})},
                               {close_at + 10_ms, tcp(false, 40'000, {fin | ack, 5001, 1102})},
                               {close_at + 20_ms, tcp(true, 40'000, {ack, 1102, 5002})}});
  return frames;
}

tools::Options with_connections(tools::Options options, const std::string& format) {
  options.prints_connections = true;
  options.connection_format = format;
  return options;
}

/// -c alone.
tools::Options only_connections(const std::string& format = "%{client_port} %{ended}\\n") {
  tools::Options options = with_connections(every_second(), format);
  options.wants_intervals = false;
  return options;
}

/// Of few ports, so that much happens to each; silences end some.
Frames any_traffic() {
  constexpr int some_flags[] = {syn, syn | ack, ack, ack, fin | ack, rst, rst | ack};
  std::mt19937 random(5);
  Frames frames;
  base::Nanoseconds now = 0;
  for (int i = 0; i < 5'000; ++i) {
    now += static_cast<base::Nanoseconds>(random() % 100 == 0 ? 200_s : 1 + random() % 300_ms);
    const auto port = static_cast<std::uint16_t>(4'000 + random() % 6);
    const auto flags = static_cast<std::uint8_t>(some_flags[random() % std::size(some_flags)]);
    const auto sequence = static_cast<std::uint32_t>(1'000 + random() % 4);
    const auto acknowledgment = static_cast<std::uint32_t>(1'001 + random() % 4);
    const bool is_udp = random() % 3 == 0, from_client = random() % 2 == 0;
    frames.emplace_back(now, is_udp ? udp(port) : tcp(from_client, port, {flags, sequence, acknowledgment}));
  }
  return frames;
}

std::string print(const tools::Options& options, const Frames& frames) {
  return run_statistics_of(options, frames).output;
}

}  // namespace

TEST_CASE("-c: a line for each connection when it is over, the rest at the end, the longest idle first") {
  const Frames frames = {{0_s, udp(4001)}, {1_s, udp(4002)}, {2_s, udp(4001)}, {122_s, udp(4003)}};
  CHECK(print(only_connections(), frames) == "4002 timeout\n4001 open\n4003 open\n");
  CHECK(print(only_connections(), {}) == "");
  CHECK(print(only_connections("%{state} %{packets} %{bytes} %{retransmissions_out} %{ended}\\n"),
              tcp_connection(0_s, 2_s)) == "CLOSED 8 520 1 fin\n");
  SUBCASE("-R is subtracted from its times") {
    tools::Options options = only_connections("%{begin:%s} %{end:%s.%3f}\\n");
    options.subtracted = test::run_begin - 10_s;
    CHECK(print(options, tcp_connection(0_s, 2_s)) == "10 12.020\n");
  }
  SUBCASE("they are counted beyond the classic ones too") {
    tools::Options options = only_connections();
    options.is_accounting = true;
    CHECK(print(options, frames).starts_with("4002 timeout\n4001 open\n4003 open\nBytes/sec\t="));
  }
}

TEST_CASE("-c in JSON and CSV") {
  tools::Options options = only_connections();
  options.output = Kind::json;
  options.connection_fields = "client_port,ended,one_way,rtt_mean";
  CHECK(print(options, {{0_s, udp(4001)}}) ==
        "{\"record\":\"connection\",\"client_port\":4001,\"ended\":\"open\",\"one_way\":true,"
        "\"rtt_mean\":null}\n");
  options.output = Kind::csv;
  CHECK(print(options, {{0_s, udp(4001)}, {1_s, udp(4002)}}) ==
        "client_port,ended,one_way,rtt_mean\r\n4001,open,true,\r\n4002,open,true,\r\n");
  CHECK(print(options, {}) == "client_port,ended,one_way,rtt_mean\r\n");
  options.connection_fields = "client,clientport";
  CHECK(test::is_usage_error([&] { (void)print(options, {}); },
                             "--connection-fields: no statistic 'clientport': is it client_port?"));
}

TEST_CASE("a connection that is over comes before the line of the interval whose packets tell so") {
  const tools::Options options = with_connections(every_second("%{index}\\n"), "%{client_port} %{ended}\\n");
  // Closed at 0.52 s, and nothing late after 5 s more.
  Frames frames = tcp_connection(0_s, 500_ms);
  frames.emplace_back(7_s, udp(4001));
  CHECK(print(options, frames) == "1\n2\n3\n4\n5\n6\n40000 fin\n7\n4001 open\n");
  SUBCASE("or at the end, where no packet comes any more") {
    frames.pop_back();
    tools::Options for_long = options;
    for_long.timeline.limit = 7_s;
    CHECK(print(for_long, frames) == "1\n2\n3\n4\n5\n6\n7\n40000 fin\n");
  }
  SUBCASE("each to a descriptor of its own") {
    const base::Descriptor file = test::memory_file();
    const std::string elsewhere = "%" + std::to_string(file.number()) + "%{client_port}\\n";
    CHECK(print(with_connections(every_second("%{index} "), elsewhere), frames) == "1 2 3 4 5 6 7 ");
    CHECK(test::content_of(file) == "40000\n4001\n");
  }
}

TEST_CASE("intervals tell what happened to connections, each thing once") {
  tools::Options options = every_second(
      "%{connections}|%{connections_new} %{connections_closed} %{connections_reset} %{connections_timed_out} "
      "%{connections_evicted}|%{retransmissions}|%{unattributed}\\n");
  SUBCASE("opened, used, closed") {
    CHECK(print(options, tcp_connection(0_s, 2'500_ms)) ==
          "1|1 0 0 0 0|1|0\n1|0 0 0 0 0|0|0\n0|0 1 0 0 0|0|0\n");
  }
  SUBCASE("reset") {
    Frames frames = tcp_connection(0_s);
    frames.emplace_back(1'500_ms, tcp(false, 40'000, {rst | ack, 5001, 1101}));
    CHECK(print(options, frames) == "1|1 0 0 0 0|1|0\n0|0 0 1 0 0|0|0\n");
  }
  SUBCASE("idle for too long: in the interval of the packet that tells so") {
    options.timeline.length = 50_s;
    const Frames frames = {{0_s, udp(4001)}, {60_s, udp(4002)}, {130_s, udp(4003)}, {240_s, udp(4003)}};
    CHECK(print(options, frames) ==
          "1|1 0 0 0 0|0|0\n2|1 0 0 0 0|0|0\n2|1 0 0 1 0|0|0\n2|0 0 0 0 0|0|0\n1|0 0 0 1 0|0|0\n");
    options.hides_empty = true;
    CHECK(print(options, frames) == "1|1 0 0 0 0|0|0\n2|1 0 0 0 0|0|0\n2|1 0 0 1 0|0|0\n1|0 0 0 1 0|0|0\n");
  }
  SUBCASE("let go") {
    options.connections_most = 1;
    CHECK(print(options, {{0_s, udp(4001)}, {100_ms, udp(4002)}, {1'500_ms, udp(4001)}}) ==
          "1|2 0 0 0 1|0|0\n1|1 0 0 0 1|0|0\n");
  }
  SUBCASE("what belongs to none") {
    const test::Octets late =
        test::frame_of(way, test::ip_packet(way, test::address_of(way, 1), test::address_of(way, 2),
                                            test::udp, test::filled(40), test::Part{7, 1000, false}));
    CHECK(print(options, {{0_s, udp(4001)}, {1'500_ms, late}}) == "1|1 0 0 0 0|0|0\n1|0 0 0 0 0|0|1\n");
  }
}

TEST_CASE("round trips, losses and hosts of an interval") {
  tools::Options options = every_second(
      Kind::json, "packets,retransmission_ratio,out_of_order,zero_windows,rtt_p50,rtt_p95,hosts");
  CHECK(print(options, tcp_connection(0_s, 1'500_ms)) ==
        "{\"packets\":5,\"retransmission_ratio\":0.25,\"out_of_order\":0,\"zero_windows\":0,"
        "\"rtt_p50\":0.015007743,\"rtt_p95\":0.020000000,\"hosts\":2}\n"
        "{\"packets\":3,\"retransmission_ratio\":0,\"out_of_order\":0,\"zero_windows\":0,"
        "\"rtt_p50\":0.015007743,\"rtt_p95\":0.020000000,\"hosts\":2}\n");
  CHECK(says(print(options, {{0_s, udp(4001)}}), "\"rtt_p50\":null,\"rtt_p95\":null,\"hosts\":2}\n"));
}

TEST_CASE("alerts on connections, also where no line shows them") {
  tools::Options options = every_second("%n\\n");
  options.alerts = {"retransmission_ratio > 0.01", "connections_timed_out > 0"};
  const test::Told told = run_statistics_of(options, tcp_connection(0_s, 1'500_ms));
  REQUIRE(told.notices.size() == 1);
  CHECK(told.notices.front().starts_with(
      "alert: retransmission_ratio = 0.250000 (retransmission_ratio > 0.01)"));
  CHECK(told.output == "5\n3\n");
  SUBCASE("with -c, which prints no intervals") {
    tools::Options only = only_connections();
    only.alerts = {"connections > 1"};
    const test::Told both = run_statistics_of(only, {{0_s, udp(4001)}, {2_s, udp(4002)}});
    CHECK(both.notices.size() == 1);
    CHECK(both.output == "4001 open\n4002 open\n");
  }
  SUBCASE("in a gap, once") {
    options.alerts = {"connections_timed_out > 0"};
    options.hides_empty = true;
    const test::Told gap = run_statistics_of(options, {{0_s, udp(4001)}, {300_s, udp(4002)}});
    CHECK(gap.notices.size() == 1);
  }
}

TEST_CASE("--top: the busiest connections of an interval, below its line") {
  tools::Options options = every_second("%n\\n");
  options.top = flow::Top::parse("2");
  CHECK(print(options,
              {{0_s, udp(4001, 10)}, {1_ms, udp(4002, 100)}, {2_ms, udp(4003, 50)}, {2_s, udp(4001)}}) ==
        "3\n"
        "  UDP  192.0.2.1:4002 > 192.0.2.2:9  n=1  bps=1.0k\n"
        "  UDP  192.0.2.1:4003 > 192.0.2.2:9  n=1  bps=624.0\n"
        "1\n"
        "  UDP  192.0.2.1:4001 > 192.0.2.2:9  n=1  bps=304.0\n");
  SUBCASE("nothing below an interval without packets") { CHECK(print(options, {}) == "0\n"); }
}

TEST_CASE("--by: shares at the end, in place of the lines") {
  tools::Options options = every_second("%n\\n");
  options.breakdowns = {stats::BreakdownKind::parse("port"), stats::BreakdownKind::parse("protocol")};
  options.output = Kind::csv;
  CHECK(print(options, {{0_s, udp(4001, 72)}, {1_s, udp(4002, 72)}, {2_s, tcp(true, 4001, {syn, 1}, 160)}}) ==
        "by,rank,key,protocol,service,packets,bytes,share\r\n"
        "port,1,9,UDP,discard,2,200,0.5\r\n"
        "port,2,80,TCP,http,1,200,0.5\r\n"
        "port,3,4001,TCP,,1,200,0.5\r\n"
        "port,4,4001,UDP,,1,100,0.25\r\n"
        "port,5,4002,UDP,,1,100,0.25\r\n"
        "protocol,1,UDP,,,2,200,0.5\r\n"
        "protocol,2,TCP,,,1,200,0.5\r\n");
}

TEST_CASE("nothing is lost between intervals and connections, whatever the traffic") {
  const Frames frames = any_traffic();
  for (const std::size_t most : {std::size_t{8}, std::size_t{1'000}}) {
    CAPTURE(most);
    const base::Descriptor file = test::memory_file();
    tools::Options options = with_connections(
        every_second(
            "%" + std::to_string(file.number()) +
            "%{packets} %{unattributed} %{connections_new} %{connections_closed} "
            "%{connections_reset} %{connections_timed_out} %{connections_evicted} %{connections}\\n"),
        "%{packets} %{ended}\\n");
    options.connections_most = most;
    options.timeline.length = 10_s;
    std::istringstream connections(print(options, frames)), intervals(test::content_of(file));
    std::map<std::string, std::uint64_t> ended;
    std::uint64_t packets_of_connections = 0, count = 0, packets_here;
    for (std::string how; connections >> packets_here >> how; ++count, ++ended[how]) {
      packets_of_connections += packets_here;
    }
    std::uint64_t packets = 0, unattributed = 0, opened = 0, closed = 0, reset = 0, timed_out = 0,
                  evicted = 0;
    for (std::uint64_t n, u, o, c, r, t, e, open; intervals >> n >> u >> o >> c >> r >> t >> e >> open;) {
      packets += n, unattributed += u, opened += o, closed += c, reset += r, timed_out += t, evicted += e;
      REQUIRE(open == opened - closed - reset - timed_out - evicted);
    }
    CHECK(packets == frames.size());
    CHECK(packets_of_connections + unattributed == packets);
    CHECK(count == opened);
    CHECK(ended["fin"] == closed);
    CHECK(ended["reset"] == reset);
    CHECK(ended["timeout"] == timed_out);
    CHECK(ended["evicted"] == evicted);
    CHECK(ended["open"] == opened - closed - reset - timed_out - evicted);
    CHECK((evicted > 100) == (most < 10));
    for (const std::uint64_t some : {closed, reset, timed_out}) CHECK(some > 0);
  }
}
