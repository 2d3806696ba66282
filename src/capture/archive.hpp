// SPDX-License-Identifier: BSD-2-Clause
// Compressed captures: gz, zst, xz, lz4 and bz2, told by their content, as a stream of what they hold.
// Several members one after another are one stream. Checksums are verified; memory is bounded.
#pragma once

#include <memory>

#include "capture/input.hpp"

namespace capture {

/// Whether what begins with `start` (archive_magic_bytes, or fewer at the end of the file) is compressed.
bool is_archive(packet::Bytes start);

inline constexpr std::size_t archive_magic_bytes = 6;

/// What `compressed` holds; it must begin with what is_archive() knows.
std::unique_ptr<ByteStream> open_archive(std::unique_ptr<Input> compressed);

}  // namespace capture
