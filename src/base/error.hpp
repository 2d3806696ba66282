// SPDX-License-Identifier: BSD-2-Clause
// The one error type. It carries a sentence for the user (what, where, what to do) and the exit
// status that goes with it. Only run_tool() catches it for good. Bad packets are never errors: they are counted.
#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace base {

/// Exit statuses of every program here; see EXIT STATUS in tcpstat(1).
enum class ExitStatus : int {
  success = 0,
  failure = 1,  ///< something failed while running: a file, a capture, a write
  usage = 2,    ///< wrong usage: options, values, a filter or a format
  alert = 3,    ///< an interval met an --alert
};

class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, ExitStatus status = ExitStatus::failure)
      : std::runtime_error(message), status_(status) {}

  ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

/// An Error with status 2.
Error usage_error(const std::string& message);

/// Runs `body`; its Error gets `what: ` in front.
template <typename Body>
auto in_context(const std::string& what, const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    throw Error(what + ": " + error.what(), error.status());
  }
}

/// The text of a system error number, as strerror(3) has it.
std::string system_reason(int error_number);

/// Writes `tool: message` and a newline to stderr.
void warn(const std::string& tool, const std::string& message);

/// Of the run_tool() that runs, for sentences that say what to type; "tcpstat" where none does.
const std::string& tool_name();

/// Runs `body`; an exception becomes one line on stderr and its exit status.
int run_tool(const std::string& tool, const std::function<ExitStatus()>& body);

}  // namespace base
