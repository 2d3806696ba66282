// SPDX-License-Identifier: BSD-2-Clause
// The records that nearly all packets of stored captures are in, one after another: so plain that the
// compiler makes one loop of stepping through them and of what is done with each frame. They stop
// at everything else (other kinds of records, damage, the end of the block); the formats know more.
#pragma once

#include <span>

#include "capture/frame.hpp"

namespace capture {

/// Fetches the memory ahead of a reader into the cache, all of it: where the next record begins stands in
/// the one before, so that the processor by itself would wait for each.
class Prefetcher {
 public:
  explicit Prefetcher(const std::uint8_t* begin) : next_(address_of(begin)) {}

  void reach(const std::uint8_t* position) {
    if (address_of(position) + distance_bytes < next_) return;
    for (std::size_t i = 0; i < lines_at_once; ++i) {
      // NOLINTNEXTLINE(performance-no-int-to-ptr): beyond the block too, where a pointer may not point
      __builtin_prefetch(reinterpret_cast<const void*>(next_ + i * line_bytes));
    }
    next_ += lines_at_once * line_bytes;
  }

 private:
  static std::uintptr_t address_of(const std::uint8_t* position) {
    return reinterpret_cast<std::uintptr_t>(position);
  }

  static constexpr std::size_t distance_bytes = 4096, line_bytes = 64, lines_at_once = 8;  // measured
  std::uintptr_t next_;
};

/// Little-endian pcap records in 16-byte headers:
/// seconds (4), fraction (4), captured length (4), length on the wire (4); then the packet.
class PcapRecords {
 public:
  /// What is the same for all records of a file.
  struct Kind {
    const packet::LinkType* link = nullptr;
    std::uint32_t captured_most = 0;  ///< no packet has more bytes
    base::Nanoseconds ns_per_fraction = base::ns_per_us;
  };

  PcapRecords(packet::Bytes block, const Kind& kind) : rest_(block), bytes_(block.size()), kind_(kind) {}

  /// Calls `visit` with each frame.
  template <typename Visit>
  void each(Visit visit) {
    Prefetcher ahead(rest_.data());
    std::uint32_t seconds_before = 0;
    for (;;) {
      const packet::Bytes header = rest_.exactly(0, header_bytes);
      if (header.size() == 0) return;
      ahead.reach(header.data());
      const std::uint32_t seconds = header.le32(0), captured = header.le32(8);
      if (captured - 1U >= kind_.captured_most) return;  // no bytes: zeros may stand for what is gone
      if (seconds != seconds_before && is_magic_within(seconds)) return;
      seconds_before = seconds;
      const packet::Bytes bytes = rest_.exactly(header_bytes, captured);
      if (bytes.size() == 0) return;
      rest_ = rest_.from(header_bytes + captured);
      ++count_;
      const base::Nanoseconds timestamp = seconds * base::ns_per_s + header.le32(4) * kind_.ns_per_fraction;
      visit(Frame{timestamp, header.le32(12), bytes, kind_.link, 0});
    }
  }

  const packet::LinkType* link() const { return kind_.link; }
  /// Bytes of the block that were stepped through.
  std::size_t consumed() const { return bytes_ - rest_.size(); }
  std::uint64_t count() const { return count_; }  ///< records stepped through

 private:
  /// The header of another file may stand where a record should: 0xa1b2.... in either byte order.
  static bool is_magic_within(std::uint32_t seconds) {
    return (seconds >> 16) == 0xa1b2 || (seconds & 0xffff) == 0xb2a1;
  }

  static constexpr std::size_t header_bytes = 16;
  packet::Bytes rest_;
  std::size_t bytes_;
  Kind kind_;
  std::uint64_t count_ = 0;
};

/// Little-endian enhanced packet blocks of the interfaces of one link type in a pcapng section:
/// type (4), block length (4), interface (4), time (4 high, 4 low), captured length (4), length on the wire
/// (4); then the packet, options, and the block length again.
class PcapngRecords {
 public:
  /// What is the same for all packets of an interface. Its unit of time is whole nanoseconds.
  struct Kind {
    const packet::LinkType* link = nullptr;  ///< none: not to be stepped through
    std::uint32_t captured_most = 0;
    std::uint64_t units_most = 0;  ///< later timestamps do not fit
    base::Nanoseconds ns_per_unit = base::ns_per_us;
    base::Nanoseconds offset = 0;
  };

  /// `kinds` by the interface's number; only packets of interfaces of this link type are stepped through.
  PcapngRecords(packet::Bytes block, std::span<const Kind> kinds, const packet::LinkType* link)
      : rest_(block), bytes_(block.size()), kinds_(kinds), link_(link) {}

  /// Calls `visit` with each frame.
  template <typename Visit>
  void each(Visit visit) {
    constexpr std::uint32_t enhanced_packet = 6;
    Prefetcher ahead(rest_.data());
    for (;;) {
      const packet::Bytes header = rest_.exactly(0, header_bytes);
      ahead.reach(rest_.data());
      const std::uint32_t interface = header.le32(8);
      if (header.le32(0) != enhanced_packet || interface >= kinds_.size()) return;
      const Kind& kind = kinds_[interface];
      const std::uint32_t block_bytes = header.le32(4), captured = header.le32(20);
      const packet::Bytes block = rest_.exactly(0, block_bytes);
      if (kind.link != link_ || captured > kind.captured_most) return;
      if (block.size() < header_bytes + trailer_bytes + captured) return;
      if (block_bytes % 4 != 0 || block.le32(block_bytes - trailer_bytes) != block_bytes) return;
      const std::uint64_t units = (std::uint64_t{header.le32(12)} << 32) | header.le32(16);
      if (units > kind.units_most) return;
      rest_ = rest_.from(block_bytes);
      ++count_;
      const base::Nanoseconds timestamp =
          static_cast<base::Nanoseconds>(units) * kind.ns_per_unit + kind.offset;
      visit(Frame{timestamp, header.le32(24), packet::Bytes(block.data() + header_bytes, captured), link_,
                  interface});
    }
  }

  const packet::LinkType* link() const { return link_; }
  std::size_t consumed() const { return bytes_ - rest_.size(); }
  std::uint64_t count() const { return count_; }

 private:
  static constexpr std::size_t header_bytes = 28, trailer_bytes = 4;
  packet::Bytes rest_;
  std::size_t bytes_;
  std::span<const Kind> kinds_;
  const packet::LinkType* link_;
  std::uint64_t count_ = 0;
};

}  // namespace capture
