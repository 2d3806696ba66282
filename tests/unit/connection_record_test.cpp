// SPDX-License-Identifier: BSD-2-Clause
// Records of connections: every row in text, JSON and CSV.
#include <set>

#include "base/text.hpp"
#include "packet/ip.hpp"
#include "report/alert.hpp"
#include "report/format.hpp"
#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using flow::Connection;
using flow::Endpoint;
using report::ConnectionRecord;
using report::Sinks;
using report::Subject;
using report::Wishes;

namespace {

constexpr Endpoint ipv4_client{{0, 0xc0000201, false}, 54321}, ipv4_server{{0, 0xcb007105, false}, 443};
constexpr Endpoint ipv6_client{{0x20010db800000000, 1, true}, 54321},
    ipv6_server{{0x20010db800000000, 2, true}, 53};

Connection between(const Endpoint& client, const Endpoint& server, std::uint8_t protocol) {
  Connection connection{};
  connection.is_client_second =
      connection.key.set({client.address, server.address}, client.port, server.port, protocol);
  return connection;
}

flow::Direction& out_of(Connection& connection) { return connection.directions[connection.is_client_second]; }
flow::Direction& in_of(Connection& connection) { return connection.directions[!connection.is_client_second]; }

/// 2023-11-14 22:13:20.25 UTC, 2.5 s: all that can be told of one end differs from the other's.
Connection sample(const Endpoint& client = ipv4_client, const Endpoint& server = ipv4_server) {
  Connection connection = between(client, server, packet::protocol::tcp);
  connection.begin = 1'700'000'000 * ns_per_s + ns_per_s / 4;
  connection.end = connection.begin + 2500 * ns_per_ms;
  connection.state = flow::State::closed;
  connection.interface = 3;
  connection.has_handshake = connection.has_first_byte = true;
  connection.handshake = 12'345'678;
  connection.first_byte = 30 * ns_per_ms;
  flow::Direction& out = out_of(connection);
  out.packets = 11, out.bytes = 1'200, out.payload_bytes = 640, out.retransmitted_bytes = 100;
  out.syn_packets = 2, out.fin_packets = 1, out.rst_packets = 5;
  out.retransmissions = 7, out.out_of_order = 8, out.duplicate_acks = 9, out.zero_windows = 10;
  out.round_trips = 2, out.round_trips_sum = 20 * ns_per_ms, out.round_trip_least = 8 * ns_per_ms;
  out.round_trip_smoothed = 9'600'000 / flow::Direction::smoothed_unit_ns;
  out.window_most = 1000;
  flow::Direction& in = in_of(connection);
  in.packets = 22, in.bytes = 34'000, in.payload_bytes = 32'900, in.retransmitted_bytes = 200;
  in.syn_packets = 1, in.fin_packets = 3, in.rst_packets = 6;
  in.retransmissions = 17, in.out_of_order = 18, in.duplicate_acks = 19, in.zero_windows = 20;
  in.round_trips = 1, in.round_trips_sum = 2 * ns_per_ms, in.round_trip_least = 2 * ns_per_ms;
  in.round_trip_smoothed = 6'400'000 / flow::Direction::smoothed_unit_ns;
  in.window_most = 2000;
  connection.vlan[connection.is_client_second] = 10;
  connection.vlan[!connection.is_client_second] = 20;
  return connection;
}

/// A datagram that nobody has answered, of which nothing more is known.
Connection lone_datagram() {
  Connection connection = between(ipv4_client, {ipv4_server.address, 9999}, packet::protocol::udp);
  out_of(connection).packets = 1;
  out_of(connection).bytes = 100;
  connection.is_guessed = true;
  return connection;
}

std::string format(std::string_view text, const ConnectionRecord& record) {
  const test::Zone zone("UTC0");
  Sinks sinks;
  Wishes wishes{.subject = Subject::connection};
  report::Format(text, sinks, true, wishes).render(record, sinks);
  return sinks.text(sinks.open(1));
}

std::string format(std::string_view text, const Connection& connection) {
  return format(text, ConnectionRecord{{}, connection, flow::Ended::fin});
}

using Make = std::unique_ptr<report::Output> (*)(std::vector<report::Field>);

std::string render(Make make, std::string_view fields, const ConnectionRecord& record) {
  Sinks sinks;
  Wishes wishes{.subject = Subject::connection};
  const auto output = make(report::find_fields(fields, wishes));
  output->begin(sinks);
  output->render(record, sinks);
  return sinks.text(sinks.open(1));
}

struct Row {
  std::string_view name, text, json;
};

/// Of sample(), in the order of the table. In CSV as in JSON, but for quotes.
constexpr std::array rows = std::to_array<Row>({
    {"client", "192.0.2.1", "\"192.0.2.1\""},
    {"client_port", "54321", "54321"},
    {"server", "203.0.113.5", "\"203.0.113.5\""},
    {"server_port", "443", "443"},
    {"protocol", "TCP", "\"TCP\""},
    {"service", "https", "\"https\""},
    {"state", "CLOSED", "\"CLOSED\""},
    {"ended", "fin", "\"fin\""},
    {"guessed", "no", "false"},
    {"one_way", "no", "false"},
    {"begin", "2023-11-14T22:13:20.250000Z", "1700000000.250000000"},
    {"end", "2023-11-14T22:13:22.750000Z", "1700000002.750000000"},
    {"duration", "2.500000", "2.500000000"},
    {"packets", "33", "33"},
    {"packets_out", "11", "11"},
    {"packets_in", "22", "22"},
    {"bytes", "35200", "35200"},
    {"bytes_out", "1200", "1200"},
    {"bytes_in", "34000", "34000"},
    {"payload_out", "640", "640"},
    {"payload_in", "32900", "32900"},
    {"bits_per_second", "112640.00", "112640"},
    {"rtt_handshake", "0.012346", "0.012345678"},
    {"rtt_mean", "0.012000", "0.012000000"},
    {"rtt_min", "0.010000", "0.010000000"},
    {"rtt_out", "0.009600", "0.009600000"},
    {"rtt_in", "0.006400", "0.006400000"},
    {"first_byte", "0.030000", "0.030000000"},
    {"retransmissions_out", "7", "7"},
    {"retransmissions_in", "17", "17"},
    {"retransmitted_bytes_out", "100", "100"},
    {"retransmitted_bytes_in", "200", "200"},
    {"out_of_order_out", "8", "8"},
    {"out_of_order_in", "18", "18"},
    {"duplicate_acks_out", "9", "9"},
    {"duplicate_acks_in", "19", "19"},
    {"zero_windows_out", "10", "10"},
    {"zero_windows_in", "20", "20"},
    {"window_max_out", "1000", "1000"},
    {"window_max_in", "2000", "2000"},
    {"syn_out", "2", "2"},
    {"syn_in", "1", "1"},
    {"fin_out", "1", "1"},
    {"fin_in", "3", "3"},
    {"rst_out", "5", "5"},
    {"rst_in", "6", "6"},
    {"vlan", "10", "10"},
    {"vlan_out", "10", "10"},
    {"vlan_in", "20", "20"},
    {"interface", "eth0", "\"eth0\""},
    {"client_endpoint", "192.0.2.1:54321", "\"192.0.2.1:54321\""},
    {"direction", ">", "\">\""},
    {"server_endpoint", "203.0.113.5:443", "\"203.0.113.5:443\""},
});

}  // namespace

