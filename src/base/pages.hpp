// SPDX-License-Identifier: BSD-2-Clause
// Zeroed memory straight from the kernel, for large tables: taken page by page as it is touched, in huge pages
// where the kernel gives them (a look-up at random then misses the TLB less often).
#pragma once

#include <cstddef>
#include <utility>

namespace base {

class Pages {
 public:
  Pages() = default;
  /// Throws an Error where there is no memory.
  explicit Pages(std::size_t bytes);
  Pages(Pages&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  Pages& operator=(Pages&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Pages();

  /// Aligned to at least a page.
  void* data() const { return data_; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace base
