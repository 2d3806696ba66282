// SPDX-License-Identifier: BSD-2-Clause
// Link types: one table, link type -> name, header decoder and how its addresses are told. To add one: write
// its function and its row in link.cpp (or link_wireless.cpp). A frame of a link type that is not in the
// table has no header and no network layer: it counts as a packet and bytes.
#pragma once

#include <cstdint>
#include <span>

#include "packet/bytes.hpp"
#include "packet/cast.hpp"
#include "packet/layer.hpp"

namespace packet {

inline constexpr std::uint16_t linktype_ethernet = 1;

struct LinkHeader {
  std::uint32_t bytes = 0;  ///< the link-layer header; VLAN tags and what follows them are not part of it
  Layer next;
};

struct LinkType {
  std::uint16_t number;  ///< LINKTYPE_ value, as in capture files (tcpdump.org/linktypes.html)
  const char* name;
  LinkHeader (*decode)(Bytes frame);
  CastOf cast = nullptr;           ///< to how many the frame is addressed; none: its link layer never tells
  std::uint32_t pseudo_bytes = 0;  ///< put before the frame by the capture, never on the wire: in no size
  bool is_decoded = true;          ///< false for the row that stands for all others
};

/// The row for a LINKTYPE_ value; the row `unknown` where there is none. Values above 65535 have no row.
const LinkType& link_type(std::uint32_t number);

/// All rows, by number.
std::span<const LinkType> link_types();

}  // namespace packet
