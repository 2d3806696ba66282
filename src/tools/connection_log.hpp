// SPDX-License-Identifier: BSD-2-Clause
// A file that gets a line of JSON for each connection that is over, as tcpstat -c --json writes them. Appended to:
// several runs may share one. Lines are written together, at the latest with flush().
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
  /// Throws an Error where it cannot be written.
  void flush();

 private:
  std::string name_;
  InterfaceNames& interface_names_;
  base::Descriptor file_;
  report::JsonRecords records_;
  std::string text_;
};

}  // namespace tools
