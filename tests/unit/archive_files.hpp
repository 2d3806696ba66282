// SPDX-License-Identifier: BSD-2-Clause
// Compressed members of every kind, made with the libraries themselves, each with a checksum.
#pragma once

#include "support.hpp"

namespace test {

/// So many times the content, in one member.
Octets gzip_of_many(const Octets& content, int times);

Octets gzip(const Octets& content);
Octets zstd(const Octets& content);
Octets xz(const Octets& content);
/// Of blocks of 64 KiB that refer to one another.
Octets lz4(const Octets& content);
Octets bzip2(const Octets& content);

struct ArchiveKind {
  const char* name;
  Octets (*compress)(const Octets&);
  bool has_padding;  ///< zeros may follow
};

inline constexpr ArchiveKind archive_kinds[] = {{"gzip", gzip, true},
                                                {"zstd", zstd, false},
                                                {"xz", xz, true},
                                                {"lz4", lz4, false},
                                                {"bzip2", bzip2, false}};

}  // namespace test
