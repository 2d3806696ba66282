// SPDX-License-Identifier: BSD-2-Clause
#include "flow_script.hpp"

#include <algorithm>

#include "link_samples.hpp"

namespace test {

namespace {

using base::Nanoseconds;
using namespace flow::tcp_flag;

Octets octets_of(const packet::Address& address) {
  const auto half = [](std::uint64_t word) {
    return be32(static_cast<std::uint32_t>(word >> 32)) + be32(static_cast<std::uint32_t>(word));
  };
  return address.is_ipv6 ? half(address.high) + half(address.low)
                         : be32(static_cast<std::uint32_t>(address.low));
}

Octets ipv4_header(std::uint8_t protocol, std::size_t payload_bytes, const std::optional<Part>& part) {
  const unsigned offset = part ? part->offset_bytes / 8U | (part->has_more ? 0x2000U : 0) : 0;
  const auto identification = static_cast<std::uint16_t>(part ? part->identification : 0x1234);
  return hex("4500") + be16(static_cast<std::uint16_t>(20 + payload_bytes)) + be16(identification) +
         be16(static_cast<std::uint16_t>(offset)) + Octets{64, protocol, 0, 0};
}

/// The extension headers, the one of fragments last, and then what they stand before.
Octets ipv6_rest(const Way& way, std::uint8_t protocol, const Octets& payload,
                 const std::optional<Part>& part, std::uint8_t& next) {
  Octets rest = payload;
  next = protocol;
  if (part) {
    const unsigned offset = part->offset_bytes | (part->has_more ? 1U : 0);
    rest = Octets{next, 0} + be16(static_cast<std::uint16_t>(offset)) + be32(part->identification) + rest;
    next = 44;
  }
  for (std::size_t i = way.extensions.size(); i-- > 0; next = way.extensions[i]) {
    rest = Octets{next} + hex("00 0104 00000000") + rest;
  }
  return rest;
}

std::string time_text(Nanoseconds time) {
  struct Unit {
    Nanoseconds length;
    const char* name;
  };
  for (const Unit& unit : {Unit{1_s, "s"}, Unit{1_ms, "ms"}, Unit{1_us, "us"}}) {
    if (time % unit.length == 0) return std::to_string(time / unit.length) + unit.name;
  }
  return std::to_string(time) + "ns";
}

void append_time(std::string& text, const char* name, std::optional<Nanoseconds> time) {
  if (time) text += std::string(", ") + name + " " + time_text(*time);
}

void append_flag(std::string& text, std::uint64_t count, const char* name) {
  if (count > 0) text += ", " + (count > 1 ? std::to_string(count) + " " : std::string()) + name;
}

void append_count(std::string& text, std::uint64_t count, const char* name) {
  if (count > 0) text += ", " + std::to_string(count) + " " + name;
}

std::string summary(const flow::Direction& direction) {
  std::string text = std::to_string(direction.packets) + " packets";
  append_count(text, direction.payload_bytes, "bytes");
  append_flag(text, direction.syn_packets, "SYN");
  append_flag(text, direction.fin_packets, "FIN");
  append_flag(text, direction.rst_packets, "RST");
  append_count(text, direction.retransmissions, "retransmitted");
  if (direction.retransmitted_bytes > 0) text += " (" + std::to_string(direction.retransmitted_bytes) + ")";
  append_count(text, direction.out_of_order, "out of order");
  append_count(text, direction.duplicate_acks, "duplicate ACKs");
  append_count(text, direction.zero_windows, "zero windows");
  return text + "\n";
}

}  // namespace

packet::Address address_of(const Way& way, std::uint32_t host) {
  if (way.is_ipv6) return {0x20010db800000000, host, true};
  return {0, 0xc0000200 + host, false};
}

Octets ip_packet(const Way& way, const packet::Address& from, const packet::Address& to,
                 std::uint8_t protocol, const Octets& payload, std::optional<Part> part) {
  const Octets addresses = octets_of(from) + octets_of(to);
  if (!way.is_ipv6) return ipv4_header(protocol, payload.size(), part) + addresses + payload;
  std::uint8_t next = 0;
  const Octets rest = ipv6_rest(way, protocol, payload, part, next);
  return hex("60000000") + be16(static_cast<std::uint16_t>(rest.size())) + Octets{next, 64} + addresses +
         rest;
}

Octets frame_of(const Way& way, const Octets& ip_packet) {
  Octets frame = ethernet_addresses();
  for (std::size_t i = 0; i < way.vlans.size(); ++i) {
    const bool is_inner = i + 1 == way.vlans.size();
    frame = frame + be16(is_inner ? 0x8100 : 0x88a8) + be16(way.vlans[i]);
  }
  frame = frame + be16(way.is_ipv6 ? 0x86dd : 0x0800) + ip_packet;
  if (frame.size() < way.frame_least) frame.resize(way.frame_least, 0xee);
  return frame;
}

Octets tcp_segment(std::uint16_t from, std::uint16_t to, const TcpHeader& header, std::size_t payload_bytes) {
  const auto header_words = static_cast<std::uint8_t>((20 + header.options.size()) / 4);
  return be16(from) + be16(to) + be32(header.sequence) + be32(header.acknowledgment) +
         Octets{static_cast<std::uint8_t>(header_words << 4), header.flags} + be16(header.window) +
         hex("0000 0000") + header.options + filled(payload_bytes, 0xda);
}

Octets datagram(std::uint8_t protocol, std::uint16_t from, std::uint16_t to, std::size_t payload_bytes) {
  Octets rest =
      be16(static_cast<std::uint16_t>(8 + payload_bytes)) + hex("0000");  // of UDP: length, checksum
  if (protocol == sctp) rest = filled(8, 0x5c);
  if (protocol == dccp) rest = hex("04 00 0000 09 00 000000000001");  // four words, DCCP-Data
  return be16(from) + be16(to) + rest + filled(payload_bytes, 0xda);
}

Octets icmp_message(std::uint8_t type, std::uint16_t identifier, std::size_t payload_bytes) {
  return Octets{type, 0, 0, 0} + be16(identifier) + be16(1) + filled(payload_bytes, 0xda);
}

Watch::Watch(const flow::TrackerOptions& options, bool is_checked)
    : tracker_(options, *this), is_checked_(is_checked) {}

void Watch::see(Nanoseconds at, const Way& way, const Octets& ip_packet, std::size_t payload_bytes) {
  const Octets frame = frame_of(way, ip_packet);
  seen.bytes += ip_packet.size();
  seen.payload += payload_bytes;
  see_frame(at, first(frame, way.captured_most), static_cast<std::uint32_t>(frame.size()), way.interface);
}

void Watch::see_frame(Nanoseconds at, const Octets& frame, std::uint32_t bytes_wire,
                      std::uint32_t interface) {
  const Exact exact(frame);
  const packet::LinkType& link = packet::link_type(packet::linktype_ethernet);
  const packet::Packet packet = packet::decode(exact.bytes(), link);
  if (flow::is_tracked(packet.protocol)) ++seen.packets;
  tracker_.add({epoch + at, exact.bytes(), bytes_wire, link, interface, packet}, tally);
  if (is_checked_) check();
}

void Watch::advance(Nanoseconds at) {
  tracker_.flush();
  tracker_.advance(epoch + at, tally);
  check();
}

void Watch::check() {
  tracker_.flush();
  REQUIRE(tally.opened ==
          tally.closed + tally.reset + tally.timed_out + tally.evicted + tracker_.table().open());
  REQUIRE(tracker_.table().open() <= tracker_.table().size());
}

void Watch::end() {
  check();
  const std::size_t open = tracker_.table().open();
  tracker_.end(tally);
  REQUIRE(tracker_.table().size() == 0);
  REQUIRE(count_of(flow::Ended::open) == open);
  REQUIRE(count_of(flow::Ended::fin) == tally.closed);
  REQUIRE(count_of(flow::Ended::reset) == tally.reset);
  REQUIRE(count_of(flow::Ended::timeout) == tally.timed_out);
  REQUIRE(count_of(flow::Ended::evicted) == tally.evicted);
  if (tally.unattributed == 0) REQUIRE(recorded() == seen);
  REQUIRE(recorded().packets + tally.unattributed == seen.packets);
  std::uint64_t retransmissions = 0, out_of_order = 0, zero_windows = 0;
  for (const Record& record : records) {
    for (const flow::Direction& direction : record.connection.directions) {
      retransmissions += direction.retransmissions;
      out_of_order += direction.out_of_order;
      zero_windows += direction.zero_windows;
    }
  }
  REQUIRE(retransmissions == tally.retransmissions);
  REQUIRE(out_of_order == tally.out_of_order);
  REQUIRE(zero_windows == tally.zero_windows);
}

std::size_t Watch::count_of(flow::Ended ended) const {
  const auto is_same = [=](const Record& record) { return record.ended == ended; };
  return static_cast<std::size_t>(std::ranges::count_if(records, is_same));
}

void Watch::on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) {
  records.push_back({number, connection, ended});
}