TEST_CASE("every row of a connection in text, JSON and CSV, whichever end of the key the client is") {
  for (const bool is_swapped : {false, true}) {
    Connection connection = sample();
    if (is_swapped) {
      std::swap(connection.directions[0], connection.directions[1]);
      std::swap(connection.vlan[0], connection.vlan[1]);
      connection.is_client_second = !connection.is_client_second;
      connection.key.words = {connection.key.words[2], connection.key.words[3], connection.key.words[0],
                              connection.key.words[1], connection.key.words[4], 0};
      const std::uint64_t ports = connection.key.words[4];
      connection.key.words[4] = (ports & ~0xffffffffULL) | (ports >> 16 & 0xffff) | (ports & 0xffff) << 16;
    }
    const ConnectionRecord record{{}, connection, flow::Ended::fin, "eth0"};
    std::string json = "{\"record\":\"connection\"", header, line;
    for (const Row& row : rows) {
      CAPTURE(row.name);
      const std::string name(row.name);
      CHECK(format("%{" + name + "}", record) == row.text);
      const bool is_quoted = row.json.front() == '"';
      json += ",\"" + name + "\":" + std::string(row.json);
      header += (header.empty() ? "" : ",") + name;
      line += (line.empty() ? "" : ",") + std::string(is_quoted ? row.text : row.json);
    }
    CHECK(render(report::make_json, "all", record) == json + "}\n");
    CHECK(render(report::make_csv, "all", record) == header + "\r\n" + line + "\r\n");
  }
}

