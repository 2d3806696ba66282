// SPDX-License-Identifier: BSD-2-Clause
#include "packet/link_headers.hpp"

#include <array>

namespace packet {

namespace {

LinkHeader opaque(std::size_t bytes) { return {static_cast<std::uint32_t>(bytes), {}}; }

/// IEEE 802.11-2020, 9.2: frame control (2), duration (2), three addresses (18), sequence control (2),
/// then a fourth address, QoS control and HT control as the frame control says.
LinkHeader decode_ieee802_11_data(Bytes frame, bool is_padded) {
  const std::uint16_t control = frame.le16(0);
  const bool is_data = (control & 0x000c) == 0x0008;
  const bool has_payload = (control & 0x0040) == 0;
  const bool is_between_stations = (control & 0x0300) == 0x0300;
  const bool is_qos = (control & 0x0080) != 0;
  const bool has_ht_control = is_qos && (control & 0x8000) != 0;
  const bool is_encrypted = (control & 0x4000) != 0;
  std::size_t offset = is_between_stations ? 30 : 24;
  const bool is_aggregate = is_qos && (frame.u8(offset) & 0x80) != 0;
  if (is_qos) offset += 2;
  if (has_ht_control) offset += 4;
  if (is_padded) offset = (offset + 3) & ~std::size_t{3};
  if (!is_data || !has_payload || is_encrypted) return opaque(offset < frame.size() ? offset : frame.size());
  if (is_aggregate) offset += 14;  // the first A-MSDU subframe: addresses (12), length (2)
  const bool is_later_fragment = (frame.le16(22) & 0x000f) != 0;
  return is_later_fragment ? opaque(offset) : with_llc(frame, offset);
}

LinkHeader decode_padded(Bytes frame) { return decode_ieee802_11_data(frame, true); }

}  // namespace

LinkHeader decode_ieee802_11(Bytes frame) { return decode_ieee802_11_data(frame, false); }

/// radiotap.org: version (1), padding (1), length (2), present words (4 each while bit 31 is set).
/// Bit 0 is the TSFT (8 bytes, aligned to 8), bit 1 the flags; flag 0x20: the 802.11 header is padded.
LinkHeader decode_radiotap(Bytes frame) {
  const std::size_t header_bytes = frame.le16(2);
  if (frame.u8(0) != 0 || header_bytes < 8 || header_bytes > frame.size()) return opaque(0);
  const std::uint32_t present = frame.le32(4);
  std::size_t offset = 4;
  while ((frame.le32(offset) & 0x80000000U) != 0 && offset + 4 < header_bytes) offset += 4;
  offset += 4;
  if ((present & 1) != 0) offset = ((offset + 7) & ~std::size_t{7}) + 8;
  const bool is_padded = (present & 2) != 0 && offset < header_bytes && (frame.u8(offset) & 0x20) != 0;
  return behind(header_bytes, frame, is_padded ? decode_padded : decode_ieee802_11);
}

/// The header of the Prism II drivers has 144 bytes; the same link type also carries AVS headers.
LinkHeader decode_prism(Bytes frame) {
  if ((frame.be32(0) & 0xfffff000U) == 0x80211000U) return decode_avs(frame);
  return behind(144, frame, decode_ieee802_11);
}

/// AVS: magic and version (4), length (4), big-endian.
LinkHeader decode_avs(Bytes frame) {
  const std::size_t header_bytes = frame.be32(4);
  if (header_bytes < 8 || header_bytes > frame.size()) return opaque(0);
  return behind(header_bytes, frame, decode_ieee802_11);
}

/// Per-Packet Information: version (1), flags (1), length (2), link type (4), little-endian.
LinkHeader decode_ppi(Bytes frame) {
  const std::size_t header_bytes = frame.le16(2);
  if (header_bytes < 8 || header_bytes > frame.size()) return opaque(0);
  return behind(header_bytes, frame, inner_link_type(frame.le32(4)).decode);
}

namespace {

/// IEEE 802.15.4-2015, table 7-2: how many bytes PAN identifiers and addresses take.
std::size_t ieee802_15_4_address_bytes(std::uint16_t control) {
  constexpr std::array<std::size_t, 4> address_bytes = {0, 0, 2, 8};
  constexpr unsigned extended = 3, version_2015 = 2;
  const bool is_pan_compressed = (control & 0x0040) != 0;
  const unsigned destination = (control >> 10) & 3, version = (control >> 12) & 3,
                 source = (control >> 14) & 3;
  const bool has_both = destination != 0 && source != 0;
  bool has_destination_pan = destination != 0;
  bool has_source_pan = source != 0 && !(is_pan_compressed && has_both);
  if (version == version_2015 && is_pan_compressed && !has_both) {
    has_destination_pan = destination == 0 && source == 0;
    has_source_pan = false;
  } else if (version == version_2015 && destination == extended && source == extended) {
    has_destination_pan = !is_pan_compressed;
    has_source_pan = false;
  }
  return (has_destination_pan ? 2U : 0U) + (has_source_pan ? 2U : 0U) + address_bytes[destination] +
         address_bytes[source];
}

/// IEEE 802.15.4-2015, 7.4.2: header information elements: length in the low 7 bits, then the
/// element; identifiers 0x7e and 0x7f end the list.
std::size_t after_header_elements(Bytes frame, std::size_t offset) {
  while (frame.has(offset, 2)) {
    const std::uint16_t element = frame.le16(offset);
    const unsigned identifier = (element >> 7) & 0xff;
    offset += 2U + (element & 0x7fU);
    if (identifier == 0x7e || identifier == 0x7f) break;
  }
  return offset;
}

}  // namespace

/// IEEE 802.15.4-2015, 7.2: frame control (2), sequence number (1, unless suppressed), addresses.
LinkHeader decode_ieee802_15_4(Bytes frame) {
  const std::uint16_t control = frame.le16(0);
  const bool is_data = (control & 7) == 1;
  const bool is_secured = (control & 0x0008) != 0;
  const bool is_version_2015 = ((control >> 12) & 3) == 2;
  const bool is_sequence_suppressed = is_version_2015 && (control & 0x0100) != 0;
  const bool has_elements = is_version_2015 && (control & 0x0200) != 0;
  std::size_t offset = (is_sequence_suppressed ? 2U : 3U) + ieee802_15_4_address_bytes(control);
  if (has_elements) offset = after_header_elements(frame, offset);
  if (!is_data || is_secured || !frame.has(offset, 1))
    return opaque(offset < frame.size() ? offset : frame.size());
  return {static_cast<std::uint32_t>(offset), {ethertype::sixlowpan, offset}};
}

/// Version (1), reserved (1), length of the whole TLV header (2), little-endian.
LinkHeader decode_ieee802_15_4_tap(Bytes frame) {
  const std::size_t header_bytes = frame.le16(2);
  if (header_bytes < 4 || header_bytes > frame.size()) return opaque(0);
  return behind(header_bytes, frame, decode_ieee802_15_4);
}

/// Preamble (4), start of frame (1), length (1).
LinkHeader decode_ieee802_15_4_nonask_phy(Bytes frame) { return behind(6, frame, decode_ieee802_15_4); }

}  // namespace packet
