// SPDX-License-Identifier: BSD-2-Clause
// Runs a command with its standard output thrown away, and prints one line: CPU microseconds (user and system),
// wall microseconds, peak resident KiB and the exit status, 128 and more for a signal.
// A pipeline is run as sh -c: sh waits for all of it, and wait4 tells of sh and all that it waited for together (the
// peak is the largest of them).
// Why not in stored.py: the kernel keeps the peak over exec, so a child of Python never shows less than Python itself.

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

int fail(const char* what) {
  std::fprintf(stderr, "measure: %s: %s\n", what, std::strerror(errno));
  return 1;
}

std::intmax_t to_us(const timeval& time) { return std::intmax_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

[[noreturn]] void run(char** command) {
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (null < 0 || dup2(null, STDOUT_FILENO) < 0) _exit(fail("/dev/null"));
  execvp(command[0], command);
  fail(command[0]);
  _exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: measure COMMAND [ARGUMENT...]\n", stderr);
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child < 0) return fail("fork");
  if (child == 0) run(argv + 1);
  int status = 0;
  rusage usage{};
  while (wait4(child, &status, 0, &usage) < 0) {
    if (errno != EINTR) return fail("wait4");
  }
  const auto wall = std::chrono::steady_clock::now() - begin;
  const std::intmax_t wall_us = std::chrono::duration_cast<std::chrono::microseconds>(wall).count();
  std::printf("%jd %jd %ld %d\n", to_us(usage.ru_utime) + to_us(usage.ru_stime), wall_us, usage.ru_maxrss,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
  return std::fflush(stdout) == 0 ? 0 : fail("standard output");
}
