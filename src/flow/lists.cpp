// SPDX-License-Identifier: BSD-2-Clause
#include "flow/lists.hpp"

namespace flow {

void Lists::append(std::size_t list, std::uint32_t number) {
  while (number / chunk_links >= chunks_.size()) chunks_.emplace_back(chunk_links * sizeof(Link));
  Ends& ends = ends_[list];
  link(number) = {ends.last, none};
  (ends.last == none ? ends.first : link(ends.last).after) = number;
  ends.last = number;
  ++ends.size;
}

void Lists::remove(std::size_t list, std::uint32_t number) {
  Ends& ends = ends_[list];
  const Link gone = link(number);
  (gone.before == none ? ends.first : link(gone.before).after) = gone.after;
  (gone.after == none ? ends.last : link(gone.after).before) = gone.before;
  --ends.size;
}

}  // namespace flow
