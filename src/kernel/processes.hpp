// SPDX-License-Identifier: BSD-2-Clause
// The local processes of a connection, for a cell of a table. It puts sockets and owners together; how often
// it is asked, and for which rows, is left to others: about 10 us a row.
#pragma once

#include <string>

#include "base/time.hpp"
#include "kernel/owners.hpp"
#include "kernel/sockets.hpp"

namespace kernel {

class Processes {
 public:
  /// Throws an Error where the kernel or /proc cannot be asked: then there is nothing to show.
  explicit Processes(const base::Clock& clock) : owners_(clock) {}

  /// `ends` as the client sees them. "curl/12": one end is on this machine. "curl/12>nginx/34": both are. Empty:
  /// none, or of nobody who may be seen.
  std::string find(const Ends& ends);

 private:
  std::string owner(const Ends& ends);

  Sockets sockets_;
  Owners owners_;
};

}  // namespace kernel
