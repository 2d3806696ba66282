// SPDX-License-Identifier: BSD-2-Clause
#include "flow/rates.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "base/number.hpp"

namespace flow {

namespace {

using base::Uint128;

// Codes of a byte for rates: those below 16 exactly, above that 8 for each octave.
constexpr unsigned code_bits = 3, codes_octave = 1U << code_bits;
constexpr std::uint64_t coded_most = (std::uint64_t{1} << 34) - 1;

std::uint8_t code_of(std::uint64_t rate) {
  rate = std::min(rate, coded_most);
  if (rate < codes_octave) return static_cast<std::uint8_t>(rate);
  const unsigned shift = static_cast<unsigned>(std::bit_width(rate)) - code_bits - 1;
  return static_cast<std::uint8_t>(shift * codes_octave + (rate >> shift));
}

/// The middle of all rates of this code.
std::uint64_t rate_of(std::uint8_t code) {
  if (code < codes_octave) return code;
  const unsigned shift = code / codes_octave - 1;
  return (std::uint64_t{codes_octave + code % codes_octave} << shift) + (std::uint64_t{1} << shift) / 2;
}

std::uint64_t per_second(Uint128 bytes, Uint128 elapsed_ns) {
  if (elapsed_ns == 0) return 0;
  const Uint128 rate = bytes * static_cast<std::uint64_t>(base::ns_per_s) / elapsed_ns;
  return static_cast<std::uint64_t>(std::min<Uint128>(rate, UINT64_MAX));
}

}  // namespace

Rates::Rates(const Options& options)
    : options_(options),
      entry_bytes_(sizeof(Entry) + options.steps * sizeof(Bytes)),
      step_(static_cast<std::uint32_t>(std::max(options.steps, history_steps))),
      elapsed_(options.steps),
      total_(options.steps) {
  static_assert(sizeof(Entry) + sizeof(Bytes) == 56);
}

/// nullptr: it has never had packets.
Rates::Entry* Rates::find(std::uint32_t number) const {
  const std::size_t chunk = number / chunk_entries;
  if (chunk >= chunks_.size()) return nullptr;
  auto* const bytes = static_cast<std::uint8_t*>(chunks_[chunk].data());
  return static_cast<Entry*>(static_cast<void*>(bytes + number % chunk_entries * entry_bytes_));
}

Rates::Entry& Rates::take(std::uint32_t number) {
  while (number / chunk_entries >= chunks_.size()) chunks_.emplace_back(chunk_entries * entry_bytes_);
  return *find(number);
}

Rates::Bytes& Rates::bytes_in(Entry& entry, std::uint32_t step) const {
  return static_cast<Bytes*>(static_cast<void*>(&entry + 1))[step % options_.steps];
}

/// In each list of the table those with new packets come first. Timestamps, which may run backwards, are not
/// asked.
void Rates::step(const Table& table, base::Nanoseconds now) {
  const bool is_told = now_ != base::time_earliest && now > now_;
  ++step_;
  elapsed_[step_ % options_.steps] = static_cast<std::uint64_t>(is_told ? now - now_ : options_.step);
  total_[step_ % options_.steps] = 0;
  now_ = now;
  table.each_recent([this](std::uint32_t number, const Connection& connection) {
    Entry& entry = take(number);
    const auto packets =
        static_cast<std::uint32_t>(connection.directions[0].packets + connection.directions[1].packets);
    if (packets == entry.packets) return false;
    count(entry, connection, packets);
    return true;
  });
}

void Rates::count(Entry& entry, const Connection& connection, std::uint32_t packets) {
  forget_old(entry);
  Bytes& bytes = bytes_in(entry, step_);
  for (const std::size_t i : {0U, 1U}) {
    bytes[i] = connection.directions[i].bytes - entry.counted[i];
    entry.counted[i] += bytes[i];
  }
  const std::uint64_t both = bytes[0] + bytes[1];
  total_[step_ % options_.steps] += both;
  entry.history[step_ % history_steps] = code_of(per_second(both, elapsed_[step_ % options_.steps]));
  entry.packets = packets;
  entry.last = step_;
}

/// Zeros for the steps without packets between its last one and the present one.
void Rates::forget_old(Entry& entry) const {
  const auto most = static_cast<std::uint32_t>(std::max(options_.steps, history_steps));
  for (std::uint32_t step = std::max(entry.last + 1, step_ + 1 - most); step < step_; ++step) {
    bytes_in(entry, step) = {};
    entry.history[step % history_steps] = 0;
  }
}

void Rates::on_end(std::uint32_t number) {
  Entry* const entry = find(number);
  if (entry == nullptr) return;
  for (std::size_t age = 0; age < options_.steps; ++age) {
    const std::uint32_t step = step_ - static_cast<std::uint32_t>(age);
    const Bytes& bytes = bytes_in(*entry, step);
    if (step <= entry->last) total_[step % options_.steps] -= bytes[0] + bytes[1];
  }
  for (std::size_t i = 0; i < options_.steps; ++i) bytes_in(*entry, static_cast<std::uint32_t>(i)) = {};
  *entry = {};
}

Rates::Bytes Rates::recent(Entry& entry) const {
  Bytes sum{};
  for (std::size_t age = 0; age < options_.steps; ++age) {
    const std::uint32_t step = step_ - static_cast<std::uint32_t>(age);
    if (step > entry.last) continue;
    for (const std::size_t i : {0U, 1U}) sum[i] += bytes_in(entry, step)[i];
  }
  return sum;
}

std::uint64_t Rates::rate(Uint128 bytes) const {
  return per_second(bytes, std::accumulate(elapsed_.begin(), elapsed_.end(), Uint128{0}));
}

std::array<std::uint64_t, 2> Rates::bytes_per_second(std::uint32_t number) const {
  Entry* const entry = find(number);
  if (entry == nullptr || entry->last + options_.steps <= step_) return {};
  const Bytes bytes = recent(*entry);
  return {rate(bytes[0]), rate(bytes[1])};
}

std::uint64_t Rates::bytes_per_second() const {
  return rate(std::accumulate(total_.begin(), total_.end(), Uint128{0}));
}

bool Rates::is_active(std::uint32_t number) const {
  const Entry* const entry = find(number);
  return entry != nullptr && entry->last == step_;
}

std::array<std::uint64_t, Rates::history_steps> Rates::history(std::uint32_t number) const {
  std::array<std::uint64_t, history_steps> rates{};
  const Entry* const entry = find(number);
  if (entry == nullptr) return rates;
  for (std::uint32_t i = 0; i < history_steps; ++i) {
    const std::uint32_t step = step_ + 1 + i - static_cast<std::uint32_t>(history_steps);
    if (step <= entry->last) rates[i] = rate_of(entry->history[step % history_steps]);
  }
  return rates;
}

}  // namespace flow
