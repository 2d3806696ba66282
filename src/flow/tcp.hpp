// SPDX-License-Identifier: BSD-2-Clause
// The state of a TCP connection as RFC 9293 has it, told from outside by the segments of both ends, of which
// some may be missing; and who opened it. What is measured is in measure.
#pragma once

#include "flow/connection.hpp"
#include "flow/segment.hpp"
#include "flow/tally.hpp"

namespace flow {

/// Whether the segment opens a new connection where this one was: a SYN with another initial sequence number;
/// on one that is over, a SYN|ACK with another one too.
bool opens_another(const Connection& connection, const Segment& segment);

/// Measures a segment whose TCP header was captured and follows the state.
void follow_tcp(Connection& connection, const Segment& segment, Tally& tally);

}  // namespace flow
