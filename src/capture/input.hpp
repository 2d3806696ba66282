// SPDX-License-Identifier: BSD-2-Clause
// The bytes of a stored capture, in blocks: a file that is mapped into memory, window by window, or a
// stream (a pipe, an archive that is decompressed) that is buffered. Nothing here knows packets, and
// nothing waits: what is not there yet is waited for at descriptor().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/descriptor.hpp"
#include "packet/bytes.hpp"

namespace capture {

/// What asking for more bytes came to.
struct Supply {
  enum class State {
    ready,  ///< ask again at any time; there need not be anything new yet
    idle,   ///< nothing at the moment: wait for descriptor()
    end,    ///< there will be no more
    failed  ///< there will be no more, for a reason
  };
  State state = State::ready;
  std::size_t bytes = 0;     ///< how many were written, where there was room to write to
  const char* verdict = "";  ///< failed: "truncated", "damaged" or "unreadable", …
  std::string reason = {};   ///< … and the reason, as in "damaged after 4 packets (reason)"
};

/// Bytes one after another, copied to where they are wanted.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual int descriptor() const = 0;
  /// Writes at most room.size() bytes. Where a lot of work gives nothing it returns, `ready`.
  virtual Supply read(std::span<std::uint8_t> room) = 0;
  /// How far the file behind it has been read, in bytes of that file.
  virtual std::uint64_t position() const = 0;
};

/// Bytes one block after another, pointed at in place.
class Input {
 public:
  virtual ~Input() = default;
  virtual int descriptor() const = 0;
  /// Drops `consumed` bytes from the front of block() and adds what follows, so that, where there is so
  /// much, `wanted` bytes are there after a few calls. What is consumed is gone whatever comes of it; block()
  /// moves. Not to be called after end or failed.
  virtual Supply advance(std::size_t consumed, std::size_t wanted) = 0;
  /// What is there and not consumed.
  virtual packet::Bytes block() const = 0;
  /// Whether something in block() could not be read and has other bytes in its place.
  virtual bool is_broken() const { return false; }
  /// How far the file behind it has been read, in bytes of that file.
  virtual std::uint64_t position() const = 0;
};

/// The file or pipe behind a descriptor, from its position on.
std::unique_ptr<Input> open_input(base::Descriptor descriptor);

/// The same of a file that grows: it has no end. A pipe ends when its writer does.
std::unique_ptr<Input> follow_input(base::Descriptor descriptor);

/// The size of a regular file; none for anything else.
std::optional<std::uint64_t> regular_bytes(int descriptor);

/// How often a file is looked at for what has been added.
inline constexpr int follow_ms = 50;

/// A stream, buffered.
std::unique_ptr<Input> buffer(std::unique_ptr<ByteStream> stream);

}  // namespace capture
