// SPDX-License-Identifier: BSD-2-Clause
// All connections that are open, and those that have just ended. Bounded: the longest idle one is let go when
// it is full. A packet costs the same however many there are. Time is that of the packets.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "flow/connection.hpp"
#include "flow/index.hpp"
#include "flow/lists.hpp"
#include "flow/segment.hpp"
#include "flow/slab.hpp"
#include "flow/tally.hpp"

namespace flow {

/// How long a connection may be idle before it is over.
struct Timeouts {
  base::Nanoseconds established = 7'440 * base::ns_per_s;  ///< 2 h 4 min: RFC 5382, REQ-5; SCTP, DCCP too
  base::Nanoseconds transitory = 240 * base::ns_per_s;     ///< TCP that opens or closes: the same
  base::Nanoseconds udp = 120 * base::ns_per_s;            ///< RFC 4787, REQ-5
  base::Nanoseconds icmp = 60 * base::ns_per_s;            ///< RFC 5508, REQ-1
  base::Nanoseconds ended = 5 * base::ns_per_s;  ///< closed or reset: what is late still belongs to it
};

struct TableOptions {
  std::size_t connections_most = 1'000'000;  ///< 1 to Index::numbers_most
  Timeouts timeouts = {};
  std::uint64_t seed = 0;  ///< of the hash; random, lest addresses can be chosen against it
};

/// Who hears of connections that are over.
class Listener {
 public:
  virtual ~Listener() = default;
  /// `number` is its own among those that are open; the next one may get it.
  virtual void on_end(std::uint32_t number, const Connection& connection, Ended ended) = 0;
};

class Table {
 public:
  Table(const TableOptions& options, Listener& listener);

  /// A place for the next segment, to be filled in before add().
  Segment& vacant();
  /// Counts what is there, at the latest with the next flush(): meanwhile the memory it needs is on its way to
  /// the cache. `tally` must live until then.
  void add(Tally& tally);
  /// Of a packet without a connection the time counts, in its turn.
  void pass(base::Nanoseconds timestamp, Tally& tally) {
    const auto since = static_cast<std::uint64_t>(timestamp - now_);  // which those that wait may change
    if (added_ != counted_ || since >= static_cast<std::uint64_t>(sweep_period)) pass_leap(timestamp, tally);
  }
  void flush();
  /// It is so late: lets go of what has been idle for too long. A single leap ahead is not believed.
  void advance(base::Nanoseconds now, Tally& tally) {
    const auto since = static_cast<std::uint64_t>(now - now_);
    if (since >= static_cast<std::uint64_t>(sweep_period)) leap(now, tally);
  }
  /// The capture is over: lets go of all, in the order in which they began.
  void end();

  /// The connection of a number that each() or a listener told.
  const Connection& operator[](std::uint32_t number) const { return slab_[number]; }
  /// Those that are neither closed nor reset.
  std::size_t open() const { return size_ - lists_.size(ended_list); }
  /// With those that have ended and wait for what is late.
  std::size_t size() const { return size_; }
  /// How many have made room for others, ever.
  std::uint64_t evicted() const { return evicted_; }
  /// The time that connections are idle until, by the timestamps; up to 0.1 s behind them.
  base::Nanoseconds now() const { return now_; }

  /// Calls `each` as each() does, of each kind of connections the latest first, until it returns false; then
  /// the next kind.
  template <typename Each>
  void each_recent(Each each) const {
    for (std::size_t list = 0; list < lists_count; ++list) {
      for (auto number = lists_.last(list); number != Lists::none; number = lists_.before(number)) {
        if (!each(number, slab_[number])) break;
      }
    }
  }
  /// Calls `each` with the number of every connection, and itself; in no order.
  template <typename Each>
  void each(Each each) const {
    for (std::uint32_t number = 0; number < slab_.limit(); ++number) {
      const Connection& connection = slab_[number];
      if (connection.key != Key{}) each(number, connection);
    }
  }

 private:
  // One for each idle timeout; in each, connections stand in the order of their latest packets.
  enum ListName : std::uint8_t {
    established_list,
    transitory_list,
    udp_list,
    icmp_list,
    ended_list,
    lists_count
  };

  struct Pending {
    Segment segment;
    Tally* tally;
    std::uint64_t hash;
    std::uint32_t number;  // that it probably has, once looked up
  };
  /// How often it is looked for idle connections. Those that a packet meets are looked at anyway.
  static constexpr base::Nanoseconds sweep_period = 100 * base::ns_per_ms;
  static constexpr std::size_t pending_most = 16;    // a power of two
  static constexpr std::size_t looked_up_after = 6;  // segments: then the slot has arrived

  Pending& pending(std::size_t number) { return pending_[number % pending_most]; }
  void look_up(Pending& pending) const;
  void count(const Pending& pending);
  std::uint32_t find(const Pending& pending) const;
  std::uint32_t current(const Pending& pending);
  void put_in_list(std::uint32_t number, Connection& connection);
  void pass_leap(base::Nanoseconds timestamp, Tally& tally);
  void leap(base::Nanoseconds now, Tally& tally);
  void sweep(Tally& tally);
  std::uint32_t insert(const Segment& segment, std::uint64_t hash, Tally& tally);
  void decide_client(Connection& connection, const Segment& segment);
  void let_go(std::uint32_t number, Ended ended, Tally& tally);
  std::uint32_t longest_idle() const;
  void note_listening(const Segment& segment);
  std::size_t listening_place(const Endpoint& end, std::uint8_t protocol) const;
  static ListName list_of(const Connection& connection);

  std::size_t connections_most_;
  std::array<base::Nanoseconds, lists_count> timeouts_;
  Listener& listener_;
  base::Hash hash_;
  Slab slab_;
  Index index_;
  Lists lists_;
  std::size_t size_ = 0;
  std::uint64_t evicted_ = 0;
  base::Nanoseconds now_ = base::time_earliest;  // when it was looked for idle ones last
  std::optional<base::Nanoseconds> doubtful_;    // a leap ahead that is not believed yet
  std::array<Pending, pending_most> pending_;
  std::size_t added_ = 0, counted_ = 0;  // segments, ever
  std::vector<bool> listening_;          // ends that have sent a SYN|ACK, by their hash
};

}  // namespace flow
