// SPDX-License-Identifier: BSD-2-Clause
// What a port is assigned to, as IANA has it ("Service Name and Transport Protocol Port Number Registry"), of
// those that networks carry. A table of its own: the same on every machine, whatever its /etc/services says.
#pragma once

#include <cstdint>
#include <string_view>

namespace names {

/// "https" for port 443 of TCP; empty where there is none. `protocol` is the IP protocol number.
std::string_view service_name(std::uint16_t port, std::uint8_t protocol);

}  // namespace names
