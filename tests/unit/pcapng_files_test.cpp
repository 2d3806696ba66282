// SPDX-License-Identifier: BSD-2-Clause
// Whole captures as people really have them: pcapng from many interfaces and machines, captures of any kind joined
// end to end, records anywhere in the reader's blocks.
#include <algorithm>

#include "capture_files.hpp"

using test::CaptureFile;
using test::filled;
using test::first;
using test::Octets;
using test::Order;
using test::PcapKind;
using test::PcapngWriter;
using test::PcapWriter;
using test::read_content;
using test::read_through_pipe;
using test::SeenFrame;

namespace {

std::vector<SeenFrame> frames_of(const CaptureFile& file) { return read_content(file.content).frames; }

std::vector<SeenFrame> operator+(std::vector<SeenFrame> left, const std::vector<SeenFrame>& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

/// An interface as its description has it, and what its timestamps mean.
struct Interface {
  std::uint16_t link_number;
  std::uint32_t snaplen;
  std::uint8_t resolution;
  std::int64_t offset_s;

  base::Nanoseconds time_of(std::uint64_t units) const {
    base::Int128 denominator = 1;
    for (int i = 0; i < (resolution & 0x7f); ++i) denominator *= (resolution & 0x80) != 0 ? 2 : 10;
    const base::Int128 ns = base::Int128{units} * base::ns_per_s / denominator;
    return static_cast<base::Nanoseconds>(ns + base::Int128{offset_s} * base::ns_per_s);
  }
};

/// Writes sections, interfaces, packets and other blocks at random, and keeps what is to be read of them.
class Generator {
 public:
  explicit Generator(std::uint64_t seed) : random_(seed), writer_(test::little) { section(); }

  void block() {
    const std::uint64_t kind = random_.below(20);
    if (kind == 0) return section();
    if (kind == 1) return interface();
    if (kind == 2) return unknown();
    if (kind == 3) return simple();
    packet(kind < 6);
  }

  const Octets& content() const { return writer_.file.content; }
  const std::vector<SeenFrame>& expected() const { return expected_; }

 private:
  Octets octets(std::size_t most) {
    return filled(random_.below(most + 1), static_cast<std::uint8_t>(random_.next()));
  }

  void section() {
    writer_.section({random_.below(2) == 0});
    interfaces_.clear();
    interface();
  }

  void interface() {
    constexpr std::array<std::uint16_t, 4> links{1, 101, 113, 127};
    constexpr std::array<std::uint8_t, 8> resolutions{6, 6, 9, 3, 0, 12, 0x80 | 20, 0x80 | 30};
    Interface made{links[random_.below(links.size())], static_cast<std::uint32_t>(random_.below(3) * 48),
                   resolutions[random_.below(resolutions.size())], 0};
    Octets options = writer_.resolution(made.resolution);
    if (random_.below(3) == 0) {
      made.offset_s = static_cast<std::int64_t>(random_.below(3'000'000'000)) - 1'000'000'000;
      options = options + writer_.option(2, octets(9)) + writer_.offset(made.offset_s);
    }
    writer_.interface(made.link_number, made.snaplen, options + writer_.option(0, {}));
    interfaces_.push_back(made);
  }

  void unknown() {
    constexpr std::array<std::uint32_t, 5> types{4, 5, 10, 0x0bad, 0x80000001};
    writer_.block(types[random_.below(types.size())], octets(random_.below(50) == 0 ? 200'000 : 60));
  }

  void simple() {
    const Interface& of = interfaces_.front();
    const auto wire = static_cast<std::uint32_t>(random_.below(100));
    const Octets bytes = filled(of.snaplen == 0 ? wire : std::min(wire, of.snaplen), 3);
    writer_.simple(wire, bytes);
    expected_.push_back({0, wire, bytes, of.link_number, 0});
  }

  void packet(bool is_obsolete) {
    const auto index = static_cast<std::uint32_t>(random_.below(interfaces_.size()));
    const Interface& of = interfaces_[index];
    const base::Nanoseconds unit = of.time_of(1) - of.offset_s * base::ns_per_s;
    const std::uint64_t most = time_most / std::max<std::uint64_t>(1, static_cast<std::uint64_t>(unit));
    const std::uint64_t units = random_.below(4) == 0 ? random_.spread(most) : random_.below(most);
    const Octets bytes = octets(random_.below(30) == 0 ? 9000 : 64);
    const auto wire = static_cast<std::uint32_t>(random_.below(70'000));
    if (is_obsolete) {
      writer_.obsolete(static_cast<std::uint16_t>(index), units, wire, bytes);
    } else {
      writer_.enhanced(index, units, wire, bytes);
    }
    expected_.push_back({of.time_of(units), wire, bytes, of.link_number, index});
  }

  static constexpr std::uint64_t time_most = std::uint64_t{1} << 61;  // ns, 73 years: fits with every offset
  test::Random random_;
  PcapngWriter writer_;
  std::vector<Interface> interfaces_;
  std::vector<SeenFrame> expected_;
};

/// What a writer wrote after its file header.
Octets records_of(const CaptureFile& file) {
  return {file.content.begin() + static_cast<std::ptrdiff_t>(file.whole_after[0]), file.content.end()};
}

/// Appends large records and, around every block's end, some that are small, `shift` bytes later than with 0. `make` makes record `number` with so many octets.
void write_around_block_ends(Octets& content, std::size_t shift,
                             const std::function<Octets(std::uint32_t number, std::size_t size)>& make) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20, small_bytes = 29, margin_bytes = 300;
  std::uint32_t number = 0;
  const auto append = [&](std::size_t size) {
    const Octets record = make(++number, size);
    content.insert(content.end(), record.begin(), record.end());
  };
  for (std::size_t end = block_bytes; end <= 4 * block_bytes; end += block_bytes) {
    while (content.size() + margin_bytes < end) {
      append(std::min<std::size_t>(end - margin_bytes - content.size(), 200'000));
    }
    append(shift);
    while (content.size() < end + margin_bytes) append(small_bytes);
  }
}

void check_around_block_ends(Octets content,
                             const std::function<Octets(std::uint32_t number, std::size_t size)>& make) {
  const Octets header = content;
  for (std::size_t shift = 0; shift < 64; ++shift) {
    CAPTURE(shift);
    content = header;
    write_around_block_ends(content, shift, make);
    const auto file = read_content(content);
    CHECK(file.fault == "");
    CHECK(file.frames == test::parse_whole(content).frames);
    CHECK_FALSE(file.frames.empty());
  }
}

}  // namespace

TEST_CASE("pcapng files of sections, interfaces and blocks at random") {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    CAPTURE(seed);
    Generator generator(seed);
    for (int i = 0; i < 150; ++i) generator.block();
    const auto file = read_content(generator.content());
    CHECK(file.fault == "");
    CHECK(file.frames == generator.expected());
    const std::size_t bytes_at_a_time = seed % 10 == 0 ? 1 + seed : 1000 + seed * seed;
    CHECK(read_through_pipe(generator.content(), bytes_at_a_time).frames == generator.expected());
  }
}

TEST_CASE("interfaces of different link types, snap lengths, resolutions and offsets, packet by packet") {
  for (const Order order : {test::little, test::big}) {
    CAPTURE(order.is_little_endian);
    PcapngWriter writer(order);
    writer.section()
        .interface(1, 40, writer.resolution(0x80 | 20))
        .interface(101, 96, writer.resolution(3) + writer.offset(1'700'000'000))
        .interface(113, 0, writer.resolution(9) + writer.offset(-1));
    for (std::uint64_t i = 0; i < 3; ++i) {
      writer.enhanced(0, (1'700'000'000ULL << 20) + i, 100, filled(40, 1))
          .block(0x0bad, filled(7))
          .enhanced(1, 500 + i, 100, filled(96, 2))
          .enhanced(2, 1'700'000'001'000'000'000 + i, 100, filled(100, 3))
          .simple(100, filled(40, 4));
    }
    const auto file = read_content(writer.file.content);
    CHECK(file.fault == "");
    REQUIRE(file.frames.size() == 12);
    for (base::Nanoseconds i = 0; i < 3; ++i) {
      const SeenFrame* frames = &file.frames[static_cast<std::size_t>(i) * 4];
      const base::Nanoseconds in_2_20ths = i * base::ns_per_s / (1 << 20);
      CHECK(frames[0] == SeenFrame{1'700'000'000'000'000'000 + in_2_20ths, 100, filled(40, 1), 1, 0});
      CHECK(frames[1] ==
            SeenFrame{1'700'000'000'500'000'000 + i * base::ns_per_ms, 100, filled(96, 2), 101, 1});
      CHECK(frames[2] == SeenFrame{1'700'000'000'000'000'000 + i, 100, filled(100, 3), 113, 2});
      CHECK(frames[3] == SeenFrame{0, 100, filled(40, 4), 1, 0});
    }
  }
}

TEST_CASE("captures joined end to end, of every kind with every other") {
  const std::vector<CaptureFile> files = test::capture_files();
  for (const CaptureFile& left : files) {
    for (const CaptureFile& right : files) {
      CAPTURE(left.name);
      CAPTURE(right.name);
      const auto expected = frames_of(left) + frames_of(right);
      const Octets joined = left.content + right.content;
      const auto at_once = read_content(joined);
      CHECK(at_once.fault == "");
      CHECK(at_once.frames == expected);
      const auto byte_by_byte = read_through_pipe(joined, 1);
      CHECK(byte_by_byte.fault == "");
      CHECK(byte_by_byte.frames == expected);
      CHECK(read_content(joined + left.content).frames == expected + frames_of(left));
    }
  }
}

TEST_CASE("captures joined end to end and cut off in the second hand on every complete packet") {
  const std::vector<CaptureFile> files = test::capture_files();
  for (const CaptureFile& left : files) {
    const auto before = frames_of(left);
    for (const CaptureFile& right : files) {
      CAPTURE(left.name);
      CAPTURE(right.name);
      const auto expected = before + frames_of(right);
      for (std::size_t size = 1; size < right.content.size(); ++size) {
        CAPTURE(size);
        const auto cut = read_content(left.content + first(right.content, size));
        const auto complete =
            before.size() + static_cast<std::size_t>(std::ranges::count_if(
                                right.packet_ends, [&](std::size_t end) { return end <= size; }));
        REQUIRE(cut.frames.size() == complete);
        REQUIRE(std::equal(cut.frames.begin(), cut.frames.end(), expected.begin()));
        REQUIRE(cut.fault.empty() == (std::ranges::count(right.whole_after, size) > 0));
      }
    }
  }
}

TEST_CASE("a capture without packets may stand anywhere among joined ones") {
  const PcapWriter empty(test::little, PcapKind::microseconds, 113);
  const auto packet = PcapWriter(test::big, PcapKind::nanoseconds).record(1, 2, 60, filled(60));
  const Octets joined = empty.file.content + empty.file.content + packet.file.content + empty.file.content;
  const auto file = read_content(joined);
  CHECK(file.fault == "");
  REQUIRE(file.frames.size() == 1);
  CHECK(file.frames[0] == SeenFrame{1'000'000'002, 60, filled(60), 1, 0});
}

TEST_CASE("a packet at the second that is a magic number's stays a packet") {
  for (const Order order : {test::little, test::big}) {
    for (const std::uint32_t second : {0xa1b2c3d4U, 0xd4c3b2a1U, 0xa1b23c4dU, 0x0a0d0d0aU, 0x736e6f6fU}) {
      CAPTURE(second);
      PcapWriter writer(order, PcapKind::microseconds);
      writer.record(second, 262'144, 60, filled(60))
          .record(second, 1, 60, {})
          .record(second, 2, 60, filled(60));
      const auto file = read_content(writer.file.content);
      CHECK(file.fault == "");
      CHECK(file.frames.size() == 3);
    }
  }
}

TEST_CASE("a joined capture may have another link type, byte order and unit of time") {
  const auto micro = PcapWriter(test::little, PcapKind::microseconds, 1).record(1, 5, 60, filled(60, 1));
  const auto nano = PcapWriter(test::big, PcapKind::nanoseconds, 101).record(2, 5, 60, filled(50, 2));
  const auto patched = PcapWriter(test::little, PcapKind::patched, 113).record(3, 5, 60, filled(40, 3));
  const auto old = PcapWriter(test::big, PcapKind::microseconds, 127, 2, 3).record(4, 5, 60, filled(30, 4));
  const Octets joined =
      micro.file.content + nano.file.content + patched.file.content + old.file.content + micro.file.content;
  const auto file = read_content(joined);
  CHECK(file.fault == "");
  REQUIRE(file.frames.size() == 5);
  CHECK(file.frames[1] == SeenFrame{2'000'000'005, 60, filled(50, 2), 101, 0});
  CHECK(file.frames[2] == SeenFrame{3'000'005'000, 60, filled(40, 3), 113, 0});
  CHECK(file.frames[3] == SeenFrame{4'000'005'000, 60, filled(30, 4), 127, 0});
  CHECK(file.frames[4] == file.frames[0]);
}

TEST_CASE("a record lies across a block's end in every way") {
  SUBCASE("pcap") {
    for (const Order order : {test::little, test::big}) {
      check_around_block_ends(PcapWriter(order, PcapKind::nanoseconds).file.content,
                              [&](std::uint32_t number, std::size_t size) {
                                const auto value = static_cast<std::uint8_t>(number);
                                return records_of(PcapWriter(order, PcapKind::nanoseconds)
                                                      .record(number, number, number, filled(size, value))
                                                      .file);
                              });
    }
  }
  SUBCASE("pcapng") {
    for (const Order order : {test::little, test::big}) {
      check_around_block_ends(
          PcapngWriter(order).section().interface(1).file.content,
          [&](std::uint32_t number, std::size_t size) {
            const auto value = static_cast<std::uint8_t>(number);
            return PcapngWriter(order).enhanced(0, number, number, filled(size, value)).file.content;
          });
    }
  }
  SUBCASE("snoop") {
    check_around_block_ends(test::SnoopWriter().file.content, [](std::uint32_t number, std::size_t size) {
      const auto value = static_cast<std::uint8_t>(number);
      return records_of(
          test::SnoopWriter().record(number, number, number, filled(size, value), number % 4).file);
    });
  }
}
