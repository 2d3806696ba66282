// SPDX-License-Identifier: BSD-2-Clause
// The rows of a connection. `out` is what the client has sent, `in` what the server has.
#include <array>
#include <functional>

#include "names/protocols.hpp"
#include "names/services.hpp"
#include "report/directives.hpp"

namespace report {

namespace {

using flow::Connection;
using flow::Direction;

Value value_of(std::uint64_t number) { return Value::of_count(number); }
Value value_of(bool is_set) { return Value::of_flag(is_set); }
Value value_of(double real) { return Value::of_real(real); }
Value value_of(std::string_view text) { return text.empty() ? Value::nothing() : Value::of_text(text); }
Value value_of(const packet::Address& address) { return Value::of_address(address); }
Value value_of(const flow::Endpoint& end) { return Value::of_endpoint(end.address, end.port); }
Value value_of(std::optional<base::Nanoseconds> time) {
  return time ? Value::of_seconds(base::Int128{*time} * 2) : Value::nothing();
}
Value value_of(const Value& value) { return value; }

/// Of the connection, or of the whole record.
template <Value::Kind kind, auto get>
constexpr Getter got{kind,
                     [](const Record& base, std::size_t) {
                       const auto& record = static_cast<const ConnectionRecord&>(base);
                       if constexpr (std::is_invocable_v<decltype(get), const Connection&>) {
                         return value_of(std::invoke(get, record.connection));
                       } else {
                         return value_of(std::invoke(get, record));
                       }
                     },
                     false, Subject::connection};

template <auto get>
constexpr Getter count = got<Value::Kind::count, get>;
template <auto get>
constexpr Getter flag = got<Value::Kind::flag, get>;
template <auto get>
constexpr Getter text = got<Value::Kind::text, get>;
template <auto get>
constexpr Getter address = got<Value::Kind::address, get>;
template <auto get>
constexpr Getter endpoint = got<Value::Kind::endpoint, get>;
template <auto get>
constexpr Getter seconds = got<Value::Kind::seconds, get>;
template <auto get>
constexpr Getter time = got<Value::Kind::time, get>;

template <std::uint64_t (*get)(const Direction&)>
constexpr Getter out = count<[](const Connection& connection) { return get(connection.out()); }>;
template <std::uint64_t (*get)(const Direction&)>
constexpr Getter in = count<[](const Connection& connection) { return get(connection.in()); }>;
template <std::uint64_t (*get)(const Direction&)>
constexpr Getter both =
    count<[](const Connection& connection) { return get(connection.out()) + get(connection.in()); }>;

// Bit-fields have no addresses.
std::uint64_t packets(const Direction& direction) { return direction.packets; }
std::uint64_t bytes(const Direction& direction) { return direction.bytes; }
std::uint64_t payload(const Direction& direction) { return direction.payload_bytes; }
std::uint64_t retransmissions(const Direction& direction) { return direction.retransmissions; }
std::uint64_t retransmitted_bytes(const Direction& direction) { return direction.retransmitted_bytes; }
std::uint64_t out_of_order(const Direction& direction) { return direction.out_of_order; }
std::uint64_t duplicate_acks(const Direction& direction) { return direction.duplicate_acks; }
std::uint64_t zero_windows(const Direction& direction) { return direction.zero_windows; }
std::uint64_t syn(const Direction& direction) { return direction.syn_packets; }
std::uint64_t fin(const Direction& direction) { return direction.fin_packets; }
std::uint64_t rst(const Direction& direction) { return direction.rst_packets; }

std::string_view protocol_name(const Connection& connection) {
  return names::protocol_name(connection.key.protocol());
}

std::string_view service(const Connection& connection) {
  return names::service_name(connection.server().port, connection.key.protocol());
}

Value begin(const ConnectionRecord& record) {
  return Value::of_time((base::Int128{record.connection.begin} - record.subtracted) * 2);
}
Value end(const ConnectionRecord& record) {
  return Value::of_time((base::Int128{record.connection.end} - record.subtracted) * 2);
}

double bits_per_second(const Connection& connection) {
  const base::Uint128 bits = (base::Uint128{connection.out().bytes} + connection.in().bytes) * 8;
  return base::nearest_quotient(bits * base::ns_per_s, static_cast<base::Uint128>(connection.duration()));
}

/// Nothing where it was sent without a tag.
Value vlan_id(std::uint16_t vlan) { return vlan == 0 ? Value::nothing() : Value::of_count(vlan); }
std::uint16_t vlan_out(const Connection& connection) { return connection.vlan[connection.is_client_second]; }
std::uint16_t vlan_in(const Connection& connection) { return connection.vlan[!connection.is_client_second]; }
std::uint16_t vlan_any(const Connection& connection) {
  return vlan_out(connection) != 0 ? vlan_out(connection) : vlan_in(connection);
}
template <std::uint16_t (*get)(const Connection&)>
constexpr Getter vlan = count<[](const Connection& connection) { return vlan_id(get(connection)); }>;

Value interface_of(const ConnectionRecord& record) {
  const std::string_view name = record.interface_name;
  return name.empty() ? Value::of_count(record.connection.interface) : Value::of_text(name);
}

template <bool of_client>
constexpr Getter window_most =
    count<[](const Connection& connection) { return connection.window_most(of_client); }>;

constexpr std::array table = std::to_array<Directive>({
    {0, "client", "", "address of the client",
     address<[](const Connection& c) { return c.client().address; }>},
    {0, "client_port", "", "its port; of ICMP the identifier",
     count<[](const Connection& c) { return std::uint64_t{c.client().port}; }>},
    {0, "server", "", "address of the server",
     address<[](const Connection& c) { return c.server().address; }>},
    {0, "server_port", "", "its port; of ICMP the identifier",
     count<[](const Connection& c) { return std::uint64_t{c.server().port}; }>},
    {0, "protocol", "", "TCP, UDP, UDP-Lite, SCTP, DCCP, ICMP, ICMPv6", text<protocol_name>},
    {0, "service", "", "what the server's port is assigned to", text<service>},
    {0, "state", "", "the state of TCP; OPEN of others",
     text<[](const Connection& c) { return std::string_view(flow::name_of(c.state)); }>},
    {0, "ended", "", "fin, reset, timeout, evicted or open",
     text<[](const ConnectionRecord& r) { return std::string_view(flow::name_of(r.ended)); }>},
    {0, "guessed", "", "whether who the client is was guessed",
     flag<[](const Connection& c) { return c.is_guessed; }>},
    {0, "one_way", "", "whether only one end has sent", flag<&Connection::is_one_way>},
    {0, "begin", "s", "its first packet", time<begin>},
    {0, "end", "s", "its last packet", time<end>},
    {0, "duration", "s", "from the first to the last",
     seconds<[](const Connection& c) { return std::optional(c.duration()); }>},
    {'n', "packets", "packets", "all packets", both<packets>},
    {0, "packets_out", "packets", "sent by the client", out<packets>},
    {0, "packets_in", "packets", "sent by the server", in<packets>},
    {'N', "bytes", "bytes", "all bytes, from the network layer on", both<bytes>},
    {0, "bytes_out", "bytes", "sent by the client", out<bytes>},
    {0, "bytes_in", "bytes", "sent by the server", in<bytes>},
    {0, "payload_out", "bytes", "of it payload", out<payload>},
    {0, "payload_in", "bytes", "of it payload", in<payload>},
    {'b', "bits_per_second", "bits/s", "mean over the duration", got<Value::Kind::real, bits_per_second>},
    {0, "rtt_handshake", "s", "round trip of the handshake", seconds<&Connection::handshake_round_trip>},
    {0, "rtt_mean", "s", "mean of the round trips", seconds<&Connection::round_trip_mean>},
    {0, "rtt_min", "s", "shortest round trip", seconds<&Connection::round_trip_least>},
    {0, "rtt_out", "s", "to the server and back, smoothed",
     seconds<[](const Connection& c) { return c.out().smoothed(); }>},
    {0, "rtt_in", "s", "to the client and back, smoothed",
     seconds<[](const Connection& c) { return c.in().smoothed(); }>},
    {0, "first_byte", "s", "till the server's first payload", seconds<&Connection::time_to_first_byte>},
    {0, "retransmissions_out", "segments", "sent again by the client", out<retransmissions>},
    {0, "retransmissions_in", "segments", "sent again by the server", in<retransmissions>},
    {0, "retransmitted_bytes_out", "bytes", "payload sent again", out<retransmitted_bytes>},
    {0, "retransmitted_bytes_in", "bytes", "payload sent again", in<retransmitted_bytes>},
    {0, "out_of_order_out", "segments", "out of order, of the client", out<out_of_order>},
    {0, "out_of_order_in", "segments", "out of order, of the server", in<out_of_order>},
    {0, "duplicate_acks_out", "segments", "duplicate ACKs of the client", out<duplicate_acks>},
    {0, "duplicate_acks_in", "segments", "duplicate ACKs of the server", in<duplicate_acks>},
    {0, "zero_windows_out", "segments", "with a window of 0, of the client", out<zero_windows>},
    {0, "zero_windows_in", "segments", "with a window of 0, of the server", in<zero_windows>},
    {0, "window_max_out", "bytes", "largest window of the client, scaled", window_most<true>},
    {0, "window_max_in", "bytes", "largest window of the server, scaled", window_most<false>},
    {0, "syn_out", "packets", "with SYN, of the client", out<syn>},
    {0, "syn_in", "packets", "with SYN, of the server", in<syn>},
    {0, "fin_out", "packets", "with FIN, of the client", out<fin>},
    {0, "fin_in", "packets", "with FIN, of the server", in<fin>},
    {0, "rst_out", "packets", "with RST, of the client", out<rst>},
    {0, "rst_in", "packets", "with RST, of the server", in<rst>},
    {0, "vlan", "", "VLAN id: vlan_out, or vlan_in where that has none", vlan<vlan_any>},
    {0, "vlan_out", "", "VLAN id of what the client has sent", vlan<vlan_out>},
    {0, "vlan_in", "", "VLAN id of what the server has sent", vlan<vlan_in>},
    {0, "interface", "", "where its first packet was captured", text<interface_of>},
    {0, "client_endpoint", "", "client and client_port in a word", endpoint<&Connection::client>},
    {0, "direction", "", "'>' from client to server, '?' if guessed",
     text<[](const Connection& c) { return std::string_view(c.is_guessed ? "?" : ">"); }>},
    {0, "server_endpoint", "", "server and server_port in a word", endpoint<&Connection::server>},
});

}  // namespace

std::span<const Directive> connection_directives() { return table; }

}  // namespace report
