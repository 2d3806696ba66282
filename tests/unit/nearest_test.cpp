// SPDX-License-Identifier: BSD-2-Clause
#include "base/nearest.hpp"

#include <map>
#include <set>

#include "support.hpp"

namespace {

constexpr std::array<std::string_view, 7> names = {"bytes",    "packets", "size_mean", "size_max",
                                                   "size_min", "tcp",     "udp"};

/// Every text that one edit makes of this one, over an alphabet of two.
std::set<std::string> one_edit_from(const std::string& text) {
  std::set<std::string> all;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    for (const char letter : {'a', 'b'}) {
      all.insert(text.substr(0, i) + letter + text.substr(i));
      if (i < text.size()) all.insert(text.substr(0, i) + letter + text.substr(i + 1));
    }
    if (i < text.size()) all.insert(text.substr(0, i) + text.substr(i + 1));
    if (i + 1 < text.size()) all.insert(text.substr(0, i) + text[i + 1] + text[i] + text.substr(i + 2));
  }
  return all;
}

}  // namespace

TEST_CASE("one edit away is near") {
  CHECK(base::nearest("byte", names) == "bytes");       // a letter short
  CHECK(base::nearest("bytess", names) == "bytes");     // one more
  CHECK(base::nearest("bites", names) == "bytes");      // another
  CHECK(base::nearest("btyes", names) == "bytes");      // two swapped
  CHECK(base::nearest("pakcets", names) == "packets");  // in the middle
  CHECK(base::nearest("tc", names) == "tcp");
  CHECK(base::nearest("dup", names) == "udp");
  CHECK(base::nearest("tcp", names) == "tcp");
}

TEST_CASE("a third of the letters may be wrong, rounded up, and no more") {
  CHECK(base::nearest("pacxxts", names) == "packets");
  CHECK(base::nearest("pxcxxts", names) == "packets");  // 3 of 7
  CHECK(base::nearest("pxcxxtx", names).empty());       // 4 of 7
  CHECK(base::nearest("bytxx", names) == "bytes");      // 2 of 5
  CHECK(base::nearest("byxxx", names).empty());
  CHECK(base::nearest("txx", names).empty());
  CHECK(base::nearest("wholly_different", names).empty());
}

TEST_CASE("a name of one letter is near to nothing but itself") {
  constexpr std::array<std::string_view, 3> letters = {"a", "b", "ab"};
  CHECK(base::nearest("b", letters) == "b");
  CHECK(base::nearest("c", letters).empty());
}

TEST_CASE("nothing is near to nothing") {
  CHECK(base::nearest("", names).empty());
  CHECK(base::nearest("bytes", {}).empty());
}

TEST_CASE("the fewest edits win, and of equals the first") {
  CHECK(base::nearest("size_mix", names) == "size_max");  // one away from size_max, two from size_min
  CHECK(base::nearest("size_mn", names) == "size_min");
  CHECK(base::nearest("size_mxn", names) == "size_min");
  constexpr std::array<std::string_view, 2> equals = {"cat", "bat"};
  CHECK(base::nearest("rat", equals) == "cat");
}

TEST_CASE("a very long name takes no time") {
  CHECK(base::nearest(std::string(1'000'000, 'x'), names).empty());
}

TEST_CASE("distances are those of a search through all edits") {
  const std::string name = "abbaab";  // 6 letters: 2 edits are near
  std::map<std::string, std::size_t> needed = {{name, 0}};
  for (const std::string& once : one_edit_from(name)) {
    needed.try_emplace(once, 1);
  }
  for (const std::string& once : one_edit_from(name)) {
    for (const std::string& twice : one_edit_from(once)) needed.try_emplace(twice, 2);
  }
  REQUIRE(needed.size() > 100);
  std::size_t near = 0;
  for (std::size_t length = 0; length <= 9; ++length) {
    for (std::size_t bits = 0; bits < std::size_t{1} << length; ++bits) {
      std::string candidate;
      for (std::size_t i = 0; i < length; ++i) candidate += (bits >> i & 1) != 0 ? 'a' : 'b';
      CAPTURE(candidate);
      const std::array<std::string_view, 1> only = {candidate};
      const bool is_near = base::nearest(name, only) == candidate && length > 0;
      near += is_near ? 1 : 0;
      // No letter is edited twice, so that a few texts two edits away count as three.
      if (is_near) REQUIRE(needed.contains(candidate));
      if (needed.contains(candidate) && needed[candidate] < 2) REQUIRE(is_near);
    }
  }
  CHECK(near > needed.size() * 9 / 10);
}