Watch::Sum Watch::recorded() const {
  Sum sum;
  for (const Record& record : records) {
    for (const flow::Direction& direction : record.connection.directions) {
      sum.packets += direction.packets;
      sum.bytes += direction.bytes;
      sum.payload += direction.payload_bytes;
    }
  }
  return sum;
}

std::string Watch::text() const {
  std::string text;
  for (const Record& record : records) text += summary(record, epoch);
  return text;
}

const flow::Connection& Watch::only() const {
  REQUIRE(records.size() == 1);
  return records[0].connection;
}

doctest::String toString(const Watch::Sum& sum) {
  const std::string text = std::to_string(sum.packets) + " packets, " + std::to_string(sum.bytes) +
                           " bytes, " + std::to_string(sum.payload) + " of payload";
  return text.c_str();
}

void see(Watch& watch, Nanoseconds at, int port, std::uint8_t protocol, const Way& way) {
  const Octets octets = datagram(protocol, static_cast<std::uint16_t>(port), 53, 10);
  watch.see(at, way, ip_packet(way, address_of(way, 1), address_of(way, 2), protocol, octets), 10);
}

void Peer::pass(std::uint32_t end) {
  if (static_cast<std::int32_t>(end - next) > 0) next = end;
}

void Peer::syn(Nanoseconds at) {
  send(at, flow::tcp_flag::syn, 0, 0);
  pass(1);
}

