// SPDX-License-Identifier: BSD-2-Clause
// Scripted connections for the tests of src/flow: two ends that keep their sequence numbers send real frames, a
// watch feeds them to a tracker as a capture would and keeps what it says, and a summary puts that in words.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "flow/tracker.hpp"
#include "support.hpp"

namespace test {

inline namespace times {
constexpr base::Nanoseconds operator""_ns(unsigned long long n) { return static_cast<base::Nanoseconds>(n); }
constexpr base::Nanoseconds operator""_us(unsigned long long n) { return operator""_ns(n)*base::ns_per_us; }
constexpr base::Nanoseconds operator""_ms(unsigned long long n) { return operator""_ns(n)*base::ns_per_ms; }
constexpr base::Nanoseconds operator""_s(unsigned long long n) { return operator""_ns(n)*base::ns_per_s; }
}  // namespace times

inline constexpr std::uint8_t sctp = 132, udp_lite = 136, dccp = 33;

/// What a packet is wrapped in, and how it is captured.
struct Way {
  bool is_ipv6 = false;
  std::vector<std::uint8_t> extensions = {};  ///< IPv6 extension headers of 8 octets each
  std::vector<std::uint16_t> vlans = {};
  std::uint32_t interface = 0;
  std::size_t captured_most = 262'144;
  std::size_t frame_least = 0;  ///< what is shorter is padded
};

/// Part of a fragmented packet.
struct Part {
  std::uint32_t identification;
  std::uint16_t offset_bytes;
  bool has_more;
};

/// Number `host` of a network for documentation (RFC 5737, RFC 3849).
packet::Address address_of(const Way& way, std::uint32_t host);
Octets ip_packet(const Way& way, const packet::Address& from, const packet::Address& to,
                 std::uint8_t protocol, const Octets& payload, std::optional<Part> part = {});
/// The Ethernet frame around it.
Octets frame_of(const Way& way, const Octets& ip_packet);

struct TcpHeader {
  std::uint8_t flags = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  std::uint16_t window = 0;
  Octets options = {};
};
Octets tcp_segment(std::uint16_t from, std::uint16_t to, const TcpHeader& header, std::size_t payload_bytes);
/// Of UDP, UDP-Lite, SCTP or DCCP.
Octets datagram(std::uint8_t protocol, std::uint16_t from, std::uint16_t to, std::size_t payload_bytes);
/// An ICMP or ICMPv6 message of 8 octets and `payload_bytes`.
Octets icmp_message(std::uint8_t type, std::uint16_t identifier, std::size_t payload_bytes);

/// A tracker and all that it says. Times are counted from `epoch`.
class Watch final : public flow::Listener {
 public:
  struct Record {
    std::uint32_t number;
    flow::Connection connection;
    flow::Ended ended;
  };
  struct Sum {
    std::uint64_t packets = 0, bytes = 0, payload = 0;
    bool operator==(const Sum&) const = default;
  };

  explicit Watch(const flow::TrackerOptions& options = {}, bool is_checked = true);

  /// An IP packet, of whose octets `payload_bytes` are payload.
  void see(base::Nanoseconds at, const Way& way, const Octets& ip_packet, std::size_t payload_bytes);
  /// Any frame. What it carries is not checked, unless added to `seen`.
  void see_frame(base::Nanoseconds at, const Octets& frame, std::uint32_t bytes_wire,
                 std::uint32_t interface = 0);
  void advance(base::Nanoseconds at);
  /// The capture is over. What was seen is what the records have, but for what belongs to nobody.
  void end();

  void on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) override;

  /// Of those that are over, in this order.
  std::string text() const;
  flow::Tracker& tracker() { return tracker_; }
  const flow::Table& table() const { return tracker_.table(); }
  const flow::Connection& only() const;
  Sum recorded() const;
  std::size_t count_of(flow::Ended ended) const;

  base::Nanoseconds epoch = 1'700'000'000_s;
  std::vector<Record> records;
  flow::Tally tally;
  Sum seen;

