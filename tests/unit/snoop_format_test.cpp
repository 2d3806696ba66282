// SPDX-License-Identifier: BSD-2-Clause
#include "capture_files.hpp"

using test::filled;
using test::Octets;
using test::parse_whole;
using test::SeenFrame;
using test::SnoopWriter;

namespace {

std::uint32_t link_of_datalink(std::uint32_t datalink) {
  const auto file = parse_whole(SnoopWriter(datalink).file.content);
  REQUIRE(file.link_numbers.size() == 1);
  return file.link_numbers[0];
}

/// One record with these lengths, after one that is right.
test::ParsedFile with_lengths(std::uint32_t captured, std::uint32_t record) {
  const SnoopWriter writer = SnoopWriter().record(1, 0, 60, filled(60));
  return parse_whole(writer.file.content + test::be32(60) + test::be32(captured) + test::be32(record) +
                     filled(12) + filled(100));
}

}  // namespace

TEST_CASE("snoop: records, padded or not (RFC 1761)") {
  SnoopWriter writer;
  writer.record(1'700'000'000, 123'456, 1514, filled(68, 1))
      .record(2, 3, 60, filled(61, 2), 3)
      .record(0xffffffff, 0, 0, {}, 4000);
  const auto file = parse_whole(writer.file.content);
  CHECK(file.parsed.damage.empty());
  REQUIRE(file.frames.size() == 3);
  CHECK(file.frames[0] == SeenFrame{1'700'000'000'123'456'000, 1514, filled(68, 1), 1, 0});
  CHECK(file.frames[1] == SeenFrame{2'000'003'000, 60, filled(61, 2), 1, 0});
  CHECK(file.frames[2].timestamp == 4'294'967'295'000'000'000);
}

TEST_CASE("snoop: datalink types") {
  CHECK(link_of_datalink(0) == 1);   // IEEE 802.3
  CHECK(link_of_datalink(2) == 6);   // IEEE 802.5
  CHECK(link_of_datalink(4) == 1);   // Ethernet
  CHECK(link_of_datalink(8) == 10);  // FDDI
  SUBCASE("ATM: SunATM's header of 4 bytes stands before the LLC") { CHECK(link_of_datalink(18) == 123); }
  SUBCASE("InfiniBand: a header of 4 bytes, without the 40 that IPOIB has before it") {
    CHECK(link_of_datalink(26) != 242);
  }
  SUBCASE("ipnet") { CHECK(link_of_datalink(0x80000005) == 226); }
  SUBCASE("others are not decoded") {
    for (const std::uint32_t datalink : {1U, 3U, 5U, 9U, 100U, 65536U, 65537U, 0xffffffffU}) {
      CAPTURE(datalink);
      CHECK_FALSE(packet::link_type(link_of_datalink(datalink)).is_decoded);
    }
  }
}

TEST_CASE("snoop: damage") {
  SUBCASE("a version other than 2") {
    const auto file = parse_whole(SnoopWriter(4, 1).record(1, 0, 60, filled(60)).file.content);
    CHECK(file.parsed.damage.find("version") != std::string::npos);
    CHECK(file.frames.empty());
  }
  SUBCASE("a record shorter than its packet") { CHECK_FALSE(with_lengths(60, 60).parsed.damage.empty()); }
  SUBCASE("a record shorter than its header") {
    CHECK_FALSE(with_lengths(0, 23).parsed.damage.empty());
    CHECK_FALSE(with_lengths(0, 0).parsed.damage.empty());
  }
  SUBCASE("4 GB of packet or record") {
    CHECK_FALSE(with_lengths(0xffffffff, 0xffffffff).parsed.damage.empty());
    CHECK_FALSE(with_lengths(0xffffffff, 23).parsed.damage.empty());
    CHECK_FALSE(with_lengths(60, 0xffffffff).parsed.damage.empty());
    CHECK(with_lengths(60, 0xffffffff).frames.size() == 1);
  }
  SUBCASE("a record without padding is right") { CHECK(with_lengths(100, 124).frames.size() == 2); }
}
