// SPDX-License-Identifier: BSD-2-Clause
// Tries many lines on one reading of a sample, and finds the slowest that would do from several readings. A
// line that does, does so at every higher speed too.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "stats/ladder.hpp"
#include "stats/line.hpp"
#include "stats/timeline.hpp"

namespace stats {

/// What a packet takes of a line; at most what 32 bits hold.
constexpr std::uint32_t bytes_on_line(std::uint32_t size, std::uint32_t overhead_bytes) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  return size > most - overhead_bytes ? most : size + overhead_bytes;
}

/// What is asked of a line.
struct Demand {
  enum class Kind {
    exceeded,  ///< by the rule of -b, in at most `percent` of the time
    delay      ///< no packet waits longer than `delay`
  };
  Kind kind;
  unsigned percent = 0;
  base::Nanoseconds delay = 0;
};

/// The demands that `--capacity auto` answers, each kind from the mildest to the strictest.
inline constexpr std::array demands = std::to_array<Demand>({
    {Demand::Kind::exceeded, 5, 0},
    {Demand::Kind::exceeded, 1, 0},
    {Demand::Kind::exceeded, 0, 0},
    {Demand::Kind::delay, 0, 100 * base::ns_per_ms},
    {Demand::Kind::delay, 0, 10 * base::ns_per_ms},
    {Demand::Kind::delay, 0, base::ns_per_ms},
});

/// Lines of many speeds in one reading.
class Probe final : public IntervalSink {
 public:
  /// `rates_milli` are thousandths of bits/s, ascending and distinct.
  Probe(const std::vector<std::uint64_t>& rates_milli, std::uint32_t overhead_bytes);

  void add(base::Nanoseconds timestamp, std::uint32_t size) {
    ++packets_;
    checksum_ = checksum_ * multiplier + (static_cast<std::uint64_t>(timestamp) ^ size);
    ladder_.add(timestamp, bytes_on_line(size, overhead_bytes_));
  }
  /// Whether both have seen the same packets.
  bool saw_the_same(const Probe& other) const {
    return packets_ == other.packets_ && checksum_ == other.checksum_;
  }
  void on_interval(const Interval& interval) override;
  void on_empty(const Interval& first, std::uint64_t count) override { add_empty(first.length, count); }
  void add_empty(base::Nanoseconds length, std::uint64_t count);

  std::size_t lines() const { return lines_.size(); }
  std::uint64_t rate_milli(std::size_t line) const { return ladder_.rate_milli(line); }
  bool meets(std::size_t line, const Demand& demand) const;

 private:
  static constexpr std::uint64_t multiplier = 6364136223846793005;  // odd: no packet's part is lost

  std::uint32_t overhead_bytes_;
  std::uint64_t packets_ = 0;
  std::uint64_t checksum_ = 0;  // of their times and sizes, in their order
  Ladder ladder_;
  std::vector<Line> lines_;
};

/// The slowest line that meets a demand lies above `fails_milli` and is at most `meets_milli`.
struct Bracket {
  std::uint64_t fails_milli = 0;  ///< 0: no line is known to fail
  std::uint64_t meets_milli = 0;  ///< 0: no line is known to do
};

class LineSearch {
 public:
  static constexpr std::uint64_t rate_least_milli = 1'000;  ///< slower lines are not looked for
  static constexpr std::uint64_t rate_most_milli = 1'000'000'000'000'000'000;

  /// Takes in what a reading has shown.
  void learn(const Probe& probe);
  /// Whether every answer is known within 1 %.
  bool is_done() const { return std::ranges::all_of(brackets_, is_close); }
  /// The rates to try in the next reading.
  std::vector<std::uint64_t> next_rates() const;

  /// As `demands`.
  const std::array<Bracket, demands.size()>& brackets() const { return brackets_; }

 private:
  static bool is_close(const Bracket& bracket);

  std::array<Bracket, demands.size()> brackets_{};
};

}  // namespace stats
