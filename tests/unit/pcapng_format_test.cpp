// SPDX-License-Identifier: BSD-2-Clause
#include <limits>

#include "capture_files.hpp"

using test::filled;
using test::hex;
using test::Octets;
using test::Order;
using test::parse_whole;
using test::PcapngWriter;
using test::SeenFrame;

namespace {

/// The timestamp that an interface with these options makes of `units`.
base::Nanoseconds time_of(std::uint64_t units, const std::function<Octets(const PcapngWriter&)>& options) {
  std::vector<base::Nanoseconds> times;
  for (const Order order : {test::little, test::big}) {
    PcapngWriter writer(order);
    writer.section().interface(1, 0, options(writer)).enhanced(0, units, 0, {});
    const auto file = parse_whole(writer.file.content);
    REQUIRE(file.frames.size() == 1);
    times.push_back(file.frames[0].timestamp);
  }
  CHECK(times[0] == times[1]);
  return times[0];
}

std::string damage_of(const PcapngWriter& writer) { return parse_whole(writer.file.content).parsed.damage; }

}  // namespace

TEST_CASE("pcapng: time resolutions and offsets") {
  using Writer = const PcapngWriter&;
  CHECK(time_of(1'700'000'000'123'456, [](Writer) { return Octets(); }) == 1'700'000'000'123'456'000);
  CHECK(time_of(1'700'000'000'123, [](Writer w) { return w.resolution(3); }) == 1'700'000'000'123'000'000);
  CHECK(time_of(1'700'000'000, [](Writer w) { return w.resolution(0); }) == 1'700'000'000'000'000'000);
  CHECK(time_of(1'700'000'000'123'456'789, [](Writer w) { return w.resolution(9); }) ==
        1'700'000'000'123'456'789);
  CHECK(time_of(1'700'000'000'123'456'789, [](Writer w) { return w.resolution(12); }) ==
        1'700'000'000'123'456);
  SUBCASE("powers of two") {
    CHECK(time_of((5ULL << 20) + (1ULL << 19), [](Writer w) { return w.resolution(0x80 | 20); }) ==
          5'500'000'000);
    CHECK(time_of(1, [](Writer w) { return w.resolution(0x80 | 20); }) == 953);  // 953.67 ns
    CHECK(time_of(3ULL << 30, [](Writer w) { return w.resolution(0x80 | 30); }) == 3'000'000'000);
    CHECK(time_of(1'700'000'000ULL << 32, [](Writer w) { return w.resolution(0x80 | 32); }) ==
          1'700'000'000'000'000'000);
  }
  SUBCASE("offsets in seconds, also negative") {
    CHECK(time_of(500, [](Writer w) { return w.resolution(3) + w.offset(1'700'000'000); }) ==
          1'700'000'000'500'000'000);
    CHECK(time_of(500, [](Writer w) { return w.resolution(3) + w.offset(-2); }) == -1'500'000'000);
    CHECK(time_of(500, [](Writer w) { return w.offset(7) + w.option(1, hex("6869")) + w.resolution(3); }) ==
          7'500'000'000);
  }
  SUBCASE("what is after the end of the options is no option") {
    CHECK(time_of(5, [](Writer w) { return w.option(0, {}) + w.resolution(0); }) == 5000);
  }
  SUBCASE("nothing overflows") {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    CHECK(time_of(most, [](Writer w) { return w.resolution(0); }) == base::time_limit);
    CHECK(time_of(most, [](Writer w) { return w.offset(std::numeric_limits<std::int64_t>::max()); }) ==
          base::time_limit);
    CHECK(time_of(0, [](Writer w) { return w.offset(std::numeric_limits<std::int64_t>::min()); }) ==
          base::time_earliest);
    CHECK(time_of(most, [](Writer w) { return w.resolution(0x7f); }) >= 0);
    CHECK(time_of(most, [](Writer w) { return w.resolution(0xff); }) >= 0);
  }
}

TEST_CASE("pcapng: a resolution finer than 2^-63 or 10^-19 leaves times below a second") {
  const auto with = [](std::uint8_t value) {
    return [value](const PcapngWriter& writer) { return writer.resolution(value); };
  };
  CHECK(time_of(1ULL << 63, with(0x80 | 64)) == 500'000'000);
  CHECK(time_of(10'000'000'000'000'000'000ULL, with(20)) == 100'000'000);
}

TEST_CASE("pcapng: packets of every kind of block, in both byte orders") {
  for (const Order order : {test::little, test::big}) {
    CAPTURE(order.is_little_endian);
    PcapngWriter writer(order);
    writer.section().interface(1, 96).interface(101, 0, writer.resolution(9));
    writer.enhanced(1, 1'700'000'000'000'000'001, 60, filled(41, 1));
    writer.obsolete(1, 1'700'000'000'000'000'002, 61, filled(42, 2));
    writer.simple(1500, filled(96, 3)).simple(31, filled(31, 4)).enhanced(0, 5, 0, {});
    const auto file = parse_whole(writer.file.content);
    CHECK(file.parsed.damage.empty());
    CHECK(file.link_numbers == std::vector<std::uint32_t>{1, 101});
    REQUIRE(file.frames.size() == 5);
    CHECK(file.frames[0] == SeenFrame{1'700'000'000'000'000'001, 60, filled(41, 1), 101, 1});
    CHECK(file.frames[1] == SeenFrame{1'700'000'000'000'000'002, 61, filled(42, 2), 101, 1});
    CHECK(file.frames[2] == SeenFrame{0, 1500, filled(96, 3), 1, 0});
    CHECK(file.frames[3] == SeenFrame{0, 31, filled(31, 4), 1, 0});
    CHECK(file.frames[4] == SeenFrame{5000, 0, {}, 1, 0});
  }
}

TEST_CASE("pcapng: a new section has interfaces of its own and may turn the byte order") {
  PcapngWriter writer(test::big);
  writer.section().interface(1).enhanced(0, 1, 60, filled(10));
  writer.section(test::little).interface(113).enhanced(0, 2, 60, filled(10));
  const auto file = parse_whole(writer.file.content);
  REQUIRE(file.frames.size() == 2);
  CHECK(file.frames[0].link_number == 1);
  CHECK(file.frames[1].link_number == 113);
  CHECK(file.frames[1].timestamp == 2000);
  SUBCASE("those of the section before are gone") {
    writer.section().enhanced(0, 3, 60, filled(10));
    CHECK(damage_of(writer).find("interface") != std::string::npos);
  }
}

TEST_CASE("pcapng: other blocks are skipped") {
  PcapngWriter writer(test::little);
  writer.section()
      .block(0x0a, filled(40))
      .interface(1)
      .block(4, filled(20))
      .block(5, filled(1))
      .block(0x0bad, {});
  writer.enhanced(0, 1, 60, filled(10)).block(0xffffffff, filled(100'000)).enhanced(0, 2, 60, filled(10));
  CHECK(parse_whole(writer.file.content).frames.size() == 2);
}

TEST_CASE("pcapng: damage") {
  PcapngWriter writer(test::little);
  writer.section();
  SUBCASE("a packet before its interface") {
    SUBCASE("enhanced") { writer.enhanced(0, 1, 60, filled(10)); }
    SUBCASE("obsolete") { writer.obsolete(0, 1, 60, filled(10)); }
    SUBCASE("simple") { writer.simple(60, filled(60)); }
    CHECK(damage_of(writer).find("interface") != std::string::npos);
  }
  writer.interface(1).enhanced(0, 1, 60, filled(10));
  SUBCASE("a packet of an interface that is not there") {
    writer.enhanced(1, 1, 60, filled(10));
    CHECK(damage_of(writer).find("interface") != std::string::npos);
  }
  SUBCASE("a packet longer than its block") {
    writer.block(6, test::le32(0) + filled(8) + test::le32(1000) + test::le32(1000) + filled(8));
    CHECK(damage_of(writer).find("1000") != std::string::npos);
    CHECK(parse_whole(writer.file.content).frames.size() == 1);
  }
  SUBCASE("a packet of 4 GB") {
    writer.block(6, test::le32(0) + filled(8) + filled(8, 0xff) + filled(8));
    CHECK(damage_of(writer).find("4294967295") != std::string::npos);
  }
  SUBCASE("a simple packet longer than its block") {
    writer.simple(500, filled(8));
    CHECK_FALSE(damage_of(writer).empty());
  }
  SUBCASE("blocks too short for what they are") {
    SUBCASE("enhanced") { writer.block(6, test::le32(0)); }
    SUBCASE("enhanced, empty") { writer.block(6, {}); }
    SUBCASE("interface") { writer.block(1, test::le32(1)); }
    SUBCASE("simple") {
      writer.block(3, {});
      CHECK(parse_whole(writer.file.content).frames.size() <= 2);
      return;
    }
    (void)damage_of(writer);
    CHECK(parse_whole(writer.file.content).frames.size() <= 2);
  }
  SUBCASE("lengths that cannot be right") {
    for (const std::uint32_t length : {0U, 4U, 8U, 11U, 13U, 0x7ffffffcU, 0xfffffffcU, 0xffffffffU}) {
      CAPTURE(length);
      const auto file = parse_whole(writer.file.content + test::le32(6) + test::le32(length) + filled(60));
      CHECK_FALSE(file.parsed.damage.empty());
      CHECK(file.frames.size() == 1);
      CHECK(file.parsed.consumed == writer.file.content.size());
    }
  }
  SUBCASE("two lengths that differ") {
    Octets content = writer.file.content;
    content[content.size() - 4] ^= 4;
    CHECK(parse_whole(content).parsed.damage.find("differ") != std::string::npos);
    CHECK(parse_whole(content).frames.empty());
  }
  SUBCASE("a section of another version, and one without its magic number") {
    CHECK_FALSE(parse_whole(hex("0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffffffffffff 1c000000"))
                    .parsed.damage.empty());
    CHECK_FALSE(parse_whole(hex("0a0d0d0a 1c000000 00000000 0100 0000 ffffffffffffffff 1c000000"))
                    .parsed.damage.empty());
  }
}

TEST_CASE("pcapng: options that do not fit their block are left out") {
  PcapngWriter writer(test::little);
  writer.section()
      .interface(1, 0, test::le16(9) + test::le16(400) + filled(4))
      .enhanced(0, 5, 60, filled(10));
  const auto file = parse_whole(writer.file.content);
  REQUIRE(file.frames.size() == 1);
  CHECK(file.frames[0].timestamp == 5000);
}
