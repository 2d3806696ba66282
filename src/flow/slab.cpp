// SPDX-License-Identifier: BSD-2-Clause
#include "flow/slab.hpp"

namespace flow {

std::uint32_t Slab::take() {
  if (free_ == none) {
    if (limit_ % chunk_connections == 0) chunks_.emplace_back(chunk_connections * sizeof(Connection));
    return limit_++;
  }
  const std::uint32_t number = free_;
  Connection& connection = (*this)[number];
  free_ = static_cast<std::uint32_t>(connection.begin);
  connection = Connection{};
  return number;
}

void Slab::give_back(std::uint32_t number) {
  Connection& connection = (*this)[number];
  connection.key = Key{};
  connection.begin = free_;
  free_ = number;
}

}  // namespace flow
