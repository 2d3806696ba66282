// SPDX-License-Identifier: BSD-2-Clause
#include "base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace base {

namespace {

/// Optimal string alignment: the Levenshtein distance with swaps of neighbours, no letter edited twice.
std::size_t edits(std::string_view from, std::string_view to) {
  // Row i: the edits from the first i letters of `from` to each beginning of `to`.
  std::vector<std::size_t> before_last(to.size() + 1), last(to.size() + 1), row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const bool is_same = from[i - 1] == to[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (is_same ? 0 : 1)});
      const bool is_swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (is_swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[to.size()];
}

}  // namespace

std::string nearest(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view best;
  // One more than allowed: a third, rounded up, but at least one letter has to be right.
  std::size_t fewest = std::min((name.size() + 2) / 3 + 1, name.size());
  for (const std::string_view candidate : candidates) {
    const auto [shorter, longer] = std::minmax({name.size(), candidate.size()});
    if (longer - shorter >= fewest) continue;  // each letter more or less is an edit
    const std::size_t needed = edits(name, candidate);
    if (needed >= fewest) continue;
    fewest = needed;
    best = candidate;
  }
  return std::string(best);
}

}  // namespace base
