// SPDX-License-Identifier: BSD-2-Clause
#include "flow/connection.hpp"

#include <algorithm>

#include "base/number.hpp"

namespace flow {

namespace {

using Nanoseconds = base::Nanoseconds;

Nanoseconds mean_of(const Direction& direction) {
  return base::floor_quotient(direction.round_trips_sum + direction.round_trips / 2, direction.round_trips);
}

Nanoseconds least_of(const Direction& direction) {
  return static_cast<Nanoseconds>(direction.round_trip_least);
}

/// The sum over both halves of the way, of those that have samples.
std::optional<Nanoseconds> of_both(const Connection& connection, Nanoseconds (*of)(const Direction&)) {
  std::optional<Nanoseconds> sum;
  for (const Direction& direction : connection.directions) {
    if (direction.round_trips > 0) sum = sum.value_or(0) + of(direction);
  }
  return sum;
}

}  // namespace

const char* name_of(State state) {
  switch (state) {
    case State::open: return "OPEN";
    case State::syn_sent: return "SYN_SENT";
    case State::syn_received: return "SYN|ACK-ACK";
    case State::established: return "ESTABLISHED";
    case State::closing: return "CLOSING";
    case State::closed: return "CLOSED";
    case State::reset: return "RESET";
  }
  return "";
}

const char* name_of(Ended ended) {
  switch (ended) {
    case Ended::fin: return "fin";
    case Ended::reset: return "reset";
    case Ended::timeout: return "timeout";
    case Ended::evicted: return "evicted";
    case Ended::open: return "open";
  }
  return "";
}

std::optional<Nanoseconds> Direction::smoothed() const {
  if (round_trips == 0) return std::nullopt;
  return Nanoseconds{round_trip_smoothed} * smoothed_unit_ns;
}

std::optional<Nanoseconds> Connection::handshake_round_trip() const {
  return has_handshake ? std::optional(handshake) : std::nullopt;
}

std::optional<Nanoseconds> Connection::round_trip_mean() const { return of_both(*this, mean_of); }
std::optional<Nanoseconds> Connection::round_trip_least() const { return of_both(*this, least_of); }

std::optional<Nanoseconds> Connection::time_to_first_byte() const {
  return has_first_byte ? std::optional(first_byte) : std::nullopt;
}

std::uint64_t Connection::window_most(bool of_client) const {
  const bool is_second = of_client == is_client_second;
  return std::uint64_t{directions[is_second].window_most} << (has_scaling() ? scale[is_second] : 0);
}

std::uint64_t Connection::bytes_last_second(Nanoseconds now) const {
  const Nanoseconds present = base::floor_quotient(now, base::ns_per_s);
  const auto age = (static_cast<std::uint64_t>(present) - second) & second_mask;
  const auto gone = static_cast<std::uint64_t>(now - present * base::ns_per_s);
  const auto left_of = [&](std::uint64_t bytes) {
    return static_cast<std::uint64_t>(base::Uint128{bytes} * (base::ns_per_s - gone) / base::ns_per_s);
  };
  if (age == 0) return bytes_second + left_of(bytes_second_before);
  return age == 1 ? left_of(bytes_second) : 0;
}

Ended Connection::ended_or(Ended otherwise) const {
  if (state == State::closed) return Ended::fin;
  return state == State::reset ? Ended::reset : otherwise;
}

}  // namespace flow
