// SPDX-License-Identifier: BSD-2-Clause
// The largest queueing delay on lines of many rates at once, to find the slowest line that delays no
// packet by more than a bound. Exact. A rung is given up, and with it all slower ones, when its delay
// exceeds the largest bound asked for. What one line does in detail is stats/queue.hpp's.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/number.hpp"
#include "base/time.hpp"

namespace stats {

/// 10 kbit/s * 10^(k/8), k = 0 to 63, to four digits, in thousandths of a bit per second: steps of 33.4 %.
std::array<std::uint64_t, 64> standard_ladder();

class Ladder {
 public:
  /// The rates are in thousandths of a bit per second, 1 to 10^18, ascending and distinct. No bound above
  /// `delay_most` can be asked for.
  Ladder(std::span<const std::uint64_t> rates_milli, base::Nanoseconds delay_most);

  /// A packet that arrives at `timestamp`; one that runs backwards counts as the latest so far.
  void add(base::Nanoseconds timestamp, std::uint32_t size) {
    timestamp = std::max(timestamp, latest_);
    const auto elapsed = static_cast<std::uint64_t>(timestamp - latest_);
    latest_ = timestamp;
    const base::Uint128 work = size * units_per_byte;
    // A packet that finds a line idle finds all faster ones idle.
    std::size_t index = first_;
    for (; index < rungs_.size(); ++index) {
      Rung& rung = rungs_[index];
      const base::Uint128 before = index < idle_from_ ? rung.work : last_work_;
      const base::Uint128 done = base::Uint128{rung.rate_milli} * elapsed;
      if (before <= done) break;
      const base::Uint128 found = before - done;
      rung.work = found + work;
      if (found > rung.work_most) raise(index, found);
    }
    idle_from_ = index;
    last_work_ = work;
  }

  std::uint64_t rate_milli(std::size_t rung) const { return rungs_[rung].rate_milli; }
  /// Whether no packet was delayed by more than `bound`; false for a rung given up.
  bool meets(std::size_t rung, base::Nanoseconds bound) const;
  /// The slowest rung that meets the bound; none where even the fastest does not.
  std::optional<std::size_t> slowest(base::Nanoseconds bound) const;

 private:
  // Work is counted in rate_milli times ns: 10^-12 bit.
  static constexpr base::Uint128 units_per_byte = 8'000'000'000'000;
  struct Rung {
    std::uint64_t rate_milli;
    base::Uint128 work = 0;       // on the line after the latest packet; stale from idle_from_ on
    base::Uint128 work_most = 0;  // that a packet found: its delay times the rate
  };

  void raise(std::size_t index, base::Uint128 found);
  static base::Uint128 work_within(base::Nanoseconds time, const Rung& rung);

  std::vector<Rung> rungs_;
  base::Nanoseconds delay_most_;
  base::Nanoseconds latest_ = base::time_earliest;
  std::size_t first_ = 0;        // slower ones are given up
  std::size_t idle_from_ = 0;    // from here on the only work is the latest packet's
  base::Uint128 last_work_ = 0;  // the latest packet's
};

}  // namespace stats
