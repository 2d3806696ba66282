// SPDX-License-Identifier: BSD-2-Clause
#include "flow/tcp.hpp"

#include "flow/measure.hpp"

namespace flow {

namespace {

using namespace tcp_flag;

bool is_over(const Connection& connection) {
  return connection.state == State::closed || connection.state == State::reset;
}

/// Whether the receiver may take this RST. What it expects next lies between what it has acknowledged last and
/// what its peer has sent last; its window counts too (RFC 9293, section 3.5.3). Before that, it answers a SYN
/// (section 3.10.7.3).
bool fits(const Connection& connection, const Segment& segment) {
  const bool from = segment.is_swapped;
  const Direction& own = connection.directions[from];
  const Direction& other = connection.directions[!from];
  const bool knows_sequence = connection.knows(from, Connection::has_sequence);
  const bool answers_syn = connection.state == State::syn_sent && !knows_sequence;
  if (answers_syn) return segment.has(ack) && segment.acknowledgment == other.next_sequence;
  if (knows_sequence && segment.sequence == own.next_sequence) return true;
  if (!connection.knows(!from, Connection::has_acknowledged)) return !knows_sequence;
  const std::uint32_t window = std::uint32_t{other.window}
                               << (connection.has_scaling() ? connection.scale[!from] : 0);
  return segment.sequence - other.acknowledged <= window;
}

/// Who is the client is known for sure once a SYN is seen.
void learn_client(Connection& connection, bool client_is_second) {
  if (!connection.is_guessed) return;
  connection.is_guessed = false;
  if (connection.is_client_second != client_is_second) connection.has_first_byte = false;
  connection.is_client_second = client_is_second;
}

void open(Connection& connection, const Segment& segment) {
  const bool from = segment.is_swapped;
  if (segment.has(ack)) {
    learn_client(connection, !from);
    if (connection.state == State::syn_sent) connection.state = State::syn_received;
    return;
  }
  learn_client(connection, from);
  const bool is_simultaneous = connection.directions[!from].syn_packets > 0;
  if (connection.state == State::syn_sent && is_simultaneous) connection.state = State::syn_received;
  if (!connection.has_handshake) connection.handshake = segment.timestamp;
}

/// The client's first ACK completes the handshake, also where nothing of the server is captured. Where both open
/// at once it may be a SYN|ACK (RFC 9293, section 3.5). Where the server goes on without it, it was not captured.
void establish(Connection& connection, const Segment& segment) {
  if (connection.state != State::syn_sent && connection.state != State::syn_received) return;
  const bool is_clients = segment.is_swapped == connection.is_client_second;
  if (!segment.has(ack) || (!is_clients && segment.has(syn))) return;
  if (!is_clients) connection.handshake = base::time_limit;  // when the SYN was does not tell any more
  if (!is_clients && segment.payload == 0) return;
  const bool is_timed = connection.state == State::syn_received || connection.in().packets == 0;
  connection.state = State::established;
  if (is_timed && connection.out().syn_packets > 0 && segment.timestamp > connection.handshake) {
    connection.handshake = segment.timestamp - connection.handshake;
    connection.has_handshake = true;
  }
}

void close(Connection& connection, const Segment& segment, Tally& tally) {
  const bool from = segment.is_swapped;
  if (segment.has(fin)) {
    connection.learn(from, Connection::has_fin);
    connection.forget(from, Connection::fin_is_acknowledged);
    connection.state = State::closing;
  }
  if (connection.state != State::closing) return;
  const bool acknowledges = segment.has(ack) && connection.knows(!from, Connection::has_fin) &&
                            distance(segment.acknowledgment, connection.directions[!from].next_sequence) >= 0;
  if (acknowledges) connection.learn(!from, Connection::fin_is_acknowledged);
  if (!connection.knows(false, Connection::fin_is_acknowledged)) return;
  if (!connection.knows(true, Connection::fin_is_acknowledged)) return;
  connection.state = State::closed;
  ++tally.closed;
}

/// A SYN|ACK of another initial sequence number than its sender's first one: where SYN cookies are, or a stray.
bool is_other_syn(const Connection& connection, const Segment& segment) {
  if (!segment.has(syn) || !connection.knows(segment.is_swapped, Connection::has_sequence)) return false;
  return segment.sequence != connection.directions[segment.is_swapped].initial_sequence;
}

void count_flags(Direction& own, const Segment& segment) {
  if (segment.has(syn) && own.syn_packets < 65'535) ++own.syn_packets;
  if (segment.has(rst) && own.rst_packets < 65'535) ++own.rst_packets;
  if (segment.has(fin) && own.fin_packets < 255) ++own.fin_packets;
}

}  // namespace

bool opens_another(const Connection& connection, const Segment& segment) {
  if (!segment.has_tcp || !segment.has(syn) || segment.has(rst)) return false;
  if (!is_over(connection) && segment.has(ack)) return false;
  if (!connection.knows(segment.is_swapped, Connection::has_sequence)) return is_over(connection);
  return segment.sequence != connection.directions[segment.is_swapped].initial_sequence;
}

void follow_tcp(Connection& connection, const Segment& segment, Tally& tally) {
  const bool is_plain = !segment.has(syn | fin | rst);
  if (is_plain && connection.state == State::established) return measure(connection, segment, tally);
  count_flags(connection.directions[segment.is_swapped], segment);
  if (is_other_syn(connection, segment)) {
    if (connection.state != State::syn_sent && connection.state != State::syn_received) return;
    connection.forget(segment.is_swapped, Connection::has_sequence | Connection::is_timed);
  }
  const bool is_reset = segment.has(rst);
  const bool does_reset = is_reset && !is_over(connection) && fits(connection, segment);
  if (!is_reset || does_reset) {
    measure(connection, segment, tally);
  }
  if (does_reset) {
    connection.state = State::reset;
    ++tally.reset;
  }
  if (is_reset || is_over(connection)) return;
  if (segment.has(syn)) open(connection, segment);
  establish(connection, segment);
  close(connection, segment, tally);
}

}  // namespace flow
