// SPDX-License-Identifier: BSD-2-Clause
// Capture files written by hand, in every format and byte order, and a sink that keeps what a parser
// hands on.
#pragma once

#include <string>
#include <vector>

#include "capture/format.hpp"
#include "capture/savefile.hpp"
#include "support.hpp"

namespace test {

/// A file, and where in it a reader may stop without anything missing.
struct CaptureFile {
  std::string name;
  Octets content;
  std::vector<std::size_t> whole_after;  ///< ends of the file header and of every record or block
  std::vector<std::size_t> packet_ends;  ///< ends of the records that carry a packet
  std::size_t recognised_after = 4;      ///< how many bytes it takes to tell what it is
};

/// What a parser handed on, the octets copied.
struct SeenFrame {
  base::Nanoseconds timestamp;
  std::uint32_t bytes_wire;
  Octets octets;
  std::uint32_t link_number;
  std::uint32_t interface;
  bool operator==(const SeenFrame&) const = default;
};

SeenFrame copy_of(const capture::Frame& frame);

class FrameLog final : public capture::RecordSink {
 public:
  const packet::LinkType* on_link_type(std::uint32_t link_number) override;
  void on_frame(const capture::Frame& frame) override { frames.push_back(copy_of(frame)); }

  std::vector<SeenFrame> frames;
  std::vector<std::uint32_t> link_numbers;
};

/// Integers of either byte order.
struct Order {
  bool is_little_endian;
  Octets half(std::uint16_t value) const { return is_little_endian ? le16(value) : be16(value); }
  Octets word(std::uint32_t value) const { return is_little_endian ? le32(value) : be32(value); }
};

inline constexpr Order little{true}, big{false};

enum class PcapKind { microseconds, nanoseconds, patched };

class PcapWriter {
 public:
  PcapWriter(Order order, PcapKind kind, std::uint32_t link_number = 1, std::uint16_t major = 2,
             std::uint16_t minor = 4);
  PcapWriter& record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t wire, const Octets& octets);
  CaptureFile file;

 private:
  Order order_;
  PcapKind kind_;
};

class PcapngWriter {
 public:
  explicit PcapngWriter(Order order) : order_(order) {}
  PcapngWriter& section();
  PcapngWriter& section(Order order);
  PcapngWriter& interface(std::uint16_t link_number, std::uint32_t snaplen = 0, const Octets& options = {});
  PcapngWriter& enhanced(std::uint32_t interface, std::uint64_t time, std::uint32_t wire,
                         const Octets& octets);
  PcapngWriter& obsolete(std::uint16_t interface, std::uint64_t time, std::uint32_t wire,
                         const Octets& octets);
  PcapngWriter& simple(std::uint32_t wire, const Octets& octets);
  PcapngWriter& block(std::uint32_t type, const Octets& body, bool is_packet = false);
  Octets option(std::uint16_t code, const Octets& value) const;
  /// if_tsresol and if_tsoffset.
  Octets resolution(std::uint8_t value) const { return option(9, Octets{value}); }
  Octets offset(std::int64_t seconds) const;
  CaptureFile file;

 private:
  Order order_;
};

class SnoopWriter {
 public:
  explicit SnoopWriter(std::uint32_t datalink = 4, std::uint32_t version = 2);
  SnoopWriter& record(std::uint32_t seconds, std::uint32_t microseconds, std::uint32_t wire,
                      const Octets& octets, std::size_t padding = 0);
  CaptureFile file;
};

/// A file of every format and kind, with a few packets each.
std::vector<CaptureFile> capture_files();

/// What a parser hands on of this content at once.
struct ParsedFile {
  capture::Parsed parsed;
  std::vector<SeenFrame> frames;
  std::vector<std::uint32_t> link_numbers;
};
ParsedFile parse_whole(const Octets& content);

/// What a Savefile makes of a descriptor.
struct ReadFile {
  std::vector<SeenFrame> frames;
  std::string fault;  ///< empty: none
  std::vector<std::string> notices;
};
ReadFile read_content(const Octets& content, const std::string& filter = {});
/// The same through a pipe, so many bytes at a time.
ReadFile read_through_pipe(const Octets& content, std::size_t bytes_at_a_time);

}  // namespace test