TEST_CASE("every row of the table is a connection's, is known by its name, and has one name") {
  std::set<std::string_view> names;
  REQUIRE(report::directives(Subject::connection).size() == rows.size());
  for (const report::Directive& row : report::directives(Subject::connection)) {
    CAPTURE(row.name);
    CHECK(row.get.subject == Subject::connection);
    CHECK(report::find_row(row.name, Subject::connection) == &row);
    CHECK(names.insert(row.name).second);
    CHECK((row.need == report::Need::nothing && !row.get.is_moving));
    CHECK(std::string_view(row.meaning) != "");
    if (row.letter != 0) CHECK(std::string_view(report::find_directive(row.letter)->name) == row.name);
  }
  for (const report::Directive& row : report::directives()) CHECK(row.get.subject == Subject::interval);
}

TEST_CASE("names are looked for among those of their subject") {
  Wishes intervals, connections{.subject = Subject::connection};
  const auto finds = [](std::string_view name, Wishes& wishes) { (void)report::find_field(name, wishes); };
  CHECK(test::is_usage_error([&] { finds("client", intervals); }, "no statistic 'client'"));
  CHECK(test::is_usage_error([&] { finds("tcp_syn", connections); }, "no statistic 'tcp_syn'"));
  CHECK(test::is_usage_error([&] { finds("T", connections); }, "no statistic 'T'"));
  CHECK(test::is_usage_error([&] { finds("servce", connections); }, "is it service?"));
  CHECK(test::is_usage_error([&] { finds("burst:10ms", connections); }, "no statistic 'burst'"));
  CHECK(test::is_usage_error([&] { report::Alert("client > 5", intervals); }, "no statistic 'client'"));
  CHECK(test::is_usage_error([&] { (void)format("%S", sample()); }, "no directive %S"));
  CHECK(format("%n %N %b", sample()) == "33 35200 112640.00");
  (void)report::find_fields("all", connections);
  CHECK(connections.collect.is_nothing());
  CHECK_FALSE((connections.drops || connections.connections));
  CHECK(report::find_fields(report::default_connection_fields, connections).size() == 35);
}

TEST_CASE("what is not known of a connection is -, null and empty") {
  const Connection connection = lone_datagram();
  const ConnectionRecord record{{}, connection, flow::Ended::timeout};
  for (const std::string name : {"service", "rtt_handshake", "rtt_mean", "rtt_min", "rtt_out", "rtt_in",
                                 "first_byte", "vlan", "vlan_out", "vlan_in"}) {
    CAPTURE(name);
    CHECK(format("%{" + name + ":>4}|", record) == "   -|");
    CHECK(render(report::make_json, name, record) == "{\"record\":\"connection\",\"" + name + "\":null}\n");
    CHECK(render(report::make_csv, name, record) == name + "\r\n\r\n");
  }
  CHECK(render(report::make_csv, "rtt_mean,packets,vlan", record) == "rtt_mean,packets,vlan\r\n,1,\r\n");
  CHECK(format("%{guessed} %{one_way} %{direction} %{state} %{ended}", record) == "yes yes ? OPEN timeout");
  CHECK(render(report::make_json, "guessed,one_way", record) ==
        "{\"record\":\"connection\",\"guessed\":true,\"one_way\":true}\n");
  CHECK(render(report::make_csv, "guessed,one_way", record) == "guessed,one_way\r\ntrue,true\r\n");
  CHECK(format("%{bits_per_second} %{duration}", record) == "0.00 0.000000");  // of no length
  SUBCASE("an interface without a name is its number") {
    CHECK(format("%{interface:3}|", record) == "0  |");
    CHECK(render(report::make_json, "interface", record) == "{\"record\":\"connection\",\"interface\":0}\n");
  }
  SUBCASE("a tag of one direction is the connection's") {
    Connection tagged = lone_datagram();
    tagged.vlan[!tagged.is_client_second] = 7;
    CHECK(format("%{vlan} %{vlan_out} %{vlan_in}", tagged) == "7 - 7");
  }
}

