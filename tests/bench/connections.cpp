// SPDX-License-Identifier: BSD-2-Clause
// Writes a capture of TCP connections for the benchmark: pcap, Ethernet, a packet each microsecond; the same
// arguments give the same bytes. PACKETS are shared out evenly among CONNECTIONS, and each packet belongs to one of
// the open ones, drawn at random. A connection of 7 packets or more is whole: handshake, data and acknowledgements
// both ways in the sizes of generate.cpp's mix, 1 % of the data sent twice, FINs; a shorter one is left open.
// Half of them have timestamps. IPv4 header checksums are right, those of TCP are not.

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint64_t begin_s = 1'700'000'000;
constexpr std::uint64_t connections_most = 1 << 24;  // so many pairs of ends differ for certain
constexpr std::uint64_t packets_most = 1'000'000'000;
constexpr std::uint64_t snaplen_most = 262'144;
constexpr std::size_t frame_bytes_min = 60;
constexpr std::size_t frame_bytes_max = 1514;
constexpr std::size_t pool_bytes = 1 << 16;        // payload is cut from here
constexpr std::size_t buffer_bytes = 1 << 20;      // of the output
constexpr std::uint64_t retransmissions_of = 100;  // one data segment of so many

enum class Ends {
  mixed,  // IPv6 every sixth
  ipv4,
  equal_xor,   // source ^ destination is the same for all
  one_prefix,  // IPv6 clients that differ in the last three bytes
  port_pairs,  // all that differs is the pair of ports
  one_server
};

struct Kind {
  std::string_view name;
  Ends ends;
  std::uint64_t open_most;  // at a time; the next one begins when one is over
  bool closes = true;
};

