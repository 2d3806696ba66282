// SPDX-License-Identifier: BSD-2-Clause
// Straight on the libraries; gzip by igzip, which takes two thirds of zlib's time. libarchive 3.6 in front of
// them does not look at gzip's checksum, loses what came before an error, and pulls: it would wait on a pipe.
#include "capture/codecs.hpp"

#include <bzlib.h>
#include <isa-l/igzip_lib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zstd.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <new>

namespace capture {

namespace {

using Room = std::span<std::uint8_t>;

/// igzip, liblzma and libbz2: one shape, and codes of their own.
template <typename Stream>
class StreamCodec : public Codec {
 public:
  Turn decode(packet::Bytes in, Room out) final {
    constexpr std::size_t most = std::numeric_limits<unsigned>::max();
    using Count = decltype(stream_.avail_in);
    using NextIn = decltype(stream_.next_in);
    using NextOut = decltype(stream_.next_out);
    const std::size_t size_in = std::min(in.size(), most), size_out = std::min(out.size(), most);
    // None of them writes to its input; igzip and libbz2 do not say const.
    stream_.next_in = reinterpret_cast<NextIn>(const_cast<std::uint8_t*>(in.data()));
    stream_.avail_in = static_cast<Count>(size_in);
    stream_.next_out = reinterpret_cast<NextOut>(out.data());
    stream_.avail_out = static_cast<Count>(size_out);
    Turn turn = run();
    turn.consumed = size_in - stream_.avail_in;
    turn.produced = size_out - stream_.avail_out;
    return turn;
  }

 protected:
  virtual Turn run() = 0;
  Stream stream_{};
};

class GzipCodec final : public StreamCodec<inflate_state> {
 public:
  GzipCodec() {
    isal_inflate_init(&stream_);
    stream_.crc_flag = ISAL_GZIP_NO_HDR_VER;
    isal_gzip_header_init(&header_);
  }

 private:
  Turn run() override {
    // isal_inflate() would read the header too, but forgets in between what it has of a split one.
    int code = is_header_read_ ? ISAL_DECOMP_OK : isal_read_gzip_header(&stream_, &header_);
    if (code == ISAL_END_INPUT) return {};
    is_header_read_ = code == ISAL_DECOMP_OK;
    if (is_header_read_) code = isal_inflate(&stream_);
    if (code < 0) return {.state = Turn::State::failed, .reason = reason_of(code)};
    if (stream_.block_state == ISAL_BLOCK_FINISH) return {.state = Turn::State::member_end};
    return {};
  }

  static const char* reason_of(int code) {
    switch (code) {
      case ISAL_INCORRECT_CHECKSUM: return "incorrect checksum or length";
      case ISAL_INVALID_WRAPPER:
      case ISAL_UNSUPPORTED_METHOD: return "invalid header";
      default: return "invalid block";
    }
  }

  isal_gzip_header header_{};
  bool is_header_read_ = false;
};

class XzCodec final : public StreamCodec<lzma_stream> {
 public:
  XzCodec() {
    // As zstd's own limit, a window of 128 MiB; xz -9 takes 64.
    constexpr std::uint64_t memory_most = 130ULL << 20;
    if (lzma_stream_decoder(&stream_, memory_most, 0) != LZMA_OK) throw std::bad_alloc();
  }
  ~XzCodec() override { lzma_end(&stream_); }

 private:
  Turn run() override {
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    if (code == LZMA_OK || code == LZMA_BUF_ERROR) return {};
    if (code == LZMA_STREAM_END) return {.state = Turn::State::member_end};
    return {.state = Turn::State::failed, .reason = reason_of(code)};
  }

  static const char* reason_of(lzma_ret code) {
    switch (code) {
      case LZMA_MEMLIMIT_ERROR: return "needs more than 130 MiB of memory";
      case LZMA_MEM_ERROR: return "out of memory";
      case LZMA_OPTIONS_ERROR: return "options that liblzma does not know";
      default: return "corrupt data";
    }
  }
};

class Bzip2Codec final : public StreamCodec<bz_stream> {
 public:
  Bzip2Codec() {
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
  }
  ~Bzip2Codec() override { BZ2_bzDecompressEnd(&stream_); }

