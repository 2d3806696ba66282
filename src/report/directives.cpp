// SPDX-License-Identifier: BSD-2-Clause
#include "report/directives.hpp"

#include <array>
#include <functional>

namespace report {

namespace {

using packet::Network;
using packet::Trait;
using stats::Interval;
namespace protocol = packet::protocol;

using flow::Tally;

const IntervalRecord& as_interval(const Record& record) { return static_cast<const IntervalRecord&>(record); }

/// Twice the middle of the interval, in nanoseconds: an odd length has no whole middle.
base::Int128 twice_the_middle(const IntervalRecord& record) {
  return base::Int128{record.interval.begin} * 2 + record.interval.length -
         base::Int128{record.subtracted} * 2;
}

base::Int128 twice_the_relative_middle(const IntervalRecord& record) {
  return twice_the_middle(record) - base::Int128{record.origin} * 2;
}

base::Int128 twice_the_begin(const IntervalRecord& record) {
  return (base::Int128{record.interval.begin} - record.subtracted) * 2;
}

base::Int128 twice_the_end(const IntervalRecord& record) {
  return twice_the_begin(record) + base::Int128{record.interval.length} * 2;
}

base::Int128 twice_the_length(const IntervalRecord& record) {
  return base::Int128{record.interval.length} * 2;
}

/// Of the interval, of its connections, or of the whole record.
template <auto get>
auto got(const Record& base) {
  const IntervalRecord& record = as_interval(base);
  if constexpr (std::is_invocable_v<decltype(get), const Interval&>) {
    return std::invoke(get, record.interval);
  } else if constexpr (std::is_invocable_v<decltype(get), const Tally&>) {
    return record.tally == nullptr ? decltype(+std::invoke(get, *record.tally)){}
                                   : std::invoke(get, *record.tally);
  } else {
    return std::invoke(get, record);
  }
}

template <auto get>
constexpr Getter count{Value::Kind::count,
                       [](const Record& record, std::size_t) { return Value::of_count(got<get>(record)); }};
template <auto get>
constexpr Getter real{Value::Kind::real,
                      [](const Record& record, std::size_t) { return Value::of_real(got<get>(record)); }};
template <auto get>
constexpr Getter seconds{Value::Kind::seconds, [](const Record& record, std::size_t) {
                           return Value::of_seconds(got<get>(record));
                         }};
template <auto get>
constexpr Getter time{Value::Kind::time,
                      [](const Record& record, std::size_t) { return Value::of_time(got<get>(record)); },
                      true};

/// The same of what changes while nothing comes, as times do.
constexpr Getter moving(Getter getter) {
  getter.is_moving = true;
  return getter;
}

template <Network network>
constexpr Getter packets_of = count<[](const Interval& interval) { return interval.count(network); }>;
template <std::uint16_t number>
constexpr Getter packets_with = count<[](const Interval& interval) { return interval.count(number); }>;
template <Network network>
constexpr Getter bytes_of = count<[](const Interval& interval) { return interval.bytes_of(network); }>;
template <std::uint16_t number>
constexpr Getter bytes_with = count<[](const Interval& interval) { return interval.bytes_of(number); }>;
template <Trait trait>
constexpr Getter packets_being = count<[](const Interval& interval) { return interval.count(trait); }>;
template <unsigned percent>
constexpr Getter size_quantile =
    count<[](const Interval& interval) { return interval.size_quantile(percent); }>;

constexpr Getter bytes_icmp = count<[](const Interval& interval) {
  return interval.bytes_of(protocol::icmp) + interval.bytes_of(protocol::icmpv6);
}>;
constexpr Getter burst{Value::Kind::real, [](const Record& record, std::size_t window) {
                         return Value::of_real(as_interval(record).interval.burst_bps(window));
                       }};

double retransmission_ratio(const Tally& tally) {
  return base::nearest_quotient(tally.retransmissions, tally.segments);
}
template <unsigned percent>
constexpr Getter round_trip{
    Value::Kind::seconds, [](const Record& record, std::size_t) {
      const Tally* tally = as_interval(record).tally;
      if (tally == nullptr || tally->round_trips.total() == 0) return Value::nothing();
      return Value::of_seconds(base::Int128{tally->round_trips.quantile(percent)} * 2);
    }};

constexpr std::array table = std::to_array<Directive>({
    {'A', "arp", "packets", "ARP packets", packets_of<Network::arp>},
    {'a', "size_mean", "bytes", "average packet size", real<&Interval::size_mean>},
    {'B', "bytes_per_second", "bytes/s", "bytes per second", real<&Interval::bytes_per_second>},
    {'b', "bits_per_second", "bits/s", "bits per second", real<&Interval::bits_per_second>},
    {'C', "icmp", "packets", "ICMP and ICMPv6 packets", count<&Interval::icmp>},
    {'d', "size_stddev", "bytes", "standard deviation of the size", real<&Interval::size_stddev>},
    {'I', "ipv4", "packets", "IPv4 packets", packets_of<Network::ipv4>},
    {'l', "load", "ratio", "load, as a share of the peak", moving(real<&IntervalRecord::load_ratio>)},
    {'M', "size_max", "bytes", "largest packet", count<&Interval::size_max>},
    {'m', "size_min", "bytes", "smallest packet", count<&Interval::size_min>},
    {'N', "bytes", "bytes", "all bytes", count<&Interval::bytes>},
    {'n', "packets", "packets", "all packets", count<&Interval::packets>},
    {'p', "packets_per_second", "1/s", "packets per second", real<&Interval::packets_per_second>},
    {'R', "time_relative", "s", "%S, from the first packet on", moving(seconds<twice_the_relative_middle>),
     Need::nothing, 0},
    {'r', "time_relative", "s", "%s, from the first packet on", moving(seconds<twice_the_relative_middle>),
     Need::nothing, 6},
    {'S', "time", "s", "middle of the interval", time<twice_the_middle>, Need::nothing, 0},
    {'s', "time", "s", "the same, with six decimals", time<twice_the_middle>, Need::nothing, 6},
    {'T', "tcp", "packets", "TCP packets", packets_with<protocol::tcp>},
    {'U', "udp", "packets", "UDP packets", packets_with<protocol::udp>},
    {'V', "ipv6", "packets", "IPv6 packets", packets_of<Network::ipv6>},

    {0, "begin", "s", "begin of the interval", time<twice_the_begin>},
    {0, "end", "s", "end of the interval", time<twice_the_end>},
    {0, "length", "s", "length of the interval", seconds<twice_the_length>},
    {0, "index", "", "number of the interval, from 1 on", moving(count<&IntervalRecord::index>)},
    {0, "bits_per_second_peak", "bits/s", "largest rate of any interval so far",
     real<&IntervalRecord::peak_bps>},
    {0, "burst", "bits/s", "largest rate over any window, as in burst:10ms", burst, Need::window},
    {0, "size_p50", "bytes", "median of the size", size_quantile<50>, Need::sizes},
    {0, "size_p95", "bytes", "95th percentile of the size", size_quantile<95>, Need::sizes},
    {0, "size_p99", "bytes", "99th percentile of the size", size_quantile<99>, Need::sizes},
    {0, "other", "packets", "neither ARP nor IPv4 nor IPv6", packets_of<Network::other>},
    {0, "sctp", "packets", "SCTP packets", packets_with<protocol::sctp>},
    {0, "igmp", "packets", "IGMP packets", packets_with<protocol::igmp>},
    {0, "gre", "packets", "GRE packets", packets_with<protocol::gre>},
    {0, "esp", "packets", "ESP packets", packets_with<protocol::esp>},
    {0, "bytes_arp", "bytes", "bytes of ARP packets", bytes_of<Network::arp>, Need::details},
    {0, "bytes_ipv4", "bytes", "bytes of IPv4 packets", bytes_of<Network::ipv4>, Need::details},
    {0, "bytes_ipv6", "bytes", "bytes of IPv6 packets", bytes_of<Network::ipv6>, Need::details},
    {0, "bytes_other", "bytes", "bytes of other packets", bytes_of<Network::other>, Need::details},
    {0, "bytes_tcp", "bytes", "bytes of TCP packets", bytes_with<protocol::tcp>, Need::details},
    {0, "bytes_udp", "bytes", "bytes of UDP packets", bytes_with<protocol::udp>, Need::details},
    {0, "bytes_icmp", "bytes", "bytes of ICMP and ICMPv6 packets", bytes_icmp, Need::details},
    {0, "bytes_sctp", "bytes", "bytes of SCTP packets", bytes_with<protocol::sctp>, Need::details},
    {0, "bytes_igmp", "bytes", "bytes of IGMP packets", bytes_with<protocol::igmp>, Need::details},
    {0, "bytes_gre", "bytes", "bytes of GRE packets", bytes_with<protocol::gre>, Need::details},
    {0, "bytes_esp", "bytes", "bytes of ESP packets", bytes_with<protocol::esp>, Need::details},
    {0, "ip_fragments", "packets", "fragments of IPv4 and IPv6 packets", packets_being<Trait::ip_fragment>,
     Need::details},
    {0, "tcp_syn", "packets", "TCP packets with SYN", packets_being<Trait::tcp_syn>, Need::details},
    {0, "tcp_fin", "packets", "TCP packets with FIN", packets_being<Trait::tcp_fin>, Need::details},
    {0, "tcp_rst", "packets", "TCP packets with RST", packets_being<Trait::tcp_rst>, Need::details},
    {0, "vlan", "packets", "frames with a VLAN tag", packets_being<Trait::vlan>, Need::details},
    {0, "multicast", "packets", "sent to a group, broadcast not", packets_being<Trait::multicast>,
     Need::details},
    {0, "broadcast", "packets", "sent to all", packets_being<Trait::broadcast>, Need::details},
    {0, "dropped", "packets", "lost by the kernel, live", moving(count<&IntervalRecord::dropped>),
     Need::drops},
    {0, "connections", "connections", "open at the end of the interval",
     moving(count<&IntervalRecord::connections>), Need::connections},
    {0, "connections_new", "connections", "seen for the first time", count<&Tally::opened>,
     Need::connections},
    {0, "connections_closed", "connections", "ended by FIN", moving(count<&Tally::closed>),
     Need::connections},
    {0, "connections_reset", "connections", "ended by RST", moving(count<&Tally::reset>), Need::connections},
    {0, "connections_timed_out", "connections", "idle for too long", moving(count<&Tally::timed_out>),
     Need::connections},
    {0, "connections_evicted", "connections", "let go, as the table was full", count<&Tally::evicted>,
     Need::connections},
    {0, "retransmissions", "segments", "TCP segments sent again", count<&Tally::retransmissions>,
     Need::connections},
    {0, "retransmission_ratio", "ratio", "the same by all segments", real<retransmission_ratio>,
     Need::connections},
    {0, "out_of_order", "segments", "TCP segments out of order", count<&Tally::out_of_order>,
     Need::connections},
    {0, "zero_windows", "segments", "TCP segments with a window of 0", count<&Tally::zero_windows>,
     Need::connections},
    {0, "rtt_p50", "s", "median of the TCP round trips", round_trip<50>, Need::connections},
    {0, "rtt_p95", "s", "95th percentile of the TCP round trips", round_trip<95>, Need::connections},
    {0, "unattributed", "packets", "that belong to no connection", count<&Tally::unattributed>,
     Need::connections},
    {0, "hosts", "hosts", "different addresses", count<&Interval::hosts>, Need::hosts},
});

}  // namespace

std::span<const Directive> directives(Subject subject) {
  switch (subject) {
    case Subject::interval: return table;
    case Subject::connection: return connection_directives();
    case Subject::tracked: return tracked_directives();
  }
  return {};
}

const Directive* find_directive(char letter, Subject subject) {
  for (const Directive& row : directives(subject)) {
    if (row.letter == letter && letter != 0) return &row;
  }
  return nullptr;
}

}  // namespace report
