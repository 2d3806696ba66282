// SPDX-License-Identifier: BSD-2-Clause
// What the sequence numbers of a TCP connection tell of its quality: retransmissions, disorder, duplicate
// ACKs, windows, round trips. What counts as which follows Wireshark's analysis of sequence numbers, so that
// numbers can be compared.
#pragma once

#include "flow/connection.hpp"
#include "flow/segment.hpp"
#include "flow/tally.hpp"

namespace flow {

/// `left` - `right` in the order of sequence numbers, which wrap (RFC 9293, section 3.4).
inline std::int32_t distance(std::uint32_t left, std::uint32_t right) {
  return static_cast<std::int32_t>(left - right);
}

/// Looks at a segment whose TCP header was captured. A connection's round trips, windows and sequence
/// numbers are then up to date.
void measure(Connection& connection, const Segment& segment, Tally& tally);

}  // namespace flow
