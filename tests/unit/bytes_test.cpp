// SPDX-License-Identifier: BSD-2-Clause
#include "packet/bytes.hpp"

#include <limits>

#include "support.hpp"

using packet::Bytes;

TEST_CASE("integers of both byte orders") {
  const test::Exact exact(test::hex("0102030405060708 f1"));
  const Bytes bytes = exact.bytes();
  CHECK(bytes.u8(8) == 0xf1);
  CHECK(bytes.be16(0) == 0x0102);
  CHECK(bytes.le16(1) == 0x0302);
  CHECK(bytes.be32(1) == 0x02030405);
  CHECK(bytes.le32(0) == 0x04030201);
  CHECK(bytes.be64(0) == 0x0102030405060708);
  CHECK(bytes.le64(1) == 0xf108070605040302);
}

TEST_CASE("what lies beyond the captured bytes reads as 0, even in part") {
  const test::Exact exact(test::hex("ffffff"));
  const Bytes bytes = exact.bytes();
  CHECK(bytes.u8(3) == 0);
  CHECK(bytes.be16(2) == 0);
  CHECK(bytes.le32(0) == 0);
  CHECK(bytes.be64(0) == 0);
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t offset : {most, most - 1, most - 3, most - 7}) {
    CAPTURE(offset);
    CHECK(bytes.u8(offset) == 0);
    CHECK(bytes.be16(offset) == 0);
    CHECK(bytes.be32(offset) == 0);
    CHECK(bytes.be64(offset) == 0);
    CHECK_FALSE(bytes.has(offset, 1));
    CHECK_FALSE(bytes.has(1, offset));
    CHECK(bytes.from(offset).size() == 0);
    CHECK(bytes.first(offset).size() == 3);
  }
  CHECK(Bytes().u8(0) == 0);
}

TEST_CASE("parts") {
  const test::Exact exact(test::hex("010203"));
  const Bytes bytes = exact.bytes();
  CHECK(bytes.from(1).be16(0) == 0x0203);
  CHECK(bytes.from(1).u8(2) == 0);
  CHECK(bytes.from(3).size() == 0);
  CHECK(bytes.first(2).size() == 2);
  CHECK(bytes.first(2).u8(2) == 0);
  CHECK(bytes.has(3, 0));
  CHECK_FALSE(bytes.has(4, 0));
  CHECK_FALSE(bytes.has(2, 2));
}