// short: one after the other. flood: with as many packets as connections, SYNs alone. xor, prefix64 and ports are
// chosen so that a careless hash collides, random is what they are compared with. open: no FINs.
constexpr std::array<Kind, 8> kinds{{
    {"mix", Ends::mixed, connections_most},
    {"open", Ends::ipv4, connections_most, false},
    {"short", Ends::mixed, 10'000},
    {"flood", Ends::one_server, 1},
    {"random", Ends::ipv4, connections_most},
    {"xor", Ends::equal_xor, connections_most},
    {"prefix64", Ends::one_prefix, connections_most},
    {"ports", Ends::port_pairs, connections_most},
}};

/// Both ends of a connection. Of an IPv6 address these are the last four bytes.
struct Tuple {
  bool is_ipv6;
  std::uint32_t client;
  std::uint32_t server;
  std::uint16_t client_port;
  std::uint16_t server_port;
};

/// A permutation of the numbers below 2^24: multiplying by an odd number and xor with a shift both are.
std::uint32_t scramble(std::uint32_t index) {
  constexpr std::uint32_t mask = connections_most - 1;
  for (int round = 0; round < 2; ++round) {
    index = index * 0x9e3779b1 & mask;
    index ^= index >> 11;
  }
  return index;
}

Tuple tuple_of(Ends ends, std::uint32_t index) {
  constexpr std::uint32_t clients = 10U << 24, servers = 198U << 24 | 18U << 16;  // 10/8, 198.18/15
  constexpr std::array<std::uint16_t, 4> ports{443, 443, 993, 8443};
  const std::uint32_t drawn = scramble(index);
  const std::uint32_t more = drawn * 0x85ebca6b >> 8;
  const auto port = static_cast<std::uint16_t>(1U << 15 | (drawn & 15) << 11 | (more & 0x7ff));
  switch (ends) {
    case Ends::mixed:
    case Ends::ipv4:
      return {ends == Ends::mixed && index % 6 == 0, clients | drawn >> 4, servers | (more >> 11 & 0xfff),
              port, ports[more >> 22 & 3]};
    case Ends::equal_xor: return {false, clients | drawn, (clients | drawn) ^ clients ^ servers, 40000, 443};
    case Ends::one_prefix: return {true, drawn, servers | 1, 40000, 443};
    case Ends::port_pairs:
      return {false, clients | 1, servers | 1, static_cast<std::uint16_t>(1U << 15 | drawn >> 12),
              static_cast<std::uint16_t>(1U << 14 | (drawn & 0xfff))};
    case Ends::one_server: return {false, clients | drawn, servers | 1, port, 443};
  }
  return {};
}

constexpr std::uint8_t fin = 1, syn = 2, ack = 16;

struct Segment {
  bool is_from_server;
  std::uint8_t flags;
};
constexpr std::array<Segment, 3> opening{{{false, syn}, {true, syn | ack}, {false, ack}}};
constexpr std::array<Segment, 3> closing{{{true, fin | ack}, {false, fin | ack}, {true, ack}}};

/// An open connection; of pairs the first is the client's.
struct Connection {
  std::uint32_t index = 0;
  std::uint32_t packets = 0;                          // so far
  std::array<std::uint32_t, 2> sequence{};            // of the next byte
  std::array<std::uint32_t, 2> timestamp{};           // the last one sent
  std::array<std::uint16_t, 2> payload_bytes_last{};  // of the last data segment
};

class Frame {
 public:
  void clear() { used_bytes_ = 0; }
  void put8(std::uint64_t value) { bytes_[used_bytes_++] = static_cast<std::uint8_t>(value); }
  void put16(std::uint64_t value) { put8(value >> 8), put8(value); }
  void put32(std::uint64_t value) { put16(value >> 16), put16(value); }
  void put_bytes(const std::uint8_t* from, std::size_t count) {
    std::memcpy(&bytes_[used_bytes_], from, count);
    used_bytes_ += count;
  }
  void pad(std::size_t least_bytes) {
    while (used_bytes_ < least_bytes) put8(0);
  }
  std::size_t size_bytes() const { return used_bytes_; }
  std::uint8_t* at(std::size_t offset) { return &bytes_[offset]; }

 private:
  std::array<std::uint8_t, frame_bytes_max> bytes_{};
  std::size_t used_bytes_ = 0;
};

void put_network(Frame& frame, const Tuple& tuple, bool is_from_server, std::uint64_t transport_bytes) {
  const std::array<std::uint32_t, 2> ends{tuple.client, tuple.server};
  const auto put_ipv6 = [&](bool is_server) {
    frame.put32(0x20010db8), frame.put32(is_server), frame.put32(0), frame.put32(ends[is_server]);
  };
  frame.put32(0x00005e00), frame.put32(0x53010000), frame.put32(0x5e005302);
  if (tuple.is_ipv6) {
    frame.put16(0x86dd), frame.put32(0x60000000), frame.put16(transport_bytes), frame.put16(6 << 8 | 64);
    put_ipv6(is_from_server), put_ipv6(!is_from_server);
    return;
  }
  frame.put16(0x0800), frame.put16(0x4500), frame.put16(20 + transport_bytes), frame.put32(0x4000);
  frame.put16(64 << 8 | 6), frame.put16(0), frame.put32(ends[is_from_server]),
      frame.put32(ends[!is_from_server]);
  std::uint32_t sum = 0;
  for (const std::uint8_t* word = frame.at(14); word < frame.at(34); word += 2)
    sum += word[0] * 256U + word[1];
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~(sum + (sum >> 16));
  *frame.at(24) = static_cast<std::uint8_t>(sum >> 8);
  *frame.at(25) = static_cast<std::uint8_t>(sum);
}

bool has_timestamps(const Connection& connection) { return connection.index % 2 == 0; }

std::size_t options_bytes(const Connection& connection, bool is_syn) {
  return (is_syn ? 8U : 0U) + (has_timestamps(connection) ? 12U : 0U);
}

void put_options(Frame& frame, const Connection& connection, bool is_from_server, bool is_syn) {
  if (is_syn)
    frame.put32(2 << 24 | 4 << 16 | 1460), frame.put32(1 << 24 | 3 << 16 | 3 << 8 | 7);  // MSS, window scale
  if (!has_timestamps(connection)) return;
  frame.put32(1 << 24 | 1 << 16 | 8 << 8 | 10);
  frame.put32(connection.timestamp[is_from_server]), frame.put32(connection.timestamp[!is_from_server]);
}

class Generator {
 public:
  Generator(std::FILE* file, const Kind& kind, std::uint64_t packets, std::uint64_t connections,
            std::size_t snaplen)
      : file_(file), kind_(kind), packets_(packets), connections_(connections), snaplen_(snaplen) {
    for (std::uint8_t& byte : pool_) byte = static_cast<std::uint8_t>(random_());
    open_.resize(std::min(connections, kind.open_most));
    for (Connection& connection : open_) begin(connection);
  }

  /// False when the file cannot be written (errno says why).
  bool run() {
    put_words(std::array<std::uint64_t, 6>{0xa1b2c3d4, 4 << 16 | 2, 0, 0, snaplen_, 1});
    for (std::uint64_t packet = 0; packet < packets_ && std::ferror(file_) == 0; ++packet) {
      Connection& connection = open_[below(open_.size())];
      put_packet(connection, packet);
      if (connection.packets < packets_of(connection)) continue;
      if (begun_ < connections_) {
        begin(connection);
      } else {
        connection = open_.back();
        open_.pop_back();
      }
    }
    return std::ferror(file_) == 0 && std::fflush(file_) == 0;
  }

 private:
  std::uint64_t below(std::uint64_t limit) { return (random_() >> 32) * limit >> 32; }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }

  void begin(Connection& connection) {
    const std::uint64_t initial = random_();
    connection = {static_cast<std::uint32_t>(begun_++)};
    connection.sequence = {static_cast<std::uint32_t>(initial), static_cast<std::uint32_t>(initial >> 32)};
  }

  std::uint64_t packets_of(const Connection& connection) const {
    return packets_ / connections_ + (connection.index < packets_ % connections_ ? 1 : 0);
  }

  /// Those of a frame that carries data, or of one that does not: the mix of generate.cpp.
  std::size_t choose_payload_bytes(std::size_t header_bytes) {
    const std::uint64_t draw = below(100);
    if (draw < 31) return 0;
    if (draw < 62) return between(header_bytes + 1, header_bytes + 30) - header_bytes;
    return (draw < 85 ? between(250, 750) : between(1400, frame_bytes_max)) - header_bytes;
  }

  void put_packet(Connection& connection, std::uint64_t time_us) {
    const std::uint64_t packets = packets_of(connection);
    const std::uint64_t left = packets - connection.packets;
    const bool is_whole = kind_.closes && packets > opening.size() + closing.size();
    if (connection.packets < opening.size()) {
      put_segment(connection, opening[connection.packets], 0, time_us);
    } else if (is_whole && left <= closing.size()) {
      put_segment(connection, closing[closing.size() - left], 0, time_us);
    } else {
      put_data(connection, time_us);
    }
    ++connection.packets;
  }

  /// Three quarters of the data come from the server, as many of the bare acknowledgements from the client.
  void put_data(Connection& connection, std::uint64_t time_us) {
    const std::size_t header_bytes = 14 + (tuple_of(kind_.ends, connection.index).is_ipv6 ? 40U : 20U) + 20 +
                                     options_bytes(connection, false);
    std::size_t payload_bytes = choose_payload_bytes(header_bytes);
    const bool is_from_server = (below(4) == 0) == (payload_bytes == 0);
    if (payload_bytes > 0) {
      std::uint16_t& last_bytes = connection.payload_bytes_last[is_from_server];
      if (last_bytes > 0 && below(retransmissions_of) == 0) {
        payload_bytes = last_bytes;
        connection.sequence[is_from_server] -= last_bytes;
      }
      last_bytes = static_cast<std::uint16_t>(payload_bytes);
    }
    put_segment(connection, {is_from_server, ack}, payload_bytes, time_us);
  }

  void put_segment(Connection& connection, Segment segment, std::size_t payload_bytes,
                   std::uint64_t time_us) {
    const bool is_from_server = segment.is_from_server;
    const Tuple tuple = tuple_of(kind_.ends, connection.index);
    const bool is_syn = (segment.flags & syn) != 0;
    const std::size_t tcp_bytes = 20 + options_bytes(connection, is_syn);
    std::uint32_t& sequence = connection.sequence[is_from_server];
    connection.timestamp[is_from_server] = static_cast<std::uint32_t>(time_us / 1000 + 1);
    frame_.clear();
    put_network(frame_, tuple, is_from_server, tcp_bytes + payload_bytes);
    frame_.put16(is_from_server ? tuple.server_port : tuple.client_port);
    frame_.put16(is_from_server ? tuple.client_port : tuple.server_port);
    frame_.put32(sequence);
    frame_.put32((segment.flags & ack) != 0 ? connection.sequence[!is_from_server] : 0);
    frame_.put16(tcp_bytes / 4 << 12 | segment.flags), frame_.put16(is_syn ? 64240 : 501), frame_.put32(0);
    put_options(frame_, connection, is_from_server, is_syn);
    sequence += static_cast<std::uint32_t>(payload_bytes + ((segment.flags & (syn | fin)) != 0 ? 1 : 0));
    frame_.put_bytes(&pool_[below(pool_bytes)], payload_bytes);
    frame_.pad(frame_bytes_min);
    put_record(time_us);
  }

  void put_record(std::uint64_t time_us) {
    const std::size_t captured_bytes = std::min(frame_.size_bytes(), snaplen_);
    put_words(std::array<std::uint64_t, 4>{begin_s + time_us / 1'000'000, time_us % 1'000'000, captured_bytes,
                                           frame_.size_bytes()});
    std::fwrite(frame_.at(0), 1, captured_bytes, file_);
  }

  /// In the byte order of this machine, as pcap may have it.
  template <std::size_t count>
  void put_words(const std::array<std::uint64_t, count>& values) {
    std::array<std::uint32_t, count> words;
    std::copy(values.begin(), values.end(), words.begin());
    std::fwrite(words.data(), sizeof words[0], count, file_);
  }

  std::FILE* file_;
  const Kind& kind_;
  std::uint64_t packets_;
  std::uint64_t connections_;
  std::size_t snaplen_;
  std::uint64_t begun_ = 0;
  std::mt19937_64 random_;
  std::array<std::uint8_t, pool_bytes + frame_bytes_max> pool_{};
  std::vector<Connection> open_;
  Frame frame_;
};

