// SPDX-License-Identifier: BSD-2-Clause
// Which socket of this machine (of this network namespace) a connection belongs to, by sock_diag(7). TCP, UDP
// and UDP-Lite. One exact question each, so that the cost does not grow with the number of sockets; no
// privileges needed. Sockets that share a port (SO_REUSEPORT) and are not connected may be taken for each
// other. Who has a socket open is owners' business.
#pragma once

#include <linux/inet_diag.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "kernel/netlink.hpp"
#include "packet/address.hpp"

namespace kernel {

/// A connection as one of its two hosts sees it.
struct Ends {
  packet::Address local, remote;
  std::uint16_t local_port = 0, remote_port = 0;
  std::uint8_t protocol = 0;  ///< as IANA assigns them; see packet::protocol

  Ends reversed() const { return {remote, local, remote_port, local_port, protocol}; }
};

class Sockets {
 public:
  /// Throws an Error where the kernel cannot be asked, or not for TCP.
  Sockets();

  /// The inode of the socket with exactly these ends; for UDP also of an unconnected one that gets what is
  /// sent to the local one. Nothing: there is none, it only listens, or no process has it any more (TIME_WAIT).
  std::optional<std::uint64_t> find(const Ends& ends);

 private:
  bool has(std::uint8_t protocol);
  std::optional<inet_diag_msg> ask(const Ends& ends, std::uint32_t interface_index);
  bool is_own(const packet::Address& address);

  Netlink sockets_, routes_;
  std::vector<std::uint8_t> protocols_;  // that the kernel can be asked for
};

}  // namespace kernel
