// SPDX-License-Identifier: BSD-2-Clause
// What intervals tell of their connections and hosts.
#include "report/alert.hpp"
#include "report/format.hpp"
#include "support.hpp"

using base::ns_per_ms;
using report::IntervalRecord;
using report::Sinks;
using report::Wishes;

namespace {

constexpr std::string_view all =
    "connections,connections_new,connections_closed,connections_reset,connections_timed_out,connections_"
    "evicted,"
    "retransmissions,retransmission_ratio,out_of_order,zero_windows,rtt_p50,rtt_p95,unattributed";

flow::Tally sample() {
  flow::Tally tally{.opened = 1,
                    .closed = 2,
                    .reset = 3,
                    .timed_out = 4,
                    .evicted = 5,
                    .segments = 24,
                    .retransmissions = 6,
                    .out_of_order = 7,
                    .zero_windows = 8,
                    .unattributed = 9};
  for (std::uint64_t i = 1; i <= 20; ++i) tally.round_trips.add(i < 20 ? 64 : 1 << 20);
  return tally;
}

std::string json(const IntervalRecord& record, Wishes& wishes) {
  Sinks sinks;
  report::make_json(report::find_fields(all, wishes))->render(record, sinks);
  return sinks.text(sinks.open(1));
}

std::string format(std::string_view text, const IntervalRecord& record) {
  Sinks sinks;
  Wishes wishes;
  report::Format(text, sinks, true, wishes).render(record, sinks);
  return sinks.text(sinks.open(1));
}

}  // namespace

TEST_CASE("an interval tells what happened to its connections") {
  const stats::Interval interval;
  const flow::Tally tally = sample();
  Wishes wishes;
  CHECK(
      json({{}, interval, 1, 0, 1, 0, &tally, 42}, wishes) ==
      R"({"connections":42,"connections_new":1,"connections_closed":2,"connections_reset":3,)"
      R"("connections_timed_out":4,"connections_evicted":5,"retransmissions":6,"retransmission_ratio":0.25,)"
      R"("out_of_order":7,"zero_windows":8,"rtt_p50":0.000000064,"rtt_p95":0.000000064,"unattributed":9})"
      "\n");
  CHECK(wishes.connections);
  CHECK(wishes.collect.is_nothing());
  SUBCASE("without any there are no round trips, and all else is 0") {
    const flow::Tally empty;
    const std::string nothing = json({{}, interval}, wishes);
    CHECK(nothing == json({{}, interval, 1, 0, 1, 0, &empty}, wishes));
    CHECK(test::says(nothing, R"("retransmission_ratio":0,)"));
    CHECK(test::says(nothing, R"("rtt_p50":null,"rtt_p95":null,"unattributed":0})"));
    CHECK(format("%{rtt_p95:>5.3}|%{connections}", {{}, interval}) == "    -|0");
  }
  SUBCASE("what is counted anyway needs none of it") {
    Wishes usual;
    (void)report::find_fields(report::default_fields, usual);
    CHECK_FALSE(usual.connections);
  }
}

TEST_CASE("alerts on connections; what there is no number of is not met") {
  const stats::Interval interval;
  const flow::Tally tally = sample();
  const IntervalRecord some{{}, interval, 1, 0, 1, 0, &tally, 42}, none{{}, interval};
  const auto alert = [](std::string_view text) {
    Wishes wishes;
    return report::Alert(text, wishes);
  };
  CHECK(alert("connections_reset > 2 and retransmission_ratio >= 0.25").is_met(some));
  CHECK(alert("rtt_p50 < 1").is_met(some));
  for (const char* sign : {"<", "<=", "==", "!=", ">", ">="}) {
    CAPTURE(sign);
    CHECK_FALSE(alert("rtt_p50 " + std::string(sign) + " 0").is_met(none));
  }
  CHECK(alert("rtt_p50 < 1 or packets == 0").is_met(none));
  CHECK(test::says(alert("rtt_p50 < 1").describe(none), "alert: rtt_p50 = - ("));
}

TEST_CASE("hosts are the addresses of both ends, each once") {
  stats::Interval interval;
  interval.collect({.hosts = true, .seed = 5});
  const auto add = [&](const test::Octets& frame) {
    const test::Exact exact(frame);
    const packet::LinkType& link = packet::link_type(1);
    interval.extras()->add(1, exact.bytes(), link, packet::decode(exact.bytes(), link), 60);
  };
  const test::Octets macs = test::filled(12);
  REQUIRE(interval.extras() != nullptr);
  CHECK(interval.extras()->hosts->count() == 0);
  add(macs + test::hex("0800") + test::ipv4_packet());
  CHECK(interval.extras()->hosts->count() == 2);
  add(macs + test::hex("0800") + test::ipv4_packet(test::udp));
  CHECK(interval.extras()->hosts->count() == 2);
  add(macs + test::hex("0806") + test::filled(28));
  CHECK(interval.extras()->hosts->count() == 2);
  add(macs + test::hex("86dd") + test::ipv6_packet());
  CHECK(interval.extras()->hosts->count() == 4);
  CHECK(format("%{hosts}", {{}, interval}) == "4");
  CHECK(format("%{hosts}", {{}, stats::Interval()}) == "0");
  Wishes wishes;
  (void)report::find_field("hosts", wishes);
  CHECK((wishes.collect.hosts && !wishes.connections));
}
