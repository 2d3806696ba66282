// SPDX-License-Identifier: BSD-2-Clause
// Where frames come from: the seam between captures, live or stored, and everything that counts
// them. A source never blocks: it hands on what is there and says what to wait for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/error.hpp"
#include "base/time.hpp"
#include "packet/link.hpp"

namespace capture {

/// One frame as captured. `bytes` points into the source's buffer and is gone after the call.
struct Frame {
  base::Nanoseconds timestamp = 0;  ///< since the epoch
  std::uint32_t bytes_wire = 0;     ///< length on the wire, link-layer header included
  packet::Bytes bytes;              ///< what was captured of it
  const packet::LinkType* link = nullptr;
  std::uint32_t interface = 0;  ///< number of the interface within its capture
};

/// What frames are handed to: a callable for one frame. Sources hand on many at a time, so that the one
/// indirect call is not paid for each.
class FrameSink {
 public:
  template <typename Callable>
  explicit FrameSink(const Callable& callable)
      : object_(&callable), call_([](const void* object, std::span<const Frame> frames) {
          for (const Frame& frame : frames) (*static_cast<const Callable*>(object))(frame);
        }) {}

  void operator()(std::span<const Frame> frames) const { call_(object_, frames); }

 private:
  const void* object_;
  void (*call_)(const void*, std::span<const Frame>);
};

/// Packets that a live capture has lost.
struct Drops {
  std::uint64_t received = 0;      ///< that reached the filter; what the kernel dropped is among them
  std::uint64_t by_kernel = 0;     ///< no room in the capture's buffer
  std::uint64_t by_interface = 0;  ///< lost by the interface or its driver
};

/// Tells the user something that is not an error.
using Notice = std::function<void(const std::string& message)>;

enum class Progress {
  more,  ///< there may be more at once
  idle,  ///< nothing more at the moment: wait for descriptor()
  end,   ///< there will be no more; see fault()
};

class Source {
 public:
  virtual ~Source() = default;

  /// Becomes readable when dispatch() has something to do.
  virtual int descriptor() const = 0;

  /// Hands on the frames that are there, at most about a megabyte of them.
  virtual Progress dispatch(FrameSink sink) = 0;

  /// Why the capture ended before its time; nothing where it did not.
  virtual const std::optional<base::Error>& fault() const = 0;

  /// Packets handed on or filtered out so far.
  virtual std::uint64_t packets() const = 0;

  virtual Drops drops() { return {}; }
};

}  // namespace capture