/// A number from 1 to `most`; 0 for anything else.
std::uint64_t parse_count(std::string_view text, std::uint64_t most) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  return error == std::errc{} && end == text.data() + text.size() && count <= most ? count : 0;
}

int fail(const char* path) {
  std::fprintf(stderr, "connections: %s: %s\n", path, std::strerror(errno));
  return 1;
}

int refuse(const char* reason) {
  std::fprintf(stderr, "connections: %s\n", reason);
  std::fputs(
      "usage: connections mix|open|short|flood|random|xor|prefix64|ports PACKETS CONNECTIONS FILE|- "
      "[SNAPLEN]\n",
      stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) return refuse("four or five arguments are needed");
  const auto kind =
      std::find_if(kinds.begin(), kinds.end(), [&](const Kind& one) { return one.name == argv[1]; });
  if (kind == kinds.end()) return refuse("there is no such kind of capture");
  const std::uint64_t packets = parse_count(argv[2], packets_most);
  const std::uint64_t connections = parse_count(argv[3], std::min(packets, connections_most));
  const std::uint64_t snaplen = argc == 6 ? parse_count(argv[5], snaplen_most) : snaplen_most;
  if (packets == 0) return refuse("PACKETS is a number from 1 to 1,000,000,000");
  if (connections == 0) return refuse("CONNECTIONS is a number from 1 to 16,777,216, and at most PACKETS");
  if (snaplen == 0) return refuse("SNAPLEN is a number from 1 to 262,144");
  const char* const path = argv[4];
  std::FILE* const file = std::string_view(path) == "-" ? stdout : std::fopen(path, "wb");
  if (file == nullptr) return fail(path);
  std::setvbuf(file, nullptr, _IOFBF, buffer_bytes);
  Generator generator(file, *kind, packets, connections, snaplen);
  const bool is_written = generator.run();
  if (!is_written || std::fclose(file) != 0) return fail(path);
  return 0;
}
