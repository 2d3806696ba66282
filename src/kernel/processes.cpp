// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/processes.hpp"

namespace kernel {

std::string Processes::find(const Ends& ends) {
  std::string client = owner(ends);
  const std::string server = owner(ends.reversed());
  if (!client.empty() && !server.empty()) client += '>';
  return client += server;
}

std::string Processes::owner(const Ends& ends) {
  const auto inode = sockets_.find(ends);
  return inode ? std::string(owners_.find(*inode)) : std::string();
}

}  // namespace kernel
