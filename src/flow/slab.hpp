// SPDX-License-Identifier: BSD-2-Clause
// Where connections live: chunks of a fixed size that never move, so that growing copies nothing. A connection
// is known by its number.
#pragma once

#include <vector>

#include "base/pages.hpp"
#include "flow/connection.hpp"

namespace flow {

class Slab {
 public:
  Connection& operator[](std::uint32_t number) const {
    return static_cast<Connection*>(chunks_[number / chunk_connections].data())[number % chunk_connections];
  }

  /// The number of a connection that is all zeros.
  std::uint32_t take();
  /// Makes room for another one.
  void give_back(std::uint32_t number);

  /// All numbers are below; those that were given back have a key of zeros, which no connection has.
  std::uint32_t limit() const { return limit_; }

 private:
  static constexpr std::uint32_t chunk_connections = 32'768;  // 5 huge pages
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  std::vector<base::Pages> chunks_;
  std::uint32_t limit_ = 0;
  std::uint32_t free_ = none;  // the first of a list: `begin` of each is the next one
};

}  // namespace flow
