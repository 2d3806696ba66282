// SPDX-License-Identifier: BSD-2-Clause
#include "tools/lookups.hpp"

#include "base/error.hpp"

namespace tools {

Lookups::Found Lookups::find(const flow::Connection& connection) {
  const flow::Endpoint client = connection.client(), server = connection.server();
  Found found;
  if (wants_names) {
    if (!resolver_) resolver_ = std::make_unique<names::Resolver>(names::Resolver::Options{}, clock_);
    found.client_name = resolver_->find(client.address);
    found.server_name = resolver_->find(server.address);
  }
  if (!wants_processes || has_no_processes_) return found;
  try {
    if (!processes_) processes_ = std::make_unique<kernel::Processes>(clock_);
    found.process = processes_->find(
        {client.address, server.address, client.port, server.port, connection.key.protocol()});
  } catch (const base::Error&) {  // a kernel without sock_diag, or a sandbox: the column stays empty
    has_no_processes_ = true;
  }
  return found;
}

void Lookups::handle_ready() {
  if (resolver_) resolver_->handle_ready();
}

std::optional<base::Nanoseconds> Lookups::deadline() const {
  return resolver_ ? resolver_->deadline() : std::nullopt;
}

void Lookups::handle_deadline() {
  if (resolver_) resolver_->handle_deadline();
}

}  // namespace tools
