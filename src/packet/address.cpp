// SPDX-License-Identifier: BSD-2-Clause
#include "packet/address.hpp"

#include <array>
#include <charconv>

namespace packet {

namespace {

using Groups = std::array<std::uint16_t, 8>;

Groups groups_of(const Address& address) {
  Groups groups{};
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t shift = 48 - 16 * i;
    groups[i] = static_cast<std::uint16_t>(address.high >> shift);
    groups[i + 4] = static_cast<std::uint16_t>(address.low >> shift);
  }
  return groups;
}

struct Run {
  std::size_t begin = 0, count = 0;
};

/// The zeros that "::" stands for: the longest run, the first of equals, never a single one (RFC 5952, section
/// 4.2). None: count 0.
Run longest_zeros(const Groups& groups) {
  Run longest, run;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i] != 0) {
      run = {i + 1, 0};
    } else if (++run.count > longest.count) {
      longest = run;
    }
  }
  return longest.count > 1 ? longest : Run{};
}

void append_quad(std::string& out, std::uint64_t address) {
  std::array<char, 16> text;
  char* end = text.data();
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    end = std::to_chars(end, text.data() + text.size(), (address >> (shift - 8)) & 0xff).ptr;
    if (shift > 8) *end++ = '.';
  }
  out.append(text.data(), end);
}

void append_group(std::string& out, std::uint16_t group) {
  std::array<char, 4> digits;
  out.append(digits.data(), std::to_chars(digits.begin(), digits.end(), group, 16).ptr);
}

void append_groups(std::string& out, const Groups& groups) {
  const Run zeros = longest_zeros(groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i < zeros.begin || i >= zeros.begin + zeros.count) {
      append_group(out, groups[i]);
      if (i + 1 < groups.size()) out += ':';
    } else if (i == zeros.begin) {
      out += i == 0 ? "::" : ":";  // the group before has written the other
    }
  }
}

/// 64 bits of which the first `bits` are 1.
std::uint64_t leading_ones(unsigned bits) {
  if (bits == 0) return 0;
  return bits >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - bits);
}

}  // namespace

void append_address(std::string& out, const Address& address) {
  const bool is_mapped = address.is_ipv6 && address.high == 0 && address.low >> 32 == 0xffff;
  if (is_mapped) out += "::ffff:";  // RFC 4291, section 2.5.5.2
  if (is_mapped || !address.is_ipv6) {
    append_quad(out, address.low);
  } else {
    append_groups(out, groups_of(address));
  }
}

Address masked(const Address& address, unsigned bits) {
  if (!address.is_ipv6) return {0, address.low & (bits < 32 ? leading_ones(bits + 32) : address.low), false};
  const unsigned bits_low = bits > 64 ? bits - 64 : 0;
  return {address.high & leading_ones(bits), address.low & leading_ones(bits_low), true};
}

}  // namespace packet
