// SPDX-License-Identifier: BSD-2-Clause
// What tells one connection from another: two ends and a protocol, the same in both directions. The ends are
// kept in the order of their numbers; who is the client is not part of it.
#pragma once

#include <array>
#include <cstdint>

#include "base/hash.hpp"
#include "base/number.hpp"
#include "packet/address.hpp"

namespace flow {

/// One end of a connection. ICMP has no ports: its identifier stands at both ends.
struct Endpoint {
  packet::Address address;
  std::uint16_t port = 0;
  bool operator==(const Endpoint&) const = default;
};

/// As plain words, so that it is hashed and compared in a few instructions.
struct Key {
  /// Without a branch for each word, nor a call.
  bool operator==(const Key& other) const {
    std::uint64_t differences = 0;
    for (std::size_t i = 0; i < words.size(); ++i) differences |= words[i] ^ other.words[i];
    return differences == 0;
  }

  /// Returns whether the source is the second end.
  bool set(const packet::Addresses& addresses, std::uint16_t source_port, std::uint16_t destination_port,
           std::uint8_t protocol) {
    const packet::Address &source = addresses.source, &destination = addresses.destination;
    const base::Uint128 from = number_of(source), to = number_of(destination);
    const bool is_swapped = to < from || (to == from && destination_port < source_port);
    const std::uint64_t first_port = is_swapped ? destination_port : source_port;
    const std::uint64_t second_port = is_swapped ? source_port : destination_port;
    const packet::Address& first = is_swapped ? destination : source;
    const packet::Address& second = is_swapped ? source : destination;
    words[0] = first.high;
    words[1] = first.low;
    words[2] = second.high;
    words[3] = second.low;
    words[4] =
        first_port | second_port << 16 | std::uint64_t{protocol} << 32 | std::uint64_t{source.is_ipv6} << 40;
    words[5] = 0;
    return is_swapped;
  }

  /// Makes connections of different VLANs (0: untagged) different ones.
  void add_vlan(std::uint16_t vlan) { words[4] |= std::uint64_t{vlan} << 48; }
  /// The same of interfaces.
  void add_interface(std::uint32_t interface) { words[5] = std::uint64_t{interface} + 1; }

  std::uint8_t protocol() const { return static_cast<std::uint8_t>(words[4] >> 32); }
  bool is_ipv6() const { return (words[4] >> 40 & 1) != 0; }
  Endpoint end(bool is_second) const {
    const std::size_t at = is_second ? 2 : 0;
    const auto port = static_cast<std::uint16_t>(words[4] >> (is_second ? 16 : 0));
    return {{words[at], words[at + 1], is_ipv6()}, port};
  }

  std::array<std::uint64_t, 6> words{};

 private:
  static base::Uint128 number_of(const packet::Address& address) {
    return base::Uint128{address.high} << 64 | address.low;
  }
};

/// Over the whole key: chosen addresses and ports collide no more often than random ones. Only the interface is
/// mixed once: there are few.
inline std::uint64_t hash_of(const base::Hash& hash, const Key& key) {
  const auto& words = key.words;
  return hash(words[0] ^ hash(words[2], words[3], words[4]), words[1], words[5]);
}

}  // namespace flow
