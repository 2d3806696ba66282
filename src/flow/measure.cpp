// SPDX-License-Identifier: BSD-2-Clause
#include "flow/measure.hpp"

#include <algorithm>

namespace flow {

namespace {

using base::Nanoseconds;

constexpr std::uint8_t opens_or_ends = tcp_flag::syn | tcp_flag::fin | tcp_flag::rst;

/// Where no handshake was seen, a segment that comes so soon after a later one was overtaken by it.
constexpr Nanoseconds reordering_most = 3 * base::ns_per_ms;

enum class Arrival : std::uint8_t { in_order, keep_alive, window_probe, retransmitted, out_of_order };

/// One segment and both directions, as they were before it.
struct Look {
  Look(Connection& its_connection, const Segment& its_segment)
      : connection(its_connection),
        segment(its_segment),
        own(its_connection.directions[its_segment.is_swapped]),
        other(its_connection.directions[!its_segment.is_swapped]),
        own_known(its_connection.known[its_segment.is_swapped]),
        other_known(its_connection.known[!its_segment.is_swapped]),
        taken(its_segment.payload + (its_segment.has(tcp_flag::syn | tcp_flag::fin) ? 1 : 0)),
        ahead(distance(its_segment.sequence, own.next_sequence)) {}

  bool own_has(std::uint8_t what) const { return (own_known & what) != 0; }
  bool other_has(std::uint8_t what) const { return (other_known & what) != 0; }
  bool is_plain() const { return !segment.has(opens_or_ends); }
  /// Its payload was acknowledged before it came.
  bool is_acknowledged() const {
    return segment.payload > 0 && other_has(Connection::has_acknowledged) &&
           distance(segment.sequence + segment.payload, other.acknowledged) <= 0;
  }

