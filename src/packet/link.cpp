// SPDX-License-Identifier: BSD-2-Clause
#include "packet/link.hpp"

#include <algorithm>
#include <array>

#include "packet/encapsulation.hpp"
#include "packet/link_headers.hpp"

namespace packet {

namespace {

LinkHeader header(std::size_t bytes, std::uint32_t type) {
  return {static_cast<std::uint32_t>(bytes), {type, bytes}};
}

template <std::size_t bytes, LinkHeader (*decode)(Bytes)>
LinkHeader decode_behind(Bytes frame) {
  return behind(bytes, frame, decode);
}

/// A frame with no network layer, behind a pseudo-header of the capture.
template <std::size_t pseudo_bytes>
LinkHeader decode_opaque(Bytes) {
  return header(pseudo_bytes, ethertype::none);
}

LinkHeader decode_raw(Bytes) { return header(0, ethertype::raw_ip); }
LinkHeader decode_ipv4(Bytes) { return header(0, ethertype::ipv4); }
LinkHeader decode_ipv6(Bytes) { return header(0, ethertype::ipv6); }

LinkHeader decode_ethernet(Bytes frame) { return {14, after_length_or_type(frame, 12)}; }

/// An address family as the BSDs, Linux and macOS number it.
std::uint32_t ethertype_of_family(std::uint32_t family) {
  switch (family) {
    case 2: return ethertype::ipv4;
    case 10:                          // Linux
    case 24:                          // NetBSD, OpenBSD
    case 28:                          // FreeBSD
    case 30: return ethertype::ipv6;  // macOS
    default: return ethertype::none;
  }
}

/// DLT_NULL has the family in the byte order of the capturing machine, DLT_LOOP in network order;
/// files of both kinds have either.
LinkHeader decode_null(Bytes frame) {
  const std::uint32_t big = frame.be32(0), little = frame.le32(0);
  const std::uint32_t family = big < little ? big : little;
  const bool is_ethertype = family > 1536 && family <= 0xffff;
  return header(4, is_ethertype ? family : ethertype_of_family(family));
}

LinkHeader decode_token_ring(Bytes frame) {
  // AC (1), FC (1), addresses (12); the top bit of the source address says that routing follows.
  std::size_t offset = 14;
  if ((frame.u8(8) & 0x80) != 0) offset += frame.u8(14) & 0x1fU;
  const bool is_llc = (frame.u8(1) & 0xc0) == 0x40;
  return is_llc ? with_llc(frame, offset) : header(offset, ethertype::none);
}

LinkHeader decode_fddi(Bytes frame) {
  const bool is_llc = (frame.u8(0) & 0xf0) == 0x50;  // FC, then addresses (12)
  return is_llc ? with_llc(frame, 13) : header(13, ethertype::none);
}

/// RFC 1201 and RFC 1051 name the protocol by one byte; RFC 1201 adds fragmentation: split flag (1)
/// and sequence number (2), before them, in an exception packet, a split flag of 0xff and padding.
LinkHeader decode_arcnet_at(Bytes frame, std::size_t protocol_offset) {
  const std::uint8_t protocol = frame.u8(protocol_offset);
  std::size_t offset = protocol_offset + 1;
  switch (protocol) {
    case 240: return header(offset, ethertype::ipv4);  // RFC 1051
    case 241: return header(offset, ethertype::arp);   // RFC 1051
    case 212:
    case 213:
    case 214:
    case 196: break;  // RFC 1201
    default: return header(offset, ethertype::none);
  }
  if (frame.u8(offset) == 0xff) offset += 4;
  const bool is_later_fragment = frame.u8(offset) != 0 && (frame.u8(offset) & 1) == 0;
  offset += 3;
  if (is_later_fragment) return header(offset, ethertype::none);
  return header(offset, protocol == 212   ? ethertype::ipv4
                        : protocol == 196 ? ethertype::ipv6
                                          : ethertype::arp);
}

LinkHeader decode_arcnet(Bytes frame) { return decode_arcnet_at(frame, 2); }
LinkHeader decode_arcnet_linux(Bytes frame) { return decode_arcnet_at(frame, 4); }  // with an offset field

/// RFC 1547's encapsulation on Cisco's serial lines: address (1), control (1), ethertype. 0x8035 is
/// SLARP here, not RARP.
LinkHeader decode_c_hdlc(Bytes frame) {
  const std::uint16_t type = frame.be16(2);
  return header(4, type == ethertype::rarp ? ethertype::none : type);
}

/// RFC 1662: an address 0xff and control 0x03 may be left out, and so may the first byte of the
/// protocol field. Address 0x0f or 0x8f is Cisco HDLC on the same line (RFC 1547).
LinkHeader decode_ppp(Bytes frame) {
  const std::uint8_t address = frame.u8(0);
  if (address == 0x0f || address == 0x8f) return decode_c_hdlc(frame);
  const std::size_t offset = frame.be16(0) == 0xff03 ? 2 : 0;
  const Layer next = step_over(frame, {ethertype::ppp, offset});
  return {static_cast<std::uint32_t>(next.offset), next};
}

/// The protocol field of PPP and what is before it: of pppd a direction (1), in place of the address, and
/// control (1); of PPPoE its header (6).
template <std::size_t protocol_offset>
LinkHeader decode_ppp_at(Bytes frame) {
  const Layer next = step_over(frame, {ethertype::ppp, protocol_offset});
  return {static_cast<std::uint32_t>(next.offset), next};
}

/// RFC 2427: a Q.922 address of two bytes or more (the last has its lowest bit set), then control
/// and NLPID; Cisco's encapsulation has an ethertype there.
LinkHeader decode_frame_relay(Bytes frame) {
  constexpr std::size_t address_bytes_most = 4;
  std::size_t offset = 0;
  while (offset < address_bytes_most && (frame.u8(offset) & 1) == 0) ++offset;
  if (++offset < 2) return header(offset, ethertype::none);
  if (frame.u8(offset) != 0x03) return header(offset + 2, frame.be16(offset));
  if (frame.u8(++offset) == 0) ++offset;  // padding
  const std::uint8_t nlpid = frame.u8(offset);
  if (nlpid == 0x80) {  // SNAP: organization (3), protocol (2)
    const bool is_ethertype = (frame.be32(offset) & 0xffffff) == 0;
    return header(offset + 6, is_ethertype ? frame.be16(offset + 4) : ethertype::none);
  }
  return header(offset + 1, ethertype_of_nlpid(nlpid));
}

/// RFC 2684: LLC; FE-FE-03 carries an NLPID.
LinkHeader decode_llc_or_nlpid(Bytes frame) {
  if (frame.be16(0) == 0xfefe && frame.u8(2) == 0x03) return header(4, ethertype_of_nlpid(frame.u8(3)));
  return with_llc(frame, 0);
}

/// SunATM: flags and type (1), VPI (1), VCI (2); traffic type 2 is LLC.
LinkHeader decode_sunatm(Bytes frame) {
  return (frame.u8(0) & 0x0f) == 2 ? behind(4, frame, decode_llc_or_nlpid) : header(4, ethertype::none);
}

/// What the protocol field of Linux's cooked captures says; below 1536 it is a kind of frame. Of two VLAN
/// tags the kernel takes the outer one out and names the protocol behind the inner one, which is still
/// there: its identifier, then the protocol again.
Layer after_linux_protocol(Bytes frame, std::uint16_t protocol, std::size_t offset) {
  constexpr std::uint16_t llc_frame = 0x0004;
  if (protocol == llc_frame) return {ethertype::llc, offset};
  const unsigned version = protocol == ethertype::ipv4 ? 4 : protocol == ethertype::ipv6 ? 6 : 0;
  const bool has_tag = version != 0 && frame.u8(offset) >> 4 != version &&
                       frame.be16(offset + 2) == protocol && frame.u8(offset + 4) >> 4 == version;
  return has_tag ? Layer{ethertype::vlan, offset} : Layer{protocol, offset};
}

LinkHeader decode_linux_sll(Bytes frame) { return {16, after_linux_protocol(frame, frame.be16(14), 16)}; }
LinkHeader decode_linux_sll2(Bytes frame) { return {20, after_linux_protocol(frame, frame.be16(0), 20)}; }

/// Solaris: version (1), address family (1) as Solaris numbers it.
LinkHeader decode_ipnet(Bytes frame) {
  const std::uint8_t family = frame.u8(1);
  return header(24, family == 2 ? ethertype::ipv4 : family == 26 ? ethertype::ipv6 : ethertype::none);
}

/// RFC 2625: network addresses (8 + 8), then LLC.
LinkHeader decode_ip_over_fc(Bytes frame) { return with_llc(frame, 16); }

/// Apple: addresses (8 + 8), then an ethertype.
LinkHeader decode_ip_over_ieee1394(Bytes frame) { return header(18, frame.be16(16)); }

LinkHeader decode_ipoib(Bytes frame) { return header(44, frame.be16(40)); }

/// OpenBSD and FreeBSD: length (1), rounded up to 4, then the address family (1).
LinkHeader decode_pflog(Bytes frame) {
  return header((frame.u8(0) + 3U) & ~3U, ethertype_of_family(frame.u8(1)));
}

/// OpenBSD's encapsulating interface: the family in the byte order of the capturing machine.
LinkHeader decode_enc(Bytes frame) {
  LinkHeader null = decode_null(frame);
  return header(12, null.next.type);
}

/// Linux netfilter log: family (1), version (1), resource (2), then attributes of length (2) and type
/// (2), padded to 4 bytes, little-endian; type 9 is the packet.
LinkHeader decode_nflog(Bytes frame) {
  constexpr std::uint16_t payload_attribute = 9;
  std::size_t offset = 4;
  while (frame.has(offset, 4)) {
    const std::size_t length = frame.le16(offset);
    if ((frame.le16(offset + 2) & 0x7fff) == payload_attribute) {
      return header(offset + 4, ethertype_of_family(frame.u8(0)));
    }
    if (length < 4) break;
    offset += (length + 3) & ~std::size_t{3};
  }
  return header(4, ethertype::none);
}

/// Apple: header length (4), record type (4), link type of what follows (4), little-endian.
InnerFrame inner_of_pktap(Bytes frame) {
  const std::size_t header_bytes = frame.le32(0);
  const bool is_packet = frame.le32(4) == 1;
  if (header_bytes < 108 || header_bytes > frame.size() || !is_packet) return {};
  return {header_bytes, &inner_link_type(frame.le32(8))};
}

LinkHeader decode_pktap(Bytes frame) { return decode_inner(frame, inner_of_pktap(frame)); }
std::optional<Cast> cast_of_pktap(Bytes frame) { return cast_of_inner(frame, inner_of_pktap(frame)); }

LinkHeader decode_mpls(Bytes frame) {
  const Layer next = step_over(frame, {ethertype::mpls, 0});
  return {static_cast<std::uint32_t>(next.offset), next};
}

/// Junos: magic (3), flags (1); with flag 0x80 the length of extensions (2) and these follow. Flag 0x02:
/// the link-layer header is missing.
std::size_t juniper_bytes(Bytes frame) {
  constexpr std::uint32_t magic = 0x4d474300;
  if ((frame.be32(0) & 0xffffff00U) != magic || (frame.u8(3) & 0x02) != 0) return 0;
  const bool has_extensions = (frame.u8(3) & 0x80) != 0;
  return has_extensions ? 6U + frame.be16(4) : 4U;
}

template <LinkHeader (*decode)(Bytes)>
LinkHeader decode_juniper(Bytes frame) {
  const std::size_t bytes = juniper_bytes(frame);
  return bytes == 0 ? header(0, ethertype::none) : behind(bytes, frame, decode);
}

/// A switch tag of `tag_bytes` between the addresses and the length/type field.
template <std::size_t tag_bytes>
LinkHeader decode_tagged_ethernet(Bytes frame) {
  return {14 + tag_bytes, after_length_or_type(frame, 12 + tag_bytes)};
}

constexpr CastOf cast_of_ethernet = cast_of_address<0>;
constexpr CastOf cast_of_token_ring = cast_of_address<2, group_bit_sent_first>;
constexpr CastOf cast_of_fddi = cast_of_address<1, group_bit_sent_first>;
constexpr CastOf cast_of_ip_over_fc = cast_of_address<2>;

template <std::size_t bytes, CastOf cast>
std::optional<Cast> cast_behind(Bytes frame) {
  return cast(frame.from(bytes));
}

std::optional<Cast> cast_of_juniper_ethernet(Bytes frame) {
  const std::size_t bytes = juniper_bytes(frame);
  return bytes == 0 ? std::nullopt : cast_of_ethernet(frame.from(bytes));
}

/// Source (1), destination (1): 0 is broadcast.
std::optional<Cast> cast_of_arcnet(Bytes frame) {
  if (!frame.has(1, 1)) return std::nullopt;
  return frame.u8(1) == 0 ? Cast::broadcast : Cast::unicast;
}

/// Linux's packet type. What leaves this host (4) has none of the others.
template <std::size_t offset>
std::optional<Cast> cast_of_linux_packet_type(Bytes frame) {
  constexpr std::uint8_t to_us = 0, broadcast = 1, multicast = 2, to_other = 3;
  if (!frame.has(offset, 1)) return std::nullopt;
  switch (frame.u8(offset)) {
    case to_us:
    case to_other: return Cast::unicast;
    case broadcast: return Cast::broadcast;
    case multicast: return Cast::multicast;
    default: return std::nullopt;
  }
}

constexpr LinkType unknown{0xffff, "unknown", decode_opaque<0>, nullptr, 0, false};

constexpr std::array table = std::to_array<LinkType>({
    {0, "NULL", decode_null},
    {1, "EN10MB", decode_ethernet, cast_of_ethernet},
    {6, "IEEE802_5", decode_token_ring, cast_of_token_ring},
    {7, "ARCNET", decode_arcnet, cast_of_arcnet},
    {9, "PPP", decode_ppp},
    {10, "FDDI", decode_fddi, cast_of_fddi},
    {11, "ATM_RFC1483", decode_llc_or_nlpid},  // libpcap's own numbers, found in old files: 11, 12, 14, 19
    {12, "RAW", decode_raw},
    {14, "RAW", decode_raw},
    {19, "ATM_CLIP", decode_ipv4},
    {50, "PPP_SERIAL", decode_ppp},
    {51, "PPP_ETHER", decode_ppp_at<6>},
    {100, "ATM_RFC1483", decode_llc_or_nlpid},
    {101, "RAW", decode_raw},
    {104, "C_HDLC", decode_c_hdlc},
    {105, "IEEE802_11", decode_ieee802_11, cast_of_ieee802_11},
    {106, "ATM_CLIP", decode_ipv4},
    {107, "FRELAY", decode_frame_relay},
    {108, "LOOP", decode_null},
    {109, "ENC", decode_enc},
    {113, "LINUX_SLL", decode_linux_sll, cast_of_linux_packet_type<1>},
    {117, "PFLOG", decode_pflog},
    {119, "PRISM_HEADER", decode_prism, cast_of_prism},
    {122, "IP_OVER_FC", decode_ip_over_fc, cast_of_ip_over_fc},
    {123, "SUNATM", decode_sunatm, nullptr, 4},
    {127, "IEEE802_11_RADIO", decode_radiotap, cast_of_radiotap},
    {129, "ARCNET_LINUX", decode_arcnet_linux, cast_of_arcnet},
    {138, "APPLE_IP_OVER_IEEE1394", decode_ip_over_ieee1394},
    {139, "MTP2_WITH_PHDR", decode_opaque<4>, nullptr, 4},
    {149, "USER2", decode_pktap, cast_of_pktap},  // PKTAP before it had a number of its own
    {163, "IEEE802_11_RADIO_AVS", decode_avs, cast_of_avs},
    {166, "PPP_PPPD", decode_ppp_at<2>},
    {178, "JUNIPER_ETHER", decode_juniper<decode_ethernet>, cast_of_juniper_ethernet},
    {179, "JUNIPER_PPP", decode_juniper<decode_ppp>},
    {180, "JUNIPER_FRELAY", decode_juniper<decode_frame_relay>},
    {181, "JUNIPER_CHDLC", decode_juniper<decode_c_hdlc>},
    {192, "PPI", decode_ppi, cast_of_ppi},
    {195, "IEEE802_15_4", decode_ieee802_15_4},
    {201, "BLUETOOTH_HCI_H4_WITH_PHDR", decode_opaque<4>, nullptr, 4},
    {204, "PPP_WITH_DIR", decode_behind<1, decode_ppp>, nullptr, 1},
    {205, "C_HDLC_WITH_DIR", decode_behind<1, decode_c_hdlc>, nullptr, 1},
    {206, "FRELAY_WITH_DIR", decode_behind<1, decode_frame_relay>, nullptr, 1},
    {209, "I2C_LINUX", decode_opaque<5>, nullptr, 5},
    {215, "IEEE802_15_4_NONASK_PHY", decode_ieee802_15_4_nonask_phy},
    {219, "MPLS", decode_mpls},
    {226, "IPNET", decode_ipnet},
    {228, "IPV4", decode_ipv4},
    {229, "IPV6", decode_ipv6},
    {230, "IEEE802_15_4_NOFCS", decode_ieee802_15_4},
    {239, "NFLOG", decode_nflog},
    {240, "NETANALYZER", decode_behind<4, decode_ethernet>, cast_behind<4, cast_of_ethernet>},
    {242, "IPOIB", decode_ipoib},
    {245, "NFC_LLCP", decode_opaque<2>, nullptr, 2},
    {254, "BLUETOOTH_LINUX_MONITOR", decode_opaque<4>, nullptr, 4},
    {258, "PKTAP", decode_pktap, cast_of_pktap},
    // A preamble of 8 bytes, both.
    {259, "EPON", decode_behind<8, decode_ethernet>, cast_behind<8, cast_of_ethernet>},
    {274, "ETHERNET_MPACKET", decode_behind<8, decode_ethernet>, cast_behind<8, cast_of_ethernet>},
    {276, "LINUX_SLL2", decode_linux_sll2, cast_of_linux_packet_type<10>},
    {281, "DSA_TAG_BRCM", decode_tagged_ethernet<4>, cast_of_ethernet},
    {282, "DSA_TAG_BRCM_PREPEND", decode_behind<4, decode_ethernet>, cast_behind<4, cast_of_ethernet>},
    {283, "IEEE802_15_4_TAP", decode_ieee802_15_4_tap},
    {284, "DSA_TAG_DSA", decode_tagged_ethernet<4>, cast_of_ethernet},
    {285, "DSA_TAG_EDSA", decode_tagged_ethernet<8>, cast_of_ethernet},
});
static_assert(std::ranges::is_sorted(table, {}, &LinkType::number));

}  // namespace

const LinkType& link_type(std::uint32_t number) {
  const auto row = std::ranges::lower_bound(table, number, {}, &LinkType::number);
  return row != table.end() && row->number == number ? *row : unknown;
}

std::span<const LinkType> link_types() { return table; }

const LinkType& inner_link_type(std::uint32_t number) {
  const LinkType& row = link_type(number);
  return row.decode == decode_ppi || row.decode == decode_pktap ? unknown : row;
}

LinkHeader behind(std::size_t bytes, Bytes frame, LinkHeader (*decode)(Bytes)) {
  LinkHeader inner = decode(frame.from(bytes));
  inner.bytes += static_cast<std::uint32_t>(bytes);
  inner.next.offset += bytes;
  return inner;
}

LinkHeader decode_inner(Bytes frame, InnerFrame inner) {
  return inner.link == nullptr ? LinkHeader{} : behind(inner.offset, frame, inner.link->decode);
}

std::optional<Cast> cast_of_inner(Bytes frame, InnerFrame inner) {
  const bool is_told = inner.link != nullptr && inner.link->cast != nullptr;
  return is_told ? inner.link->cast(frame.from(inner.offset)) : std::nullopt;
}

LinkHeader with_llc(Bytes frame, std::size_t offset) {
  const Layer next = step_over(frame, {ethertype::llc, offset});
  const std::size_t bytes = next.type == ethertype::none ? offset : next.offset;
  return {static_cast<std::uint32_t>(bytes), next};
}

}  // namespace packet
