// SPDX-License-Identifier: BSD-2-Clause
#include "stats/probe.hpp"

#include <cmath>

namespace stats {

namespace {

/// The most lenient of the demands.
constexpr base::Nanoseconds delay_most = 100 * base::ns_per_ms;

/// To four significant digits, so that what is printed is what was tried.
std::uint64_t rounded(double rate_milli) {
  const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(rate_milli)) - 3));
  return static_cast<std::uint64_t>(std::llround(std::round(rate_milli / unit) * unit));
}

}  // namespace

Probe::Probe(const std::vector<std::uint64_t>& rates_milli, std::uint32_t overhead_bytes)
    : overhead_bytes_(overhead_bytes), ladder_(rates_milli, delay_most) {
  lines_.reserve(rates_milli.size());
  for (const std::uint64_t rate : rates_milli) lines_.emplace_back(rate, Line::Mode::carried, overhead_bytes);
}

void Probe::on_interval(const Interval& interval) {
  for (Line& line : lines_) line.add(interval);
}

void Probe::add_empty(base::Nanoseconds length, std::uint64_t count) {
  for (Line& line : lines_) line.add_empty(length, count);
}

bool Probe::meets(std::size_t line, const Demand& demand) const {
  if (demand.kind == Demand::Kind::delay) return ladder_.meets(line, demand.delay);
  return lines_[line].is_exceeded_at_most(demand.percent);
}

void LineSearch::learn(const Probe& probe) {
  for (std::size_t i = 0; i < demands.size(); ++i) {
    Bracket& bracket = brackets_[i];
    for (std::size_t line = 0; line < probe.lines(); ++line) {
      const std::uint64_t rate = probe.rate_milli(line);
      if (probe.meets(line, demands[i])) {
        if (bracket.meets_milli == 0 || rate < bracket.meets_milli) bracket.meets_milli = rate;
      } else if (rate > bracket.fails_milli) {
        bracket.fails_milli = rate;
      }
    }
  }
}

bool LineSearch::is_close(const Bracket& bracket) {
  if (bracket.meets_milli == 0) return bracket.fails_milli >= rate_most_milli;
  if (bracket.meets_milli <= rate_least_milli) return true;
  return base::Uint128{bracket.meets_milli} * 100 <= base::Uint128{bracket.fails_milli} * 101;
}

std::vector<std::uint64_t> LineSearch::next_rates() const {
  constexpr int rates_between = 5;
  std::vector<std::uint64_t> rates;
  for (const Bracket& bracket : brackets_) {
    if (is_close(bracket)) continue;
    const bool has_low = bracket.fails_milli > 0, has_high = bracket.meets_milli > 0;
    const auto low = static_cast<double>(has_low ? bracket.fails_milli : rate_least_milli);
    const auto high = static_cast<double>(has_high ? bracket.meets_milli : rate_most_milli);
    if (!has_low) rates.push_back(rate_least_milli);
    if (!has_high) rates.push_back(rate_most_milli);
    for (int i = 1; i <= rates_between; ++i) {
      const double rate = low * std::pow(high / low, static_cast<double>(i) / (rates_between + 1));
      rates.push_back(rounded(rate));
    }
  }
  std::ranges::sort(rates);
  rates.erase(std::unique(rates.begin(), rates.end()), rates.end());
  return rates;
}

}  // namespace stats