  Connection& connection;
  const Segment& segment;
  Direction& own;
  Direction& other;
  std::uint8_t own_known, other_known;
  std::uint32_t taken;  // sequence numbers
  std::int32_t ahead;   // of what was expected next, where that is known
};

/// A segment that begins before what was expected next, or where nothing was expected.
Arrival late_arrival_of(const Look& look) {
  const Segment& segment = look.segment;
  const bool has_sequence = look.own_has(Connection::has_sequence);
  // A keep-alive repeats the byte before the next one, or nothing (RFC 1122, section 4.2.3.6).
  if (has_sequence && segment.payload <= 1 && look.ahead == -1 && look.is_plain()) return Arrival::keep_alive;
  if (look.taken == 0) return Arrival::in_order;
  if (look.is_acknowledged()) return Arrival::retransmitted;
  // After a window probe its byte comes again, with more.
  const bool follows_probe = segment.payload > 1 && look.ahead == -1;
  if (!has_sequence || look.ahead >= 0 || follows_probe) return Arrival::in_order;
  const bool is_fast_retransmission =
      look.connection.duplicate_run[!segment.is_swapped] >= 2 && look.other.acknowledged == segment.sequence;
  if (is_fast_retransmission) return Arrival::retransmitted;
  const Nanoseconds since = segment.timestamp - look.own.advanced_at;
  const Nanoseconds threshold = look.connection.handshake_round_trip().value_or(reordering_most);
  const bool ends_there = segment.sequence + look.taken == look.own.next_sequence;
  return since < threshold && !ends_there ? Arrival::out_of_order : Arrival::retransmitted;
}

Arrival arrival_of(const Look& look) {
  const bool is_next = look.own_has(Connection::has_sequence) && look.ahead == 0;
  if (!is_next) return late_arrival_of(look);
  // One byte into a window of zero (RFC 9293, section 3.8.6.1): whether it is taken is open.
  const bool is_probe = look.segment.payload == 1 && look.is_plain() &&
                        look.other_has(Connection::has_window) && look.other.window == 0;
  if (is_probe) return Arrival::window_probe;
  // What is expected next here was acknowledged there: its first copy was not captured.
  return look.is_acknowledged() ? Arrival::retransmitted : Arrival::in_order;
}

void count_disorder(const Look& look, Arrival arrival, Tally& tally) {
  Direction& own = look.own;
  if (arrival == Arrival::out_of_order) {
    ++own.out_of_order;
    ++tally.out_of_order;
  } else if (arrival == Arrival::retransmitted) {
    ++own.retransmissions;
    ++tally.retransmissions;
    const std::uint32_t behind = look.own_has(Connection::has_sequence) && look.ahead < 0
                                     ? own.next_sequence - look.segment.sequence
                                     : 0;
    constexpr std::uint64_t most = (std::uint64_t{1} << 48) - 1;
    own.retransmitted_bytes = (own.retransmitted_bytes + std::min(look.segment.payload, behind)) & most;
  }
}

/// The same acknowledgment and window again, without payload (RFC 5681, section 2).
void count_duplicate_ack(const Look& look) {
  const Segment& segment = look.segment;
  std::uint8_t& run = look.connection.duplicate_run[segment.is_swapped];
  if (!look.own_has(Connection::has_acknowledged) || segment.acknowledgment != look.own.acknowledged) {
    run = 0;
    return;
  }
  const bool repeats = segment.payload == 0 && segment.window != 0 && segment.window == look.own.window &&
                       look.own_has(Connection::has_sequence) && look.ahead == 0 && look.is_plain();
  if (!repeats || look.other_has(Connection::was_keep_alive)) return;
  if (run < 255) ++run;
  ++look.own.duplicate_acks;
}

void take_window(Look& look, Arrival arrival, Tally& tally) {
  const Segment& segment = look.segment;
  Direction& own = look.own;
  if (look.is_plain()) {
    own.window_most = std::max(own.window_most, segment.window);
    if (segment.window == 0 && arrival != Arrival::window_probe) {
      ++own.zero_windows;
      ++tally.zero_windows;
    }
  } else if (segment.has(tcp_flag::syn)) {
    const bool offers = segment.window_scale != Segment::no_scale;
    look.own_known = static_cast<std::uint8_t>(look.own_known & ~Connection::is_scaled);
    if (offers) look.own_known |= Connection::is_scaled;
    look.connection.scale[segment.is_swapped] = offers ? segment.window_scale : std::uint8_t{0};
  }
  own.window = segment.window;
  look.own_known |= Connection::has_window;
}

/// RFC 6298, section 2.
void smooth(Direction& direction, Nanoseconds sample) {
  const auto units = static_cast<std::int64_t>(sample / Direction::smoothed_unit_ns);
  const auto known = static_cast<std::int64_t>(direction.round_trip_smoothed);
  const std::int64_t smoothed = direction.round_trips == 0 ? units : known + (units - known) / 8;
  direction.round_trip_smoothed = static_cast<std::uint32_t>(std::min<std::int64_t>(smoothed, UINT32_MAX));
}

void add_round_trip(Direction& timed, const Direction& other_half, Nanoseconds sample, Tally& tally) {
  constexpr std::uint64_t least_bits = (std::uint64_t{1} << 40) - 1;
  constexpr std::uint64_t samples_most = (std::uint64_t{1} << 24) - 1;
  const auto round_trip = static_cast<std::uint64_t>(sample);
  if (round_trip > least_bits) return;      // a negative one is huge
  if (timed.round_trips == samples_most) {  // the mean stays, those to come weigh more
    timed.round_trips = samples_most / 2;
    timed.round_trips_sum /= 2;
  }
  smooth(timed, sample);
  if (timed.round_trips == 0 || round_trip < timed.round_trip_least) {
    timed.round_trip_least = round_trip & least_bits;
  }
  timed.round_trips_sum += sample;
  ++timed.round_trips;
  tally.round_trips.add(round_trip + (other_half.round_trips > 0 ? other_half.round_trip_least : 0));
}

/// An ACK of what is timed in the other direction is a sample of its half of the way.
void take_acknowledgment(Look& look, Tally& tally) {
  const Segment& segment = look.segment;
  Direction& other = look.other;
  if (look.other_has(Connection::is_timed) && distance(segment.acknowledgment, other.timed_sequence) >= 0) {
    look.other_known = static_cast<std::uint8_t>(look.other_known & ~Connection::is_timed);
    // What acknowledges more than was captured may be the answer to that.
    const bool was_captured = distance(segment.acknowledgment, other.next_sequence) <= 0;
    if (was_captured) add_round_trip(other, look.own, segment.timestamp - other.timed_at, tally);
  }
  look.own.acknowledged = segment.acknowledgment;
  look.own_known |= Connection::has_acknowledged;
}

/// Times one segment at a time, none that is or may be sent twice (Karn's algorithm, RFC 6298, section 3), and
/// none across a gap: its ACK may be missing too.
void time_segment(Look& look, Arrival arrival) {
  if (look.own_has(Connection::has_sequence) && look.ahead > 0) {
    look.own_known = static_cast<std::uint8_t>(look.own_known & ~Connection::is_timed);
  }
  const bool repeats = look.ahead < 0 && look.own_has(Connection::has_sequence);
  if (arrival == Arrival::in_order && !repeats) {
    if (look.taken == 0 || look.own_has(Connection::is_timed)) return;
    look.own_known |= Connection::is_timed;
    look.own.timed_sequence = look.segment.sequence + look.taken;
    look.own.timed_at = look.segment.timestamp;
  } else if (arrival != Arrival::keep_alive && distance(look.segment.sequence, look.own.timed_sequence) < 0) {
    look.own_known = static_cast<std::uint8_t>(look.own_known & ~Connection::is_timed);
  }
}

void advance_sequence(Look& look, Arrival arrival) {
  const Segment& segment = look.segment;
  Direction& own = look.own;
  const std::uint32_t end = segment.sequence + look.taken;
  if (!look.own_has(Connection::has_sequence)) {
    own.initial_sequence = segment.has(tcp_flag::syn) ? segment.sequence : segment.sequence - 1;
    look.own_known |= Connection::has_sequence;
  } else if (arrival == Arrival::window_probe || distance(end, own.next_sequence) <= 0) {
    return;
  }
  own.next_sequence = end;
  own.advanced_at = segment.timestamp;
}

}  // namespace

void measure(Connection& connection, const Segment& segment, Tally& tally) {
  Look look(connection, segment);
  const Arrival arrival = arrival_of(look);
  if (look.taken > 0) ++tally.segments;
  if (arrival >= Arrival::retransmitted) count_disorder(look, arrival, tally);
  const bool acknowledges = segment.has(tcp_flag::ack);
  if (acknowledges) count_duplicate_ack(look);
  take_window(look, arrival, tally);
  if (acknowledges) take_acknowledgment(look, tally);
  time_segment(look, arrival);
  advance_sequence(look, arrival);
  look.own_known = static_cast<std::uint8_t>(look.own_known & ~Connection::was_keep_alive);
  if (arrival == Arrival::keep_alive) look.own_known |= Connection::was_keep_alive;
  connection.known[segment.is_swapped] = look.own_known;
  connection.known[!segment.is_swapped] = look.other_known;
}

}  // namespace flow
