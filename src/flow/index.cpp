// SPDX-License-Identifier: BSD-2-Clause
#include "flow/index.hpp"

namespace flow {

void Index::resize(std::size_t slots) {
  pages_ = base::Pages();  // first: the old one and the new one are never there together
  pages_ = base::Pages(slots * sizeof(std::uint32_t));
  slots_ = static_cast<std::uint32_t*>(pages_.data());
  mask_ = slots - 1;
  held_ = used_ = 0;
}

void Index::rebuild() { resize(held_ * 2 > mask_ + 1 ? (mask_ + 1) * 2 : mask_ + 1); }

void Index::insert(std::uint64_t hash, std::uint32_t number) {
  std::size_t at = home(hash);
  while (slots_[at] != empty && slots_[at] != deleted) at = next(at);
  if (slots_[at] == empty) ++used_;
  slots_[at] = slot_of(hash, number);
  ++held_;
}

void Index::erase(std::uint64_t hash, std::uint32_t number) {
  const std::uint32_t slot = slot_of(hash, number);
  std::size_t at = home(hash);
  while (slots_[at] != slot) at = next(at);
  --held_;
  slots_[at] = deleted;
  // Nobody probes across the end of a run: what is deleted there is as good as empty.
  for (; slots_[next(at)] == empty && slots_[at] == deleted; at = (at - 1) & mask_) {
    slots_[at] = empty;
    --used_;
  }
}

}  // namespace flow
