// SPDX-License-Identifier: BSD-2-Clause
// The order of values: numbers by size, addresses by their bits, words by their first 24 characters. What there is
// nothing of comes before all else. Small keys, so that many rows are sorted fast.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "report/value.hpp"

namespace report {

struct SortKey {
  std::array<std::uint64_t, 3> words{};

  friend auto operator<=>(const SortKey&, const SortKey&) = default;
};

/// Of values of one kind, and of nothing.
SortKey sort_key(const Value& value);

}  // namespace report
