// SPDX-License-Identifier: BSD-2-Clause
#include "base/loop.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "base/error.hpp"

namespace base {

bool is_interrupt_pending() {
  sigset_t pending;
  sigpending(&pending);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

Loop::Loop(const Clock& clock, Wait wait) : clock_(clock), wait_(std::move(wait)) {
  sigemptyset(&blocked_);
  sigprocmask(SIG_BLOCK, nullptr, &former_mask_);
  signal_descriptor_ = Descriptor(signalfd(-1, &blocked_, SFD_NONBLOCK | SFD_CLOEXEC));
  if (signal_descriptor_.number() < 0) throw Error("signalfd: " + system_reason(errno));
}

Loop::~Loop() {
  // A signal that comes when the loop has ended must not act by default: the program ends as it is.
  for (const auto& [number, handler] : signals_) std::signal(number, SIG_IGN);
  sigprocmask(SIG_SETMASK, &former_mask_, nullptr);
}

void Loop::watch(int descriptor, Handler handler) {
  watch([descriptor] { return descriptor; }, std::move(handler));
}

void Loop::watch(std::function<int()> descriptor, Handler handler) {
  watched_.push_back({std::move(descriptor), std::move(handler)});
}

void Loop::on_signal(int signal_number, Handler handler) {
  signals_[signal_number] = std::move(handler);
  sigaddset(&blocked_, signal_number);
  sigprocmask(SIG_BLOCK, &blocked_, nullptr);
  std::signal(signal_number, SIG_DFL);  // an ignored signal would never reach the descriptor
  if (signalfd(signal_descriptor_.number(), &blocked_, 0) < 0) {
    throw Error("signalfd: " + system_reason(errno));
  }
}

void Loop::on_deadline(std::function<std::optional<Nanoseconds>()> next, Handler handler) {
  next_deadline_ = std::move(next);
  deadline_handler_ = std::move(handler);
}

std::optional<Nanoseconds> Loop::timeout() const {
  const auto deadline = next_deadline_ ? next_deadline_() : std::nullopt;
  if (!deadline) return std::nullopt;
  return std::max<Nanoseconds>(0, *deadline - clock_.monotonic());
}

void Loop::run() {
  std::vector<pollfd> descriptors;
  while (!is_stopped_) {
    descriptors.assign(1, {signal_descriptor_.number(), POLLIN, 0});
    for (const Watched& watched : watched_) descriptors.push_back({watched.descriptor(), POLLIN, 0});
    const bool is_ready =
        std::ranges::any_of(descriptors, [](const pollfd& row) { return row.fd == ready_at_once; });
    if (wait_(descriptors, is_ready ? Nanoseconds{0} : timeout()) < 0) {
      if (errno == EINTR) continue;
      throw Error("poll: " + system_reason(errno));
    }
    if (descriptors[0].revents != 0) deliver_signals();
    deliver_deadline();
    deliver_ready(descriptors);
  }
}

void Loop::deliver_signals() {
  signalfd_siginfo signal{};
  while (!is_stopped_ && ::read(signal_descriptor_.number(), &signal, sizeof signal) == sizeof signal) {
    const auto found = signals_.find(static_cast<int>(signal.ssi_signo));
    if (found != signals_.end()) found->second();
  }
}

void Loop::deliver_deadline() {
  if (is_stopped_ || !next_deadline_) return;
  const auto deadline = next_deadline_();
  if (deadline && *deadline <= clock_.monotonic()) deadline_handler_();
}

void Loop::deliver_ready(const std::vector<pollfd>& ready) {
  for (std::size_t i = 1; i < ready.size() && !is_stopped_; ++i) {
    if (ready[i].revents != 0 || ready[i].fd == ready_at_once) watched_[i - 1].handler();
  }
}

int Loop::system_wait(std::vector<pollfd>& descriptors, std::optional<Nanoseconds> timeout) {
  timespec limit{};
  if (timeout) limit = {*timeout / ns_per_s, *timeout % ns_per_s};
  return ::ppoll(descriptors.data(), descriptors.size(), timeout ? &limit : nullptr, nullptr);
}

}  // namespace base