void Peer::syn_ack(Nanoseconds at) {
  send(at, flow::tcp_flag::syn | flow::tcp_flag::ack, 0, 0);
  pass(1);
}

void Peer::data_from(Nanoseconds at, std::uint32_t sequence, std::size_t bytes) {
  send(at, flow::tcp_flag::ack, sequence, bytes);
  pass(sequence + static_cast<std::uint32_t>(bytes));
}

void Peer::fin_from(Nanoseconds at, std::uint32_t sequence, std::size_t bytes) {
  send(at, flow::tcp_flag::fin | flow::tcp_flag::ack, sequence, bytes);
  pass(sequence + static_cast<std::uint32_t>(bytes) + 1);
}

void Peer::send(Nanoseconds at, int flags, std::uint32_t sequence, std::size_t bytes) {
  TcpHeader header{static_cast<std::uint8_t>(flags), initial_ + sequence, 0, window, {}};
  if ((flags & flow::tcp_flag::ack) != 0) {
    header.acknowledgment = other_->initial_ + acknowledged_.value_or(other_->next);
  }
  if ((flags & flow::tcp_flag::syn) != 0 && scale) header.options = hex("01 03 03") + Octets{*scale};
  const Octets segment = tcp_segment(own_.port, other_->own_.port, header, bytes);
  watch_.see(at, way_, ip_packet(way_, own_.address, other_->own_.address, tcp, segment), bytes);
}

