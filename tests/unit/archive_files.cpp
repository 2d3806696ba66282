// SPDX-License-Identifier: BSD-2-Clause
#include "archive_files.hpp"

#include <bzlib.h>
#include <lz4frame.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace test {

Octets gzip_of_many(const Octets& content, int times) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Octets archive, out(content.size() + 100'000);
  for (; times > 0; --times) {
    stream.next_in = const_cast<std::uint8_t*>(content.data());
    stream.avail_in = static_cast<unsigned>(content.size());
    stream.next_out = out.data();
    stream.avail_out = static_cast<unsigned>(out.size());
    deflate(&stream, times > 1 ? Z_NO_FLUSH : Z_FINISH);
    archive.insert(archive.end(), out.data(), stream.next_out);
  }
  deflateEnd(&stream);
  return archive;
}

Octets gzip(const Octets& content) { return gzip_of_many(content, 1); }

Octets zstd(const Octets& content) {
  Octets out(ZSTD_compressBound(content.size()));
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  const std::size_t size = ZSTD_compress2(context, out.data(), out.size(), content.data(), content.size());
  ZSTD_freeCCtx(context);
  REQUIRE(!ZSTD_isError(size));
  return first(out, size);
}

Octets xz(const Octets& content) {
  Octets out(lzma_stream_buffer_bound(content.size()));
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, nullptr, content.data(), content.size(), out.data(),
                                  &size, out.size()) == LZMA_OK);
  return first(out, size);
}

Octets lz4(const Octets& content) {
  LZ4F_preferences_t preferences{};
  preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
  Octets out(LZ4F_compressFrameBound(content.size(), &preferences));
  const std::size_t size =
      LZ4F_compressFrame(out.data(), out.size(), content.data(), content.size(), &preferences);
  REQUIRE(!LZ4F_isError(size));
  return first(out, size);
}

Octets bzip2(const Octets& content) {
  Octets out(content.size() + content.size() / 100 + 600);
  Octets copy = content + Octets{0};  // it takes no null pointer
  auto size = static_cast<unsigned>(out.size());
  REQUIRE(BZ2_bzBuffToBuffCompress(reinterpret_cast<char*>(out.data()), &size,
                                   reinterpret_cast<char*>(copy.data()),
                                   static_cast<unsigned>(content.size()), 1, 0, 0) == BZ_OK);
  return first(out, size);
}

}  // namespace test
