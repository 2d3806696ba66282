// SPDX-License-Identifier: BSD-2-Clause
// pcapng (draft-ietf-opsawg-pcapng): sections of either byte order, interfaces of different link
// types and time resolutions, enhanced, simple and obsolete packet blocks; other blocks are skipped.
#include <algorithm>
#include <vector>

#include "base/number.hpp"
#include "capture/format.hpp"

namespace capture {

namespace {

constexpr std::uint32_t section_header = 0x0a0d0d0a;
constexpr std::uint32_t interface_description = 1, obsolete_packet = 2, simple_packet = 3,
                        enhanced_packet = 6;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::size_t block_bytes_least = 12;

struct Interface {
  const packet::LinkType* link = nullptr;
  std::uint32_t captured_most = 0;
  std::uint32_t snaplen = 0;
  base::Uint128 ns_numerator = base::ns_per_us;  // one unit of time is numerator / denominator ns
  base::Uint128 ns_denominator = 1;
  std::int64_t offset_s = 0;
};

class PcapngFormat final : public Format {
 public:
  Parsed parse(packet::Bytes block, RecordSink& sink) override {
    Parsed parsed;
    std::size_t at = 0;
    while (block.has(at, block_bytes_least) && damage_.empty()) {
      const packet::Bytes rest = block.from(at);
      if (const std::size_t bytes = parse_plain_packets(rest, sink); bytes > 0) {
        at += bytes;
        continue;
      }
      if (rest.be32(0) == section_header) is_little_endian_ = rest.le32(8) == byte_order_magic;
      const std::size_t bytes = word(rest, 4);
      if (!check_length(rest, bytes)) break;
      if (rest.size() < bytes) {
        parsed.wanted = bytes;
        break;
      }
      if (word(rest, bytes - 4) != bytes) {
        damage_ = "a block whose two lengths differ";
      } else if (parse_block(rest.first(bytes - 4), sink)) {
        at += bytes;
      }
    }
    parsed.consumed = at;
    parsed.damage = damage_;
    parsed.tail = parsed.wanted == 0 ? "block header" : "block";
    if (parsed.wanted == 0) parsed.wanted = block_bytes_least;
    return parsed;
  }

 private:
  std::uint16_t half(packet::Bytes at, std::size_t offset) const {
    return is_little_endian_ ? at.le16(offset) : at.be16(offset);
  }
  std::uint32_t word(packet::Bytes at, std::size_t offset) const {
    return is_little_endian_ ? at.le32(offset) : at.be32(offset);
  }

  /// The functions that follow return false when they set damage_.
  bool fail(std::string reason) {
    damage_ = std::move(reason);
    return false;
  }

  bool check_length(packet::Bytes block, std::size_t bytes) {
    const std::uint32_t type = word(block, 0);
    if (type > enhanced_packet && type != section_header && recognise_format(block)) {
      return fail("a file header in the place of a block");  // files that were joined end to end
    }
    if (block.be32(0) == section_header && word(block, 8) != byte_order_magic) {
      return fail("a section header without its magic number");
    }
    if (bytes < block_bytes_least || bytes % 4 != 0 || bytes > block_bytes_most_) {
      return fail("a block of " + std::to_string(bytes) + " bytes");
    }
    return true;
  }

  /// Hands on plain packets, as many as follow each other, and returns how many bytes they take.
  std::size_t parse_plain_packets(packet::Bytes rest, RecordSink& sink) const {
    const std::uint32_t index = rest.le32(8);
    if (!is_little_endian_ || index >= plain_.size() || plain_[index].link == nullptr) return 0;
    PcapngRecords records(rest, plain_, plain_[index].link);
    sink.on_records(records);
    return records.consumed();
  }

  /// `block` is complete but for its closing length.
  bool parse_block(packet::Bytes block, RecordSink& sink) {
    switch (word(block, 0)) {
      case enhanced_packet: return parse_packet(block, word(block, 8), sink);
      case obsolete_packet: return parse_packet(block, half(block, 8), sink);
      case simple_packet: return parse_simple_packet(block, sink);
      case interface_description: return parse_interface(block, sink);
      case section_header:
        interfaces_.clear();
        plain_.clear();
        if (half(block, 12) == 1) return true;
        return fail("pcapng version " + std::to_string(half(block, 12)) + " is not known");
      default: return true;
    }
  }

  // Link type (2), reserved (2), snap length (4), options.
  bool parse_interface(packet::Bytes block, RecordSink& sink) {
    constexpr std::size_t interfaces_most = 65536;
    if (!block.has(8, 8)) return fail("an interface description that is too short");
    if (interfaces_.size() == interfaces_most) return fail("more interfaces than any section has");
    Interface interface;
    const std::uint32_t link_number = half(block, 8);
    interface.snaplen = word(block, 12);
    interface.captured_most = frame_bytes_most(link_number);
    parse_options(block.from(16), interface);
    interface.link = sink.on_link_type(link_number);
    plain_.push_back(plain_of(interface));
    interfaces_.push_back(interface);
    constexpr std::size_t header_and_options_bytes = 4096;
    block_bytes_most_ = std::max(block_bytes_most_, interface.captured_most + header_and_options_bytes);
    return true;
  }

