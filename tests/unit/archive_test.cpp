// SPDX-License-Identifier: BSD-2-Clause
#include "capture/archive.hpp"

#include <lzma.h>
#include <sys/resource.h>

#include <algorithm>
#include <utility>

#include "archive_files.hpp"

using capture::Supply;
using test::archive_kinds;
using test::ArchiveKind;
using test::bzip2;
using test::first;
using test::gzip;
using test::lz4;
using test::Octets;
using test::xz;
using test::zstd;
using State = capture::Supply::State;

namespace {

Octets random_octets(std::size_t count) {
  test::Random random(5);
  Octets octets;
  while (octets.size() < count) octets.push_back(static_cast<std::uint8_t>(random.next()));
  return octets;
}

/// Runs of the same octet and others: something to compress, and little.
Octets sample(std::size_t count) {
  Octets octets = random_octets(count);
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = i % 50 < 40 ? std::uint8_t{7} : octets[i];
  return octets;
}

/// A skippable frame, as pzstd begins with.
Octets skippable() { return test::hex("5a2a4d18 04000000 01020304"); }

/// How the compressed bytes arrive and how they end.
struct Arrival {
  std::size_t portion = 1U << 20;
  bool has_idles = false;
  Supply last = {.state = State::end};
};

/// What is there lies in a buffer of its own of exactly that size.
class FakeInput final : public capture::Input {
 public:
  FakeInput(Octets content, Arrival arrival) : content_(std::move(content)), arrival_(std::move(arrival)) {}

  int descriptor() const override { return 77; }
  std::uint64_t position() const override { return end_; }
  packet::Bytes block() const override { return block_.bytes(); }

  Supply advance(std::size_t consumed, std::size_t wanted) override {
    ++calls;
    if (consumed > end_ - begin_ || wanted <= end_ - begin_ - consumed) FAIL("of ", end_ - begin_);
    begin_ += consumed;
    const bool is_idle = arrival_.has_idles && calls % 2 == 0;
    const bool is_over = end_ == content_.size();
    if (!is_idle) end_ += std::min(arrival_.portion, content_.size() - end_);
    block_ = test::Exact(Octets(content_.data() + begin_, content_.data() + end_));
    if (is_idle) return {.state = State::idle};
    return is_over ? arrival_.last : Supply{};
  }

  int calls = 0;

 private:
  Octets content_;
  Arrival arrival_;
  std::size_t begin_ = 0, end_ = 0;
  test::Exact block_{Octets()};
};

/// What became of an archive.
struct Outcome {
  Octets octets;
  Supply last;  ///< end or failed
  int calls = 0;

  std::string verdict() const {
    return last.state == State::end ? "whole" : last.verdict + (": " + last.reason);
  }
};

Outcome decompress(const Octets& archive, const Arrival& arrival = {}, std::size_t room_bytes = 1U << 20) {
  auto owned = std::make_unique<FakeInput>(archive, arrival);
  const FakeInput& input = *owned;
  const auto stream = capture::open_archive(std::move(owned));
  Outcome outcome;
  Octets room(room_bytes);
  do {
    const int calls = input.calls;
    outcome.last = stream->read(room);
    if (input.calls > calls + 1 || ++outcome.calls > 10'000'000) FAIL("too many calls");
    const Octets part = first(room, outcome.last.bytes);
    outcome.octets.insert(outcome.octets.end(), part.begin(), part.end());
  } while (outcome.last.state == State::ready || outcome.last.state == State::idle);
  CHECK(outcome.last.bytes == 0);
  CHECK(stream->read(room).state == outcome.last.state);  // that does not change
  if (outcome.last.state == State::end) CHECK(stream->position() == archive.size());
  return outcome;
}

long resident_kb_most() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

bool is_prefix(const Octets& part, const Octets& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

}  // namespace

TEST_CASE("archives are known by their content") {
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    const Octets start = first(kind.compress({}), capture::archive_magic_bytes);
    CHECK(capture::is_archive(test::Exact(start).bytes()));
    CHECK(!capture::is_archive(test::Exact(first(start, 2)).bytes()));
  }
  CHECK(capture::is_archive(test::Exact(skippable()).bytes()));
  CHECK(!capture::is_archive(test::Exact(Octets()).bytes()));
  for (const char* start : {"d4c3b2a10200", "a1b2c3d40002", "0a0d0d0a1c00", "736e6f6f7000", "000000000000"}) {
    CHECK(!capture::is_archive(test::Exact(test::hex(start)).bytes()));
  }
}

