// SPDX-License-Identifier: BSD-2-Clause
#include "tools/connection_log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/text.hpp"

namespace tools {

namespace {

std::vector<report::Field> fields() {
  report::Wishes wishes{.subject = report::Subject::connection};
  return report::find_fields(report::default_connection_fields, wishes);
}

base::Error failure(const std::string& name, int error_number) {
  const std::string shown = "--log " + (name.empty() ? "''" : base::printable(name)) + ": ";
  if (error_number == ENXIO) return base::Error(shown + "a pipe that nobody reads");
  if (error_number == EAGAIN) return base::Error(shown + "its reader does not read");
  return base::Error(shown + base::system_reason(error_number));
}

}  // namespace

ConnectionLog::ConnectionLog(const std::string& name, InterfaceNames& interface_names)
    : name_(name),
      interface_names_(interface_names),
      file_(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0666)),
      records_(fields()) {
  if (file_.number() < 0) throw failure(name, errno);
}

void ConnectionLog::add(const flow::Connection& connection, flow::Ended ended) {
  constexpr std::size_t bytes_most = 64U << 10;
  records_.append(text_,
                  report::ConnectionRecord{{}, connection, ended, interface_names_[connection.interface]});
  if (text_.size() >= bytes_most) flush();
}

void ConnectionLog::flush() {
  write_some();
  if (text_.size() > waiting_most) wait(waiting_most);
}

/// As much as the file takes at once.
void ConnectionLog::write_some() {
  std::size_t written = 0;
  ssize_t count = 0;
  while (written < text_.size()) {
    count = ::write(file_.number(), text_.data() + written, text_.size() - written);
    if (count < 0 && errno != EINTR) break;
    if (count > 0) written += static_cast<std::size_t>(count);
  }
  const int error_number = count < 0 ? errno : 0;
  text_.erase(0, written);
  if (error_number != 0 && error_number != EAGAIN) throw failure(name_, error_number);
}

/// Until no more than that is left; its reader may take 5 s for each part.
void ConnectionLog::wait(std::size_t left_most) {
  constexpr int patience_ms = 5'000;
  while (text_.size() > left_most) {
    pollfd writable{file_.number(), POLLOUT, 0};
    if (::poll(&writable, 1, patience_ms) == 0) throw failure(name_, EAGAIN);
    write_some();
  }
}

}  // namespace tools
