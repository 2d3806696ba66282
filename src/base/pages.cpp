// SPDX-License-Identifier: BSD-2-Clause
#include "base/pages.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstdint>

#include "base/error.hpp"

namespace base {

namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

/// A mapping whose begin is a multiple of huge_page_bytes: the kernel aligns to small pages only.
void* map_aligned(std::size_t bytes) {
  const std::size_t more = bytes + huge_page_bytes;
  void* mapped =
      ::mmap(nullptr, more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) throw Error("no memory for a table: " + system_reason(errno));
  auto* begin = static_cast<std::uint8_t*>(mapped);
  const std::size_t past = reinterpret_cast<std::uintptr_t>(begin) % huge_page_bytes;
  const std::size_t before = past == 0 ? 0 : huge_page_bytes - past;
  if (before > 0) ::munmap(begin, before);
  ::munmap(begin + before + bytes, more - before - bytes);
  return begin + before;
}

}  // namespace

Pages::Pages(std::size_t bytes) {
  constexpr std::size_t page_bytes = 4096;
  bytes_ = (bytes + page_bytes - 1) / page_bytes * page_bytes;
  data_ = map_aligned(bytes_);
  ::madvise(data_, bytes_, MADV_HUGEPAGE);  // only a wish
}

Pages::~Pages() {
  if (data_ != nullptr) ::munmap(data_, bytes_);
}

}  // namespace base
