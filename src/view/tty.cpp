// SPDX-License-Identifier: BSD-2-Clause
#include "view/tty.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"
#include "view/rescue.hpp"

namespace view {

namespace {

/// The same terminal opened once more, so that not to wait for it is ours alone; O_NONBLOCK would be the shell's too.
base::Descriptor reopened(int descriptor, int access) {
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  base::Descriptor own(::open(path.c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  // After su(1) the terminal may be another user's: then reading and writing may wait.
  if (own.number() < 0) own = base::Descriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (own.number() < 0) throw base::Error("the terminal: " + base::system_reason(errno));
  return own;
}

base::Descriptor open_keys() {
  if (::isatty(STDIN_FILENO) == 1) return reopened(STDIN_FILENO, O_RDONLY);
  base::Descriptor keys(::open("/dev/tty", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (keys.number() < 0) {
    throw base::Error("no terminal to read keys from: /dev/tty: " + base::system_reason(errno));
  }
  return keys;
}

base::Descriptor open_output() {
  if (::isatty(STDOUT_FILENO) != 1) throw base::Error("standard output is not a terminal");
  return reopened(STDOUT_FILENO, O_WRONLY);
}

}  // namespace

Tty::Tty() : output_(open_output()), keys_(open_keys()) {}

layout::Size Tty::size() const {
  winsize size{};
  const layout::Size usual;
  if (::ioctl(output_.number(), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return usual;
  return {size.ws_col, size.ws_row};
}

void Tty::take_over(std::string_view farewell) {
  if (!is_taken_over_) ::tcgetattr(output_.number(), &former_mode_);
  is_taken_over_ = true;
  termios mode = former_mode_;
  mode.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN);
  mode.c_lflag |= ISIG;
  mode.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | IXON);
  mode.c_oflag &= ~static_cast<tcflag_t>(ONLCR | TABDLY);  // curses moves the cursor by both
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  arm_rescue(output_.number(), former_mode_, farewell);
  ::tcsetattr(output_.number(), TCSANOW, &mode);
}

void Tty::give_back() {
  if (!is_taken_over_) return;
  is_taken_over_ = false;
  const bool is_ours = is_foreground();
  if (!is_ours || !flush(base::ns_per_s / 2)) pending_.clear();
  disarm_rescue();
  if (is_ours) ::tcsetattr(output_.number(), TCSANOW, &former_mode_);
}

bool Tty::is_foreground() const {
  const pid_t group = ::tcgetpgrp(output_.number());
  return group < 0 || group == ::getpgrp();  // below 0: not our controlling terminal
}

bool Tty::flush(base::Nanoseconds patience) {
  const base::SystemClock clock;
  const base::Nanoseconds end = clock.monotonic() + patience;
  std::size_t written = 0;
  while (written < pending_.size() && !is_gone_) {
    const ssize_t count = ::write(output_.number(), pending_.data() + written, pending_.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      const base::Nanoseconds left = end - clock.monotonic();
      pollfd writable{output_.number(), POLLOUT, 0};
      if (left <= 0) break;
      ::poll(&writable, 1, static_cast<int>(left / base::ns_per_ms) + 1);
    } else if (errno != EINTR) {
      is_gone_ = true;
    }
  }
  pending_.erase(0, is_gone_ ? pending_.size() : written);
  return pending_.empty();
}

void Tty::look_for_end(int error_number) {
  pollfd readable{keys(), POLLIN, 0};
  if (::poll(&readable, 1, 0) <= 0) return;
  int waiting_bytes = 0;
  const bool is_empty = ::ioctl(keys(), FIONREAD, &waiting_bytes) != 0 || waiting_bytes == 0;
  // EIO: nobody will ever make a background process of this group a foreground one again.
  if ((readable.revents & POLLIN) == 0 || is_empty || error_number == EIO) is_gone_ = true;
}

}  // namespace view
