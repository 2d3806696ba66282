// SPDX-License-Identifier: BSD-2-Clause
// Whose the fragments of IP packets are: only the first one has ports. Later ones are credited to it, also those
// that came before it. Bounded and timed: what is pushed out or waits too long belongs to nobody.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "flow/segment.hpp"

namespace flow {

class Fragments {
 public:
  explicit Fragments(std::uint64_t seed) : hash_(seed) {}

  /// The first fragment of a packet, read as a segment. Returns what those that came before it have carried,
  /// as one segment; `packets` is 0 where none did.
  Segment add_first(const Fragment& fragment, const Segment& segment);

  /// A later one. Returns it as a segment where its first has come; where not, `packets` is 0: it waits.
  Segment add_later(const Fragment& fragment, base::Nanoseconds timestamp);

  /// How many packets have waited in vain since this was asked last.
  std::uint64_t take_lost() { return std::exchange(lost_, 0); }
  /// No more will come: those that wait do so in vain.
  void end();

 private:
  struct Entry {
    FragmentId id;
    bool is_used = false;
    bool has_first = false;
    base::Nanoseconds begin = 0;
    Segment segment;  // of the first; till then the sum of what waits
  };

  Entry& entry(const FragmentId& id, base::Nanoseconds timestamp);
  void give_up(Entry& entry);

  base::Hash hash_;
  std::vector<Entry> entries_;  // none until the first fragment comes
  std::uint64_t lost_ = 0;
};

}  // namespace flow
