// SPDX-License-Identifier: BSD-2-Clause
// What has to be looked up about a connection on the screen: names of its addresses, its local process. Each is
// asked for only while it is wanted; nothing waits for an answer.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/loop.hpp"
#include "flow/connection.hpp"
#include "kernel/processes.hpp"
#include "names/resolver.hpp"

namespace tools {

class Lookups {
 public:
  explicit Lookups(const base::Clock& clock) : clock_(clock) {}

  bool wants_names = false;
  bool wants_processes = false;

  struct Found {
    std::string client_name, server_name, process;
  };
  /// What is known by now; asks for the rest. Throws an Error where names cannot be asked for at all.
  Found find(const flow::Connection& connection);
  /// The name of an address as far as it is known and wanted; nothing is asked.
  std::string_view known_name(const packet::Address& address) const {
    return wants_names && resolver_ ? resolver_->known(address) : std::string_view();
  }

  // For the loop: what has come.
  int descriptor() const { return resolver_ ? resolver_->descriptor() : base::Loop::nothing_to_watch; }
  void handle_ready();
  std::optional<base::Nanoseconds> deadline() const;
  void handle_deadline();
  /// Whether a name has come since the last call.
  bool take_news() { return resolver_ && resolver_->take_news(); }

 private:
  const base::Clock& clock_;
  std::unique_ptr<names::Resolver> resolver_;
  std::unique_ptr<kernel::Processes> processes_;
  bool has_no_processes_ = false;  // the kernel cannot be asked
};

}  // namespace tools
