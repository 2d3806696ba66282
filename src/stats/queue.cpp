// SPDX-License-Identifier: BSD-2-Clause
#include "stats/queue.hpp"

#include <algorithm>

namespace stats {

namespace {

// Work is counted in rate_milli times ns: 10^-12 bit.
constexpr std::uint64_t units_per_byte = 8'000'000'000'000;
constexpr std::uint32_t services_count = 2048;  // an Ethernet frame and its tags; larger sizes divide

}  // namespace

Queue::Queue(std::uint64_t rate_milli) : rate_milli_(rate_milli), delays_(11) {
  services_.reserve(services_count);
  for (std::uint32_t size = 0; size < services_count; ++size) services_.push_back(service_of(size));
}

Queue::Span Queue::service_of(std::uint32_t size) const {
  // 64 bits hold up to 2^21 bytes.
  if (size <= 1U << 21) {
    const std::uint64_t units = size * units_per_byte;
    const auto ns =
        static_cast<base::Nanoseconds>(std::min<std::uint64_t>(units / rate_milli_, service_most));
    return {ns, ns == service_most ? 0 : units % rate_milli_};
  }
  const base::Uint128 units = base::Uint128{size} * units_per_byte;
  const base::Uint128 ns = units / rate_milli_;
  if (ns >= service_most) return {service_most, 0};
  return {static_cast<base::Nanoseconds>(ns), static_cast<std::uint64_t>(units % rate_milli_)};
}

double Queue::delay_mean_ns() const {
  const base::Uint128 ns = delays_ns_ + delays_fraction_ / rate_milli_;
  const base::Uint128 fraction = delays_fraction_ % rate_milli_;
  base::Uint128 units = 0;
  // Above 2^128 units there are more than 2^68 ns, beside which a fraction of one does not show.
  if (__builtin_mul_overflow(ns, base::Uint128{rate_milli_}, &units)) {
    return base::nearest_quotient(ns, packets());
  }
  return base::nearest_quotient(units + fraction, base::Uint128{rate_milli_} * packets());
}

base::Nanoseconds Queue::delay_quantile(unsigned percent) const {
  const std::uint64_t rank = base::nearest_rank(percent, packets_), undelayed = packets_ - delayed();
  return rank > undelayed ? static_cast<base::Nanoseconds>(delays_.at_rank(rank - undelayed)) : 0;
}

std::uint64_t Queue::bytes_in(Span span) const {
  const base::Uint128 units = static_cast<base::Uint128>(span.ns) * rate_milli_ + span.fraction;
  return static_cast<std::uint64_t>((units + units_per_byte - 1) / units_per_byte);
}

base::Nanoseconds Queue::busy(base::Nanoseconds end) const {
  end = std::max(end, latest_);
  const bool is_free = free_.ns < end;
  const base::Nanoseconds until = is_free ? free_.ns : end;
  const base::Uint128 fraction = busy_fraction_ + (is_free ? free_.fraction : 0);
  const base::Uint128 rounded = (fraction * 2 + rate_milli_) / (base::Uint128{rate_milli_} * 2);
  return busy_ns_ + (until - started_) + static_cast<base::Nanoseconds>(rounded);
}

base::Nanoseconds Queue::busy_longest() const {
  Span longest = busy_longest_;
  const Span stretch = {free_.ns - started_, free_.fraction};
  if (stretch.ns >= longest.ns) raise(longest, stretch);
  return rounded_up(longest);
}

}  // namespace stats
