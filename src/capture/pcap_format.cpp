// SPDX-License-Identifier: BSD-2-Clause
// pcap (draft-ietf-opsawg-pcap): micro- and nanoseconds, both byte orders, and the patched records
// of Alexey Kuznetzov's libpcap.
#include "base/text.hpp"
#include "capture/format.hpp"

namespace capture {

namespace {

constexpr std::uint32_t magic_microseconds = 0xa1b2c3d4;
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t magic_patched = 0xa1b2cd34;
constexpr std::size_t file_header_bytes = 24;
constexpr std::uint16_t major_dgux = 543;  // what DG/UX wrote; its lengths are swapped

bool is_magic(std::uint32_t word) {
  return word == magic_microseconds || word == magic_nanoseconds || word == magic_patched;
}

/// Whether a capture begins where a record could: files that were joined end to end.
bool is_file_header(packet::Bytes at) {
  constexpr std::uint64_t snoop = 0x736e6f6f70000000;  // what does not look like a long record by itself
  if (!at.has(0, magic_bytes)) return false;
  const auto is_version = [](std::uint16_t major, std::uint16_t minor) {
    return major == 2 ? minor >= 1 && minor <= 4 : major == major_dgux && minor == 0;
  };
  return (at.be64(0) == snoop && at.be32(8) == 2) ||
         (is_magic(at.le32(0)) && is_version(at.le16(4), at.le16(6))) ||
         (is_magic(at.be32(0)) && is_version(at.be16(4), at.be16(6)));
}

class PcapFormat final : public Format {
 public:
  explicit PcapFormat(packet::Bytes start)
      : is_little_endian_(is_magic(start.le32(0))),
        magic_(is_little_endian_ ? start.le32(0) : start.be32(0)) {}

  Parsed parse(packet::Bytes block, RecordSink& sink) override {
    Parsed parsed;
    if (kind_.link == nullptr) {
      if (block.size() < file_header_bytes) return {0, file_header_bytes, "file header", {}};
      parsed.damage = parse_file_header(block, sink);
      if (!parsed.damage.empty()) return parsed;
      parsed.consumed = file_header_bytes;
    }
    while (parse_records(block, sink, parsed)) {
    }
    return parsed;
  }

 private:
  // Magic (4), version (2 + 2), reserved (8), snap length (4), link type (4; the high half has flags).
  std::string parse_file_header(packet::Bytes block, RecordSink& sink) {
    const std::uint16_t major = half(block, 4), minor = half(block, 6);
    if (major != 2 && major != major_dgux) {
      return "pcap version " + std::to_string(major) + "." + std::to_string(minor) + " is not known";
    }
    are_lengths_swapped_ = major == major_dgux || minor < 3;
    has_old_lengths_ = major == major_dgux || minor < 4;
    header_bytes_ = magic_ == magic_patched ? 24 : 16;
    is_plain_ = is_little_endian_ && !has_old_lengths_ && magic_ != magic_patched;
    const std::uint32_t link_number = word(block, 20) & 0xffff;
    kind_ = {sink.on_link_type(link_number), frame_bytes_most(link_number),
             magic_ == magic_nanoseconds ? 1 : base::ns_per_us};
    return {};
  }

  /// Hands on as many records as are plain, and the one after them; false where that is not complete.
  bool parse_records(packet::Bytes block, RecordSink& sink, Parsed& parsed) const {
    if (is_plain_) {
      PcapRecords records(block.from(parsed.consumed), kind_);
      sink.on_records(records);
      parsed.consumed += records.consumed();
    }
    return parse_record(block.from(parsed.consumed), sink, parsed);
  }

  // Time (4 + 4), captured length (4), length on the wire (4); what patched records add is not needed.
  bool parse_record(packet::Bytes record, RecordSink& sink, Parsed& parsed) const {
    parsed.wanted = header_bytes_;
    parsed.tail = "record header";
    if (is_file_header(record)) {
      parsed.damage = "a file header in the place of a record";
      return false;
    }
    if (record.size() < header_bytes_) return false;
    std::uint32_t captured = word(record, 8), wire = word(record, 12);
    if (has_old_lengths_ && (are_lengths_swapped_ || captured > wire)) std::swap(captured, wire);
    if (captured > kind_.captured_most) {
      parsed.damage = "a record of " + std::to_string(captured) + " bytes, more than any packet has";
      return false;
    }
    parsed.wanted += captured;
    parsed.tail = "record";
    if (record.size() < parsed.wanted) return false;
    const base::Nanoseconds timestamp =
        word(record, 0) * base::ns_per_s + word(record, 4) * kind_.ns_per_fraction;
    sink.on_frame({timestamp, wire, packet::Bytes(record.data() + header_bytes_, captured), kind_.link, 0});
    parsed.consumed += parsed.wanted;
    return true;
  }

  std::uint16_t half(packet::Bytes at, std::size_t offset) const {
    return is_little_endian_ ? at.le16(offset) : at.be16(offset);
  }
  std::uint32_t word(packet::Bytes at, std::size_t offset) const {
    return is_little_endian_ ? at.le32(offset) : at.be32(offset);
  }

  bool is_little_endian_;
  std::uint32_t magic_;
  PcapRecords::Kind kind_;
  bool has_old_lengths_ = false;      // before version 2.4 the two lengths stood in either order,
  bool are_lengths_swapped_ = false;  // before 2.3 always in the other
  bool is_plain_ = false;
  std::size_t header_bytes_ = 16;
};

}  // namespace

std::unique_ptr<Format> make_pcap_format(packet::Bytes start) {
  if (!is_magic(start.le32(0)) && !is_magic(start.be32(0))) return nullptr;
  return std::make_unique<PcapFormat>(start);
}

}  // namespace capture
