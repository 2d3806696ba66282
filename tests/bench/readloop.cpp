// SPDX-License-Identifier: BSD-2-Clause
// Reads a file with read(2) in blocks of 1 MiB and does nothing with it: the floor for any program that reads the
// whole file. Prints the number of bytes.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;

int fail(const char* path) {
  std::fprintf(stderr, "readloop: %s: %s\n", path, std::strerror(errno));
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: readloop FILE\n", stderr);
    return 2;
  }
  const int descriptor = open(argv[1], O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(argv[1]);
  std::vector<char> block(block_bytes);
  std::uint64_t bytes_total = 0;
  ssize_t bytes_read = 0;
  do {
    bytes_read = read(descriptor, block.data(), block.size());
    if (bytes_read < 0 && errno != EINTR) return fail(argv[1]);
    if (bytes_read > 0) bytes_total += static_cast<std::uint64_t>(bytes_read);
  } while (bytes_read != 0);
  std::printf("%ju\n", static_cast<std::uintmax_t>(bytes_total));
  return std::fflush(stdout) == 0 ? 0 : fail("standard output");
}
