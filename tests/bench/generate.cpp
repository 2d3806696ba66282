// SPDX-License-Identifier: BSD-2-Clause
// Writes a large capture for the benchmark: Ethernet, microseconds, frames captured whole, 100 s long by its
// timestamps, busy and quiet tenths of a second. A FILE that ends in .pcapng is pcapng, any other is pcap; both
// hold the same packets, and the same arguments give the same bytes. IPv4 header checksums are right; those of
// TCP, UDP and ICMP are not. The sizes of the mix have three peaks: acknowledgements, medium, full. Payload is
// random, as encrypted data is.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace {

constexpr std::uint64_t slots = 1000;
constexpr std::uint64_t slot_us = 100'000;
constexpr std::uint64_t begin_s = 1'700'000'000;
constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::size_t record_bytes = 16;                            // before a frame in pcap
constexpr std::size_t enhanced_bytes = 28;                          // in pcapng …
constexpr std::size_t enhanced_bytes_max = enhanced_bytes + 3 + 4;  // … and with what follows the frame
constexpr std::size_t frame_bytes_max = 1514;
constexpr std::size_t header_bytes_max = 96;
constexpr std::uint64_t file_bytes_max = 1'000'000'000'000;
constexpr std::size_t pool_bytes = 1 << 24;  // payload is cut from here; no compressor remembers so much

class Random {  // xorshift64
 public:
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  std::uint64_t below(std::uint64_t limit) { return (next() >> 32) * limit >> 32; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }

 private:
  std::uint64_t state_ = 0x9e3779b97f4a7c15;
};

void put16(std::uint8_t* at, std::uint64_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}

void put32_native(std::uint8_t* at, std::uint64_t value) {
  const auto word = static_cast<std::uint32_t>(value);
  std::memcpy(at, &word, sizeof word);
}

enum class Network { arp, ipv4, ipv6 };
constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t icmpv6 = 58;

struct Kind {
  Network network;
  std::uint8_t protocol;
  bool is_tagged;
  unsigned mix_weight;  // of 256 packets, how many are of this kind
  unsigned small_weight;
  std::size_t fixed_bytes;  // 0: sizes of the mix
};

constexpr std::array<Kind, 9> kinds{{
    {Network::ipv4, tcp, false, 128, 120, 0},
    {Network::ipv4, udp, false, 40, 80, 0},
    {Network::ipv6, tcp, false, 34, 0, 0},  // 74 bytes at least: not among the small
    {Network::ipv6, udp, false, 14, 24, 0},
    {Network::ipv4, tcp, true, 18, 16, 0},
    {Network::ipv6, udp, true, 8, 0, 0},
    {Network::ipv4, icmp, false, 6, 10, 98},
    {Network::ipv6, icmpv6, false, 4, 0, 118},
    {Network::arp, 0, false, 4, 6, 60},
}};

/// The headers of one kind, all but what differs from packet to packet, and where that goes.
struct Template {
  std::array<std::uint8_t, header_bytes_max> bytes{};
  std::size_t network_offset = 14;
  std::size_t transport_offset = 0;
  std::size_t header_bytes = 0;
  std::uint64_t sum = 0;  // of the IPv4 header's 16-bit words
};

void fill_arp(Template& built, std::uint8_t* at) {
  constexpr std::array<std::uint8_t, 8> request{0, 1, 8, 0, 6, 4, 0, 1};
  std::copy(request.begin(), request.end(), at);
  built.header_bytes = built.network_offset + 28;
}

void fill_ipv4(Template& built, std::uint8_t* at, std::uint8_t protocol) {
  constexpr std::array<std::uint8_t, 20> header{0x45, 0, 0,   0, 0, 0, 0x40, 0,  64,  0,
                                                0,    0, 192, 0, 2, 0, 198,  51, 100, 0};
  std::copy(header.begin(), header.end(), at);
  at[9] = protocol;
  for (std::size_t i = 0; i < header.size(); i += 2) built.sum += std::uint64_t{at[i]} << 8 | at[i + 1];
  built.transport_offset = built.network_offset + header.size();
}

void fill_ipv6(Template& built, std::uint8_t* at, std::uint8_t protocol) {
  constexpr std::array<std::uint8_t, 4> documentation{0x20, 0x01, 0x0d, 0xb8};
  at[0] = 0x60;
  at[6] = protocol;
  at[7] = 64;
  std::copy(documentation.begin(), documentation.end(), at + 8);
  std::copy(documentation.begin(), documentation.end(), at + 24);
  built.transport_offset = built.network_offset + 40;
}

