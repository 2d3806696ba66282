// SPDX-License-Identifier: BSD-2-Clause
#include "capture/savefile.hpp"

#include <fcntl.h>

#include <algorithm>

#include "capture_files.hpp"
#include "link_samples.hpp"

using test::CaptureFile;
using test::filled;
using test::first;
using test::Octets;
using test::read_content;
using test::read_through_pipe;
using test::says;

namespace {

/// Many packets of random sizes, more than three blocks of the reader.
test::PcapWriter long_file() {
  test::PcapWriter writer(test::little, test::PcapKind::nanoseconds);
  test::Random random(6);
  Octets& content = writer.file.content;
  for (std::uint32_t i = 0; content.size() < (7U << 19); ++i) {
    const auto size =
        static_cast<std::uint32_t>(random.below(10) == 0 ? random.below(65536) : random.below(1600));
    const Octets header = test::le32(i) + test::le32(size) + test::le32(size) + test::le32(size + i);
    content.insert(content.end(), header.begin(), header.end());
    for (std::uint32_t j = 0; j < size; ++j) content.push_back(static_cast<std::uint8_t>(i * 7 + j * 3));
  }
  return writer;
}

}  // namespace

TEST_CASE("a file that arrives byte by byte is the same as one that arrives at once") {
  for (const CaptureFile& file : test::capture_files()) {
    CAPTURE(file.name);
    const auto at_once = read_content(file.content);
    CHECK(at_once.fault.empty());
    CHECK(at_once.frames.size() == file.packet_ends.size());
    for (const std::size_t count : {1U, 2U, 3U, 7U, 13U, 64U}) {
      CAPTURE(count);
      const auto in_pieces = read_through_pipe(file.content, count);
      CHECK(in_pieces.fault.empty());
      CHECK(in_pieces.frames == at_once.frames);
    }
  }
}

TEST_CASE("a file that is cut off anywhere hands on every complete packet, and says so") {
  for (const CaptureFile& file : test::capture_files()) {
    CAPTURE(file.name);
    const auto whole = read_content(file.content);
    for (std::size_t size = 1; size < file.content.size(); ++size) {
      CAPTURE(size);
      const auto cut = read_content(first(file.content, size));
      const auto complete = static_cast<std::size_t>(
          std::ranges::count_if(file.packet_ends, [&](std::size_t end) { return end <= size; }));
      REQUIRE(cut.frames.size() == complete);
      REQUIRE(std::equal(cut.frames.begin(), cut.frames.end(), whole.frames.begin()));
      const bool is_whole = std::ranges::count(file.whole_after, size) > 0;
      if (is_whole) {
        REQUIRE(cut.fault == "");
      } else if (size < file.recognised_after) {
        REQUIRE(says(cut.fault, "day.pcap: is not a capture"));
      } else {
        REQUIRE(says(cut.fault, "day.pcap: truncated after " + std::to_string(complete) + " packet"));
      }
    }
  }
}

