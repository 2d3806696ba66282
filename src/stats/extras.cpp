// SPDX-License-Identifier: BSD-2-Clause
#include "stats/extras.hpp"

namespace stats {

namespace {

/// Sizes of all packets that IP knows without jumbograms are counted exactly.
constexpr unsigned size_bits = 16;

}  // namespace

Extras::Extras(const Collect& collect, base::Nanoseconds begin) : has_details(collect.details) {
  if (collect.sizes) sizes.emplace(size_bits);
  if (collect.hosts) hosts.emplace(collect.seed);
  for (const base::Nanoseconds window : collect.windows) bursts.emplace_back(window, begin);
}

std::uint64_t Extras::count(packet::Trait trait) const {
  std::uint64_t packets = 0;
  for (std::size_t traits = 0; traits < by_traits.size(); ++traits) {
    if ((traits & static_cast<unsigned>(trait)) != 0) packets += by_traits[traits];
  }
  return packets;
}

}  // namespace stats
