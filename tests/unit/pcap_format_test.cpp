// SPDX-License-Identifier: BSD-2-Clause
#include "capture_files.hpp"

using test::filled;
using test::hex;
using test::Octets;
using test::parse_whole;
using test::PcapKind;
using test::PcapWriter;

TEST_CASE("pcap, every magic number in both byte orders") {
  for (const test::Order order : {test::little, test::big}) {
    CAPTURE(order.is_little_endian);
    const Octets octets = hex("010203");
    const auto micro = parse_whole(PcapWriter(order, PcapKind::microseconds, 101)
                                       .record(1'700'000'000, 123'456, 1500, octets)
                                       .file.content);
    REQUIRE(micro.frames.size() == 1);
    CHECK(micro.frames[0] == test::SeenFrame{1'700'000'000'123'456'000, 1500, octets, 101, 0});
    const auto nano = parse_whole(
        PcapWriter(order, PcapKind::nanoseconds, 1).record(1, 123'456'789, 3, octets).file.content);
    REQUIRE(nano.frames.size() == 1);
    CHECK(nano.frames[0] == test::SeenFrame{1'123'456'789, 3, octets, 1, 0});
    const auto patched = parse_whole(PcapWriter(order, PcapKind::patched, 1)
                                         .record(2, 5, 60, octets)
                                         .record(3, 6, 61, octets)
                                         .file.content);
    REQUIRE(patched.frames.size() == 2);
    CHECK(patched.frames[1] == test::SeenFrame{3'000'006'000, 61, octets, 1, 0});
  }
}

TEST_CASE("pcap: seconds are unsigned, to the year 2106") {
  const auto file = parse_whole(
      PcapWriter(test::little, PcapKind::microseconds).record(0xffffffff, 999'999, 0, {}).file.content);
  REQUIRE(file.frames.size() == 1);
  CHECK(file.frames[0].timestamp == 4'294'967'295'999'999'000);
}

TEST_CASE("pcap: the upper half of the link type is no link type") {
  const auto file = parse_whole(PcapWriter(test::big, PcapKind::microseconds, 0x24000001).file.content);
  CHECK(file.link_numbers == std::vector<std::uint32_t>{1});
}

TEST_CASE("pcap: before version 2.4 the two lengths may stand the other way round") {
  const Octets octets = filled(40);
  SUBCASE("2.2: they do") {
    PcapWriter writer(test::little, PcapKind::microseconds, 1, 2, 2);
    writer.file.content =
        writer.file.content + test::le32(1) + test::le32(0) + test::le32(100) + test::le32(40) + octets;
    const auto file = parse_whole(writer.file.content);
    REQUIRE(file.frames.size() == 1);
    CHECK(file.frames[0].bytes_wire == 100);
    CHECK(file.frames[0].octets == octets);
  }
  SUBCASE("2.3: either") {
    PcapWriter writer(test::little, PcapKind::microseconds, 1, 2, 3);
    writer.record(1, 0, 100, octets);
    writer.file.content =
        writer.file.content + test::le32(1) + test::le32(0) + test::le32(100) + test::le32(40) + octets;
    const auto file = parse_whole(writer.file.content);
    REQUIRE(file.frames.size() == 2);
    CHECK(file.frames[0] == file.frames[1]);
  }
  SUBCASE("2.4: a packet captured longer than it was on the wire stays as it is") {
    const auto file =
        parse_whole(PcapWriter(test::little, PcapKind::microseconds).record(1, 0, 10, octets).file.content);
    REQUIRE(file.frames.size() == 1);
    CHECK(file.frames[0].bytes_wire == 10);
    CHECK(file.frames[0].octets.size() == 40);
  }
}

TEST_CASE("pcap: versions") {
  CHECK(parse_whole(PcapWriter(test::little, PcapKind::microseconds, 1, 543, 0).file.content)
            .parsed.damage.empty());
  for (const std::uint16_t major : std::vector<std::uint16_t>{0, 1, 3, 0x0200}) {
    CAPTURE(major);
    const auto file = parse_whole(
        PcapWriter(test::little, PcapKind::microseconds, 1, major, 4).record(1, 1, 1, {}).file.content);
    CHECK(file.parsed.damage.find("version") != std::string::npos);
    CHECK(file.frames.empty());
  }
}

TEST_CASE("pcap: a record longer than any packet is damage, after the packets before it") {
  PcapWriter writer(test::little, PcapKind::microseconds);
  writer.record(1, 0, 60, filled(60));
  const std::size_t before = writer.file.content.size();
  for (const std::uint32_t length : {262145U, 0x7fffffffU, 0x80000000U, 0xffffffffU}) {
    CAPTURE(length);
    const auto file = parse_whole(writer.file.content + test::le32(2) + test::le32(0) + test::le32(length) +
                                  test::le32(60) + filled(100));
    CHECK(file.frames.size() == 1);
    CHECK(file.parsed.consumed == before);
    CHECK(file.parsed.damage.find(std::to_string(length)) != std::string::npos);
  }
  SUBCASE("the longest is none") {
    const auto file = parse_whole(writer.file.content + test::le32(2) + test::le32(0) + test::le32(262144) +
                                  test::le32(60) + filled(262144));
    CHECK(file.frames.size() == 2);
    CHECK(file.parsed.damage.empty());
  }
  SUBCASE("nor are longer ones of link types that have them: USB") {
    const auto file = parse_whole(PcapWriter(test::little, PcapKind::microseconds, 249)
                                      .record(1, 0, 300'000, filled(300'000))
                                      .file.content);
    CHECK(file.frames.size() == 1);
  }
}

TEST_CASE("pcap: what is missing of a record") {
  const PcapWriter writer = PcapWriter(test::big, PcapKind::microseconds).record(1, 0, 60, filled(60));
  const auto cut = [&](std::size_t size) {
    return parse_whole(Octets(writer.file.content.begin(),
                              writer.file.content.begin() + static_cast<std::ptrdiff_t>(size)))
        .parsed;
  };
  CHECK(cut(10).wanted == 24);
  CHECK(cut(10).tail == "file header");
  CHECK(cut(30).wanted == 16);
  CHECK(cut(30).tail == "record header");
  CHECK(cut(40).wanted == 76);
  CHECK(cut(99).wanted == 76);
  CHECK(cut(99).tail == "record");
  CHECK(cut(99).consumed == 24);
  CHECK(cut(100).consumed == 100);
}
