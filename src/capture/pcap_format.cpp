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

bool is_magic(std::uint32_t word) {
  return word == magic_microseconds || word == magic_nanoseconds || word == magic_patched;
}

class PcapFormat final : public Format {
 public:
  explicit PcapFormat(packet::Bytes start)
      : is_little_endian_(is_magic(start.le32(0))),
        magic_(is_little_endian_ ? start.le32(0) : start.be32(0)) {}

  Parsed parse(packet::Bytes block, RecordSink& sink) override {
    Parsed parsed;
    if (link_ == nullptr) {
      if (block.size() < file_header_bytes) return {0, file_header_bytes, "file header", {}};
      parsed.damage = parse_file_header(block, sink);
      if (!parsed.damage.empty()) return parsed;
      parsed.consumed = file_header_bytes;
    }
    if (is_little_endian_) {
      parse_records<true>(block, sink, parsed);
    } else {
      parse_records<false>(block, sink, parsed);
    }
    return parsed;
  }

 private:
  // Magic (4), version (2 + 2), reserved (8), snap length (4), link type (4; the high half has flags).
  std::string parse_file_header(packet::Bytes block, RecordSink& sink) {
    const auto half = [&](std::size_t at) { return is_little_endian_ ? block.le16(at) : block.be16(at); };
    const auto word = [&](std::size_t at) { return is_little_endian_ ? block.le32(at) : block.be32(at); };
    const std::uint16_t major = half(4), minor = half(6);
    constexpr std::uint16_t major_apple = 543;  // some old macOS versions wrote 543.0
    if (major != 2 && major != major_apple) {
      return "pcap version " + std::to_string(major) + "." + std::to_string(minor) + " is not known";
    }
    are_lengths_swapped_ = major == 2 && minor < 3;
    has_old_lengths_ = major == 2 && minor < 4;
    header_bytes_ = magic_ == magic_patched ? 24 : 16;
    ns_per_fraction_ = magic_ == magic_nanoseconds ? 1 : base::ns_per_us;
    const std::uint32_t link_number = word(20) & 0xffff;
    captured_most_ = frame_bytes_most(link_number);
    link_ = sink.on_link_type(link_number);
    return {};
  }

  template <bool is_little_endian>
  void parse_records(packet::Bytes block, RecordSink& sink, Parsed& parsed) const {
    FrameBatch batch(sink);
    std::size_t at = parsed.consumed;
    for (;;) {
      // Time (4 + 4), captured length (4), length on the wire (4); what patched records add is not needed.
      const packet::Bytes header = block.exactly(at, 16);
      if (header.size() == 0) break;
      const auto word = [&](std::size_t offset) {
        return is_little_endian ? header.le32(offset) : header.be32(offset);
      };
      std::uint32_t captured = word(8), wire = word(12);
      if (has_old_lengths_ && (are_lengths_swapped_ || captured > wire)) std::swap(captured, wire);
      if (captured > captured_most_) {
        parsed.damage = "a record of " + std::to_string(captured) + " bytes, more than any packet has";
        break;
      }
      if (!block.has(at, header_bytes_ + captured)) {
        parsed.wanted = header_bytes_ + captured;
        break;
      }
      const base::Nanoseconds timestamp = word(0) * base::ns_per_s + word(4) * ns_per_fraction_;
      batch.add(timestamp, wire, packet::Bytes(block.data() + at + header_bytes_, captured), link_, 0);
      at += header_bytes_ + captured;
    }
    batch.flush();
    parsed.consumed = at;
    parsed.tail = parsed.wanted == 0 ? "record header" : "record";
    if (parsed.wanted == 0) parsed.wanted = header_bytes_;
  }

  bool is_little_endian_;
  std::uint32_t magic_;
  const packet::LinkType* link_ = nullptr;
  bool has_old_lengths_ = false;      // before version 2.4 the two lengths stood in either order,
  bool are_lengths_swapped_ = false;  // before 2.3 always in the other
  std::size_t header_bytes_ = 16;
  std::uint32_t captured_most_ = 0;
  base::Nanoseconds ns_per_fraction_ = base::ns_per_us;
};

}  // namespace

std::unique_ptr<Format> make_pcap_format(packet::Bytes start) {
  if (!is_magic(start.le32(0)) && !is_magic(start.be32(0))) return nullptr;
  return std::make_unique<PcapFormat>(start);
}

}  // namespace capture
