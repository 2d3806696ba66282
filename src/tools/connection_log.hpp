// SPDX-License-Identifier: BSD-2-Clause
// A file that gets a line of JSON for each connection that is over, as tcpstat -c --json writes them. Appended to:
// several runs may share one. It waits for nobody: where it is a pipe whose reader is slow, up to
// 16 MiB wait; then it does.
#pragma once

#include <string>

#include "base/descriptor.hpp"
#include "flow/connection.hpp"
#include "report/json.hpp"
#include "tools/interface_names.hpp"

namespace tools {

class ConnectionLog {
 public:
  /// Opens or makes `name`. Throws an Error.
  ConnectionLog(const std::string& name, InterfaceNames& interface_names);

  void add(const flow::Connection& connection, flow::Ended ended);
  /// Writes what there is. Throws an Error where that fails, or too much waits.
  void flush();
  /// Writes the rest, unless its reader takes nothing for 5 s. Throws an Error.
  void close() { wait(0); }

 private:
  static constexpr std::size_t waiting_most = 16U << 20;

  void write_some();
  void wait(std::size_t left_most);

  std::string name_;
  InterfaceNames& interface_names_;
  base::Descriptor file_;
  report::JsonRecords records_;
  std::string text_;
};

}  // namespace tools
