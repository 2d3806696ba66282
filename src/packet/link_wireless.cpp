// SPDX-License-Identifier: BSD-2-Clause
#include "packet/link_headers.hpp"

#include <algorithm>
#include <array>

namespace packet {

namespace {

LinkHeader opaque(std::size_t bytes) { return {static_cast<std::uint32_t>(bytes), {}}; }

enum class FrameType : std::uint8_t { management, control, data, extension };

/// IEEE 802.11-2020, 9.2 and 9.3: frame control (2), duration (2), three addresses (18), sequence
/// control (2), then a fourth address, QoS control and HT control as the frame control says. Control
/// frames have one address or two, and nothing behind them.
std::size_t ieee802_11_header_bytes(FrameType type, std::uint16_t control) {
  constexpr unsigned cts = 12, ack = 13;
  const unsigned subtype = (control >> 4) & 0x0f;
  if (type == FrameType::control) return subtype == cts || subtype == ack ? 10 : 16;
  const bool is_data = type == FrameType::data;
  const bool is_qos = is_data && (control & 0x0080) != 0;
  const bool is_between_stations = is_data && (control & 0x0300) == 0x0300;
  const bool has_ht_control = (!is_data || is_qos) && (control & 0x8000) != 0;
  return 24U + (is_between_stations ? 6U : 0U) + (is_qos ? 2U : 0U) + (has_ht_control ? 4U : 0U);
}

LinkHeader decode_ieee802_11_frame(Bytes frame, bool is_padded) {
  const std::uint16_t control = frame.le16(0);
  const auto type = static_cast<FrameType>((control >> 2) & 3);
  std::size_t offset = ieee802_11_header_bytes(type, control);
  const std::size_t qos_offset = (control & 0x0300) == 0x0300 ? 30 : 24;
  const bool is_aggregate = (control & 0x0080) != 0 && (frame.u8(qos_offset) & 0x80) != 0;
  const bool has_payload = type == FrameType::data && (control & 0x0040) == 0;
  const bool is_encrypted = (control & 0x4000) != 0;
  const bool is_later_fragment = (frame.le16(22) & 0x000f) != 0;
  if (is_padded) offset = (offset + 3) & ~std::size_t{3};
  if (!has_payload || is_encrypted || is_later_fragment) return opaque(std::min(offset, frame.size()));
  if (is_aggregate) offset += 14;  // the first A-MSDU subframe: addresses (12), length (2)
  return with_llc(frame, offset);
}

LinkHeader decode_padded(Bytes frame) { return decode_ieee802_11_frame(frame, true); }

/// A pseudo-header has at least 8 bytes and is captured whole; 0: it cannot be right.
std::size_t checked(std::size_t header_bytes, Bytes frame) {
  return header_bytes < 8 || header_bytes > frame.size() ? 0 : header_bytes;
}

std::size_t radiotap_bytes(Bytes frame) { return frame.u8(0) == 0 ? checked(frame.le16(2), frame) : 0; }
std::size_t avs_bytes(Bytes frame) { return checked(frame.be32(4), frame); }
bool is_avs(Bytes frame) { return (frame.be32(0) & 0xfffff000U) == 0x80211000U; }
constexpr std::size_t prism_bytes = 144;

InnerFrame inner_of_ppi(Bytes frame) {
  const std::size_t header_bytes = checked(frame.le16(2), frame);
  if (header_bytes == 0) return {};
  return {header_bytes, &inner_link_type(frame.le32(4))};
}

std::optional<Cast> cast_behind(std::size_t header_bytes, Bytes frame) {
  return header_bytes == 0 ? std::nullopt : cast_of_ieee802_11(frame.from(header_bytes));
}

}  // namespace

/// IEEE 802.11-2020, table 9-30: the third address is the destination of what goes to the distribution
/// system, the first one of all else.
std::optional<Cast> cast_of_ieee802_11(Bytes frame) {
  const std::uint16_t control = frame.le16(0);
  const auto type = static_cast<FrameType>((control >> 2) & 3);
  if (type == FrameType::extension) return std::nullopt;
  const bool is_to_distribution = type == FrameType::data && (control & 0x0100) != 0;
  return is_to_distribution ? cast_of_address<16>(frame) : cast_of_address<4>(frame);
}

std::optional<Cast> cast_of_radiotap(Bytes frame) { return cast_behind(radiotap_bytes(frame), frame); }
std::optional<Cast> cast_of_avs(Bytes frame) { return cast_behind(avs_bytes(frame), frame); }
std::optional<Cast> cast_of_prism(Bytes frame) {
  return is_avs(frame) ? cast_of_avs(frame) : cast_behind(prism_bytes, frame);
}
std::optional<Cast> cast_of_ppi(Bytes frame) { return cast_of_inner(frame, inner_of_ppi(frame)); }

LinkHeader decode_ieee802_11(Bytes frame) { return decode_ieee802_11_frame(frame, false); }

/// radiotap.org: version (1), padding (1), length (2), present words (4 each while bit 31 is set).
/// Bit 0 is the TSFT (8 bytes, aligned to 8), bit 1 the flags; flag 0x20: the 802.11 header is padded.
LinkHeader decode_radiotap(Bytes frame) {
  const std::size_t header_bytes = radiotap_bytes(frame);
  if (header_bytes == 0) return opaque(0);
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
  return is_avs(frame) ? decode_avs(frame) : behind(prism_bytes, frame, decode_ieee802_11);
}

/// AVS: magic and version (4), length (4), big-endian.
LinkHeader decode_avs(Bytes frame) {
  const std::size_t header_bytes = avs_bytes(frame);
  return header_bytes == 0 ? opaque(0) : behind(header_bytes, frame, decode_ieee802_11);
}

/// Per-Packet Information: version (1), flags (1), length (2), link type (4), little-endian.
LinkHeader decode_ppi(Bytes frame) { return decode_inner(frame, inner_of_ppi(frame)); }

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

/// IEEE 802.15.4-2015, 7.4: information elements. Of the header: length in the low 7 bits; identifiers
/// 0x7e and 0x7f end the list, after 0x7e elements of the payload follow: length in the low 11 bits; group 0xf
/// ends that list.
std::size_t after_elements(Bytes frame, std::size_t offset) {
  unsigned identifier = 0;
  while (frame.has(offset, 2) && identifier != 0x7e && identifier != 0x7f) {
    const std::uint16_t element = frame.le16(offset);
    identifier = (element >> 7) & 0xff;
    offset += 2U + (element & 0x7fU);
  }
  if (identifier != 0x7e) return offset;
  unsigned group = 0;
  while (frame.has(offset, 2) && group != 0xf) {
    const std::uint16_t element = frame.le16(offset);
    group = (element >> 11) & 0xf;
    offset += 2U + (element & 0x7ffU);
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
  if (has_elements) offset = after_elements(frame, offset);
  if (!is_data || is_secured || !frame.has(offset, 1)) return opaque(std::min(offset, frame.size()));
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
