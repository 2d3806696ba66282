// SPDX-License-Identifier: BSD-2-Clause
#include "capture/input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "base/mapping.hpp"
#include "capture_files.hpp"

using capture::Input;
using capture::Supply;
using test::filled;
using test::Octets;
using test::says;
using State = capture::Supply::State;

namespace {

const std::size_t page = base::Mapping::page_bytes();

Octets octets_of(packet::Bytes bytes) { return {bytes.data(), bytes.data() + bytes.size()}; }

Octets random_octets(std::size_t count) {
  test::Random random(9);
  Octets octets;
  while (octets.size() < count) octets.push_back(static_cast<std::uint8_t>(random.next()));
  return octets;
}

void append(const base::Descriptor& file, const Octets& octets) {
  ::lseek(file.number(), 0, SEEK_END);
  REQUIRE(base::write_all(file.number(), {reinterpret_cast<const char*>(octets.data()), octets.size()}) == 0);
}

/// A second descriptor of the file, with a position of its own.
base::Descriptor again(const base::Descriptor& file, off_t position = 0) {
  base::Descriptor other(
      ::open(("/proc/self/fd/" + std::to_string(file.number())).c_str(), O_RDONLY | O_CLOEXEC));
  REQUIRE(::lseek(other.number(), position, SEEK_SET) == position);
  return other;
}

/// Everything up to the end, taken in steps of at most `step` bytes.
Octets read_all(Input& input, std::size_t step) {
  Octets all;
  std::size_t consumed = 0;
  for (;;) {
    const Supply supply = input.advance(consumed, step);
    if (supply.state != State::ready && supply.state != State::idle) {
      CHECK(supply.state == State::end);
      const Octets rest = octets_of(input.block());
      return all + rest;
    }
    const packet::Bytes block = input.block();
    consumed = std::min(step, block.size());
    all.insert(all.end(), block.data(), block.data() + consumed);
  }
}

bool is_readable(int descriptor, int timeout_ms) {
  pollfd row{descriptor, POLLIN, 0};
  return ::poll(&row, 1, timeout_ms) == 1;
}

/// Asks until there is something new or a reason why not; a followed file is looked at now and then.
Supply wait_for_more(Input& input, std::size_t consumed) {
  for (;;) {
    const Supply supply = input.advance(std::exchange(consumed, 0), input.block().size() + 1);
    if (supply.state != State::idle) return supply;
    REQUIRE(is_readable(input.descriptor(), 2000));
  }
}

/// A file of pcap records, and a Savefile of it whose sink does something at the first frame.
struct Cut {
  Cut() {
    test::PcapWriter writer(test::little, test::PcapKind::microseconds);
    for (std::uint32_t i = 0; i < 800; ++i) writer.record(1 + i, 0, 60, filled(60, 0x45));
    content = writer.file.content;
    ends = writer.file.packet_ends;
    file = test::memory_file(content);
  }

  /// Reads the file, which is cut to `size` when its first packet is there.
  test::ReadFile read(off_t size) {
    test::ReadFile result;
    capture::Savefile savefile(again(file), "day.pcap", "", [](const std::string&) {});
    const auto keep = [&](const capture::Frame& frame) {
      if (result.frames.empty()) REQUIRE(::ftruncate(file.number(), size) == 0);
      result.frames.push_back(test::copy_of(frame));
    };
    while (savefile.dispatch(capture::FrameSink(keep)) != capture::Progress::end) {
    }
    if (savefile.fault()) result.fault = savefile.fault()->what();
    packets = savefile.packets();
    return result;
  }

  std::size_t whole_until(std::size_t size) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(ends, [&](std::size_t end) { return end <= size; }));
  }

  Octets content;
  std::vector<std::size_t> ends;
  base::Descriptor file;
  std::uint64_t packets = 0;
};

}  // namespace