 private:
  Turn run() override {
    switch (BZ2_bzDecompress(&stream_)) {
      case BZ_OK: return {};
      case BZ_STREAM_END: return {.state = Turn::State::member_end};
      case BZ_MEM_ERROR: return {.state = Turn::State::failed, .reason = "out of memory"};
      default: return {.state = Turn::State::failed, .reason = "corrupt data"};
    }
  }
};

/// libzstd and liblz4 say what they want next, a block and the header of the one after it, and an error loses
/// what the same call produced. So they get these apart: no call that ends a block begins another.
class BlockCodec : public Codec {
 public:
  Turn decode(packet::Bytes in, Room out) final {
    in = in.first(wanted_ > header_bytes_ ? wanted_ - header_bytes_ : wanted_);
    Turn turn = run(in, out);
    if (wanted_ == 0 && turn.state == Turn::State::more) turn.state = Turn::State::member_end;
    return turn;
  }

 protected:
  BlockCodec(std::size_t header_bytes, std::size_t wanted) : header_bytes_(header_bytes), wanted_(wanted) {}
  /// Sets wanted_.
  virtual Turn run(packet::Bytes in, Room out) = 0;

  const std::size_t header_bytes_;  // of a block
  std::size_t wanted_;              // 0: nothing more belongs to this member
};

class ZstdCodec final : public BlockCodec {
 public:
  ZstdCodec() : BlockCodec(3, 5), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw std::bad_alloc();
  }
  ~ZstdCodec() override { ZSTD_freeDStream(stream_); }

 private:
  Turn run(packet::Bytes in, Room out) override {
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    wanted_ = ZSTD_decompressStream(stream_, &to, &from);
    if (ZSTD_isError(wanted_)) return {.state = Turn::State::failed, .reason = ZSTD_getErrorName(wanted_)};
    return {.consumed = from.pos, .produced = to.pos};
  }

  ZSTD_DStream* stream_;
};

class Lz4Codec final : public BlockCodec {
 public:
  Lz4Codec() : BlockCodec(4, 7) {
    if (LZ4F_isError(LZ4F_createDecompressionContext(&context_, LZ4F_VERSION))) throw std::bad_alloc();
  }
  ~Lz4Codec() override { LZ4F_freeDecompressionContext(context_); }

 private:
  Turn run(packet::Bytes in, Room out) override {
    std::size_t consumed = in.size(), produced = out.size();
    wanted_ = LZ4F_decompress(context_, out.data(), &produced, in.data(), &consumed, nullptr);
    if (LZ4F_isError(wanted_)) return {.state = Turn::State::failed, .reason = LZ4F_getErrorName(wanted_)};
    return {.consumed = consumed, .produced = produced};
  }

  LZ4F_dctx* context_ = nullptr;
};

template <typename Made>
std::unique_ptr<Codec> make() {
  return std::make_unique<Made>();
}

// Their first bytes differ.
constexpr Compression compressions[] = {
    {"gzip", "\x1f\x8b\x08", 0xff, true, make<GzipCodec>},
    {"zstd", "\x28\xb5\x2f\xfd", 0xff, false, make<ZstdCodec>},
    {"zstd", "\x50\x2a\x4d\x18", 0xf0, false, make<ZstdCodec>},  // a skippable frame, of lz4 too
    {"lz4", "\x04\x22\x4d\x18", 0xff, false, make<Lz4Codec>},
    {"xz", std::string_view("\xfd\x37\x7a\x58\x5a\x00", 6), 0xff, true, make<XzCodec>},
    {"bzip2", "BZh", 0xff, false, make<Bzip2Codec>},
};

}  // namespace

const Compression* recognise_compression(packet::Bytes start) {
  const auto begins_as = [&](const Compression& row) {
    for (std::size_t i = 0; i < std::min(start.size(), row.magic.size()); ++i) {
      const unsigned mask = i == 0 ? row.first_mask : 0xffU;
      if ((start.u8(i) & mask) != static_cast<std::uint8_t>(row.magic[i])) return false;
    }
    return true;
  };
  const Compression* row = std::ranges::find_if(compressions, begins_as);
  return row == std::end(compressions) ? nullptr : row;
}

}  // namespace capture
