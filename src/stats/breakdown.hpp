// SPDX-License-Identifier: BSD-2-Clause
// Packets and bytes by what they have in common (--by): host, port, protocol, network, VLAN or interface. It
// says which keys a packet has; their bounded table is the Ranking's. Keys are numbers here, names in reports.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "packet/address.hpp"
#include "stats/ranking.hpp"

namespace stats {

/// What packets are ranked by.
struct BreakdownKind {
  enum class Key : std::uint8_t { host, port, protocol, network, vlan, interface };

  /// "host", "network/24", "network/24/48": bits of IPv4, then of IPv6, which are 64 where none are given.
  /// Throws a usage Error that says what is wrong.
  static BreakdownKind parse(std::string_view text);

  Key key = Key::host;
  unsigned ipv4_bits = 32, ipv6_bits = 128;  ///< Key::network
  std::string name = "host";                 ///< as it was asked for
};

class Breakdown {
 public:
  /// Of a seed that nobody knows, keys cannot be chosen against the table.
  Breakdown(BreakdownKind kind, std::uint64_t seed, std::size_t keys_most = Ranking::keys_most_default);

  /// Counts a packet of `size` bytes. Hosts, networks and ports count it for both ends, once where both are
  /// the same.
  void add(packet::Bytes frame, const packet::LinkType& link, const packet::Packet& packet,
           std::uint32_t interface, std::uint32_t size);

  const BreakdownKind& kind() const { return kind_; }
  /// Most bytes first; what a key means is told by the functions below.
  std::vector<Ranking::Row> rows() const { return ranking_.rows(); }
  /// Of which there was no room for the key; of a host, say, both ends may be among them.
  const Ranking::Row& others() const { return ranking_.others(); }
  /// Packets that have no such key, or it was not captured: not IP, later fragments, ICMP by port, …
  const Ranking::Row& none() const { return none_; }
  /// All packets, each once.
  std::uint64_t packets() const { return packets_; }
  std::uint64_t bytes() const { return bytes_; }

  // What a key says, for reports.

  /// Key::host; of Key::network its first address.
  static packet::Address address_of(const RankingKey& key) { return {key.high, key.low, key.kind != 0}; }
  struct Port {
    std::uint16_t port;
    std::uint8_t protocol;  ///< the IP protocol number
  };
  static Port port_of(const RankingKey& key) {
    return {static_cast<std::uint16_t>(key.low), static_cast<std::uint8_t>(key.kind)};
  }
  /// Key::protocol: the network layer, and with IP the protocol number in `low`; with others 0.
  static packet::Network network_of(const RankingKey& key) { return static_cast<packet::Network>(key.kind); }
  /// Key::protocol of IP (which ipv4 stands for); Key::vlan, 0: untagged; Key::interface.
  static std::uint32_t number_of(const RankingKey& key) { return static_cast<std::uint32_t>(key.low); }

 private:
  void add(const RankingKey& key, std::uint32_t size) { ranking_.add(key, size); }
  void add_both(const RankingKey& source, const RankingKey& destination, std::uint32_t size);
  void add_addresses(packet::Bytes frame, const packet::Packet& packet, std::uint32_t size);
  void add_ports(packet::Bytes frame, const packet::Packet& packet, std::uint32_t size);
  void add_protocol(const packet::Packet& packet, std::uint32_t size);
  void add_none(std::uint32_t size);

  BreakdownKind kind_;
  Ranking ranking_;
  Ranking::Row none_;
  std::uint64_t packets_ = 0, bytes_ = 0;
};

}  // namespace stats
