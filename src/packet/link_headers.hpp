// SPDX-License-Identifier: BSD-2-Clause
// Decoders of link-layer headers that stand outside link.cpp, and what they share with it: only the
// table there uses them.
#pragma once

#include "packet/link.hpp"

namespace packet {

/// The row for a link type named inside a header; `unknown` for those that name one themselves.
const LinkType& inner_link_type(std::uint32_t number);

/// `decode` applied `bytes` further into the frame; what lies before is part of the header.
LinkHeader behind(std::size_t bytes, Bytes frame, LinkHeader (*decode)(Bytes));

/// A frame behind a header that names its link type; no link type where there is none.
struct InnerFrame {
  std::size_t offset = 0;
  const LinkType* link = nullptr;
};
LinkHeader decode_inner(Bytes frame, InnerFrame inner);
std::optional<Cast> cast_of_inner(Bytes frame, InnerFrame inner);

/// Ends a header at `offset` with an LLC header (IEEE 802.2), which then is part of it.
LinkHeader with_llc(Bytes frame, std::size_t offset);

LinkHeader decode_ieee802_11(Bytes frame);
LinkHeader decode_radiotap(Bytes frame);
LinkHeader decode_prism(Bytes frame);
LinkHeader decode_avs(Bytes frame);
LinkHeader decode_ppi(Bytes frame);
std::optional<Cast> cast_of_ieee802_11(Bytes frame);
std::optional<Cast> cast_of_radiotap(Bytes frame);
std::optional<Cast> cast_of_prism(Bytes frame);
std::optional<Cast> cast_of_avs(Bytes frame);
std::optional<Cast> cast_of_ppi(Bytes frame);

LinkHeader decode_ieee802_15_4(Bytes frame);
LinkHeader decode_ieee802_15_4_tap(Bytes frame);
LinkHeader decode_ieee802_15_4_nonask_phy(Bytes frame);

}  // namespace packet
