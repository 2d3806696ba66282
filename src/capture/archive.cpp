// SPDX-License-Identifier: BSD-2-Clause
#include "capture/archive.hpp"

#include <optional>
#include <utility>

#include "capture/codecs.hpp"

namespace capture {

namespace {

class ArchiveStream final : public ByteStream {
 public:
  explicit ArchiveStream(std::unique_ptr<Input> compressed)
      : compressed_(std::move(compressed)), is_starved_(compressed_->block().size() == 0) {}

  int descriptor() const override { return compressed_->descriptor(); }
  std::uint64_t position() const override { return compressed_->position(); }

  Supply read(std::span<std::uint8_t> room) override {
    if (is_starved_) advance();
    const std::size_t consumed_most = consumed_ + work_bytes_most;
    std::size_t bytes = 0;
    for (int turns = 0; turns < turns_most && consumed_ < consumed_most; ++turns) {
      if (bytes == room.size() || is_starved_ || failure_) break;
      if (codec_) {
        bytes += decode(room.subspan(bytes));
      } else {
        begin_member();
      }
    }
    if (bytes > 0) return {.bytes = bytes};
    if (failure_) return *failure_;
    return is_starved_ ? starve() : Supply{};
  }

 private:
  // Neither many small members nor much input that gives nothing makes a call long.
  static constexpr int turns_most = 1024;
  static constexpr std::size_t work_bytes_most = 1U << 20;

  packet::Bytes at_hand() const { return compressed_->block().from(consumed_); }

  void advance() {
    if (supply_.state == Supply::State::end || supply_.state == Supply::State::failed) return;
    const std::size_t left = at_hand().size();
    supply_ = compressed_->advance(std::exchange(consumed_, 0), left + 1);
    is_starved_ = at_hand().size() == left;
  }

  std::size_t decode(std::span<std::uint8_t> room) {
    // What the codec still has comes out alone: an error in what follows could lose it.
    const packet::Bytes in = has_more_ ? packet::Bytes() : at_hand().first(work_bytes_most);
    is_starved_ = in.size() == 0 && !has_more_;
    if (is_starved_) return 0;
    const Turn turn = codec_->decode(in, room);
    consumed_ += turn.consumed;
    has_more_ = turn.state == Turn::State::more && turn.produced == room.size();
    if (turn.state == Turn::State::member_end) codec_.reset();
    if (turn.state == Turn::State::failed) fail("damaged", std::string(kind_->name) + ": " + turn.reason);
    return turn.produced;
  }

  void begin_member() {
    if (kind_ != nullptr && kind_->has_padding) skip_zeros();
    const packet::Bytes start = at_hand();
    const Compression* kind = recognise_compression(start);
    if (kind == nullptr) {
      fail("damaged", kind_ ? "other bytes follow the " + std::string(kind_->name) + " data"
                            : "not compressed in a known way");
    } else if (kind->is_magic_within(start)) {
      kind_ = kind;
      codec_ = kind->make();
    } else {
      is_starved_ = true;
    }
  }

  void skip_zeros() {
    const packet::Bytes rest = at_hand();
    std::size_t zeros = 0;
    while (rest.has(zeros, 1) && rest.u8(zeros) == 0) ++zeros;
    consumed_ += zeros;
  }

  /// Nothing came out and nothing is at hand that could: what that means.
  Supply starve() {
    if (supply_.state != Supply::State::end) return {supply_.state, 0, supply_.verdict, supply_.reason};
    if (!codec_ && at_hand().size() == 0) return {.state = Supply::State::end};
    if (!codec_) kind_ = recognise_compression(at_hand());
    return fail("truncated", "the " + std::string(kind_->name) + " data ends early");
  }

  Supply fail(const char* verdict, std::string reason) {
    failure_ = Supply{Supply::State::failed, 0, verdict, std::move(reason)};
    if (compressed_->is_broken()) failure_ = compressed_->advance(0, 0);  // which says why
    return *failure_;
  }

  std::unique_ptr<Input> compressed_;
  Supply supply_;                      // what advance() came to
  std::size_t consumed_ = 0;           // of the block
  const Compression* kind_ = nullptr;  // of the member, or of the last one
  std::unique_ptr<Codec> codec_;       // none between two members
  bool has_more_ = false;              // the codec may have output without further input
  bool is_starved_;                    // what is at hand is too little
  std::optional<Supply> failure_;
};

}  // namespace

bool is_archive(packet::Bytes start) {
  const Compression* kind = recognise_compression(start);
  return kind != nullptr && kind->is_magic_within(start);
}

std::unique_ptr<ByteStream> open_archive(std::unique_ptr<Input> compressed) {
  return std::make_unique<ArchiveStream>(std::move(compressed));
}

}  // namespace capture
