// SPDX-License-Identifier: BSD-2-Clause
// What knows the compressions: one table, and for each row a codec that is pushed, bytes in, bytes out, and
// never waits. They verify the checksums and bound the memory. How members follow one another is the
// archive's business.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "packet/bytes.hpp"

namespace capture {

/// What one turn of a codec came to.
struct Turn {
  enum class State { more, member_end, failed };
  State state = State::more;
  std::size_t consumed = 0;
  std::size_t produced = 0;
  const char* reason = "";  ///< failed: the library's own
};

/// Decompresses one member (a stream, a frame).
class Codec {
 public:
  Codec() = default;
  virtual ~Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  /// Where this fills `out`, which is not empty, more may come of no further input. Not after member_end or
  /// failed.
  virtual Turn decode(packet::Bytes in, std::span<std::uint8_t> out) = 0;
};

/// A row of the table.
struct Compression {
  const char* name;
  std::string_view magic;
  std::uint8_t first_mask;  ///< which bits of the first byte the magic sets
  bool has_padding;         ///< zeros may follow a member
  std::unique_ptr<Codec> (*make)();

  bool is_magic_within(packet::Bytes start) const { return start.size() >= magic.size(); }
};

/// The row that `start`, as long as it is, begins as; none where there is no such.
const Compression* recognise_compression(packet::Bytes start);

}  // namespace capture
