// SPDX-License-Identifier: BSD-2-Clause
#include "report/order.hpp"

#include <algorithm>
#include <bit>

namespace report {

namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

/// In the order of the numbers: IEEE 754 has it, but for those below zero.
std::uint64_t ordered(double real) {
  const auto bits = std::bit_cast<std::uint64_t>(real);
  return (bits & sign_bit) != 0 ? ~bits : bits | sign_bit;
}

SortKey of_text(std::string_view text) {
  SortKey key;
  const std::size_t most = std::min(text.size(), sizeof key.words);
  for (std::size_t i = 0; i < most; ++i) {
    const auto character = static_cast<std::uint64_t>(static_cast<unsigned char>(text[i]));
    key.words[i / 8] |= character << (56 - 8 * (i % 8));
  }
  return key;
}

/// Below 2^68 either way.
SortKey of_time(base::Int128 twice_ns) {
  const base::Int128 shifted = twice_ns + (base::Int128{1} << 100);
  return {{static_cast<std::uint64_t>(shifted >> 64), static_cast<std::uint64_t>(shifted)}};
}

/// IPv4 before IPv6, as in the key of a connection.
SortKey of_address(const packet::Address& address, std::uint64_t port) {
  if (!address.is_ipv6) return {{1, address.low, port}};
  return {{2 + (address.high >> 2), address.high << 62 | address.low >> 2, (address.low & 3) << 16 | port}};
}

}  // namespace

SortKey sort_key(const Value& value) {
  switch (value.kind) {
    case Value::Kind::nothing: return {};
    case Value::Kind::count:
    case Value::Kind::flag: return {{1, value.count}};
    case Value::Kind::real: return {{1, ordered(value.real)}};
    case Value::Kind::seconds:
    case Value::Kind::time: return of_time(value.twice_ns);
    case Value::Kind::text: return of_text(value.text);
    case Value::Kind::address: return of_address(value.address, 0);
    case Value::Kind::endpoint: return of_address(value.address, value.count);
  }
  return {};
}

}  // namespace report
