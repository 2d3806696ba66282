// SPDX-License-Identifier: BSD-2-Clause
// snoop (RFC 1761), version 2; all fields are big-endian.
#include "capture/format.hpp"

namespace capture {

namespace {

constexpr std::size_t file_header_bytes = 16;
constexpr std::size_t record_header_bytes = 24;

/// The LINKTYPE_ value for a datalink type of RFC 1761 or, from 10 on, of Solaris.
std::uint32_t linktype_of_datalink(std::uint32_t datalink) {
  switch (datalink) {
    case 0:  // IEEE 802.3
    case 4: return packet::linktype_ethernet;
    case 2: return 6;             // IEEE 802.5
    case 8: return 10;            // FDDI
    case 18: return 123;          // ATM, with SunATM's header
    case 0x80000005: return 226;  // IPNET
    default: return 0xffff;
  }
}

bool is_magic(packet::Bytes at) { return at.be64(0) == 0x736e6f6f70000000; }  // "snoop", zeros

class SnoopFormat final : public Format {
 public:
  Parsed parse(packet::Bytes block, RecordSink& sink) override {
    Parsed parsed;
    if (link_ == nullptr) {
      if (block.size() < file_header_bytes) return {0, file_header_bytes, "file header", {}};
      if (block.be32(8) != 2) {
        parsed.damage = "snoop version " + std::to_string(block.be32(8)) + " is not known";
        return parsed;
      }
      const std::uint32_t link_number = linktype_of_datalink(block.be32(12));
      captured_most_ = frame_bytes_most(link_number);
      link_ = sink.on_link_type(link_number);
      parsed.consumed = file_header_bytes;
    }
    parse_records(block, sink, parsed);
    return parsed;
  }

 private:
  // Original length (4), included length (4), record length (4), cumulative drops (4), seconds (4),
  // microseconds (4); then the packet and padding up to the record length.
  void parse_records(packet::Bytes block, RecordSink& sink, Parsed& parsed) const {
    std::size_t at = parsed.consumed;
    while (block.has(at, record_header_bytes)) {
      const std::uint32_t captured = block.be32(at + 4), record = block.be32(at + 8);
      if (captured > captured_most_ || record < record_header_bytes + captured ||
          record > record_header_bytes + captured_most_ + padding_most) {
        parsed.damage =
            "a record of " + std::to_string(record) + " bytes for a packet of " + std::to_string(captured);
        break;
      }
      if (!block.has(at, record)) {
        parsed.wanted = record;
        break;
      }
      const base::Nanoseconds timestamp =
          block.be32(at + 16) * base::ns_per_s + block.be32(at + 20) * base::ns_per_us;
      sink.on_frame({timestamp, block.be32(at),
                     packet::Bytes(block.data() + at + record_header_bytes, captured), link_, 0});
      at += record;
    }
    parsed.consumed = at;
    if (is_magic(block.from(at))) parsed.damage = "a file header in the place of a record";  // files joined
    parsed.tail = parsed.wanted == 0 ? "record header" : "record";
    if (parsed.wanted == 0) parsed.wanted = record_header_bytes;
  }

  static constexpr std::uint32_t padding_most = 4096;
  const packet::LinkType* link_ = nullptr;
  std::uint32_t captured_most_ = 0;
};

}  // namespace

std::unique_ptr<Format> make_snoop_format(packet::Bytes start) {
  if (!is_magic(start)) return nullptr;
  return std::make_unique<SnoopFormat>();
}

}  // namespace capture