TEST_CASE("an archive gives what went into it, however it arrives and wherever it goes") {
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    for (const std::size_t size : {0U, 1U, 5'000U, 300'000U}) {
      CAPTURE(size);
      const Octets content = size == 300'000 ? random_octets(size) : sample(size);
      const Octets archive = kind.compress(content);
      for (const std::size_t portion : {1U, 7U, 4096U, 1U << 20}) {
        for (const std::size_t room : {1U, 13U, 65'536U, 1U << 20}) {
          if (size > 5'000 && std::min(portion, room) < 4096) continue;  // slow
          CAPTURE(portion);
          CAPTURE(room);
          const Outcome outcome = decompress(archive, {portion, true}, room);
          REQUIRE(outcome.verdict() == "whole");
          REQUIRE(outcome.octets == content);
        }
      }
    }
  }
}

TEST_CASE("the descriptor and the position are those of the compressed file") {
  const auto stream = capture::open_archive(std::make_unique<FakeInput>(gzip(sample(500)), Arrival{10}));
  Octets room(100);
  CHECK(stream->descriptor() == 77);
  CHECK(stream->position() == 0);
  CHECK(stream->read(room).state == State::ready);
  CHECK(stream->position() == 10);
}

TEST_CASE("what is idle is waited for, and room is filled from what is at hand") {
  const Octets content = sample(3'000);
  const auto stream = capture::open_archive(std::make_unique<FakeInput>(zstd(content), Arrival{4, true}));
  Octets room(3'000);
  CHECK(stream->read(room).state == State::ready);
  CHECK(stream->read(room).state == State::idle);
  const auto at_once = capture::open_archive(std::make_unique<FakeInput>(zstd(content), Arrival{}));
  CHECK(at_once->read(room).bytes == room.size());
}

TEST_CASE("what a codec still has comes out before more is waited for") {
  const Octets content(5'000);
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    const Octets archive = kind.compress(content);
    const auto stream = capture::open_archive(std::make_unique<FakeInput>(
        first(archive, archive.size() - 4), Arrival{archive.size(), false, {State::idle}}));
    Octets room(100);
    std::size_t bytes = 0;
    Supply supply;
    while ((supply = stream->read(room)).state == State::ready) bytes += supply.bytes;
    CHECK(supply.state == State::idle);
    CHECK(bytes == content.size());
  }
}

TEST_CASE("members one after another are one stream") {
  const Octets content = sample(700), twice = content + content;
  for (const ArchiveKind& one : archive_kinds) {
    for (const ArchiveKind& other : archive_kinds) {
      CAPTURE(one.name);
      CAPTURE(other.name);
      const Octets archive = one.compress(content) + other.compress(content);
      for (const std::size_t portion : {1U, 50U, 10'000U}) {
        const Outcome outcome = decompress(archive, {portion});
        CHECK(outcome.verdict() == "whole");
        CHECK(outcome.octets == twice);
      }
    }
  }
}

TEST_CASE("members of nothing give nothing") {
  const Octets content = sample(700);
  SUBCASE("empty ones of every kind, before and behind") {
    Octets empty;
    for (const ArchiveKind& kind : archive_kinds) empty = empty + kind.compress({});
    const Outcome outcome = decompress(empty + gzip(content) + empty, {3});
    CHECK(outcome.verdict() == "whole");
    CHECK(outcome.octets == content);
  }
  SUBCASE("skippable frames, even at the start") {
    for (const auto& compress : {zstd, lz4}) {
      const Outcome outcome = decompress(skippable() + compress(content) + skippable(), {5});
      CHECK(outcome.verdict() == "whole");
      CHECK(outcome.octets == content);
    }
  }
  SUBCASE("very many: a call looks only at some of them") {
    const Octets empty = gzip({});
    Octets archive;
    for (int i = 0; i < 50'000; ++i) archive.insert(archive.end(), empty.begin(), empty.end());
    const Outcome outcome = decompress(archive, {archive.size()});
    CHECK(outcome.verdict() == "whole");
    CHECK(outcome.calls > 50);
  }
}

TEST_CASE("a call reads only so much that gives nothing") {
  Octets archive = first(gzip({}), 10);
  const Octets empty_block = test::hex("00 0000 ffff");
  for (int i = 0; i < 700'000; ++i) archive.insert(archive.end(), empty_block.begin(), empty_block.end());
  CHECK(decompress(archive, {archive.size()}).calls > 3);
}

TEST_CASE("zeros after the last member are padding, other bytes are not") {
  const Octets content = sample(700);
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    const std::string other = "damaged: other bytes follow the " + std::string(kind.name) + " data";
    const auto with = [&](const Octets& tail) { return decompress(kind.compress(content) + tail, {100}); };
    CHECK(with(test::of_text("bytes")).octets == content);
    CHECK(with(test::of_text("bytes")).verdict() == other);
    CHECK(with({1}).verdict() == other);
    CHECK(with(test::filled(1000)).verdict() == (kind.has_padding ? "whole" : other));
    CHECK(with(test::filled(1000)).octets == content);
    CHECK(with(test::filled(8) + Octets{1}).verdict() == other);
    CHECK(with(test::filled(8) + kind.compress(content)).verdict() == (kind.has_padding ? "whole" : other));
  }
}

TEST_CASE("what is cut off anywhere is truncated, after a part of what went into it") {
  const Octets content = sample(700);
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    const Octets member = kind.compress(content), archive = member + member;
    for (std::size_t size = 1; size < archive.size(); ++size) {
      CAPTURE(size);
      const Outcome outcome = decompress(first(archive, size));
      REQUIRE(is_prefix(outcome.octets, content + content));
      if (size >= member.size()) REQUIRE(is_prefix(content, outcome.octets));
      if (size == member.size()) continue;
      REQUIRE(outcome.verdict() == "truncated: the " + std::string(kind.name) + " data ends early");
    }
  }
}

TEST_CASE("no flipped bit goes unnoticed") {
  const Octets content = sample(150);
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    const Octets archive = kind.compress(content);
    int failures = 0;
    for (std::size_t bit = 0; bit < archive.size() * 8; ++bit) {
      CAPTURE(bit);
      Octets flipped = archive;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
      const Outcome outcome = decompress(flipped, {1000});
      REQUIRE((outcome.last.state == State::failed || outcome.octets == content));
      failures += outcome.last.state == State::failed;
    }
    // The time in a gzip header does not matter, nor do some other bits.
    CHECK(failures > static_cast<int>(archive.size()) * 8 - 100);
  }
}

TEST_CASE("what comes before the damage comes out") {
  const Octets content = random_octets(500'000);
  for (const ArchiveKind& kind : archive_kinds) {
    CAPTURE(kind.name);
    Octets archive = kind.compress(content);
    archive[archive.size() * 9 / 10] ^= 1;
    for (const std::size_t room : {1'000U, 65'536U, 1U << 20}) {
      const Outcome outcome = decompress(archive, {}, room);
      CHECK(outcome.verdict().starts_with("damaged: " + std::string(kind.name) + ": "));
      CHECK(outcome.octets.size() > 380'000);  // whole blocks, of 128 KiB at most
      CHECK(is_prefix(first(outcome.octets, 380'000), content));
    }
  }
}

TEST_CASE("a block comes out where the header of the next one is damaged") {
  const Octets of_zstd = test::hex("28b52ffd 00 50  180000 616263  fefefe");
  const Octets of_lz4 = first(lz4({}), 7) + test::hex("03000080 616263  ffffffff");
  for (const Octets& archive : {of_zstd, of_lz4}) {
    for (const std::size_t room : {1U, 2U, 3U, 100U}) {
      const Outcome outcome = decompress(archive, {}, room);
      CHECK(outcome.last.state == State::failed);
      CHECK(outcome.octets == test::of_text("abc"));
    }
  }
}

TEST_CASE("the library's own reason is given") {
  const auto damaged_at = [](Octets archive, std::size_t from_end) {
    archive[archive.size() - from_end] ^= 1;
    return decompress(archive).verdict();
  };
  CHECK(damaged_at(gzip(sample(99)), 8) == "damaged: gzip: incorrect checksum or length");
  CHECK(damaged_at(gzip(sample(99)), 4) == "damaged: gzip: incorrect checksum or length");
  CHECK(damaged_at(zstd(sample(99)), 1) == "damaged: zstd: Restored data doesn't match checksum");
  CHECK(damaged_at(xz(sample(99)), 1) == "damaged: xz: corrupt data");
  CHECK(damaged_at(lz4(sample(99)), 1) == "damaged: lz4: ERROR_contentChecksum_invalid");
  CHECK(damaged_at(bzip2(sample(99)), 4) == "damaged: bzip2: corrupt data");
  CHECK(decompress(test::of_text("text")).verdict() == "damaged: not compressed in a known way");
  SUBCASE("more memory than there may be") {
    // An LZMA2 dictionary of 4 GiB - 1, and a window of 256 MiB.
    Octets block = test::hex("02002101 28000000");
    block = block + test::le32(lzma_crc32(block.data(), block.size(), 0));
    CHECK(decompress(first(xz(sample(99)), 12) + block).verdict() ==
          "damaged: xz: needs more than 130 MiB of memory");
    CHECK(decompress(test::hex("28b52ffd 00 90 010000")).verdict() ==
          "damaged: zstd: Frame requires too much memory for decoding");
  }
}

TEST_CASE("what the compressed file fails of is passed on") {
  const Arrival arrival{100, false, {State::failed, 0, "unreadable", "Input/output error"}};
  const Octets content = sample(700);
  const Outcome outcome = decompress(gzip(content), arrival);
  CHECK(outcome.octets == content);
  CHECK(outcome.verdict() == "unreadable: Input/output error");
  CHECK(decompress(first(gzip(content), 20), arrival).verdict() == "unreadable: Input/output error");
}

TEST_CASE("256 MB of zeros come in little memory") {
  const Octets archive = test::gzip_of_many(Octets(1'000'000), 256);
  const auto before_kb = resident_kb_most();
  const auto stream = capture::open_archive(std::make_unique<FakeInput>(archive, Arrival{}));
  Octets room(1U << 20);
  std::uint64_t bytes = 0;
  Supply supply;
  do {
    supply = stream->read(room);
    bytes += supply.bytes;
  } while (supply.state == State::ready);
  CHECK(supply.state == State::end);
  CHECK(bytes == 256'000'000);
  CHECK(resident_kb_most() - before_kb < 16'000);
}
