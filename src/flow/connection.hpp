// SPDX-License-Identifier: BSD-2-Clause
// What is known of one connection: its ends, its state, and what was measured in each direction. Integers only,
// 320 bytes; who fills them is in table, tcp and measure.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "flow/key.hpp"

namespace flow {

/// As seen from outside (RFC 9293, section 3.3.2).
enum class State : std::uint8_t {
  open,          ///< any protocol but TCP
  syn_sent,      ///< a SYN
  syn_received,  ///< a SYN|ACK, or a SYN of both (simultaneous open)
  established,   ///< or picked up in the middle
  closing,       ///< a FIN of one side, or of both, not both acknowledged
  closed,        ///< both FINs are acknowledged
  reset
};

/// How it came to an end.
enum class Ended : std::uint8_t {
  fin,
  reset,
  timeout,  ///< idle for too long, or its ports were taken for a new one
  evicted,  ///< the table was full, and it was idle for longest
  open      ///< not at all: the capture ended
};

/// As tcptrack writes them; of other protocols than TCP "OPEN".
const char* name_of(State state);
const char* name_of(Ended ended);

/// What one end has sent. Its sequence numbers mean something where it has_sequence.
struct Direction {
  std::uint64_t packets : 48;
  std::uint64_t rst_packets : 16;  ///< stays at 65,535, as the two below; FINs at 255
  std::uint64_t bytes;             ///< from the network layer on
  std::uint64_t payload_bytes : 56;
  std::uint64_t fin_packets : 8;
  std::uint64_t retransmitted_bytes : 48;
  std::uint64_t syn_packets : 16;
  base::Nanoseconds advanced_at;        ///< when next_sequence was reached
  base::Nanoseconds timed_at;           ///< when the segment that is timed was sent
  base::Nanoseconds round_trips_sum;    ///< of round_trips samples
  std::uint64_t round_trip_least : 40;  ///< in ns, up to 18 minutes
  std::uint64_t round_trips : 24;
  std::uint32_t round_trip_smoothed;  ///< SRTT of RFC 6298, in units of smoothed_unit_ns
  std::uint32_t timed_sequence;       ///< what acknowledges the segment that is timed
  std::uint32_t retransmissions;      ///< segments
  std::uint32_t out_of_order;
  std::uint32_t duplicate_acks;
  std::uint32_t zero_windows;
  std::uint32_t next_sequence;
  std::uint32_t initial_sequence;
  std::uint32_t acknowledged;  ///< the acknowledgment number it sent last
  std::uint16_t window;        ///< as it sent it last, not scaled
  std::uint16_t window_most;   ///< the largest one, not scaled

  static constexpr base::Nanoseconds smoothed_unit_ns = 64;
  /// SRTT; nothing without samples.
  std::optional<base::Nanoseconds> smoothed() const;
};

struct Connection {
  // Whether things are known of a direction: bits in known[].
  static constexpr std::uint8_t has_sequence = 1;
  static constexpr std::uint8_t has_acknowledged = 2;
  static constexpr std::uint8_t has_window = 4;
  static constexpr std::uint8_t is_timed = 8;
  static constexpr std::uint8_t has_fin = 16;
  static constexpr std::uint8_t fin_is_acknowledged = 32;
  static constexpr std::uint8_t was_keep_alive = 64;  ///< its last segment
  static constexpr std::uint8_t is_scaled = 128;      ///< its SYN offered window scaling

  // What every packet asks for: one cache line.
  Key key;
  base::Nanoseconds end;  ///< when its last packet came; never before `begin`
  State state;
  std::uint8_t list;          ///< of the table
  bool is_client_second : 1;  ///< the client is the second end of the key
  bool is_guessed : 1;        ///< who the client is
  bool has_handshake : 1;     ///< handshake is its round trip
  bool has_first_byte : 1;
  std::array<std::uint8_t, 2> known;
  std::uint16_t interface;  ///< where its first packet came from

  base::Nanoseconds begin;  ///< when its first packet came
  /// From the last SYN to the ACK that completes it; without has_handshake, when that SYN was.
  base::Nanoseconds handshake;
  base::Nanoseconds first_byte;               ///< from `begin` to the server's first payload
  std::uint64_t bytes_second : 40;            ///< in the second of `end` …
  std::uint64_t second : 24;                  ///< … which is this one since the epoch, modulo 2^24
  std::uint64_t bytes_second_before;          ///< in the second before that
  std::array<std::uint16_t, 2> vlan;          ///< of each direction, the last one; 0: untagged
  std::array<std::uint8_t, 2> duplicate_run;  ///< duplicate ACKs in a row that each end has sent, up to 255
  std::array<std::uint8_t, 2> scale;          ///< the shift of its windows (RFC 7323)
  std::array<Direction, 2> directions;        ///< by sender: the key's first end, its second

  static constexpr std::uint64_t second_mask = (std::uint64_t{1} << 24) - 1;

  bool is_tcp() const { return key.protocol() == packet::protocol::tcp; }
  bool knows(bool is_second, std::uint8_t what) const { return (known[is_second] & what) != 0; }
  void learn(bool is_second, std::uint8_t what) {
    known[is_second] = static_cast<std::uint8_t>(known[is_second] | what);
  }
  void forget(bool is_second, std::uint8_t what) {
    known[is_second] = static_cast<std::uint8_t>(known[is_second] & ~what);
  }

  /// Windows are scaled only where both SYNs had the option (RFC 7323, section 2.2).
  bool has_scaling() const { return knows(false, is_scaled) && knows(true, is_scaled); }

  Endpoint client() const { return key.end(is_client_second); }
  Endpoint server() const { return key.end(!is_client_second); }
  /// What the client has sent.
  const Direction& out() const { return directions[is_client_second]; }
  const Direction& in() const { return directions[!is_client_second]; }
  bool is_one_way() const { return directions[0].packets == 0 || directions[1].packets == 0; }

  base::Nanoseconds duration() const { return end - begin; }
  std::optional<base::Nanoseconds> handshake_round_trip() const;
  /// The way there and back: the means (or minima) of both halves, seen from where was captured; of one where
  /// the other has no sample. Nothing without samples.
  std::optional<base::Nanoseconds> round_trip_mean() const;
  std::optional<base::Nanoseconds> round_trip_least() const;
  std::optional<base::Nanoseconds> time_to_first_byte() const;
  /// The largest window a direction has offered, in bytes.
  std::uint64_t window_most(bool of_client) const;
  /// Bytes in the second before `now`, both directions: the present second and so much of the one before
  /// as is left of it.
  std::uint64_t bytes_last_second(base::Nanoseconds now) const;
  /// How it would have ended, were this its end and nothing else known.
  Ended ended_or(Ended otherwise) const;
};
static_assert(sizeof(Direction) == 104 && sizeof(Connection) == 320);

}  // namespace flow
