// SPDX-License-Identifier: BSD-2-Clause
// The queue in front of a slower line: first in, first out, one packet at a time, an unlimited buffer.
// Exact, in nanoseconds and fractions of them. A packet takes at most 2^60 ns (36 years), and the line is
// free at 2^62 + 2^60 ns (the year 2152) at the latest: what is beyond is cut, and results that reach
// there are lower bounds. About 35 KiB, and what the histogram of delays takes (at most 440 KiB).
#pragma once

#include <cstdint>
#include <vector>

#include "base/histogram.hpp"
#include "base/number.hpp"
#include "base/time.hpp"

namespace stats {

class Queue {
 public:
  /// `rate_milli` is the capacity in thousandths of a bit per second, 1 to 10^18.
  explicit Queue(std::uint64_t rate_milli);

  /// A packet that arrives at `timestamp`; one that runs backwards counts as the latest so far.
  void add(base::Nanoseconds timestamp, std::uint32_t size) {
    if (timestamp < latest_) timestamp = latest_;
    latest_ = timestamp;
    ++packets_;
    if (timestamp > free_.ns) {
      start(timestamp);
    } else if (timestamp < free_.ns || free_.fraction > 0) {
      delay({free_.ns - timestamp, free_.fraction});
    }  // else it arrives exactly when the line is free: it is not delayed, and the line stays busy
    transmit(size < services_.size() ? services_[size] : service_of(size));
    const Span stay = {free_.ns - timestamp, free_.fraction};
    if (stay.ns >= stay_most_.ns) raise(stay_most_, stay);
  }

  std::uint64_t rate_milli() const { return rate_milli_; }
  std::uint64_t packets() const { return packets_; }
  /// Packets that find the line busy.
  std::uint64_t delayed() const { return delays_.total(); }

  /// The delay of a packet is the time from its arrival until its transmission begins. These are over
  /// all packets, those of no delay included; 0 where there are none. The mean is in ns.
  double delay_mean_ns() const;
  /// Nearest rank of the delays rounded up to ns; never too low, at most 0.1 % too high.
  base::Nanoseconds delay_quantile(unsigned percent) const;
  base::Nanoseconds delay_most() const { return rounded_up(delay_most_); }

  /// The most that an arriving packet finds not yet transmitted, rounded up; 0 where none waits.
  std::uint64_t backlog_bytes_most() const { return bytes_in(delay_most_); }
  /// The same with the arriving packet itself, over all packets: the buffer that loses nothing.
  std::uint64_t buffer_bytes_most() const { return bytes_in(stay_most_); }

  /// How long the line is busy until `end`, rounded half up. An end before the latest packet counts as
  /// that packet's time.
  base::Nanoseconds busy(base::Nanoseconds end) const;
  /// The longest time from when the line starts until it is free again, also past the last packet;
  /// rounded up.
  base::Nanoseconds busy_longest() const;

 private:
  // A time of `ns` + fraction / rate_milli_ nanoseconds; the fraction is below rate_milli_.
  struct Span {
    base::Nanoseconds ns = 0;
    std::uint64_t fraction = 0;
  };

  void start(base::Nanoseconds timestamp) {
    end_stretch();
    started_ = timestamp;
    free_ = {timestamp, 0};
  }

  void delay(Span span) {
    delays_ns_ += static_cast<std::uint64_t>(span.ns);
    delays_fraction_ += span.fraction;
    delays_.add(static_cast<std::uint64_t>(rounded_up(span)));
    if (span.ns >= delay_most_.ns) raise(delay_most_, span);
  }

  void transmit(Span service) {
    const std::uint64_t fraction = free_.fraction + service.fraction;  // below 2 * 10^18: fits
    const bool carry = fraction >= rate_milli_;
    free_.fraction = carry ? fraction - rate_milli_ : fraction;
    free_.ns += service.ns + (carry ? 1 : 0);
    if (free_.ns >= free_latest) free_ = {free_latest, 0};
  }

  // For a span of at least as many whole ns.
  static void raise(Span& most, Span span) {
    if (span.ns > most.ns || span.fraction > most.fraction) most = span;
  }

  static base::Nanoseconds rounded_up(Span span) { return span.ns + (span.fraction > 0 ? 1 : 0); }

  void end_stretch() {
    const Span stretch = {free_.ns - started_, free_.fraction};
    busy_ns_ += stretch.ns;
    busy_fraction_ += stretch.fraction;
    if (stretch.ns >= busy_longest_.ns) raise(busy_longest_, stretch);
  }

  Span service_of(std::uint32_t size) const;
  std::uint64_t bytes_in(Span span) const;

  static constexpr base::Nanoseconds service_most = base::Nanoseconds{1} << 60;
  static constexpr base::Nanoseconds free_latest = base::time_limit + service_most;

  std::uint64_t rate_milli_;
  std::vector<Span> services_;  // by size: a division would cost more than all the rest
  base::Nanoseconds latest_ = base::time_earliest;
  base::Nanoseconds started_ = base::time_earliest;  // when the line last began to be busy
  Span free_ = {base::time_earliest, 0};             // when it is free again
  std::uint64_t packets_ = 0;
  base::Uint128 delays_ns_ = 0;
  base::Uint128 delays_fraction_ = 0;
  Span delay_most_;
  Span stay_most_;                 // from arrival until transmitted
  base::Nanoseconds busy_ns_ = 0;  // without the stretch that started at started_
  base::Uint128 busy_fraction_ = 0;
  Span busy_longest_;
  base::Histogram delays_;  // of the delayed packets
};

}  // namespace stats
