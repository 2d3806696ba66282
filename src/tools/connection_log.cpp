// SPDX-License-Identifier: BSD-2-Clause
#include "tools/connection_log.hpp"

#include <fcntl.h>

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
  return base::Error("--log " + (name.empty() ? "''" : base::printable(name)) + ": " +
                     base::system_reason(error_number));
}

}  // namespace

ConnectionLog::ConnectionLog(const std::string& name, InterfaceNames& interface_names)
    : name_(name),
      interface_names_(interface_names),
      file_(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)),
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
  if (text_.empty()) return;
  const int error_number = base::write_all(file_.number(), text_);
  text_.clear();
  if (error_number != 0) throw failure(name_, error_number);
}

}  // namespace tools