void Peer::begin_anew(std::uint32_t initial_sequence) {
  initial_ = initial_sequence;
  next = 0;
  acknowledged_.reset();
}

Pair::Pair(Watch& watch, const Way& way, bool is_client_second, std::uint32_t sequence_client,
           std::uint32_t sequence_server, std::uint16_t port_client, std::uint16_t port_server)
    : client(watch, way, {address_of(way, is_client_second ? 3 : 1), port_client}, sequence_client),
      server(watch, way, {address_of(way, 2), port_server}, sequence_server) {
  client.meet(server);
  server.meet(client);
}

std::string summary(const Watch::Record& record, Nanoseconds epoch) {
  const flow::Connection& connection = record.connection;
  std::string text =
      std::to_string(connection.client().port) + ">" + std::to_string(connection.server().port);
  text += std::string(" ") + name_of(connection.state) + " " + name_of(record.ended);
  text += " " + time_text(connection.begin - epoch) + "-" + time_text(connection.end - epoch);
  append_time(text, "handshake", connection.handshake_round_trip());
  append_time(text, "rtt", connection.round_trip_mean());
  append_time(text, "least", connection.round_trip_least());
  append_time(text, "first byte", connection.time_to_first_byte());
  if (connection.is_guessed) text += ", guessed";
  if (connection.is_one_way()) text += ", one way";
  return text + "\n  > " + summary(connection.out()) + "  < " + summary(connection.in());
}

namespace {

struct Variant {
  Way way = {};
  bool is_client_second = false;
  std::uint32_t sequence_client = 1'000'000, sequence_server = 2'000'000;
  bool is_checked = true;
  Nanoseconds epoch = 1'700'000'000_s;
};

std::vector<Variant> make_variants() {
  std::vector<Variant> variants(1);
  variants.push_back({.is_client_second = true});
  variants.push_back({.is_checked = false});
  variants.push_back({.epoch = -5_s});
  variants.push_back({.way = {.is_ipv6 = true}});
  variants.push_back({.way = {.is_ipv6 = true, .extensions = {0, 43, 60}}, .is_client_second = true});
  variants.push_back({.way = {.vlans = {7}}});
  variants.push_back({.way = {.vlans = {7, 8}}});
  variants.push_back({.way = {.frame_least = 60}});
  variants.push_back({.way = {.captured_most = 96}});
  // The SYN, the first byte, the middle of the data, …: each may be the last before sequence numbers wrap, or
  // where their sign changes.
  for (const std::uint32_t wrap : {0U, 0x80000000U}) {
    for (const std::uint32_t before : {0U, 1U, 2U, 50U, 101U, 150U, 201U, 1000U}) {
      variants.push_back({.sequence_client = wrap - before, .sequence_server = 9});
      variants.push_back({.sequence_client = 9, .sequence_server = wrap - before});
    }
  }
  return variants;
}

}  // namespace

std::string told(const Script& script) {
  static const std::vector<Variant> variants = make_variants();
  std::string text;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    CAPTURE(i);
    const Variant& variant = variants[i];
    Watch watch({}, variant.is_checked);
    watch.epoch = variant.epoch;
    Pair pair(watch, variant.way, variant.is_client_second, variant.sequence_client, variant.sequence_server);
    script(pair.client, pair.server);
    watch.end();
    if (i == 0) text = watch.text();
    REQUIRE(watch.text() == text);
  }
  return text;
}

void shake_hands(Peer& client, Peer& server) {
  client.syn(0_ms);
  server.syn_ack(10_ms);
  client.ack(20_ms);
}

std::string told_after_handshake(const Script& script) {
  return told([&](Peer& client, Peer& server) {
    shake_hands(client, server);
    script(client, server);
  });
}

flow::Connection connection_of(const Script& script) {
  const Way way;
  Watch watch;
  Pair pair(watch, way, false);
  script(pair.client, pair.server);
  watch.end();
  return watch.only();
}

}  // namespace test
