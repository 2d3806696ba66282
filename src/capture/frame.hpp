// SPDX-License-Identifier: BSD-2-Clause
// One frame as captured: what sources hand on, and what everything else looks at. It points at bytes
// that belong to the source.
#pragma once

#include <cstdint>

#include "base/time.hpp"
#include "packet/link.hpp"

namespace capture {

/// `bytes` points into the source's buffer and is gone after the call that hands it on.
struct Frame {
  base::Nanoseconds timestamp = 0;  ///< since the epoch
  std::uint32_t bytes_wire = 0;     ///< length on the wire, link-layer header included
  packet::Bytes bytes;              ///< what was captured of it
  const packet::LinkType* link = nullptr;
  std::uint32_t interface = 0;  ///< number of the interface within its capture
};

}  // namespace capture