TEST_CASE("protocols by their names, ends of both families") {
  using namespace packet::protocol;
  const auto name_of = [](std::uint16_t number) {
    return format("%{protocol}", between(ipv4_client, ipv4_server, static_cast<std::uint8_t>(number)));
  };
  CHECK(name_of(tcp) == "TCP");
  CHECK(name_of(udp) == "UDP");
  CHECK(name_of(udp_lite) == "UDP-Lite");
  CHECK(name_of(sctp) == "SCTP");
  CHECK(name_of(dccp) == "DCCP");
  CHECK(name_of(icmp) == "ICMP");
  CHECK(name_of(icmpv6) == "ICMPv6");
  const Connection ipv6 = sample(ipv6_client, ipv6_server);
  CHECK(format("%{client} %{client_endpoint} %{server_endpoint}", ipv6) ==
        "2001:db8::1 [2001:db8::1]:54321 [2001:db8::2]:53");
}

TEST_CASE(
    "names of interfaces come from outside: never control characters, quotes as JSON and CSV have them") {
  const Connection connection = sample();
  const auto with = [&](std::string_view name) {
    return ConnectionRecord{{}, connection, flow::Ended::fin, name};
  };
  const auto json = [&](std::string_view name) {
    std::string line = render(report::make_json, "interface", with(name));
    return line.substr(std::string_view(R"({"record":"connection","interface":)").size());
  };
  const auto csv = [&](std::string_view name) {
    return render(report::make_csv, "interface", with(name)).substr(std::string_view("interface\r\n").size());
  };
  CHECK(json("a\"b\\c") == "\"a\\\"b\\\\c\"}\n");
  CHECK(json("\"\"") == "\"\\\"\\\"\"}\n");
  CHECK(json("a\nb\x1b") == "\"a\\\\x0ab\\\\x1b\"}\n");
  CHECK(json("Ger\xc3\xa4t") == "\"Ger\xc3\xa4t\"}\n");
  CHECK(json("\xc3\xff") == "\"\\\\xc3\\\\xff\"}\n");
  CHECK(csv("a,b") == "\"a,b\"\r\n");
  CHECK(csv("a\"b\"") == "\"a\"\"b\"\"\"\r\n");
  CHECK(csv("a\r\nb") == "a\\x0d\\x0ab\r\n");
  CHECK(csv("a b") == "a b\r\n");
  CHECK(format("%{interface:6}|", with("Ger\xc3\xa4t")) == "Ger\xc3\xa4t |");  // by columns
  CHECK(format("%{interface}", with("\x1b[2J")) == "\\x1b[2J");
}

TEST_CASE("-R is subtracted from times, not from lengths") {
  const Connection connection = sample();
  const ConnectionRecord record{{0, 1'700'000'000 * ns_per_s}, connection};
  CHECK(render(report::make_csv, "begin,end,duration,first_byte", record) ==
        "begin,end,duration,first_byte\r\n0.250000000,2.750000000,2.500000000,0.030000000\r\n");
}

TEST_CASE("the usual line fits 100 columns") {
  CHECK(format(report::default_connection_format, sample()) ==
        "22:13:20 TCP    192.0.2.1:54321       > 203.0.113.5:443         1.2k  34.0k    2.500  0.0120 fin\n");
  CHECK(format(report::default_connection_format, lone_datagram()) ==
        "00:00:00 UDP    192.0.2.1:54321       ? 203.0.113.5:9999         100      0    0.000       - fin\n");
  Connection widest = sample({{0, 0xffffffff, false}, 65535}, {{0, 0xfffffffe, false}, 65534});
  out_of(widest).bytes = in_of(widest).bytes = 999'949'999'999;
  widest.end = widest.begin + 999'999 * ns_per_ms;
  const std::string line =
      format(report::default_connection_format, ConnectionRecord{{}, widest, flow::Ended::evicted});
  CHECK(line ==
        "22:13:20 TCP    255.255.255.255:65535 > 255.255.255.254:65534 999.9G 999.9G  999.999  0.0120 "
        "evicted\n");
  CHECK(line.size() == 101);  // with its end
}
