// SPDX-License-Identifier: BSD-2-Clause
// A capture file format as a parser over blocks of bytes: it points at complete records in place and
// leaves the tail to be completed. Reading, waiting and filtering are others' business.
#pragma once

#include <memory>
#include <string>

#include "capture/records.hpp"

namespace capture {

/// What the parser of a format hands its frames to.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  /// The frames that follow are of this link type (LINKTYPE_ value); returns its row, which they carry.
  virtual const packet::LinkType* on_link_type(std::uint32_t link_number) = 0;
  virtual void on_frame(const Frame& frame) = 0;
  /// Many at once, to be stepped through as far as they go.
  virtual void on_records(PcapRecords& records) { each(records); }
  virtual void on_records(PcapngRecords& records) { each(records); }

 private:
  template <typename Records>
  void each(Records& records) {
    records.each([&](const Frame& frame) { on_frame(frame); });
  }
};

/// How far a parser came in a block.
struct Parsed {
  std::size_t consumed = 0;  ///< bytes of complete records
  std::size_t wanted = 0;    ///< how many bytes the record after them has, as far as known; > what is there
  std::string tail;          ///< what the incomplete record is: "record header", "file header", …
  std::string damage;        ///< not empty: the record after `consumed` cannot be right, and why
};

class Format {
 public:
  virtual ~Format() = default;
  /// Parses `block`, which begins with a record, as far as it has complete ones.
  virtual Parsed parse(packet::Bytes block, RecordSink& sink) = 0;
};

/// The most bytes that a frame of this link type may have (as in libpcap: 256 KiB for nearly all).
std::uint32_t frame_bytes_most(std::uint32_t link_number);

/// How many bytes recognise_format() needs to tell the formats apart.
inline constexpr std::size_t magic_bytes = 8;

/// The parser for a capture that begins with `start` (magic_bytes, or fewer at the end of the
/// file); none where it is no capture.
std::unique_ptr<Format> recognise_format(packet::Bytes start);

std::unique_ptr<Format> make_pcap_format(packet::Bytes start);
std::unique_ptr<Format> make_pcapng_format(packet::Bytes start);
std::unique_ptr<Format> make_snoop_format(packet::Bytes start);

}  // namespace capture
