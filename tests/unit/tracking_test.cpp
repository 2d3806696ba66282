// SPDX-License-Identifier: BSD-2-Clause
// What belongs to which interval where several are open, or none, as when live. Runs of stored captures are
// statistics_connections_test's.
#include "tools/tracking.hpp"

#include <algorithm>

#include "flow_script.hpp"

using namespace test::times;

namespace {

constexpr base::Nanoseconds epoch = 1'700'000'000_s;

/// A tracker that counts by interval, and what it writes.
struct Watched {
  Watched() { tracking.count_by_interval(); }

  /// A datagram of a connection that this port tells from others.
  void add(base::Nanoseconds at, std::uint16_t port, base::Nanoseconds interval_begin,
           std::uint32_t interface = 0) {
    const test::Way way;
    const test::Octets frame =
        test::frame_of(way, test::ip_packet(way, test::address_of(way, 1), test::address_of(way, 2),
                                            test::udp, test::datagram(test::udp, port, 9, 10)));
    const test::Exact exact(frame);
    const packet::LinkType& ethernet = packet::link_type(1);
    const auto bytes_wire = static_cast<std::uint32_t>(frame.size());
    tracking.add({epoch + at, bytes_wire, exact.bytes(), &ethernet, interface},
                 packet::decode(exact.bytes(), ethernet), epoch + interval_begin);
  }

  flow::Tally take(base::Nanoseconds begin) {
    stats::Interval interval;
    interval.begin = epoch + begin;
    interval.length = 1_s;
    return tracking.take(interval);
  }

  static tools::Options all() {
    tools::Options options;
    options.prints_connections = true;
    options.connection_format = "%{client_port} %{interface} %{ended}\\n";
    return options;
  }

  const test::CapturedOutput output;
  tools::Options options = all();
  report::Sinks sinks;
  std::size_t room_made = 0;
  tools::Tracking tracking{options, sinks, true, [this] { ++room_made; }};
};

}  // namespace

TEST_CASE("each interval has what its own packets did, in whatever order they are counted and closed") {
  Watched watched;
  watched.add(100_ms, 4001, 0_s);
  watched.add(1'100_ms, 4002, 1_s);
  watched.add(200_ms, 4003, 0_s);
  watched.add(2'100_ms, 4004, 2_s);
  CHECK(watched.take(0_s).opened == 2);
  watched.add(1'200_ms, 4005, 1_s);
  CHECK(watched.take(1_s).opened == 2);
  CHECK(watched.take(2_s).opened == 1);
  CHECK(watched.take(3_s).opened == 0);
  CHECK(watched.tracking.open() == 5);
}

TEST_CASE(
    "what the clock ends is of the open interval that has had packets, or else of the next one to close") {
  Watched watched;
  watched.add(100_ms, 4001, 0_s);
  SUBCASE("an open one") {
    watched.tracking.advance(epoch + 200_s);
    CHECK(watched.take(0_s).timed_out == 1);
    CHECK(watched.take(200_s).timed_out == 0);
  }
  SUBCASE("the next one") {
    CHECK(watched.take(0_s).timed_out == 0);
    watched.tracking.advance(epoch + 200_s);
    CHECK(watched.take(200_s).timed_out == 1);
    CHECK(watched.take(201_s).timed_out == 0);
  }
  CHECK(watched.output.text() == "4001 0 timeout\n");
  CHECK(watched.room_made == 1);
  CHECK(watched.tracking.open() == 0);
}

TEST_CASE("interfaces are called by their names, or by their numbers where these are not known") {
  Watched watched;
  watched.tracking.name_interfaces({"eth0"});
  watched.add(100_ms, 4001, 0_s);
  watched.add(200_ms, 4001, 0_s, 2);
  watched.tracking.finish();
  CHECK(watched.output.text() == "4001 eth0 open\n4001 2 open\n");
}

TEST_CASE("many lines are written at a time, but not all") {
  Watched watched;
  for (std::uint16_t i = 0; i < 600; ++i) watched.add(i * 1_ms, i, 0_s);
  watched.tracking.flush();
  CHECK(watched.room_made == 0);  // none is over
  watched.tracking.finish();
  CHECK(watched.room_made == 3);  // 256, 256, 88
  const std::string text = watched.output.text();
  CHECK(std::ranges::count(text, '\n') == 600);
}
