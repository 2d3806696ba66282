// SPDX-License-Identifier: BSD-2-Clause
#include "flow/table.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "flow/tcp.hpp"

namespace flow {

namespace {

using base::Nanoseconds;
namespace protocol = packet::protocol;

/// Inlined always: g++ 12 takes a function that only prefetches for one that does nothing, and leaves out calls.
[[gnu::always_inline]] inline void prefetch(const Connection& connection) {
  constexpr std::size_t line_bytes = 64;
  const auto* line = reinterpret_cast<const char*>(&connection);
  for (std::size_t at = 0; at < sizeof connection; at += line_bytes) __builtin_prefetch(line + at, 1);
}

/// 128 KiB of bits. Among 100,000 listening ends one look in ten is wrong.
constexpr std::size_t listening_bits = std::size_t{1} << 20;

constexpr std::uint16_t well_known_ports = 1024;  // RFC 6335, section 6

State first_state(const Segment& segment) {
  if (segment.key.protocol() != protocol::tcp) return State::open;
  if (!segment.has(tcp_flag::syn)) return State::established;  // picked up in the middle
  return segment.has(tcp_flag::ack) ? State::syn_received : State::syn_sent;
}

/// The second it lies in; before 1970 a little off.
std::uint64_t second_of(Nanoseconds timestamp) {
  return static_cast<std::uint64_t>(timestamp / base::ns_per_s);
}

void add_rate(Connection& connection, const Segment& segment) {
  const std::uint64_t here = second_of(segment.timestamp);
  const std::uint64_t age = (here - connection.second) & Connection::second_mask;
  constexpr std::uint64_t backwards = Connection::second_mask / 2;
  if (age != 0 && age < backwards) {
    connection.bytes_second_before = age == 1 ? connection.bytes_second : 0;
    connection.bytes_second = 0;
    connection.second = here & Connection::second_mask;
  }
  constexpr std::uint64_t most = (std::uint64_t{1} << 40) - 1;
  connection.bytes_second = (connection.bytes_second + segment.bytes) & most;
}

void add_packet(Connection& connection, const Segment& segment) {
  constexpr std::uint64_t packets_most = (std::uint64_t{1} << 48) - 1,
                          payload_most = (std::uint64_t{1} << 56) - 1;
  Direction& own = connection.directions[segment.is_swapped];
  own.packets = (own.packets + segment.packets) & packets_most;
  own.bytes += segment.bytes;
  own.payload_bytes = (own.payload_bytes + segment.payload) & payload_most;
  connection.end = std::max(connection.begin, segment.timestamp);  // they may run backwards
  if (segment.vlan != 0) connection.vlan[segment.is_swapped] = segment.vlan;
  add_rate(connection, segment);
  const bool is_servers = segment.is_swapped != connection.is_client_second;
  if (segment.payload > 0 && is_servers && !connection.has_first_byte) {
    connection.has_first_byte = true;
    connection.first_byte = std::max<Nanoseconds>(0, segment.timestamp - connection.begin);
  }
}

}  // namespace

Table::Table(const TableOptions& options, Listener& listener)
    : connections_most_(options.connections_most),
      timeouts_{options.timeouts.established, options.timeouts.transitory, options.timeouts.udp,
                options.timeouts.icmp, options.timeouts.ended},
      listener_(listener),
      hash_(options.seed),
      listening_(listening_bits) {}

Segment& Table::vacant() {
  if (added_ - counted_ == pending_most) count(pending(counted_++));
  return pending(added_).segment;
}

void Table::add(Tally& tally) {
  Pending& here = pending(added_++);
  here.tally = &tally;
  here.hash = hash_of(hash_, here.segment.key);
  here.number = Index::none;
  index_.prefetch(here.hash);
  if (added_ - counted_ > looked_up_after) look_up(pending(added_ - 1 - looked_up_after));
}

void Table::pass_leap(Nanoseconds timestamp, Tally& tally) {
  Segment& segment = vacant();
  segment = Segment{};
  segment.timestamp = timestamp;
  segment.packets = 0;
  add(tally);
}

void Table::flush() {
  while (counted_ != added_) count(pending(counted_++));
}

/// Its slot is in the cache: asks for the connection itself.
void Table::look_up(Pending& pending) const {
  pending.number = index_.likely(pending.hash);
  if (pending.number == Index::none) return;
  prefetch(slab_[pending.number]);
  lists_.prefetch(pending.number);
}

std::uint32_t Table::find(const Pending& pending) const {
  const Key& key = pending.segment.key;
  if (pending.number != Index::none && slab_[pending.number].key == key) return pending.number;
  return index_.find(pending.hash, [&](std::uint32_t number) { return slab_[number].key == key; });
}

/// The connection that it belongs to, opened where there is none or the one that is there is over.
std::uint32_t Table::current(const Pending& pending) {
  const Segment& segment = pending.segment;
  const std::uint32_t number = find(pending);
  if (number != Index::none) {
    const Connection& known = slab_[number];
    const bool is_over = segment.timestamp - known.end > timeouts_[known.list];
    if (!is_over && !(known.is_tcp() && opens_another(known, segment))) return number;
    let_go(number, Ended::timeout, *pending.tally);
  }
  return insert(segment, pending.hash, *pending.tally);
}

void Table::count(const Pending& pending) {
  const Segment& segment = pending.segment;
  advance(segment.timestamp, *pending.tally);
  if (segment.packets == 0) return;
  const std::uint32_t number = current(pending);
  Connection& connection = slab_[number];
  add_packet(connection, segment);
  const State before = connection.state;
  if (segment.has_tcp) follow_tcp(connection, segment, *pending.tally);
  if (connection.state == before && !segment.has(tcp_flag::fin)) {
    return lists_.move_to_end(connection.list, number);
  }
  if (connection.state == State::syn_received && segment.has(tcp_flag::ack)) note_listening(segment);
  put_in_list(number, connection);
}

void Table::put_in_list(std::uint32_t number, Connection& connection) {
  lists_.remove(connection.list, number);
  connection.list = list_of(connection);
  lists_.append(connection.list, number);
}

std::uint32_t Table::insert(const Segment& segment, std::uint64_t hash, Tally& tally) {
  if (size_ == connections_most_) let_go(longest_idle(), Ended::evicted, tally);
  if (index_.is_full()) {
    index_.rebuild();
    for (std::uint32_t each = 0; each < slab_.limit(); ++each) {
      const Key& key = slab_[each].key;
      if (key != Key{}) index_.insert(hash_of(hash_, key), each);
    }
  }
  const std::uint32_t number = slab_.take();
  index_.insert(hash, number);
  Connection& connection = slab_[number];
  connection.key = segment.key;
  connection.begin = connection.end = segment.timestamp;
  connection.second = second_of(segment.timestamp) & Connection::second_mask;
  connection.interface = static_cast<std::uint16_t>(std::min<std::uint32_t>(segment.interface, UINT16_MAX));
  connection.state = first_state(segment);
  decide_client(connection, segment);
  connection.list = list_of(connection);
  lists_.append(connection.list, number);
  ++size_;
  ++tally.opened;
  return number;
}

/// By who asks, where that is seen; of TCP in its middle, by ports. Of other protocols who sends first is the
/// client, unless that is a well-known port's.
void Table::decide_client(Connection& connection, const Segment& segment) {
  const bool from = segment.is_swapped;
  const Endpoint sender = segment.key.end(from), receiver = segment.key.end(!from);
  const std::uint8_t number = segment.key.protocol();
  const bool is_syn = segment.has_tcp && segment.has(tcp_flag::syn);
  const bool is_answer = segment.is_reply || (is_syn && segment.has(tcp_flag::ack));
  if (is_answer && is_syn) note_listening(segment);
  connection.is_client_second = is_answer ? !from : from;
  if (is_syn || is_answer || segment.is_request || sender.port == receiver.port) {
    connection.is_guessed = segment.key.protocol() == protocol::tcp && !is_syn;
    return;
  }
  const bool sender_listens = listening_[listening_place(sender, number)],
             receiver_listens = listening_[listening_place(receiver, number)];
  const bool sender_is_known = sender.port < well_known_ports,
             receiver_is_known = receiver.port < well_known_ports;
  bool sender_is_server = false;
  connection.is_guessed = true;
  if (sender_listens != receiver_listens) {
    sender_is_server = sender_listens;
  } else if (sender_is_known != receiver_is_known) {
    sender_is_server = sender_is_known;
  } else if (number == protocol::tcp) {
    sender_is_server = sender.port < receiver.port;
  }
  connection.is_guessed = number == protocol::tcp || sender_is_server;
  connection.is_client_second = sender_is_server ? !from : from;
}

void Table::note_listening(const Segment& segment) {
  listening_[listening_place(segment.key.end(segment.is_swapped), segment.key.protocol())] = true;
}

std::size_t Table::listening_place(const Endpoint& end, std::uint8_t number) const {
  const std::uint64_t rest =
      std::uint64_t{end.port} << 9 | std::uint64_t{number} << 1 | (end.address.is_ipv6 ? 1 : 0);
  return hash_(end.address.high, end.address.low, rest) % listening_bits;
}

Table::ListName Table::list_of(const Connection& connection) {
  switch (connection.state) {
    case State::syn_sent:
    case State::syn_received: return transitory_list;
    case State::established: return established_list;
    case State::closing: {
      const bool both =
          connection.knows(false, Connection::has_fin) && connection.knows(true, Connection::has_fin);
      return both ? transitory_list : established_list;  // a half-closed one may go on for long
    }
    case State::closed:
    case State::reset: return ended_list;
    case State::open: break;
  }
  switch (connection.key.protocol()) {
    case protocol::icmp:
    case protocol::icmpv6: return icmp_list;
    case protocol::sctp:
    case protocol::dccp: return established_list;
    default: return udp_list;
  }
}

/// The time of a packet that lies outside the present tenth of a second. Timestamps that run backwards a little
/// change nothing; a lot, and time runs from there on. So far ahead as that all would be over, it takes
/// another packet to believe it.
void Table::leap(Nanoseconds now, Tally& tally) {
  constexpr Nanoseconds disorder_most = 60 * base::ns_per_s, leap_most = 3'600 * base::ns_per_s;
  if (now < now_) {
    if (now_ - now > disorder_most) now_ = now;
    return;
  }
  const bool is_first = now_ == base::time_earliest;
  const bool is_far = !is_first && now - now_ > leap_most;
  if (is_far && !(doubtful_ && now >= *doubtful_ - leap_most)) {
    doubtful_ = now;
    return;
  }
  doubtful_.reset();
  now_ = now;
  sweep(tally);
}

void Table::sweep(Tally& tally) {
  for (std::size_t list = 0; list < lists_count; ++list) {
    for (std::uint32_t first = lists_.first(list); first != Lists::none; first = lists_.first(list)) {
      // One that is stamped in the future is idle as well: its clock was wrong, or has been set back.
      const Nanoseconds idle = std::max(now_ - slab_[first].end, slab_[first].end - now_);
      if (idle <= timeouts_[list]) break;
      let_go(first, Ended::timeout, tally);
    }
  }
}

std::uint32_t Table::longest_idle() const {
  std::uint32_t longest = Lists::none;
  for (std::size_t list = 0; list < lists_count; ++list) {
    const std::uint32_t first = lists_.first(list);
    if (first == Lists::none) continue;
    if (longest == Lists::none || slab_[first].end < slab_[longest].end) longest = first;
  }
  return longest;
}

void Table::let_go(std::uint32_t number, Ended otherwise, Tally& tally) {
  const Connection& connection = slab_[number];
  const Ended ended = connection.ended_or(otherwise);
  if (ended == Ended::timeout) ++tally.timed_out;
  if (ended == Ended::evicted) {
    ++tally.evicted;
    ++evicted_;
  }
  listener_.on_end(number, connection, ended);
  index_.erase(hash_of(hash_, connection.key), number);
  lists_.remove(connection.list, number);
  slab_.give_back(number);
  --size_;
}

void Table::end() {
  constexpr std::size_t ahead = 8;
  flush();
  index_ = Index();  // their memory holds the order
  lists_ = Lists();
  std::vector<std::pair<Nanoseconds, std::uint32_t>> order;
  order.reserve(size_);
  each([&](std::uint32_t number, const Connection& connection) {
    order.emplace_back(connection.begin, number);
  });
  if (!std::ranges::is_sorted(order)) std::ranges::sort(order);
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i + ahead < order.size()) prefetch(slab_[order[i + ahead].second]);
    const Connection& connection = slab_[order[i].second];
    listener_.on_end(order[i].second, connection, connection.ended_or(Ended::open));
  }
  slab_ = Slab();
  size_ = 0;
}

}  // namespace flow
