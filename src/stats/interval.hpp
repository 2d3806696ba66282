// SPDX-License-Identifier: BSD-2-Clause
// The counters of one interval of time. Integers only, so that sums are exact and intervals can be
// added up; what is derived from them (means, rates) is computed when it is asked for. What nothing asks
// for by default is in its Extras.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/number.hpp"
#include "base/time.hpp"
#include "packet/decode.hpp"
#include "stats/extras.hpp"

namespace stats {

class Interval {
 public:
  base::Nanoseconds begin = 0;   ///< since the epoch; a packet stamped exactly here is not inside
  base::Nanoseconds length = 0;  ///< what rates divide by; 0 where there is none

  /// Counts a packet of `size` bytes.
  void add(const packet::Packet& packet, std::uint32_t size) {
    bytes_ += size;
    const std::uint64_t square = std::uint64_t{size} * size;
    squares_high_ += __builtin_add_overflow(squares_low_, square, &squares_low_) ? 1U : 0U;
    if (size < size_min_) size_min_ = size;
    if (size > size_max_) size_max_ = size;
    ++networks_[static_cast<std::size_t>(packet.network)];
    ++protocols_[packet.protocol];
  }

  /// From now on counts what is collected too, if anything is; `begin` must be set.
  void collect(const Collect& collect) {
    if (!collect.is_nothing()) extras_ = std::make_unique<Extras>(collect, begin);
  }
  /// nullptr: nothing more is collected, and its numbers are 0.
  Extras* extras() { return extras_.get(); }

  /// Adds the plain counters of another interval; begin, length and what is collected stay.
  Interval& operator+=(const Interval& other);

  std::uint64_t packets() const { return networks_[0] + networks_[1] + networks_[2] + networks_[3]; }
  std::uint64_t bytes() const { return bytes_; }
  /// With `overhead_bytes` more for each packet.
  base::Uint128 bytes_with(std::uint32_t overhead_bytes) const {
    return base::Uint128{bytes_} + base::Uint128{overhead_bytes} * packets();
  }
  std::uint32_t size_min() const { return packets() == 0 ? 0 : size_min_; }  ///< 0 without packets
  std::uint32_t size_max() const { return size_max_; }
  std::uint64_t count(packet::Network network) const { return networks_[static_cast<std::size_t>(network)]; }
  std::uint64_t count(std::uint16_t protocol) const { return protocols_[protocol]; }
  std::uint64_t icmp() const { return count(packet::protocol::icmp) + count(packet::protocol::icmpv6); }

  std::uint64_t bytes_of(packet::Network network) const {
    return extra(&Extras::bytes_by_network, static_cast<std::size_t>(network));
  }
  std::uint64_t bytes_of(std::uint16_t protocol) const { return extra(&Extras::bytes_by_protocol, protocol); }
  std::uint64_t count(packet::Trait trait) const { return extras_ ? extras_->count(trait) : 0; }
  /// The size that `percent` of the packets do not exceed; see Histogram::quantile.
  std::uint64_t size_quantile(unsigned percent) const {
    return extras_ && extras_->sizes ? extras_->sizes->quantile(percent) : 0;
  }
  /// Different addresses; see Distinct::count.
  std::uint64_t hosts() const { return extras_ && extras_->hosts ? extras_->hosts->count() : 0; }
  /// The largest rate over any of the windows at this place of Collect::windows, in bits/s.
  double burst_bps(std::size_t window) const {
    return extras_ && window < extras_->bursts.size() ? extras_->bursts[window].bits_per_second() : 0;
  }

  double size_mean() const { return base::nearest_quotient(bytes_, packets()); }
  /// Standard deviation of the population: sqrt(n Σx² − (Σx)²) / n.
  double size_stddev() const;

  double packets_per_second() const { return per_second(packets()); }
  double bytes_per_second() const { return per_second(bytes_); }
  double bits_per_second() const { return per_second(base::Uint128{bytes_} * 8); }
  /// `amount` over the interval's length; 0 where that is 0.
  double per_second(base::Uint128 amount) const;

 private:
  template <typename Array>
  std::uint64_t extra(Array Extras::*array, std::size_t place) const {
    return extras_ ? ((*extras_).*array)[place] : 0;
  }
  base::Uint128 squares() const { return (base::Uint128{squares_high_} << 64) | squares_low_; }

  std::uint64_t bytes_ = 0;
  std::uint64_t squares_low_ = 0;  // the sum of squares has 128 bits
  std::uint64_t squares_high_ = 0;
  std::uint32_t size_min_ = std::numeric_limits<std::uint32_t>::max();
  std::uint32_t size_max_ = 0;
  std::array<std::uint64_t, 4> networks_{};  // every packet is in one of them
  std::array<std::uint64_t, packet::protocol::unknown + 1> protocols_{};
  std::unique_ptr<Extras> extras_;
};

}  // namespace stats
