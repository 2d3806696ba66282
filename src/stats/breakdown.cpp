// SPDX-License-Identifier: BSD-2-Clause
#include "stats/breakdown.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/text.hpp"
#include "packet/details.hpp"

namespace stats {

namespace {

using packet::Network;
namespace protocol = packet::protocol;

using Key = BreakdownKind::Key;

/// In the order of Key.
constexpr std::array<std::string_view, 6> names = {"host",    "port", "protocol",
                                                   "network", "vlan", "interface"};

base::Error wrong(std::string_view text, const std::string& why) {
  return base::usage_error("--by '" + base::printable(text) + "': " + why);
}

base::Error unknown(std::string_view text, std::string_view name) {
  const std::string near = base::nearest(name, names);
  return wrong(text, near.empty() ? "not host, port, protocol, network/LEN, vlan or interface"
                                  : "is it " + near + (near == "network" ? "/24?" : "?"));
}

RankingKey key_of(const packet::Address& address) {
  return {address.high, address.low, address.is_ipv6 ? 1U : 0U};
}

bool has_ports(std::uint16_t number) {
  return number == protocol::tcp || number == protocol::udp || number == protocol::sctp ||
         number == protocol::udp_lite || number == protocol::dccp;
}

}  // namespace

BreakdownKind BreakdownKind::parse(std::string_view text) {
  const std::vector<std::string_view> parts = base::split(text, '/');
  const auto* const name = std::ranges::find(names, parts[0]);
  if (name == names.end()) throw unknown(text, parts[0]);
  BreakdownKind kind;
  kind.key = static_cast<Key>(name - names.begin());
  kind.name = text;
  if (kind.key != Key::network) {
    if (parts.size() > 1) throw wrong(text, "only network has a length, as in network/24");
    return kind;
  }
  if (parts.size() < 2 || parts.size() > 3) {
    throw wrong(text, "needs the length of its prefix, as in network/24; of IPv6 too: network/24/48");
  }
  const auto ipv4_bits = base::parse_whole(parts[1], 32);
  if (!ipv4_bits) throw wrong(text, "a prefix of IPv4 has 0 to 32 bits, as in network/24");
  const auto ipv6_bits = parts.size() == 3 ? base::parse_whole(parts[2], 128) : 64;
  if (!ipv6_bits) throw wrong(text, "a prefix of IPv6 has 0 to 128 bits, as in network/24/48");
  kind.ipv4_bits = static_cast<unsigned>(*ipv4_bits);
  kind.ipv6_bits = static_cast<unsigned>(*ipv6_bits);
  return kind;
}

Breakdown::Breakdown(BreakdownKind kind, std::uint64_t seed, std::size_t keys_most)
    : kind_(std::move(kind)), ranking_(seed, keys_most) {}

void Breakdown::add(packet::Bytes frame, const packet::LinkType& link, const packet::Packet& packet,
                    std::uint32_t interface, std::uint32_t size) {
  ++packets_;
  bytes_ += size;
  switch (kind_.key) {
    case Key::host:
    case Key::network: return add_addresses(frame, packet, size);
    case Key::port: return add_ports(frame, packet, size);
    case Key::protocol: return add_protocol(packet, size);
    case Key::vlan: return add({0, packet::vlan_of(frame, link, packet), 0}, size);
    case Key::interface: return add({0, interface, 0}, size);
  }
}

void Breakdown::add_both(const RankingKey& source, const RankingKey& destination, std::uint32_t size) {
  add(source, size);
  if (destination != source) add(destination, size);
}

void Breakdown::add_addresses(packet::Bytes frame, const packet::Packet& packet, std::uint32_t size) {
  const auto both = packet::addresses_of(frame, packet);
  if (!both) return add_none(size);
  if (kind_.key == Key::host) return add_both(key_of(both->source), key_of(both->destination), size);
  const unsigned bits = both->source.is_ipv6 ? kind_.ipv6_bits : kind_.ipv4_bits;
  add_both(key_of(packet::masked(both->source, bits)), key_of(packet::masked(both->destination, bits)), size);
}

void Breakdown::add_ports(packet::Bytes frame, const packet::Packet& packet, std::uint32_t size) {
  constexpr std::uint32_t ports_bytes = 4;
  const std::uint32_t offset = packet.transport_offset;
  const packet::Bytes both = frame.exactly(offset, ports_bytes);
  const bool is_there = has_ports(packet.protocol) && offset != 0 && both.size() != 0 &&
                        !packet::ends_before(offset + ports_bytes, frame, packet);
  if (!is_there) return add_none(size);
  add_both({0, both.be16(0), packet.protocol}, {0, both.be16(2), packet.protocol}, size);
}

void Breakdown::add_protocol(const packet::Packet& packet, std::uint32_t size) {
  const bool is_ip = packet.network == Network::ipv4 || packet.network == Network::ipv6;
  if (!is_ip) return add({0, 0, static_cast<std::uint32_t>(packet.network)}, size);
  if (packet.protocol == protocol::unknown) return add_none(size);
  add({0, packet.protocol, static_cast<std::uint32_t>(Network::ipv4)}, size);
}

void Breakdown::add_none(std::uint32_t size) {
  ++none_.packets;
  none_.bytes += size;
}

}  // namespace stats