  /// Options: code (2), length (2), value, padded to 4 bytes; code 0 ends them.
  void parse_options(packet::Bytes options, Interface& interface) const {
    constexpr std::uint16_t end = 0, time_resolution = 9, time_offset = 14;
    while (options.has(0, 4)) {
      const std::uint16_t code = half(options, 0), bytes = half(options, 2);
      if (code == end || !options.has(4, bytes)) return;
      if (code == time_resolution && bytes == 1) set_resolution(interface, options.u8(4));
      if (code == time_offset && bytes == 8) {
        interface.offset_s = static_cast<std::int64_t>(is_little_endian_ ? options.le64(4) : options.be64(4));
      }
      options = options.from(4U + ((bytes + 3U) & ~3U));
    }
  }

  /// The top bit says whether the unit is a power of 2 or of 10; the others are its negative exponent.
  static void set_resolution(Interface& interface, std::uint8_t resolution) {
    constexpr unsigned binary_most = 126, decimal_most = 38;  // of finer ones 2^64 make no nanosecond
    const unsigned exponent = resolution & 0x7f;
    interface.ns_numerator = base::ns_per_s;
    interface.ns_denominator = 1;
    if ((resolution & 0x80) != 0) {
      interface.ns_denominator <<= std::min(exponent, binary_most);
      return;
    }
    for (unsigned i = 0; i < std::min(exponent, decimal_most); ++i) {
      if (interface.ns_numerator > 1) {
        interface.ns_numerator /= 10;
      } else {
        interface.ns_denominator *= 10;
      }
    }
  }

  /// The interface for PcapngRecords: where a unit of time is whole nanoseconds, and the sum fits.
  static PcapngRecords::Kind plain_of(const Interface& interface) {
    constexpr std::int64_t offset_most_s = 1'000'000'000;
    constexpr base::Nanoseconds elapsed_most = base::time_limit - offset_most_s * base::ns_per_s;
    const auto ns_per_unit = static_cast<base::Nanoseconds>(interface.ns_numerator);
    const bool is_near = interface.offset_s >= -offset_most_s && interface.offset_s <= offset_most_s;
    if (interface.ns_denominator != 1 || !is_near) return {};
    return {interface.link, interface.captured_most, static_cast<std::uint64_t>(elapsed_most / ns_per_unit),
            ns_per_unit, interface.offset_s * base::ns_per_s};
  }

  // Interface (4, or 2 and drops 2), time (8), captured length (4), length on the wire (4), packet.
  bool parse_packet(packet::Bytes block, std::uint32_t index, RecordSink& sink) {
    constexpr std::size_t header_bytes = 28;
    if (index >= interfaces_.size()) return fail(no_interface);
    const Interface& interface = interfaces_[index];
    const std::uint32_t captured = word(block, 20), wire = word(block, 24);
    if (captured > interface.captured_most || !block.has(header_bytes, captured))
      return fail_length(block, captured);
    const std::uint64_t units = (std::uint64_t{word(block, 12)} << 32) | word(block, 16);
    sink.on_frame({timestamp(interface, units), wire, packet::Bytes(block.data() + header_bytes, captured),
                   interface.link, index});
    return true;
  }

  // Length on the wire (4), packet; no time.
  bool parse_simple_packet(packet::Bytes block, RecordSink& sink) {
    constexpr std::size_t header_bytes = 12;
    if (interfaces_.empty()) return fail(no_interface);
    const Interface& interface = interfaces_.front();
    const std::uint32_t wire = word(block, 8);
    const std::uint32_t captured = interface.snaplen == 0 ? wire : std::min(wire, interface.snaplen);
    if (captured > interface.captured_most || !block.has(header_bytes, captured))
      return fail_length(block, captured);
    sink.on_frame({0, wire, packet::Bytes(block.data() + header_bytes, captured), interface.link, 0});
    return true;
  }

  bool fail_length(packet::Bytes block, std::uint32_t captured) {
    return fail("a packet of " + std::to_string(captured) + " bytes in a block of " +
                std::to_string(block.size() + 4));
  }

  static base::Nanoseconds timestamp(const Interface& interface, std::uint64_t units) {
    constexpr base::Int128 earliest = base::time_earliest, latest = base::time_limit;
    base::Uint128 elapsed = units * interface.ns_numerator;
    if (interface.ns_denominator != 1) elapsed /= interface.ns_denominator;  // a slow division, mostly by 1
    const auto time = static_cast<base::Int128>(elapsed) + base::Int128{interface.offset_s} * base::ns_per_s;
    return static_cast<base::Nanoseconds>(std::clamp(time, earliest, latest));
  }

  static constexpr const char* no_interface = "a packet of an interface that is not described";
  bool is_little_endian_ = true;
  std::size_t block_bytes_most_ = 16U << 20;  // as libpcap; more where frames may be longer
  std::vector<Interface> interfaces_;
  std::vector<PcapngRecords::Kind> plain_;  // of each of them
  std::string damage_;
};

}  // namespace

std::unique_ptr<Format> make_pcapng_format(packet::Bytes start) {
  if (start.be32(0) != section_header) return nullptr;
  return std::make_unique<PcapngFormat>();
}

}  // namespace capture
