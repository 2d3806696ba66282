// SPDX-License-Identifier: BSD-2-Clause
// What IP protocols are called: the keywords of IANA's "Assigned Internet Protocol Numbers" where they are what
// people say, those that are in use. A table of its own: the same on every machine.
#pragma once

#include <cstdint>
#include <string_view>

namespace names {

/// "TCP" for 6; empty where there is none.
std::string_view protocol_name(std::uint16_t protocol);

}  // namespace names
