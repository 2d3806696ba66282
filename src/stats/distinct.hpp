// SPDX-License-Identifier: BSD-2-Clause
// How many different addresses there were. Exact up to 4,096 of them; beyond that by a HyperLogLog sketch of
// 2^14 registers, with a standard error of 0.81 %. Takes 48 to 96 bytes an address, at most 192 KiB, while
// exact, 16 KiB as a sketch, and nothing before the first one.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "packet/address.hpp"

namespace stats {

class Distinct {
 public:
  static constexpr std::size_t exact_most = 4096;

  /// Of a seed that nobody knows, addresses cannot be chosen to be counted wrong.
  explicit Distinct(std::uint64_t seed) : hash_(seed) {}

  void add(const packet::Address& address) {
    const std::uint64_t hash = hash_of(address);
    if (is_sketch()) {
      raise(hash);
    } else if (slots_.empty() || slot_of(address, hash) == none) {
      add_new(address, hash);
    }
  }

  /// Exact up to exact_most, an estimate above.
  std::uint64_t count() const { return is_sketch() ? estimate() : count_; }

 private:
  static constexpr unsigned register_bits = 14;
  static constexpr std::size_t registers = std::size_t{1} << register_bits;
  static constexpr packet::Address none{1, 0, false};  // no IPv4 address has a high half

  bool is_sketch() const { return !registers_.empty(); }
  std::uint64_t hash_of(const packet::Address& address) const {
    return hash_(address.high, address.low, address.is_ipv6 ? 1 : 0);
  }
  // Where the address is or, at the first free one, would be.
  packet::Address& slot_of(const packet::Address& address, std::uint64_t hash) {
    return base::probe(slots_, hash,
                       [&](const packet::Address& slot) { return slot == address || slot == none; });
  }
  // The first bits of the hash choose the register, which keeps the longest run of zeros after them, plus one.
  void raise(std::uint64_t hash) {
    constexpr std::uint64_t end = std::uint64_t{1} << (register_bits - 1);
    const auto run = static_cast<std::uint8_t>(std::countl_zero((hash << register_bits) | end) + 1);
    std::uint8_t& longest = registers_[hash >> (64 - register_bits)];
    if (run > longest) longest = run;
  }
  void add_new(const packet::Address& address, std::uint64_t hash);
  void grow();
  void become_sketch();
  std::uint64_t estimate() const;

  base::Hash hash_;
  std::vector<packet::Address> slots_;   // a power of two, at most half of them taken
  std::size_t count_ = 0;                // how many are taken
  std::vector<std::uint8_t> registers_;  // none: all is exact
};

}  // namespace stats