TEST_CASE("records that straddle the ends of blocks") {
  const test::PcapWriter writer = long_file();
  const auto expected = test::parse_whole(writer.file.content);
  CHECK(expected.frames.size() > 500);
  const auto from_file = read_content(writer.file.content);
  CHECK(from_file.fault.empty());
  CHECK(from_file.frames == expected.frames);
  CHECK(read_through_pipe(writer.file.content, 61'007).frames == expected.frames);
}

TEST_CASE("records longer than a block") {
  SUBCASE("pcap") {
    test::PcapWriter writer(test::little, test::PcapKind::microseconds, 249);
    writer.record(1, 0, 9, filled(9)).record(2, 0, 9, filled(5U << 20, 7)).record(3, 0, 9, filled(9));
    const auto file = read_content(writer.file.content);
    CHECK(file.fault.empty());
    REQUIRE(file.frames.size() == 3);
    CHECK(file.frames[1].octets.size() == (5U << 20));
    CHECK(file.frames[2].timestamp == 3'000'000'000);
  }
  SUBCASE("a pcapng block that is skipped") {
    test::PcapngWriter writer(test::little);
    writer.section().interface(1).block(0x0bad, filled(3U << 20)).enhanced(0, 1, 60, filled(60));
    CHECK(read_content(writer.file.content).frames.size() == 1);
    CHECK(says(read_content(first(writer.file.content, 2U << 20)).fault, "truncated after 0 packets"));
  }
}

TEST_CASE("damage ends the reading, after the packets before it") {
  test::PcapWriter writer(test::little, test::PcapKind::microseconds);
  writer.record(1, 0, 60, filled(60)).record(2, 0, 60, filled(60));
  const auto file =
      read_content(writer.file.content + test::le32(3) + test::le32(0) + filled(8, 0xff) + filled(5000));
  CHECK(file.frames.size() == 2);
  CHECK(says(file.fault, "day.pcap: damaged after 2 packets"));
  CHECK(says(file.fault, "4294967295"));
}

TEST_CASE("what is no capture") {
  CHECK(says(read_content({}).fault, "empty"));
  CHECK(says(read_content(test::of_text("#!/bin/sh\necho hello, world\n")).fault, "not a capture"));
  CHECK(says(read_content(filled(4096)).fault, "not a capture"));
  CHECK(says(read_content(test::hex("504b0304 00000000")).fault, "not a capture"));  // zip  // compressed
  CHECK(says(read_content(test::of_text("snoop")).fault, "not a capture"));
}

TEST_CASE("a file that cannot be opened says why") {
  const auto error = [](const std::string& name) {
    return test::error_of([&] { capture::Savefile(name, "", [](const std::string&) {}); });
  };
  CHECK(says(error("no/such/file").what(), "no/such/file: No such file"));
  CHECK(error("no/such/file").status() == base::ExitStatus::failure);
  CHECK(says(error("/").what(), "is a directory"));
  CHECK(says(error("no\x1b[2J").what(), "no\\x1b[2J: "));
}

TEST_CASE("a pipe without bytes never keeps the reader waiting") {
  test::Pipe pipe;
  REQUIRE(::fcntl(pipe.reader.number(), F_SETFL, O_NONBLOCK) == 0);
  capture::Savefile file(std::move(pipe.reader), "-", "", [](const std::string&) {});
  const auto count = [](const capture::Frame&) {};
  CHECK(file.dispatch(capture::FrameSink(count)) == capture::Progress::idle);
  CHECK(file.descriptor() >= 0);
  pipe.writer = base::Descriptor();
  CHECK(file.dispatch(capture::FrameSink(count)) == capture::Progress::end);
  CHECK(file.dispatch(capture::FrameSink(count)) == capture::Progress::end);
}

TEST_CASE("filters apply to every format") {
  const Octets tcp = test::ethernet_header(0x0800) + test::ipv4_packet(test::tcp);
  const Octets udp = test::ethernet_header(0x0800) + test::ipv4_packet(test::udp);
  SUBCASE("pcap") {
    const auto writer =
        test::PcapWriter(test::big, test::PcapKind::nanoseconds).record(1, 0, 54, tcp).record(2, 0, 54, udp);
    CHECK(read_content(writer.file.content, "tcp").frames.size() == 1);
    CHECK(read_content(writer.file.content, "ip").frames.size() == 2);
  }
  SUBCASE("snoop") {
    const auto writer = test::SnoopWriter().record(1, 0, 54, tcp).record(2, 0, 54, udp);
    CHECK(read_content(writer.file.content, "udp").frames.size() == 1);
  }
  SUBCASE("pcapng, each link type with a filter of its own") {
    test::PcapngWriter writer(test::little);
    writer.section()
        .interface(1)
        .interface(101)
        .enhanced(0, 1, 54, tcp)
        .enhanced(1, 2, 40, test::ipv4_packet(test::tcp));
    writer.enhanced(1, 3, 40, test::ipv4_packet(test::udp)).enhanced(0, 4, 54, udp).enhanced(0, 5, 54, tcp);
    const auto file = read_content(writer.file.content, "tcp");
    REQUIRE(file.frames.size() == 3);
    CHECK(file.frames[0].timestamp == 1000);
    CHECK(file.frames[1].timestamp == 2000);
    CHECK(file.frames[2].timestamp == 5000);
  }
}

TEST_CASE("a filter that cannot be compiled is wrong usage") {
  const auto writer =
      test::PcapWriter(test::little, test::PcapKind::microseconds).record(1, 0, 60, filled(60));
  capture::Savefile file(test::memory_file(writer.file.content), "day.pcap", "tcp and (",
                         [](const std::string&) {});
  const auto count = [](const capture::Frame&) {};
  CHECK(file.dispatch(capture::FrameSink(count)) == capture::Progress::end);
  REQUIRE(file.fault().has_value());
  CHECK(file.fault()->status() == base::ExitStatus::usage);
  CHECK(says(file.fault()->what(), "tcp and ("));
}

TEST_CASE("an interface that the filter cannot be compiled for") {
  test::PcapngWriter writer(test::little);
  const Octets tagged = test::ethernet_header(0x8100) + test::hex("0001 0800") + test::ipv4_packet();
  writer.section().interface(1).enhanced(0, 1, 58, tagged).enhanced(0, 2, 58, tagged).interface(101);
  SUBCASE("does no harm while it has no packets") {
    const auto file = read_content(writer.file.content, "vlan");
    CHECK(file.frames.size() == 2);
    CHECK(file.fault.empty());
  }
  SUBCASE("is told at its first packet; those before it still count") {
    writer.enhanced(1, 3, 40, test::ipv4_packet());
    const auto file = read_content(writer.file.content, "vlan");
    CHECK(file.frames.size() == 2);
    CHECK(says(file.fault, "filter 'vlan'"));
  }
}

TEST_CASE("a link type that is not decoded is told once") {
  test::PcapngWriter writer(test::little);
  writer.section().interface(147).interface(147).interface(1).interface(148);
  writer.enhanced(0, 1, 60, filled(60)).enhanced(1, 2, 60, filled(60)).enhanced(3, 3, 60, filled(60));
  writer.section().interface(147).enhanced(0, 4, 60, filled(60));
  const auto file = read_content(writer.file.content);
  CHECK(file.frames.size() == 4);
  REQUIRE(file.notices.size() == 2);
  CHECK(says(file.notices[0], "day.pcap: link type 147"));
  CHECK(says(file.notices[1], "148"));
}
