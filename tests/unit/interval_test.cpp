// SPDX-License-Identifier: BSD-2-Clause
#include "stats/interval.hpp"

#include <cmath>
#include <limits>

#include "stats/accounting.hpp"
#include "support.hpp"

using packet::Network;
using packet::Packet;
using stats::Interval;

namespace {

Interval with_sizes(const std::vector<std::uint32_t>& sizes) {
  Interval interval;
  for (const std::uint32_t size : sizes) interval.add(test::any_packet(), size);
  return interval;
}

}  // namespace

TEST_CASE("an interval without packets is all zeros") {
  Interval interval;
  interval.length = base::ns_per_s;
  CHECK(interval.packets() == 0);
  CHECK(interval.bytes() == 0);
  CHECK(interval.size_min() == 0);
  CHECK(interval.size_max() == 0);
  CHECK(interval.size_mean() == 0.0);
  CHECK(interval.size_stddev() == 0.0);
  CHECK(interval.packets_per_second() == 0.0);
  CHECK(interval.bits_per_second() == 0.0);
}

TEST_CASE("counts by network layer and protocol") {
  Interval interval;
  interval.add({Network::ipv4, test::tcp, 14}, 60);
  interval.add({Network::ipv4, test::icmp, 14}, 60);
  interval.add({Network::ipv6, test::icmpv6, 14}, 60);
  interval.add({Network::ipv4, test::icmpv6, 14}, 60);  // ICMP is protocol 1 or 58 under either version
  interval.add({Network::ipv6, test::icmp, 14}, 60);
  interval.add({Network::ipv6, test::udp, 14}, 60);
  interval.add({Network::arp, packet::protocol::unknown, 14}, 28);
  interval.add({Network::other, packet::protocol::unknown, 0}, 9);
  CHECK(interval.packets() == 8);
  CHECK(interval.bytes() == 397);
  CHECK(interval.count(Network::ipv4) == 3);
  CHECK(interval.count(Network::ipv6) == 3);
  CHECK(interval.count(Network::arp) == 1);
  CHECK(interval.icmp() == 4);
  CHECK(interval.count(packet::protocol::tcp) == 1);
  CHECK(interval.count(packet::protocol::udp) == 1);
  CHECK(interval.size_min() == 9);
  CHECK(interval.size_max() == 60);
}

TEST_CASE("a packet of size 0 is the smallest") {
  CHECK(with_sizes({5, 0, 7}).size_min() == 0);
  CHECK(with_sizes({0xffffffff}).size_min() == 0xffffffff);
  CHECK(with_sizes({0xffffffff}).size_max() == 0xffffffff);
}

TEST_CASE("means and rates are the nearest double") {
  Interval interval = with_sizes({100, 101, 101});
  CHECK(interval.size_mean() == 302.0 / 3);
  interval.length = 100'000'000;  // 0.1 s, which no double holds
  CHECK(interval.packets_per_second() == 30.0);
  CHECK(interval.bytes_per_second() == 3020.0);
  CHECK(interval.bits_per_second() == 24160.0);
  interval.length = 3 * base::ns_per_s;
  CHECK(interval.bits_per_second() == 2416.0 / 3);
  interval.length = 3'000'000'001;
  CHECK(interval.bits_per_second() ==
        base::nearest_quotient(base::Uint128{2416} * 1'000'000'000, 3'000'000'001));
  SUBCASE("where the length is 0 they are 0") {
    interval.length = 0;
    CHECK(interval.packets_per_second() == 0.0);
    CHECK(interval.bits_per_second() == 0.0);
    CHECK(interval.size_mean() == 302.0 / 3);
  }
}

TEST_CASE("the standard deviation is that of the population, without cancellation") {
  CHECK(with_sizes({7}).size_stddev() == 0.0);
  CHECK(with_sizes({2, 4, 4, 4, 5, 5, 7, 9}).size_stddev() == 2.0);
  CHECK(with_sizes({0xffffffff, 0xffffffff, 0xffffffff}).size_stddev() == 0.0);
  CHECK(with_sizes({0xffffffff, 0xfffffffd}).size_stddev() == 1.0);
  CHECK(with_sizes({4'000'000'000, 4'000'000'002}).size_stddev() == 1.0);
  SUBCASE("against a two-pass reference") {
    test::Random random(7);
    for (int run = 0; run < 200; ++run) {
      std::vector<std::uint32_t> sizes(1 + random.below(300));
      long double sum = 0, squares = 0;
      for (std::uint32_t& size : sizes) sum += size = static_cast<std::uint32_t>(random.spread(0xffffffff));
      const long double mean = sum / static_cast<long double>(sizes.size());
      for (const std::uint32_t size : sizes) squares += (size - mean) * (size - mean);
      const long double expected = std::sqrt(squares / static_cast<long double>(sizes.size()));
      CHECK(with_sizes(sizes).size_stddev() == doctest::Approx(static_cast<double>(expected)).epsilon(1e-13));
    }
  }
}

TEST_CASE("intervals add up") {
  test::Random random(8);
  Interval whole, left, right;
  left.begin = 5;
  left.length = 6;
  for (int i = 0; i < 1000; ++i) {
    const Packet packet{static_cast<Network>(random.below(4)), static_cast<std::uint16_t>(random.below(257)),
                        0};
    const auto size = static_cast<std::uint32_t>(random.spread(0xffffffff));
    whole.add(packet, size);
    (random.below(2) == 0 ? left : right).add(packet, size);
  }
  left += right;
  CHECK(left.packets() == whole.packets());
  CHECK(left.bytes() == whole.bytes());
  CHECK(left.size_min() == whole.size_min());
  CHECK(left.size_max() == whole.size_max());
  CHECK(left.size_stddev() == whole.size_stddev());
  for (std::uint16_t protocol = 0; protocol <= 256; ++protocol)
    CHECK(left.count(protocol) == whole.count(protocol));
  for (const Network network : {Network::other, Network::arp, Network::ipv4, Network::ipv6}) {
    CHECK(left.count(network) == whole.count(network));
  }
  CHECK(left.begin == 5);
  CHECK(left.length == 6);
  left += Interval();
  CHECK(left.size_min() == whole.size_min());
}

TEST_CASE("accounting divides by the time observed") {
  CHECK(stats::Accounting{1000, 4 * base::ns_per_s}.bytes_per_second() == 250.0);
  CHECK(stats::Accounting{1000, 0}.bytes_per_second() == 0.0);
  CHECK(stats::Accounting{1, 3 * base::ns_per_s}.bytes_per_second() == 1.0 / 3);
}
