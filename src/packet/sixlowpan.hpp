// SPDX-License-Identifier: BSD-2-Clause
// IPv6 over IEEE 802.15.4 (RFC 4944, RFC 6282): which transport a compressed packet carries. Fragments
// are not put together: a later one has no transport here.
#pragma once

#include "packet/bytes.hpp"
#include "packet/ip.hpp"

namespace packet {

/// Whether the payload of an IEEE 802.15.4 frame is an IPv6 packet or a fragment of one.
bool is_sixlowpan(Bytes header);

/// Its transport; `protocol::unknown` where it is not told, without an offset where its header is compressed.
Transport transport_of_sixlowpan(Bytes header);

}  // namespace packet