Template build(const Kind& kind) {
  constexpr std::array<std::uint8_t, 12> addresses{0, 0, 0x5e, 0, 0x53, 1, 0, 0, 0x5e, 0, 0x53, 2};
  Template built;
  std::copy(addresses.begin(), addresses.end(), built.bytes.begin());
  if (kind.is_tagged) {
    put16(&built.bytes[12], 0x8100);
    put16(&built.bytes[14], 20);
    built.network_offset += 4;
  }
  std::uint8_t* const network = &built.bytes[built.network_offset];
  switch (kind.network) {
    case Network::arp:
      put16(network - 2, 0x0806);
      fill_arp(built, network);
      return built;
    case Network::ipv4:
      put16(network - 2, 0x0800);
      fill_ipv4(built, network, kind.protocol);
      break;
    case Network::ipv6:
      put16(network - 2, 0x86dd);
      fill_ipv6(built, network, kind.protocol);
      break;
  }
  std::uint8_t* const transport = &built.bytes[built.transport_offset];
  if (kind.protocol == tcp) {
    transport[12] = 5 << 4;
    transport[13] = 0x10;  // ACK
  } else if (kind.protocol != udp) {
    transport[0] = kind.protocol == icmp ? 8 : 128;  // echo request
  }
  built.header_bytes = built.transport_offset + (kind.protocol == tcp ? 20 : 8);
  return built;
}

/// Writes what differs from packet to packet into a frame whose template has been copied.
void fill_in(std::uint8_t* frame, const Kind& kind, const Template& built, std::size_t frame_bytes,
             std::uint64_t salt) {
  std::uint8_t* const network = frame + built.network_offset;
  std::uint8_t* const transport = frame + built.transport_offset;
  const auto host = static_cast<std::uint8_t>(salt);
  const auto server = static_cast<std::uint8_t>(salt >> 8);
  if (kind.network == Network::arp) {
    network[17] = host;
    return;
  }
  if (kind.network == Network::ipv4) {
    const std::uint64_t total_bytes = frame_bytes - built.network_offset;
    const std::uint64_t identification = salt >> 16 & 0xffff;
    put16(network + 2, total_bytes);
    put16(network + 4, identification);
    network[15] = host;
    network[19] = server;
    std::uint64_t sum = built.sum + total_bytes + identification + host + server;
    sum = (sum & 0xffff) + (sum >> 16);
    put16(network + 10, ~(sum + (sum >> 16)));
  } else {
    put16(network + 4, frame_bytes - built.transport_offset);
    network[23] = host;
    network[39] = server;
  }
  if (kind.protocol == tcp || kind.protocol == udp) {
    put16(transport, 443);
    put16(transport + 2, 49152 + (salt >> 32 & 0x3fff));
  }
  if (kind.protocol == udp) put16(transport + 4, frame_bytes - built.transport_offset);
}

