// SPDX-License-Identifier: BSD-2-Clause
// The present rate of each connection of a table, by direction, and its history. Time goes in steps that its
// user ends; one costs as much as there are connections that had packets in it. 56 bytes a connection where a
// rate is that of one step, 16 more for each further one.
#pragma once

#include <array>
#include <vector>

#include "base/number.hpp"
#include "base/pages.hpp"
#include "flow/table.hpp"

namespace flow {

class Rates {
 public:
  static constexpr std::size_t history_steps = 16;

  /// A rate is that of the last `steps` (at least 1). `step` is how long one takes of which the clock does not
  /// tell: the first, or one that ends before it begins.
  struct Options {
    base::Nanoseconds step = base::ns_per_s;
    std::size_t steps = 1;
  };

  Rates() : Rates(Options{}) {}
  explicit Rates(const Options& options);

  /// The first step begins.
  void begin(base::Nanoseconds now) { now_ = now; }
  /// A step ends. The table must have been flushed, and be the same each time.
  void step(const Table& table, base::Nanoseconds now);
  /// Its number may be the next one's.
  void on_end(std::uint32_t number);

  /// From the network layer on, by sender: the key's first end, its second.
  std::array<std::uint64_t, 2> bytes_per_second(std::uint32_t number) const;
  /// Of all connections that are not over, both directions.
  std::uint64_t bytes_per_second() const;
  /// Whether it had a packet in the last step.
  bool is_active(std::uint32_t number) const;
  /// Bytes per second in both directions in each of the last steps, the oldest first. At most a sixteenth off,
  /// up to 17 GB/s.
  std::array<std::uint64_t, history_steps> history(std::uint32_t number) const;

 private:
  using Bytes = std::array<std::uint64_t, 2>;  // by sender

  /// One for each number; all zeros is a connection without packets. Behind it are the Bytes of each step of a
  /// rate. What belongs to a step is at its number, modulo how many there are; what the connection has of steps
  /// after its `last` is out of date.
  struct Entry {
    Bytes counted;
    std::array<std::uint8_t, history_steps> history;
    std::uint32_t last;     // step with packets
    std::uint32_t packets;  // counted; modulo 2^32
  };
  static constexpr std::uint32_t chunk_entries = 32'768;

  Entry* find(std::uint32_t number) const;
  Entry& take(std::uint32_t number);
  Bytes& bytes_in(Entry& entry, std::uint32_t step) const;
  void count(Entry& entry, const Connection& connection, std::uint32_t packets);
  void forget_old(Entry& entry) const;
  Bytes recent(Entry& entry) const;
  std::uint64_t rate(base::Uint128 bytes) const;

  Options options_;
  std::size_t entry_bytes_;
  std::vector<base::Pages> chunks_;
  std::uint32_t step_;  // the last one; large enough at first for all those before it to have numbers
  base::Nanoseconds now_ = base::time_earliest;  // its end
  // Of the steps of a rate:
  std::vector<std::uint64_t> elapsed_;  // in ns; 0: it was not
  std::vector<std::uint64_t> total_;    // bytes of all connections that are not over
};

}  // namespace flow
