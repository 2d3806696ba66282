// SPDX-License-Identifier: BSD-2-Clause
// Runs a fuzz target over the files and folders given, each file in a process of its own. Names what
// fails; the last line is `N passed, N failed`.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Path = std::filesystem::path;

std::vector<Path> files_in(const Path& place) {
  if (!std::filesystem::is_directory(place)) return {place};
  std::vector<Path> files;
  for (const auto& entry : std::filesystem::directory_iterator(place)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// Whether the target takes the content of this file without a complaint.
bool is_survived(const Path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return false;
  const std::vector<char> content((std::istreambuf_iterator<char>(stream)), {});
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(60);  // a target that does not end has failed
    const std::vector<std::uint8_t> input(content.begin(), content.end());
    std::exit(LLVMFuzzerTestOneInput(input.data(), input.size()));
  }
  int status = -1;
  return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  int passed = 0, failed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const Path& file : files_in(argv[i])) {
      const bool is_passed = is_survived(file);
      if (!is_passed) std::printf("%s: fails\n", file.c_str());
      ++(is_passed ? passed : failed);
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}
