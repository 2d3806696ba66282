// SPDX-License-Identifier: BSD-2-Clause
#include "base/mapping.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "support.hpp"

using base::Mapping;
using test::Octets;

namespace {

const std::size_t page = Mapping::page_bytes();

/// No octet is 0 or 0xff, and no two pages are the same.
Octets pages(std::size_t count) {
  Octets octets;
  for (std::size_t i = 0; i < count * page; ++i) octets.push_back(static_cast<std::uint8_t>(1 + i % 251));
  return octets;
}

/// What stands in the window from `from` on, read octet by octet.
Octets read(const Mapping& mapping, std::size_t from, std::size_t count) {
  return {mapping.data() + from, mapping.data() + from + count};
}

Octets part(const Octets& octets, std::size_t from, std::size_t count) {
  return {octets.data() + from, octets.data() + from + count};
}

}  // namespace

TEST_CASE("a window of a file is what stands in the file there") {
  const Octets content = pages(4);
  const base::Descriptor file = test::memory_file(content);
  for (const std::size_t first : {0U, 1U, 3U}) {
    const Mapping mapping(file.number(), first * page, page / 2 + 1);
    REQUIRE(mapping.is_mapped());
    CHECK(mapping.size() == page / 2 + 1);
    CHECK(read(mapping, 0, mapping.size()) == part(content, first * page, page / 2 + 1));
    CHECK_FALSE(mapping.is_broken());
  }
}

TEST_CASE("what cannot be mapped is not mapped, and says why in errno") {
  const base::Descriptor file = test::memory_file(pages(1));
  const test::Pipe pipe;
  const auto reason = [](int descriptor, std::uint64_t offset, std::size_t bytes) {
    errno = 0;
    const Mapping mapping(descriptor, offset, bytes);
    CHECK_FALSE(mapping.is_mapped());
    CHECK_FALSE(mapping.is_broken());
    CHECK(mapping.size() == 0);
    return errno;
  };
  CHECK(reason(-1, 0, 1) == EBADF);
  CHECK(reason(file.number(), 1, 1) == EINVAL);  // not at the begin of a page
  CHECK(reason(file.number(), 0, 0) == EINVAL);
  CHECK(reason(pipe.reader.number(), 0, 1) == ENODEV);
  CHECK_FALSE(Mapping().is_mapped());
}

TEST_CASE("a window moves with its owner, and goes with the last one") {
  const Octets content = pages(2);
  const base::Descriptor file = test::memory_file(content);
  Mapping first(file.number(), 0, page);
  const std::uint8_t* const data = first.data();
  Mapping second(std::move(first));
  CHECK(second.data() == data);
  CHECK_FALSE(first.is_mapped());  // NOLINT: that it may still be asked is what is tested
  second = Mapping(file.number(), page, page);
  CHECK(read(second, 0, page) == part(content, page, page));
  second = Mapping();
  CHECK_FALSE(second.is_mapped());
  unsigned char resident = 0;
  CHECK(::mincore(const_cast<std::uint8_t*>(data), page, &resident) != 0);  // there is nothing any more
}

TEST_CASE("a file that is cut short under its window reads as zeros from there on, and the window knows") {
  const Octets content = pages(5);
  const base::Descriptor file = test::memory_file(content);
  const Mapping mapping(file.number(), 0, 5 * page);
  CHECK(read(mapping, 0, 5 * page) == content);
  REQUIRE(::ftruncate(file.number(), static_cast<off_t>(2 * page)) == 0);
  CHECK(read(mapping, 0, 2 * page) == part(content, 0, 2 * page));
  CHECK_FALSE(mapping.is_broken());  // nobody has asked for what is missing
  SUBCASE("at the first octet") { CHECK(read(mapping, 2 * page, 1) == Octets{0}); }
  SUBCASE("all of it") { CHECK(read(mapping, 2 * page, 3 * page) == Octets(3 * page)); }
  SUBCASE("in the middle first") {
    CHECK(read(mapping, 3 * page + 7, 2 * page - 7) == Octets(2 * page - 7));
    CHECK(read(mapping, 2 * page, page) == Octets(page));
  }
  CHECK(mapping.is_broken());
  CHECK(read(mapping, 0, 2 * page) == part(content, 0, 2 * page));
}

TEST_CASE("the window after a broken one is whole") {
  const Octets content = pages(3);
  const base::Descriptor cut = test::memory_file(content), other = test::memory_file(content);
  Mapping mapping(cut.number(), 0, 3 * page);
  REQUIRE(::ftruncate(cut.number(), 0) == 0);
  CHECK(read(mapping, 0, 1) == Octets{0});
  CHECK(mapping.is_broken());
  mapping = Mapping();
  mapping = Mapping(other.number(), 0, 3 * page);
  CHECK_FALSE(mapping.is_broken());
  CHECK(read(mapping, 0, 3 * page) == content);
  REQUIRE(::ftruncate(other.number(), static_cast<off_t>(page)) == 0);
  CHECK(read(mapping, 2 * page, 1) == Octets{0});
  CHECK(mapping.is_broken());
}

TEST_CASE("elsewhere SIGBUS ends the program as it always did") {
  const base::Descriptor file = test::memory_file(pages(2)), other = test::memory_file(pages(2));
  const auto touch_elsewhere = [&](bool has_window) {
    constexpr rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    Mapping mapping(other.number(), 0, page);
    if (!has_window) mapping = Mapping();
    const auto* const memory = static_cast<const volatile std::uint8_t*>(
        ::mmap(nullptr, page, PROT_READ, MAP_SHARED, file.number(), 0));
    return ::ftruncate(file.number(), 0) == 0 && memory[0] == 0;
  };
  for (const bool has_window : {true, false}) {
    const int status = test::status_in_child([&] { return touch_elsewhere(has_window); });
#if defined(__SANITIZE_ADDRESS__)
    CHECK(WIFEXITED(status));  // it is the sanitizer's again, who had it before
    CHECK(WEXITSTATUS(status) != 0);
#else
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGBUS);
#endif
  }
}