 private:
  void check();

  flow::Tracker tracker_;
  bool is_checked_;  // after each packet
};

doctest::String toString(const Watch::Sum& sum);

/// A datagram of 10 bytes from host 1, this port, to host 2, port 53.
void see(Watch& watch, base::Nanoseconds at, int port, std::uint8_t protocol = udp, const Way& way = {});

/// One end of a TCP connection. Sequence numbers are told from its initial one, so that the first byte has
/// number 1. It acknowledges all that the other end has sent, also what the tracker has not seen.
class Peer {
 public:
  Peer(Watch& watch, const Way& way, const flow::Endpoint& own, std::uint32_t initial_sequence)
      : watch_(watch), way_(way), own_(own), initial_(initial_sequence) {}
  void meet(const Peer& other) { other_ = &other; }

  // Each sends a segment; what had been sent can be sent again.
  void syn(base::Nanoseconds at);
  void syn_ack(base::Nanoseconds at);
  void ack(base::Nanoseconds at) { send(at, flow::tcp_flag::ack, next, 0); }
  void data(base::Nanoseconds at, std::size_t bytes) { data_from(at, next, bytes); }
  void data_from(base::Nanoseconds at, std::uint32_t sequence, std::size_t bytes);
  void fin(base::Nanoseconds at) { fin_from(at, next); }
  void fin_from(base::Nanoseconds at, std::uint32_t sequence, std::size_t bytes = 0);
  void rst(base::Nanoseconds at) { send(at, flow::tcp_flag::rst, next, 0); }
  void rst_ack(base::Nanoseconds at) { send(at, flow::tcp_flag::rst | flow::tcp_flag::ack, next, 0); }
  void send(base::Nanoseconds at, int flags, std::uint32_t sequence, std::size_t bytes);
  /// So many are lost before they are seen.
  void lose(std::size_t bytes) { next += static_cast<std::uint32_t>(bytes); }
  /// What it sends after this acknowledges bytes up to this one only; nothing: all.
  void acknowledge(std::optional<std::uint32_t> sequence) { acknowledged_ = sequence; }
  /// A new connection of the same ports.
  void begin_anew(std::uint32_t initial_sequence);

  Watch& watch() { return watch_; }
  const Way& way() const { return way_; }
  const flow::Endpoint& end() const { return own_; }

  std::uint32_t next = 0;  ///< to be sent; 0: the SYN
  std::uint16_t window = 1000;
  std::optional<std::uint8_t> scale = {};  ///< offered in its SYN

 private:
  void pass(std::uint32_t end);

  Watch& watch_;
  const Way& way_;
  flow::Endpoint own_;
  std::uint32_t initial_;
  std::optional<std::uint32_t> acknowledged_;
  const Peer* other_ = nullptr;
};

/// Two ends that know each other: host 1, port 40000, and host 2, port 80.
struct Pair {
  Pair(Watch& watch, const Way& way, bool is_client_second, std::uint32_t sequence_client = 1'000'000,
       std::uint32_t sequence_server = 2'000'000, std::uint16_t port_client = 40'000,
       std::uint16_t port_server = 80);
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  Peer client, server;
};

/// `40000>80 ESTABLISHED open 0s-20ms, handshake 20ms, …`, then a line for what the client and one for what the
/// server has sent; what is 0 is left out.
std::string summary(const Watch::Record& record, base::Nanoseconds epoch);

/// Runs the script once for each way to wrap packets, with sequence numbers that wrap around in its middle, and
/// so on, and returns what the tracker says: the same each time.
using Script = std::function<void(Peer& client, Peer& server)>;
std::string told(const Script& script);
/// From 0 to 20 ms, 10 ms to either end.
void shake_hands(Peer& client, Peer& server);
/// The same of a connection that begins so.
std::string told_after_handshake(const Script& script);
/// What is known of the only connection of a script.
flow::Connection connection_of(const Script& script);

}  // namespace test
