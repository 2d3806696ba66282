// SPDX-License-Identifier: BSD-2-Clause
// The busiest connections of each interval (--top): what each has done since the last line. Remembers 48 bytes
// for each number of the table, and copies of at most twice as many connections as are shown. When an
// interval ends is up to its user.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "flow/table.hpp"

namespace flow {

/// How many are shown, and what makes them busy.
struct Top {
  enum class By : std::uint8_t { bits, packets, retransmissions, rtt };
  static constexpr std::size_t count_most = 1000;

  /// "10", "10,packets". Throws a usage Error that says what is wrong.
  static Top parse(std::string_view text);

  std::size_t count = 10;
  By by = By::bits;
};

/// As it is typed.
const char* name_of(Top::By by);

/// What was seen of a connection in an interval, in both directions.
struct Amounts {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< from the network layer on
  std::uint64_t retransmissions = 0;
  /// Connection::round_trip_mean of the interval's samples; nothing without any. Of a half of the way that has
  /// none here, its mean so far.
  std::optional<base::Nanoseconds> rtt;
};

struct Busy : Amounts {
  Connection connection;  ///< as it was when the interval or the connection ended
};

class Busiest {
 public:
  explicit Busiest(const Top& top) : top_(top) { kept_.reserve(2 * top.count); }

  /// To be called for every connection that the table lets go: the next one may get its number.
  void on_end(std::uint32_t number, const Connection& connection);

  /// The interval is over, and the next one begins: the busiest first, of equal ones in the order of their keys.
  /// Those that have ended in it are among them, those with nothing of what is asked for are not. The table
  /// must have been flushed; only what was not idle is looked at.
  std::vector<Busy> take(const Table& table);

 private:
  /// Of a connection at the last line; zeros where it was not there yet.
  struct Snapshot {
    std::uint64_t packets = 0, bytes = 0;
    std::array<base::Nanoseconds, 2> round_trips_sum{};
    std::array<std::uint32_t, 2> round_trips{};
    std::uint32_t retransmissions = 0;
  };
  static_assert(sizeof(Snapshot) == 48);

  static Snapshot snapshot_of(const Connection& connection);
  static Amounts difference(const Snapshot& now, const Snapshot& before);
  std::uint64_t measure_of(const Amounts& amounts) const;
  bool is_before(const Amounts& left, const Connection& of_left, const Busy& right) const;
  void look(const Connection& connection, Snapshot& known);
  void cut();

  Top top_;
  std::vector<Snapshot> snapshots_;  // by number
  std::vector<Busy> kept_;           // up to twice as many as are shown
  bool is_cut_ = false;              // the last of the busiest so far is at its place, no more come before it
};

}  // namespace flow
