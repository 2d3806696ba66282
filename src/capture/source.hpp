// SPDX-License-Identifier: BSD-2-Clause
// Where frames come from: the seam between captures, live or stored, and everything that counts
// them. A source never blocks: it hands on what is there and says what to wait for.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "capture/filter.hpp"
#include "capture/records.hpp"

namespace capture {

/// What frames are handed to: a callable for one frame. Where a whole block of records is at hand the loop
/// over them is made for the callable, so that no call is paid for each frame.
class FrameSink {
 public:
  template <typename Callable>
  explicit FrameSink(const Callable& callable)
      : object_(&callable),
        frame_(
            [](const void* object, const Frame& frame) { (*static_cast<const Callable*>(object))(frame); }),
        pcap_(walk<Callable, PcapRecords>),
        pcapng_(walk<Callable, PcapngRecords>) {}

  void operator()(const Frame& frame) const { frame_(object_, frame); }

  /// All records that match the filter; none: all.
  void operator()(PcapRecords& records, const Filter* filter) const { pcap_(object_, records, filter); }
  void operator()(PcapngRecords& records, const Filter* filter) const { pcapng_(object_, records, filter); }

 private:
  template <typename Callable, typename Records>
  [[gnu::flatten]] static void walk(const void* object, Records& records, const Filter* filter) {
    const Callable& callable = *static_cast<const Callable*>(object);
    Records local = records;  // which the compiler can keep in registers
    if (filter == nullptr) {
      local.each(callable);
    } else {
      local.each([&](const Frame& frame) {
        if (filter->matches(frame.bytes, frame.bytes_wire)) callable(frame);
      });
    }
    records = local;
  }

  const void* object_;
  void (*frame_)(const void*, const Frame&);
  void (*pcap_)(const void*, PcapRecords&, const Filter*);
  void (*pcapng_)(const void*, PcapngRecords&, const Filter*);
};

/// How much of a stored capture has been read, in bytes of its files.
struct Extent {
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_total = 0;  ///< 0: not known
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

  /// Becomes readable when dispatch() has something to do. It may be another one after each dispatch().
  virtual int descriptor() const = 0;

  /// Hands on the frames that are there, at most about a megabyte of them.
  virtual Progress dispatch(const FrameSink& sink) = 0;

  /// Why the capture ended before its time; nothing where it did not.
  virtual const std::optional<base::Error>& fault() const = 0;

  /// Packets handed on or filtered out so far.
  virtual std::uint64_t packets() const = 0;

  /// How much of it has been read.
  virtual Extent extent() const { return {}; }

  virtual Drops drops() { return {}; }

  /// From the next packet that is read on, only these are handed on; empty: all. What is counted goes on. Not
  /// to be called by a sink. Throws an Error, of usage where the expression is wrong: then the filter stays as
  /// it was.
  virtual void set_filter(const std::string& expression) = 0;
};

}  // namespace capture
