// SPDX-License-Identifier: BSD-2-Clause
// File descriptors: an owner that closes, and a write that is complete or says why it is not. What is
// read from them is their users' business.
#pragma once

#include <string_view>
#include <utility>

namespace base {

/// Owns one file descriptor; -1 is none.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }

 private:
  int number_;
};

/// Writes the whole text: one write(2), unless the kernel takes less of it. Returns 0 or the errno of
/// the write that failed.
int write_all(int descriptor, std::string_view text);

/// The same to a pipe or a terminal, whose reader may never read: meanwhile SIGINT and SIGTERM, blocked or not,
/// act as by default. What is longer than a pipe takes at once (PIPE_BUF) is written in parts.
int write_patiently(int descriptor, std::string_view text);

}  // namespace base
