// SPDX-License-Identifier: BSD-2-Clause
#include "base/error.hpp"

#include <csignal>
#include <cstring>
#include <new>

#include "base/descriptor.hpp"

namespace base {

Error usage_error(const std::string& message) { return Error(message, ExitStatus::usage); }

std::string system_reason(int error_number) { return std::strerror(error_number); }

void warn(const std::string& tool, const std::string& message) {
  // A failure to complain has nowhere to be reported.
  (void)write_all(2, tool + ": " + message + "\n");
}

int run_tool(const std::string& tool, const std::function<ExitStatus()>& body) {
  // A parent may have left SIGPIPE ignored; a filter whose reader has gone ends quietly.
  std::signal(SIGPIPE, SIG_DFL);
  try {
    return static_cast<int>(body());
  } catch (const Error& error) {
    warn(tool, error.what());
    return static_cast<int>(error.status());
  } catch (const std::bad_alloc&) {
    warn(tool, "out of memory");
  } catch (const std::exception& error) {
    warn(tool, std::string("internal error: ") + error.what());
  }
  return static_cast<int>(ExitStatus::failure);
}

}  // namespace base
