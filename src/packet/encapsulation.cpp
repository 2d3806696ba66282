// SPDX-License-Identifier: BSD-2-Clause
#include "packet/encapsulation.hpp"

#include <algorithm>
#include <array>

namespace packet {

namespace {

/// A tag of `tag_bytes`, then an ethertype.
template <std::size_t tag_bytes>
Layer step_tag(Bytes frame, std::size_t offset) {
  return after_length_or_type(frame, offset + tag_bytes);
}

/// RFC 2516: version and type (1), code (1), session (2), length (2), then PPP.
Layer step_pppoe(Bytes, std::size_t offset) { return {ethertype::ppp, offset + 6}; }

/// RFC 1661: the protocol field is one byte long when its first byte is odd.
Layer step_ppp(Bytes frame, std::size_t offset) {
  if (frame.u8(offset) & 1) return {ethertype_of_ppp(frame.u8(offset)), offset + 1};
  return {ethertype_of_ppp(frame.be16(offset)), offset + 2};
}

bool is_likely_ethernet(Bytes frame, std::size_t offset) {
  const std::uint16_t value = frame.be16(offset + 12);
  return value == ethertype::ipv4 || value == ethertype::ipv6 || value == ethertype::arp ||
         value == ethertype::vlan;
}

/// RFC 4448: Ethernet over MPLS, behind a control word of 4 bytes or without one; no field tells which.
Layer step_pseudowire(Bytes frame, std::size_t offset) {
  const bool has_control_word = is_likely_ethernet(frame, offset + 4) || !is_likely_ethernet(frame, offset);
  return {ethertype::ethernet, has_control_word ? offset + 4 : offset};
}

/// RFC 3032: a stack of 4-byte labels; the last has the bottom bit. What follows is told by the
/// explicit-null labels 0 and 2, or by its first nibble (RFC 4928): 4 and 6 are IP, 0 a pseudowire, 1 an
/// associated channel (RFC 4385), which names its protocol as PPP does.
Layer step_mpls(Bytes frame, std::size_t offset) {
  std::uint32_t label = 0;
  do {
    if (!frame.has(offset, 4)) return {};
    label = frame.be32(offset);
    offset += 4;
  } while ((label & 0x100) == 0);
  const std::uint32_t value = label >> 12;
  if (value == 0) return {ethertype::ipv4, offset};
  if (value == 2) return {ethertype::ipv6, offset};
  if (!frame.has(offset, 1)) return {};
  switch (frame.u8(offset) >> 4) {
    case 0: return step_pseudowire(frame, offset);
    case 1: return {ethertype_of_ppp(frame.be16(offset + 2)), offset + 4};
    case 4: return {ethertype::ipv4, offset};
    case 6: return {ethertype::ipv6, offset};
    default: return {};
  }
}

/// IEEE 802.2: DSAP, SSAP, control; SNAP (RFC 1042) adds an organization code and a protocol.
Layer step_llc(Bytes frame, std::size_t offset) {
  constexpr std::uint8_t sap_ip = 0x06, sap_snap = 0xaa, unnumbered_information = 0x03;
  const std::uint8_t dsap = frame.u8(offset), ssap = frame.u8(offset + 1);
  if (frame.u8(offset + 2) != unnumbered_information) return {};
  if (dsap == sap_ip) return {ethertype::ipv4, offset + 3};
  if (dsap != sap_snap || ssap != sap_snap) return {};
  const std::uint32_t organization = frame.be32(offset + 2) & 0xffffff;
  const std::uint16_t protocol = frame.be16(offset + 6);
  constexpr std::uint32_t encapsulated_ethernet = 0, cisco_90 = 0x0000f8, ieee_802_1 = 0x0080c2;
  if (organization == encapsulated_ethernet || organization == cisco_90) return {protocol, offset + 8};
  if (organization == ieee_802_1) {  // RFC 2684, section 5.2: bridged Ethernet after two bytes of padding
    if (protocol == 0x0001 || protocol == 0x0007) return {ethertype::ethernet, offset + 10};
  }
  return {};
}

Layer step_ethernet(Bytes frame, std::size_t offset) { return after_length_or_type(frame, offset + 12); }

/// IEEE 802.1AE: TCI and AN (1), short length (1), packet number (4), SCI (8, if the SC bit is set).
/// The payload can be read only when neither the encryption nor the changed-text bit is set.
Layer step_macsec(Bytes frame, std::size_t offset) {
  const std::uint8_t tci = frame.u8(offset);
  if ((tci & 0x0c) != 0) return {};
  return after_length_or_type(frame, offset + ((tci & 0x20) != 0 ? 14 : 6));
}

/// RFC 8300: the length is in 4-byte words; the fourth byte names the next protocol.
Layer step_nsh(Bytes frame, std::size_t offset) {
  constexpr std::uint32_t nsh = 0x894f;
  constexpr std::array<std::uint32_t, 6> next = {
      ethertype::none, ethertype::ipv4, ethertype::ipv6, ethertype::ethernet, nsh, ethertype::mpls};
  const std::size_t header_bytes = (frame.u8(offset + 1) & 0x3fU) * 4U;
  const std::uint8_t protocol = frame.u8(offset + 3);
  if (header_bytes < 8 || protocol >= next.size()) return {};
  return {next[protocol], offset + header_bytes};
}

/// Arista timestamp tag: subtype (2), version (2), then a time of 64 or, where the second nibble of
/// the version's last byte says so, 48 bits.
Layer step_arista_timestamp(Bytes frame, std::size_t offset) {
  const bool is_48_bits = (frame.be16(offset + 2) & 0x00f0) == 0x20;
  return after_length_or_type(frame, offset + (is_48_bits ? 10 : 12));
}

/// RFC 6325: version and flags (2, with the length of the options in 4-byte words), egress and
/// ingress nicknames (4), options, then Ethernet.
Layer step_trill(Bytes frame, std::size_t offset) {
  const std::size_t option_bytes = ((frame.be16(offset) >> 6) & 0x1fU) * 4U;
  return {ethertype::ethernet, offset + 6 + option_bytes};
}

struct Encapsulation {
  std::uint32_t type;
  Layer (*step)(Bytes frame, std::size_t offset);
};

constexpr std::array encapsulations = std::to_array<Encapsulation>({
    {0x22f3, step_trill},
    {0x6558, step_ethernet},  // transparent Ethernet bridging, RFC 1701
    {ethertype::vlan, step_tag<2>},
    {ethertype::ppp_direct, step_ppp},
    {ethertype::mpls, step_mpls},
    {0x8848, step_mpls},  // multicast, RFC 5332
    {ethertype::pppoe, step_pppoe},
    {ethertype::qinq, step_tag<2>},
    {0x88e5, step_macsec},
    {0x88e7, step_tag<16>},  // IEEE 802.1ah: I-TAG (4), customer addresses (12)
    {0x8926, step_tag<4>},   // VN-Tag
    {0x892f, step_tag<4>},   // HSR, IEC 62439-3
    {0x894f, step_nsh},
    {ethertype::old_qinq, step_tag<2>},
    {0xd28b, step_arista_timestamp},
    {0xf1c1, step_tag<4>},  // R-Tag, IEEE 802.1CB
    {ethertype::llc, step_llc},
    {ethertype::ppp, step_ppp},
    {ethertype::ethernet, step_ethernet},
});

static_assert(std::ranges::is_sorted(encapsulations, {}, &Encapsulation::type));

}  // namespace

Layer step_over(Bytes frame, Layer layer) {
  const auto row = std::ranges::lower_bound(encapsulations, layer.type, {}, &Encapsulation::type);
  if (row == encapsulations.end() || row->type != layer.type) return layer;
  return row->step(frame, layer.offset);
}

Layer after_length_or_type(Bytes frame, std::size_t offset) {
  constexpr std::uint16_t length_most = 1500;  // IEEE 802.3, clause 3.2.6
  constexpr std::uint16_t novell_raw = 0xffff;
  const std::uint16_t value = frame.be16(offset);
  if (value > length_most) return {value, offset + 2};
  if (!frame.has(offset + 2, 2) || frame.be16(offset + 2) == novell_raw) return {};
  return {ethertype::llc, offset + 2};
}

std::uint32_t ethertype_of_ppp(std::uint16_t protocol) {
  switch (protocol) {
    case 0x0021: return ethertype::ipv4;
    case 0x0057: return ethertype::ipv6;
    case 0x0281:
    case 0x0283: return ethertype::mpls;
    default: return ethertype::none;
  }
}

std::uint32_t ethertype_of_nlpid(std::uint8_t nlpid) {
  switch (nlpid) {
    case 0xcc: return ethertype::ipv4;
    case 0x8e: return ethertype::ipv6;
    default: return ethertype::none;
  }
}

}  // namespace packet
