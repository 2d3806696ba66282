// SPDX-License-Identifier: BSD-2-Clause
#include "base/loop.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support.hpp"

using base::Loop;
using base::Nanoseconds;

namespace {

/// Answers each wait from a script instead of the kernel: advances the clock, says what is ready.
struct Script {
  struct Step {
    Nanoseconds takes = 0;
    std::vector<int> ready;
  };

  int wait(std::vector<pollfd>& descriptors, std::optional<Nanoseconds> timeout) {
    timeouts.push_back(timeout);
    REQUIRE(at < steps.size());
    clock.advance(steps[at].takes);
    int count = 0;
    for (pollfd& descriptor : descriptors) {
      for (const int ready : steps[at].ready) {
        if (descriptor.fd == ready) descriptor.revents = POLLIN, ++count;
      }
    }
    ++at;
    return count;
  }

  test::FakeClock clock;
  std::vector<Step> steps;
  std::vector<std::optional<Nanoseconds>> timeouts;
  std::size_t at = 0;
  base::Wait seam = [this](std::vector<pollfd>& descriptors, std::optional<Nanoseconds> timeout) {
    return wait(descriptors, timeout);
  };
};

constexpr int first = 1000, second = 1001, third = 1002;  // never opened: the script answers for them

}  // namespace

TEST_CASE("the loop waits for ever where there is no deadline, and as long as it says where there is one") {
  Script script;
  script.steps = {{0, {}}, {0, {}}, {0, {first}}};
  Loop loop(script.clock, script.seam);
  std::optional<Nanoseconds> deadline;
  loop.watch(first, [&] { loop.stop(); });
  SUBCASE("without") {
    loop.run();
    CHECK(script.timeouts == std::vector<std::optional<Nanoseconds>>(3, std::nullopt));
  }
  SUBCASE("with, one that is over at once counts as now") {
    int calls = 0;
    deadline = script.clock.monotonic() - 5;
    loop.on_deadline([&] { return deadline; },
                     [&] {
                       ++calls;
                       deadline = script.clock.monotonic() + 100;
                     });
    loop.run();
    CHECK(calls == 1);
    CHECK(script.timeouts == std::vector<std::optional<Nanoseconds>>{0, 100, 100});
  }
}

TEST_CASE("a deadline is kept when it has come, not before") {
  Script script;
  script.steps = {{99, {}}, {1, {}}, {1, {first}}};
  Loop loop(script.clock, script.seam);
  std::optional<Nanoseconds> deadline = script.clock.monotonic() + 100;
  std::vector<Nanoseconds> calls;
  const Nanoseconds start = script.clock.monotonic();
  loop.watch(first, [&] { loop.stop(); });
  loop.on_deadline([&] { return deadline; },
                   [&] {
                     calls.push_back(script.clock.monotonic() - start);
                     deadline.reset();
                   });
  loop.run();
  CHECK(calls == std::vector<Nanoseconds>{100});
  CHECK(script.timeouts == std::vector<std::optional<Nanoseconds>>{100, 1, std::nullopt});
}

TEST_CASE("every descriptor that is ready is handled, unless one before it said otherwise") {
  Script script;
  script.steps = {{0, {first, second, third}}, {0, {first, second, third}}};
  Loop loop(script.clock, script.seam);
  std::string log;
  loop.watch(first, [&] { log += "1"; });
  SUBCASE("all") {
    loop.watch(second, [&] { log += "2"; });
    loop.watch(third, [&] { log += "3", log.size() > 5 ? loop.stop() : void(); });
    loop.run();
    CHECK(log == "123123");
  }
  SUBCASE("one that changes is asked for before each wait") {
    int current = second;
    loop.watch([&] { return current; }, [&] { log += "c", current = 99; });
    loop.watch(third, [&] { log += "3", log.size() > 4 ? loop.stop() : void(); });
    loop.run();
    CHECK(log == "1c313");
  }
  SUBCASE("below 0 there is no need to wait") {
    script.steps = {{0, {}}, {0, {first}}};
    loop.watch([] { return -1; }, [&] { log += "n", log.size() > 2 ? loop.stop() : void(); });
    loop.run();
    CHECK(log == "n1n");
  }
  SUBCASE("one stops the loop") {
    loop.watch(second, [&] { log += "2", loop.stop(); });
    loop.watch(third, [&] { log += "3"; });
    loop.run();
    CHECK(log == "12");
  }
}

TEST_CASE("deadlines come before descriptors") {
  Script script;
  script.steps = {{100, {first}}};
  Loop loop(script.clock, script.seam);
  std::string log;
  loop.watch(first, [&] { log += "d", loop.stop(); });
  const Nanoseconds deadline = script.clock.monotonic() + 50;
  loop.on_deadline([&] { return deadline; }, [&] { log += "t"; });
  loop.run();
  CHECK(log == "td");
}

TEST_CASE("the real wait: pipes, their end, and time") {
  const base::SystemClock clock;
  test::Pipe pipe;
  Loop loop(clock);
  std::string log;
  std::optional<Nanoseconds> deadline = clock.monotonic() + 20 * base::ns_per_ms;
  loop.on_deadline([&] { return deadline; },
                   [&] {
                     log += "t";
                     if (log == "t") (void)base::write_all(pipe.writer.number(), "x");
                     deadline.reset();
                   });
  loop.watch(pipe.reader.number(), [&] {
    char byte = 0;
    const bool is_end = ::read(pipe.reader.number(), &byte, 1) == 0;
    log += is_end ? "e" : "r";
    if (is_end) loop.stop();
    pipe.writer = base::Descriptor();
  });
  const Nanoseconds begin = clock.monotonic();
  loop.run();
  CHECK(log == "tre");
  CHECK(clock.monotonic() - begin >= 20 * base::ns_per_ms);
}

TEST_CASE("signals arrive in the loop, before anything else") {
  const int status = test::status_in_child([] {
    std::signal(SIGUSR1, SIG_IGN);  // as a parent may have left it
    const base::SystemClock clock;
    std::string log;
    {
      Loop loop(clock);
      test::Pipe pipe;
      (void)base::write_all(pipe.writer.number(), "x");
      loop.watch(pipe.reader.number(), [&] { log += "d", loop.stop(); });
      loop.on_signal(SIGUSR1, [&] { log += "1"; });
      loop.on_signal(SIGTERM, [&] { log += "t"; });
      ::raise(SIGUSR1);
      ::raise(SIGTERM);
      loop.run();
    }
    return log == "1td" || log == "t1d";
  });
  CHECK(status == 0);
}

TEST_CASE("a signal that comes when the loop has been stopped does not kill the program afterwards") {
  const int status = test::status_in_child([] {
    const base::SystemClock clock;
    {
      Loop loop(clock);
      loop.on_signal(SIGINT, [&] { loop.stop(); });
      loop.on_signal(SIGTERM, [&] { loop.stop(); });
      ::raise(SIGINT);
      ::raise(SIGTERM);
      loop.run();
    }
    return true;
  });
  CHECK_FALSE(WIFSIGNALED(status));
}

TEST_CASE("the signal mask is as it was when the loop is gone") {
  sigset_t before, after;
  sigprocmask(SIG_BLOCK, nullptr, &before);
  {
    const base::SystemClock clock;
    Loop loop(clock);
    loop.on_signal(SIGUSR2, [] {});
    sigprocmask(SIG_BLOCK, nullptr, &after);
    CHECK(sigismember(&after, SIGUSR2) == 1);
  }
  sigprocmask(SIG_BLOCK, nullptr, &after);
  CHECK(sigismember(&after, SIGUSR2) == sigismember(&before, SIGUSR2));
}
