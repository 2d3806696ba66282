// SPDX-License-Identifier: BSD-2-Clause
#include "base/descriptor.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>

namespace base {

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

namespace {

void wait_writable(int descriptor) {
  pollfd writable{descriptor, POLLOUT, 0};
  if (::poll(&writable, 1, 0) != 0) return;
  sigset_t mask;
  sigprocmask(SIG_BLOCK, nullptr, &mask);
  sigdelset(&mask, SIGINT);
  sigdelset(&mask, SIGTERM);
  ::ppoll(&writable, 1, nullptr, &mask);
}

}  // namespace

int write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      wait_writable(descriptor);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

int write_patiently(int descriptor, std::string_view text) {
  while (!text.empty()) {
    wait_writable(descriptor);
    const std::string_view part = text.substr(0, PIPE_BUF);
    const int error_number = write_all(descriptor, part);
    if (error_number != 0) return error_number;
    text.remove_prefix(part.size());
  }
  return 0;
}

}  // namespace base
