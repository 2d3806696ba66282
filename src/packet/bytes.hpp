// SPDX-License-Identifier: BSD-2-Clause
// The captured bytes of a frame, and the only code that touches raw offsets. Every read is checked:
// what lies beyond the captured bytes reads as 0. Use has() where 0 and "not captured" differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace packet {

class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  constexpr const std::uint8_t* data() const { return data_; }
  constexpr std::size_t size() const { return size_; }

  constexpr bool has(std::size_t offset, std::size_t count) const {
    return offset <= size_ && count <= size_ - offset;
  }

  /// What follows `offset`; nothing where that is past the end.
  constexpr Bytes from(std::size_t offset) const {
    return offset < size_ ? Bytes(data_ + offset, size_ - offset) : Bytes();
  }

  /// Exactly `count` bytes from `offset` on, or none: of what has a known size the compiler checks reads
  /// once and for all.
  constexpr Bytes exactly(std::size_t offset, std::size_t count) const {
    return has(offset, count) ? Bytes(data_ + offset, count) : Bytes();
  }

  /// At most the first `count` bytes.
  constexpr Bytes first(std::size_t count) const { return count < size_ ? Bytes(data_, count) : *this; }

  constexpr std::uint8_t u8(std::size_t offset) const {
    return has(offset, 1) ? data_[offset] : std::uint8_t{0};
  }

  std::uint16_t be16(std::size_t offset) const { return __builtin_bswap16(load<std::uint16_t>(offset)); }
  std::uint32_t be32(std::size_t offset) const { return __builtin_bswap32(load<std::uint32_t>(offset)); }
  std::uint64_t be64(std::size_t offset) const { return __builtin_bswap64(load<std::uint64_t>(offset)); }
  std::uint16_t le16(std::size_t offset) const { return load<std::uint16_t>(offset); }
  std::uint32_t le32(std::size_t offset) const { return load<std::uint32_t>(offset); }
  std::uint64_t le64(std::size_t offset) const { return load<std::uint64_t>(offset); }

 private:
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "big-endian machines need load() to swap");

  template <typename Word>
  Word load(std::size_t offset) const {
    Word word = 0;
    // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): no data has no size
    if (has(offset, sizeof word)) std::memcpy(&word, data_ + offset, sizeof word);
    return word;
  }

  const std::uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace packet
