// SPDX-License-Identifier: BSD-2-Clause
#include "base/error.hpp"

#include <fcntl.h>
#include <unistd.h>

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

namespace {

/// Where the parent has closed standard input or error, the next file opened would take their numbers.
/// What stands there instead fails when it is read.
void occupy(int descriptor) {
  if (::fcntl(descriptor, F_GETFL) >= 0) return;
  const int null = ::open("/dev/null", O_WRONLY);
  if (null < 0 || null == descriptor) return;
  ::dup2(null, descriptor);
  ::close(null);
}

std::string& name_of_tool() {
  static std::string name = "tcpstat";
  return name;
}

}  // namespace

const std::string& tool_name() { return name_of_tool(); }

int run_tool(const std::string& tool, const std::function<ExitStatus()>& body) {
  name_of_tool() = tool;
  // A parent may have left SIGPIPE ignored; a filter whose reader has gone ends quietly.
  std::signal(SIGPIPE, SIG_DFL);
  occupy(0);
  occupy(2);
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
