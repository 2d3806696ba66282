// SPDX-License-Identifier: BSD-2-Clause
#include "view/rescue.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>

namespace view {

namespace {

/// Faults, and what else ends a program by itself where nobody handles it.
constexpr std::array signals{SIGABRT, SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,    SIGTRAP, SIGSYS,
                             SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF};
std::array<struct sigaction, signals.size()> formers{};

volatile std::sig_atomic_t is_armed = 0;
int terminal = -1;
termios terminal_mode{};
std::array<char, 256> farewell_bytes{};
std::size_t farewell_size = 0;

/// Only what a signal handler may call (signal-safety(7)).
void restore() {
  if (is_armed == 0) return;
  is_armed = 0;
  // Nothing can be done where the terminal takes no more.
  [[maybe_unused]] const ssize_t written = ::write(terminal, farewell_bytes.data(), farewell_size);
  ::tcsetattr(terminal, TCSANOW, &terminal_mode);
}

bool is_mine(int number);

void on_crash(int number, siginfo_t* info, void* context) {
  const auto index = static_cast<std::size_t>(std::ranges::find(signals, number) - signals.begin());
  const struct sigaction& former = formers[index];
  if (number == SIGBUS && (former.sa_flags & SA_SIGINFO) != 0) {
    former.sa_sigaction(number, info, context);
    if (is_mine(number)) return;  // base::Mapping has put zeros in the place of what cannot be read
  } else {
    ::sigaction(number, &former, nullptr);
  }
  restore();
  ::raise(number);  // comes when this handler has returned
}

bool is_mine(int number) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  return (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_crash;
}

/// Where a handler runs when the stack is what has run out; for good, as nobody knows who else counts on it.
void provide_stack() {
  static std::array<char, std::size_t{64} << 10> bytes;
  stack_t stack{};
  if (::sigaltstack(nullptr, &stack) != 0 || (stack.ss_flags & SS_DISABLE) == 0) return;
  stack.ss_sp = bytes.data();
  stack.ss_size = bytes.size();
  stack.ss_flags = 0;
  ::sigaltstack(&stack, nullptr);
}

}  // namespace

void arm_rescue(int descriptor, const termios& mode, std::string_view farewell) {
  is_armed = 0;
  terminal = descriptor;
  terminal_mode = mode;
  farewell_size = farewell.copy(farewell_bytes.data(), farewell_bytes.size());
  provide_stack();
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (is_mine(signals[i])) continue;
    struct sigaction action {};
    action.sa_sigaction = on_crash;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    ::sigaction(signals[i], &action, &formers[i]);
  }
  is_armed = 1;
}

void disarm_rescue() {
  is_armed = 0;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (is_mine(signals[i])) ::sigaction(signals[i], &formers[i], nullptr);
  }
}

}  // namespace view
