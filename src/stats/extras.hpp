// SPDX-License-Identifier: BSD-2-Clause
// What an interval counts beyond its plain counters, only where an output asks for it: bytes by protocol,
// flags, fragments, tags, how often each size came, bursts, distinct addresses.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/histogram.hpp"
#include "packet/details.hpp"
#include "stats/burst.hpp"
#include "stats/distinct.hpp"

namespace stats {

/// What is asked for.
struct Collect {
  bool details = false;  ///< bytes by protocol and what each packet is besides, packet::Trait
  bool sizes = false;    ///< how often each size came
  std::vector<base::Nanoseconds> windows = {};  ///< lengths of the windows of bursts, each once
  bool hosts = false;                           ///< how many addresses there were
  std::uint64_t seed = 0;  ///< of Distinct; random, lest addresses can be chosen against it

  bool is_nothing() const { return !details && !sizes && windows.empty() && !hosts; }
};

struct Extras {
  Extras(const Collect& collect, base::Nanoseconds begin);

  void add(base::Nanoseconds timestamp, packet::Bytes frame, const packet::LinkType& link,
           const packet::Packet& packet, std::uint32_t size) {
    if (has_details) add_details(frame, link, packet, size);
    if (sizes) sizes->add(size);
    for (Burst& burst : bursts) burst.add(timestamp, size);
    if (hosts) add_hosts(frame, packet);
  }

  /// Packets that are this.
  std::uint64_t count(packet::Trait trait) const;

  bool has_details;
  std::array<std::uint64_t, 4> bytes_by_network{};
  std::array<std::uint64_t, packet::protocol::unknown + 1> bytes_by_protocol{};
  std::array<std::uint64_t, packet::trait_sums> by_traits{};  // packets, by the sum of what they are
  std::optional<base::Histogram> sizes;
  std::vector<Burst> bursts;  // as Collect::windows
  std::optional<Distinct> hosts;

 private:
  void add_details(packet::Bytes frame, const packet::LinkType& link, const packet::Packet& packet,
                   std::uint32_t size) {
    bytes_by_network[static_cast<std::size_t>(packet.network)] += size;
    bytes_by_protocol[packet.protocol] += size;
    ++by_traits[packet::traits_of(frame, link, packet)];
  }
  void add_hosts(packet::Bytes frame, const packet::Packet& packet) {
    const auto addresses = packet::addresses_of(frame, packet);
    if (!addresses) return;
    hosts->add(addresses->source);
    hosts->add(addresses->destination);
  }
};

}  // namespace stats