TEST_CASE("a file and a pipe give the same bytes, in steps of any size") {
  const Octets content = random_octets(5'000'001);
  for (const std::size_t step : {4093U, 65'536U, 1'000'003U, 3'000'000U}) {
    CAPTURE(step);
    CHECK((read_all(*capture::open_input(test::memory_file(content)), step) == content));
  }
  test::Pipe pipe;
  const Octets little(content.begin(), content.begin() + 60'000);
  append(pipe.writer, little);
  pipe.writer = base::Descriptor();
  CHECK((read_all(*capture::open_input(std::move(pipe.reader)), 4093) == little));
}

TEST_CASE("a file is read from its descriptor's position on") {
  const Octets content = random_octets(300'000);
  const base::Descriptor file = test::memory_file(content);
  for (const std::size_t from : {std::size_t{1}, page - 1, page, page + 1, std::size_t{299'999}}) {
    CAPTURE(from);
    const auto input = capture::open_input(again(file, static_cast<off_t>(from)));
    CHECK((read_all(*input, 50'000) ==
           Octets(content.begin() + static_cast<std::ptrdiff_t>(from), content.end())));
    CHECK(input->position() <= 300'000);
  }
  CHECK(read_all(*capture::open_input(again(file, 300'000)), 10).empty());
  CHECK(read_all(*capture::open_input(again(file, 400'000)), 10).empty());
  SUBCASE("followed as well") {
    const auto input = capture::follow_input(again(file, 299'000));
    CHECK(wait_for_more(*input, 0).state == State::ready);
    CHECK((octets_of(input->block()) == Octets(content.begin() + 299'000, content.end())));
  }
}

TEST_CASE("who wants to know of the begin of a file only is not given much of it") {
  const auto input = capture::open_input(test::memory_file(random_octets(5'000'000)));
  CHECK(input->advance(0, 8).state == State::ready);
  CHECK(input->block().size() <= (64U << 10));
  CHECK(input->block().size() >= 8);
}

TEST_CASE("as much as is wanted is there after a few calls, more than a window too") {
  const Octets content = random_octets(7'000'000);
  const auto input = capture::open_input(test::memory_file(content));
  CHECK(input->advance(0, 8).state == State::ready);
  for (int calls = 0; calls < 20 && input->block().size() < 6'000'000; ++calls) {
    CHECK(input->advance(calls == 0 ? 999 : 0, 6'000'000).state == State::ready);
  }
  REQUIRE(input->block().size() >= 6'000'000);
  CHECK((octets_of(input->block().first(6'000'000)) ==
         Octets(content.begin() + 999, content.begin() + 6'000'999)));
  SUBCASE("where there is so much") {
    CHECK(input->advance(6'000'000, 6'000'000).state == State::ready);
    CHECK(input->block().size() == 999'001);
    CHECK(input->advance(0, 6'000'000).state == State::end);
    CHECK(input->block().size() == 999'001);
  }
}

TEST_CASE("a file that has grown since it was opened is read to its new end") {
  const Octets content = random_octets(200'000);
  const base::Descriptor file = test::memory_file(Octets(content.begin(), content.begin() + 1000));
  const auto input = capture::open_input(again(file));
  CHECK(input->advance(0, 8).state == State::ready);
  CHECK(input->block().size() == 1000);
  append(file, Octets(content.begin() + 1000, content.begin() + 70'000));
  CHECK(input->advance(900, 1000).state == State::ready);
  CHECK((octets_of(input->block().first(5000)) == Octets(content.begin() + 900, content.begin() + 5900)));
  append(file, Octets(content.begin() + 70'000, content.end()));
  CHECK((read_all(*input, 10'000) == Octets(content.begin() + 900, content.end())));
}

TEST_CASE("a file that is cut short while it is mapped") {
  const Octets content = filled(4 * page, 7);
  const base::Descriptor file = test::memory_file(content);
  const auto input = capture::open_input(again(file));
  CHECK(input->advance(0, 8).state == State::ready);
  CHECK_FALSE(input->is_broken());
  REQUIRE(::ftruncate(file.number(), static_cast<off_t>(page)) == 0);
  SUBCASE("nobody has looked at what is missing") {}
  SUBCASE("somebody has: it reads as zeros") { CHECK(input->block().u8(2 * page) == 0); }
  CHECK(input->is_broken());
  const Supply supply = input->advance(page, 8);
  CHECK(supply.state == State::failed);
  CHECK(std::string(supply.verdict) == "unreadable");
  CHECK(says(supply.reason, "cut short"));
}

TEST_CASE("a capture that is cut short while it is mapped: what is left counts once, and nothing else") {
  SUBCASE("at the end of a page") {
    Cut cut;
    const std::size_t size = 3 * page;
    const auto file = cut.read(static_cast<off_t>(size));
    const std::size_t whole = cut.whole_until(size);
    CHECK(file.frames.size() >= whole);
    CHECK(file.frames.size() <= whole + 1);  // the header of one more may have been there
    CHECK(cut.packets == file.frames.size());
    CHECK(says(file.fault, "day.pcap: unreadable after " + std::to_string(cut.packets) + " packets ("));
    for (const auto& frame : file.frames) CHECK(frame.bytes_wire == 60);
  }
  SUBCASE("in the middle of a page, whose rest reads as zeros: no records without a byte") {
    Cut cut;
    for (const std::size_t size : {3 * page + 100, 2 * page + 5, cut.ends[50]}) {
      Cut fresh;
      const auto file = fresh.read(static_cast<off_t>(size));
      const std::size_t whole = fresh.whole_until(size);
      CAPTURE(size);
      CHECK(file.frames.size() >= whole);
      CHECK(file.frames.size() <= whole + 1);
      CHECK(fresh.packets == file.frames.size());
      CHECK(file.fault != "");
    }
  }
  SUBCASE("in the last page, where nothing is missing of the memory") {
    Cut cut;
    const std::size_t size = cut.ends[cut.ends.size() - 10];
    const auto file = cut.read(static_cast<off_t>(size));
    CHECK(file.frames.size() == cut.ends.size() - 9);
    CHECK(file.fault != "");
  }
}

TEST_CASE("a file that cannot be mapped is read") {
  base::Descriptor file(::open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC));
  REQUIRE(file.number() >= 0);
  CHECK(capture::regular_bytes(file.number()) == 0);
  Octets expected(100'000);
  expected.resize(static_cast<std::size_t>(::pread(file.number(), expected.data(), expected.size(), 0)));
  CHECK(expected.size() > 0);
  CHECK((read_all(*capture::open_input(std::move(file)), 100) == expected));
}

TEST_CASE("regular files have a size, nothing else has") {
  CHECK(capture::regular_bytes(test::memory_file(filled(7)).number()) == 7);
  CHECK_FALSE(capture::regular_bytes(test::Pipe().reader.number()).has_value());
  CHECK_FALSE(capture::regular_bytes(base::Descriptor(::open("/dev/null", O_RDONLY)).number()).has_value());
  CHECK_FALSE(capture::regular_bytes(-1).has_value());
}

TEST_CASE("what cannot be read says why") {
  const auto input = capture::open_input(base::Descriptor(::open("/", O_RDONLY | O_CLOEXEC)));
  const Supply supply = input->advance(0, 8);
  CHECK(supply.state == State::failed);
  CHECK(std::string(supply.verdict) == "unreadable");
  CHECK(says(supply.reason, "directory"));
}

TEST_CASE("a followed file has no end: what is appended comes, and is waited for without spinning") {
  const base::Descriptor file = test::memory_file({});
  const auto input = capture::follow_input(again(file));
  CHECK(input->advance(0, 8).state == State::idle);
  CHECK_FALSE(is_readable(input->descriptor(), 0));
  append(file, filled(5, 1));
  REQUIRE(is_readable(input->descriptor(), 4 * capture::follow_ms));
  CHECK(wait_for_more(*input, 0).state == State::ready);
  CHECK(octets_of(input->block()) == filled(5, 1));
  CHECK(input->position() == 5);
  CHECK(input->advance(2, 8).state == State::idle);
  CHECK_FALSE(is_readable(input->descriptor(), 0));
  CHECK(octets_of(input->block()) == filled(3, 1));  // it stays
  append(file, filled(4, 2));
  CHECK(wait_for_more(*input, 0).state == State::ready);
  CHECK(octets_of(input->block()) == filled(3, 1) + filled(4, 2));
}

TEST_CASE("a followed file that is cut short has ended") {
  const base::Descriptor file = test::memory_file(filled(2000, 1));
  off_t from = 0;
  SUBCASE("from its begin on") { from = 0; }
  SUBCASE("from its middle on") { from = 1500; }
  const auto input = capture::follow_input(again(file, from));
  CHECK(wait_for_more(*input, 0).state == State::ready);
  CHECK(input->advance(0, input->block().size() + 1).state == State::idle);
  REQUIRE(::ftruncate(file.number(), 1900) == 0);
  REQUIRE(is_readable(input->descriptor(), 4 * capture::follow_ms));
  const Supply supply = input->advance(0, input->block().size() + 1);
  CHECK(supply.state == State::failed);
  CHECK(std::string(supply.verdict) == "ended");
  CHECK(says(supply.reason, "cut short"));
}

TEST_CASE("a followed pipe ends when its writer does") {
  test::Pipe pipe;
  REQUIRE(::fcntl(pipe.reader.number(), F_SETFL, O_NONBLOCK) == 0);
  const auto input = capture::follow_input(std::move(pipe.reader));
  CHECK(input->advance(0, 8).state == State::idle);
  append(pipe.writer, filled(5, 1));
  CHECK(is_readable(input->descriptor(), 0));
  CHECK(input->advance(0, 8).state == State::ready);
  CHECK(input->advance(0, 8).state == State::idle);
  pipe.writer = base::Descriptor();
  CHECK(input->advance(0, 8).state == State::end);
}

TEST_CASE("half a record of a followed capture stays until the other half is there") {
  test::PcapWriter writer(test::little, test::PcapKind::microseconds);
  writer.record(1, 0, 60, filled(60, 1)).record(2, 0, 60, filled(60, 2));
  const Octets& content = writer.file.content;
  const base::Descriptor file = test::memory_file({});
  capture::Savefile savefile(
      again(file), "day.pcap", "", [](const std::string&) {}, capture::Ending::followed);
  std::vector<test::SeenFrame> frames;
  const auto keep = [&](const capture::Frame& frame) { frames.push_back(test::copy_of(frame)); };
  const auto read = [&] {
    capture::Progress progress = capture::Progress::more;
    while (progress == capture::Progress::more) progress = savefile.dispatch(capture::FrameSink(keep));
    return progress;
  };
  std::size_t there = 0;
  const std::size_t packet_end = writer.file.packet_ends[0];
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{3}, std::size_t{20}, std::size_t{24}, packet_end - 1, packet_end,
        packet_end + 7, content.size() - 1, content.size()}) {
    CAPTURE(size);
    append(file, Octets(content.data() + there, content.data() + size));
    there = size;
    CHECK(read() == capture::Progress::idle);
    CHECK(frames.size() == (size < packet_end ? 0U : size < content.size() ? 1U : 2U));
  }
  CHECK(frames == test::read_content(content).frames);
  CHECK_FALSE(savefile.fault().has_value());
  SUBCASE("what is no record ends it") {
    append(file, filled(100, 0xff));
    CHECK(read() == capture::Progress::end);
    CHECK(says(savefile.fault()->what(), "damaged after 2 packets"));
  }
  SUBCASE("cut short, it says after how many packets") {
    REQUIRE(::ftruncate(file.number(), 24) == 0);
    CHECK(read() == capture::Progress::end);
    CHECK(says(savefile.fault()->what(), "day.pcap: ended after 2 packets (the file was cut short"));
  }
}

TEST_CASE("a compressed capture cannot be followed, and says so") {
  capture::Savefile savefile(
      test::memory_file(test::hex("1f8b0800 00000000 0003")), "day.pcap.gz", "", [](const std::string&) {},
      capture::Ending::followed);
  const auto count = [](const capture::Frame&) {};
  while (savefile.dispatch(capture::FrameSink(count)) == capture::Progress::more) {
  }
  REQUIRE(savefile.fault().has_value());
  CHECK(says(savefile.fault()->what(), "day.pcap.gz: is compressed: --follow"));
}
