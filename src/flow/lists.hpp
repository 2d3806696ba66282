// SPDX-License-Identifier: BSD-2-Clause
// Doubly linked lists of numbers, each number in one of them. The links lie close together, apart from what the
// numbers stand for, so that moving one to the end seldom leaves the cache.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/pages.hpp"

namespace flow {

class Lists {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};
  static constexpr std::size_t lists_most = 8;

  std::uint32_t first(std::size_t list) const { return ends_[list].first; }
  std::uint32_t last(std::size_t list) const { return ends_[list].last; }
  std::uint32_t before(std::uint32_t number) const { return link(number).before; }
  std::size_t size(std::size_t list) const { return ends_[list].size; }

  void prefetch(std::uint32_t number) const { __builtin_prefetch(&link(number), 1); }

  /// Appends a number that is in no list.
  void append(std::size_t list, std::uint32_t number);
  void remove(std::size_t list, std::uint32_t number);
  void move_to_end(std::size_t list, std::uint32_t number) {
    if (ends_[list].last == number) return;
    remove(list, number);
    append(list, number);
  }

 private:
  struct Link {
    std::uint32_t before, after;
  };
  struct Ends {
    std::uint32_t first = none, last = none;
    std::size_t size = 0;
  };
  static constexpr std::uint32_t chunk_links = 32'768;

  Link& link(std::uint32_t number) const {
    return static_cast<Link*>(chunks_[number / chunk_links].data())[number % chunk_links];
  }

  std::array<Ends, lists_most> ends_;
  std::vector<base::Pages> chunks_;
};

}  // namespace flow
