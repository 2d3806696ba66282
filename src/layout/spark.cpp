// SPDX-License-Identifier: BSD-2-Clause
#include "layout/spark.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace layout {

namespace {

constexpr std::size_t levels = 8;
constexpr std::array<std::string_view, levels> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
// Each has more ink than the one before it in DejaVu, Liberation and Noto Sans Mono alike. The usual "-"
// has less than "_"; "=", "*" and "#" change places with the font.
constexpr std::string_view ascii = "_+xoXOM@";
static_assert(ascii.size() == levels);

/// `most` is at least `value`. The quotient comes first: it cannot overflow, and is exact for whole eighths.
std::size_t level_of(double value, double most) {
  if (most <= 0) return 0;
  return std::min(static_cast<std::size_t>(value / most * levels), levels - 1);
}

}  // namespace

Spark::Spark(std::size_t values) : values_(std::max<std::size_t>(values, 1)) {}

void Spark::push(double value) {
  values_[next_] = std::isfinite(value) ? std::max(value, 0.0) : 0;
  next_ = (next_ + 1) % values_.size();
  count_ = std::min(count_ + 1, values_.size());
}

std::string Spark::text(Glyphs glyphs) const {
  const double most = *std::max_element(values_.begin(), values_.end());
  std::string line(values_.size() - count_, ' ');
  for (std::size_t age = count_; age > 0; --age) {
    const std::size_t level = level_of(values_[(next_ + values_.size() - age) % values_.size()], most);
    line += glyphs == Glyphs::utf8 ? blocks[level] : ascii.substr(level, 1);
  }
  return line;
}

}  // namespace layout
