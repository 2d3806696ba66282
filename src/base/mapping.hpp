// SPDX-License-Identifier: BSD-2-Clause
// A window of a file in memory. What cannot be read (the file was cut short meanwhile, the disk
// fails) would be a SIGBUS: it reads as zeros instead, and is_broken() tells. One window at a time is
// guarded so: the one that was mapped last.
#pragma once

#include <cstddef>
#include <cstdint>

namespace base {

class Mapping {
 public:
  Mapping() = default;
  /// Maps `bytes` of the file from `offset`, a multiple of page_bytes(), on. Check is_mapped().
  Mapping(int descriptor, std::uint64_t offset, std::size_t bytes);
  ~Mapping();
  Mapping(Mapping&& other) noexcept;
  Mapping& operator=(Mapping&& other) noexcept;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  bool is_mapped() const { return data_ != nullptr; }
  /// Whether something in it could not be read so far.
  bool is_broken() const;
  const std::uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

  static std::size_t page_bytes();

 private:
  std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace base