class Generator {
 public:
  Generator(int descriptor, bool is_small, bool is_pcapng)
      : is_small_(is_small), is_pcapng_(is_pcapng), descriptor_(descriptor), block_(block_bytes) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      templates_[i] = build(kinds[i]);
      const unsigned weight = is_small ? kinds[i].small_weight : kinds[i].mix_weight;
      choices_.insert(choices_.end(), weight, i);
    }
    pool_.resize(pool_bytes + frame_bytes_max);
    for (std::uint8_t& byte : pool_) byte = static_cast<std::uint8_t>(random_.next() >> 40);
  }

  /// Writes whole packets, about `bytes_total` of them were it pcap. False when the file cannot be written
  /// (errno says why).
  bool run(std::uint64_t bytes_total) {
    put_file_header();
    std::array<std::uint64_t, slots> weights{};
    std::uint64_t weights_total = 0;
    for (std::uint64_t& weight : weights) {
      weight = random_.below(8) == 0 ? random_.between(12, 30) : random_.between(1, 5);
      weights_total += weight;
    }
    std::uint64_t weight_so_far = 0;
    for (std::uint64_t slot = 0; slot < slots; ++slot) {
      weight_so_far += weights[slot];
      // Each slot ends where the whole file should be by then, so that what one oversteps the next makes up for.
      const std::uint64_t end_bytes = bytes_total * weight_so_far / weights_total;
      const std::uint64_t begin_bytes = bytes_;
      while (bytes_ < end_bytes) {
        const std::uint64_t time_us =
            slot * slot_us + (bytes_ - begin_bytes) * slot_us / (end_bytes - begin_bytes);
        if (!put_packet(time_us)) return false;
      }
    }
    return flush();
  }

 private:
  std::size_t choose_size_bytes(const Kind& kind, std::size_t header_bytes) {
    if (is_small_) return 64;
    if (kind.fixed_bytes != 0) return kind.fixed_bytes;
    const std::uint64_t draw = random_.below(100);
    std::uint64_t size_bytes = 0;
    if (draw < 62) {
      size_bytes = random_.between(60, 90);
    } else if (draw < 85) {
      size_bytes = random_.between(250, 750);
    } else {
      size_bytes = random_.between(1400, frame_bytes_max);
    }
    return std::max(static_cast<std::size_t>(size_bytes), header_bytes);
  }

  void put_words(std::initializer_list<std::uint64_t> words) {
    for (const std::uint64_t word : words) {
      put32_native(block_.data() + used_bytes_, word);
      used_bytes_ += 4;
    }
  }

  void put_file_header() {  // on a little-endian machine, where two 16-bit words make one of 32
    constexpr std::uint64_t snaplen = 262144, ethernet = 1, unknown = 0xffffffff;
    if (is_pcapng_) {
      put_words({0x0a0d0d0a, 28, 0x1a2b3c4d, 1, unknown, unknown, 28});  // section header, version 1.0
      put_words({1, 20, ethernet, snaplen, 20});                         // interface description
    } else {
      put_words({0xa1b2c3d4, 4 << 16 | 2, 0, 0, snaplen, ethernet});  // version 2.4
    }
    bytes_ = 24;
  }

  /// Makes room for a packet and writes what stands before its frame.
  bool begin_packet(std::uint64_t time_us, std::size_t frame_bytes) {
    if (used_bytes_ + enhanced_bytes_max + frame_bytes > block_.size() && !flush()) return false;
    const std::uint64_t epoch_us = begin_s * 1'000'000 + time_us;
    if (is_pcapng_) {
      put_words({6, packet_block_bytes(frame_bytes), 0, epoch_us >> 32, epoch_us, frame_bytes, frame_bytes});
    } else {
      put_words({epoch_us / 1'000'000, epoch_us % 1'000'000, frame_bytes, frame_bytes});
    }
    return true;
  }

  void end_packet(std::size_t frame_bytes) {
    used_bytes_ += frame_bytes;
    bytes_ += record_bytes + frame_bytes;
    if (!is_pcapng_) return;
    for (; used_bytes_ % 4 != 0; ++used_bytes_) block_[used_bytes_] = 0;
    put_words({packet_block_bytes(frame_bytes)});
  }

  static std::size_t packet_block_bytes(std::size_t frame_bytes) {
    return enhanced_bytes + (frame_bytes + 3) / 4 * 4 + 4;
  }

  bool put_packet(std::uint64_t time_us) {
    const std::uint64_t salt = random_.next();
    const std::size_t choice = choices_[(salt >> 48) % choices_.size()];
    const Kind& kind = kinds[choice];
    const Template& built = templates_[choice];
    const std::size_t frame_bytes = choose_size_bytes(kind, built.header_bytes);
    if (!begin_packet(time_us, frame_bytes)) return false;
    std::uint8_t* const frame = block_.data() + used_bytes_;
    std::memcpy(frame, built.bytes.data(), built.header_bytes);
    const std::size_t payload_bytes = frame_bytes - built.header_bytes;
    std::memcpy(frame + built.header_bytes, pool_.data() + (salt >> 24) % pool_bytes, payload_bytes);
    fill_in(frame, kind, built, frame_bytes, salt);
    end_packet(frame_bytes);
    return true;
  }

  bool flush() {
    for (std::size_t written_bytes = 0; written_bytes < used_bytes_;) {
      const ssize_t bytes = write(descriptor_, block_.data() + written_bytes, used_bytes_ - written_bytes);
      if (bytes < 0 && errno != EINTR) return false;
      if (bytes > 0) written_bytes += static_cast<std::size_t>(bytes);
    }
    used_bytes_ = 0;
    return true;
  }

  bool is_small_;
  bool is_pcapng_;
  int descriptor_;
  Random random_;
  std::array<Template, kinds.size()> templates_;
  std::vector<std::size_t> choices_;
  std::vector<std::uint8_t> pool_;
  std::vector<std::uint8_t> block_;
  std::size_t used_bytes_ = 0;
  std::uint64_t bytes_ = 0;  // of the whole file, were it pcap
};

/// A number of bytes, with k, M or G behind it for powers of 1000; 0 when it is none or too large.
std::uint64_t parse_bytes(std::string_view text) {
  std::uint64_t unit_bytes = 1;
  if (text.ends_with('k')) unit_bytes = 1000;
  if (text.ends_with('M')) unit_bytes = 1'000'000;
  if (text.ends_with('G')) unit_bytes = 1'000'000'000;
  if (unit_bytes > 1) text.remove_suffix(1);
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  return is_number && count <= file_bytes_max / unit_bytes ? count * unit_bytes : 0;
}

int fail(const char* path) {
  std::fprintf(stderr, "generate: %s: %s\n", path, std::strerror(errno));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mix = argc == 4 ? argv[1] : "";
  const std::uint64_t bytes_total = argc == 4 ? parse_bytes(argv[2]) : 0;
  if (bytes_total == 0 || (mix != "mix" && mix != "small")) {
    std::fputs("usage: generate mix|small SIZE[k|M|G] FILE\n", stderr);
    return 2;
  }
  const char* const path = argv[3];
  const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (descriptor < 0) return fail(path);
  Generator generator(descriptor, mix == "small", std::string_view(path).ends_with(".pcapng"));
  if (!generator.run(bytes_total) || close(descriptor) != 0) return fail(path);
  return 0;
}
