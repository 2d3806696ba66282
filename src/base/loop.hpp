// SPDX-License-Identifier: BSD-2-Clause
// The one place where a program waits: for descriptors to become readable, for the next deadline
// and for signals (by signalfd), in one thread. It owns the signal mask while it lives; what
// happens is up to the handlers. A handler must not block.
#pragma once

#include <poll.h>

#include <csignal>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/descriptor.hpp"
#include "base/time.hpp"

namespace base {

/// poll(2) with a timeout in nanoseconds (none: wait for ever); what a test replaces.
using Wait = std::function<int(std::vector<pollfd>&, std::optional<Nanoseconds> timeout)>;

/// Whether SIGINT or SIGTERM waits to be taken: for work that takes long between two looks of the loop.
bool is_interrupt_pending();

class Loop {
 public:
  using Handler = std::function<void()>;

  explicit Loop(const Clock& clock, Wait wait = system_wait);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Calls `handler` whenever `descriptor` is readable, at its end, or in error.
  void watch(int descriptor, Handler handler);
  /// In the place of a descriptor.
  static constexpr int ready_at_once = -1, nothing_to_watch = -2;
  /// The same where it changes: it is asked for before each wait.
  void watch(std::function<int()> descriptor, Handler handler);

  /// From now on the signal arrives here and nowhere else, even if the parent had it ignored.
  void on_signal(int signal_number, Handler handler);

  /// `next` says when (monotonic) `handler` wants to be called; asked anew before each wait.
  void on_deadline(std::function<std::optional<Nanoseconds>()> next, Handler handler);

  /// Runs until stop(). Signals come first, then deadlines, then descriptors.
  void run();
  void stop() { is_stopped_ = true; }

  static int system_wait(std::vector<pollfd>& descriptors, std::optional<Nanoseconds> timeout);

 private:
  struct Watched {
    std::function<int()> descriptor;
    Handler handler;
  };

  std::optional<Nanoseconds> timeout() const;
  void deliver_signals();
  void deliver_deadline();
  void deliver_ready(const std::vector<pollfd>& ready);

  const Clock& clock_;
  Wait wait_;
  std::vector<Watched> watched_;
  std::map<int, Handler> signals_;
  std::function<std::optional<Nanoseconds>()> next_deadline_;
  Handler deadline_handler_;
  sigset_t blocked_{};
  sigset_t former_mask_{};
  Descriptor signal_descriptor_;
  bool is_stopped_ = false;
};

}  // namespace base
