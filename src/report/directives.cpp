// SPDX-License-Identifier: BSD-2-Clause
#include "report/directives.hpp"

#include <array>

#include "base/text.hpp"

namespace report {

namespace {

using packet::Network;
namespace protocol = packet::protocol;

void two_decimals(std::string& out, double value) { base::append_fixed(out, value, 2); }

/// Twice the middle of the interval, in nanoseconds: an odd length has no whole middle.
base::Int128 twice_the_middle(const Record& record) {
  const stats::Interval& interval = record.interval;
  return base::Int128{interval.begin} * 2 + interval.length - base::Int128{record.subtracted} * 2;
}

base::Int128 twice_the_relative_middle(const Record& record) {
  return twice_the_middle(record) - base::Int128{record.origin} * 2;
}

/// floor(t + 0.5) of a time in half nanoseconds.
void whole_seconds(std::string& out, base::Int128 twice) {
  base::append_integer(out, base::floor_quotient(twice + base::ns_per_s, 2 * base::ns_per_s));
}

/// Rounded half up to the microsecond, as %.6f looks.
void microseconds(std::string& out, base::Int128 twice) {
  constexpr std::int64_t us_per_s = 1'000'000;
  const std::int64_t us = base::floor_quotient(twice + base::ns_per_us, 2 * base::ns_per_us);
  const std::uint64_t magnitude =
      us < 0 ? 0 - static_cast<std::uint64_t>(us) : static_cast<std::uint64_t>(us);
  if (us < 0) out += '-';
  base::append_integer(out, magnitude / us_per_s);
  const std::size_t point = out.size();
  base::append_integer(out, us_per_s + magnitude % us_per_s);
  out[point] = '.';  // in place of the leading 1
}

template <Network network>
void packets_of(std::string& out, const Record& record) {
  base::append_integer(out, record.interval.count(network));
}

template <std::uint16_t number>
void packets_with(std::string& out, const Record& record) {
  base::append_integer(out, record.interval.count(number));
}

constexpr std::array table = std::to_array<Directive>({
    {'A', "arp", "packets", "ARP packets", packets_of<Network::arp>},
    {'a', "size_mean", "bytes", "average packet size",
     [](std::string& out, const Record& record) { two_decimals(out, record.interval.size_mean()); }},
    {'B', "bytes_per_second", "bytes/s", "bytes per second",
     [](std::string& out, const Record& record) { two_decimals(out, record.interval.bytes_per_second()); }},
    {'b', "bits_per_second", "bits/s", "bits per second",
     [](std::string& out, const Record& record) { two_decimals(out, record.interval.bits_per_second()); }},
    {'C', "icmp", "packets", "ICMP and ICMPv6 packets",
     [](std::string& out, const Record& record) { base::append_integer(out, record.interval.icmp()); }},
    {'d', "size_stddev", "bytes", "standard deviation of the size",
     [](std::string& out, const Record& record) { two_decimals(out, record.interval.size_stddev()); }},
    {'I', "ipv4", "packets", "IPv4 packets", packets_of<Network::ipv4>},
    {'l', "load", "ratio", "load, as a share of the peak",
     [](std::string& out, const Record& record) { two_decimals(out, record.load_ratio); }},
    {'M', "size_max", "bytes", "largest packet",
     [](std::string& out,
        const Record& record) { base::append_integer(out, std::uint64_t{record.interval.size_max()}); }},
    {'m', "size_min", "bytes", "smallest packet",
     [](std::string& out,
        const Record& record) { base::append_integer(out, std::uint64_t{record.interval.size_min()}); }},
    {'N', "bytes", "bytes", "all bytes",
     [](std::string& out, const Record& record) { base::append_integer(out, record.interval.bytes()); }},
    {'n', "packets", "packets", "all packets",
     [](std::string& out, const Record& record) { base::append_integer(out, record.interval.packets()); }},
    {'p', "packets_per_second", "1/s", "packets per second",
     [](std::string& out, const Record& record) { two_decimals(out, record.interval.packets_per_second()); }},
    {'R', "time_relative", "s", "%S, from the first packet on",
     [](std::string& out, const Record& record) { whole_seconds(out, twice_the_relative_middle(record)); }},
    {'r', "time_relative", "s", "%s, from the first packet on",
     [](std::string& out, const Record& record) { microseconds(out, twice_the_relative_middle(record)); }},
    {'S', "time", "s", "middle of the interval",
     [](std::string& out, const Record& record) { whole_seconds(out, twice_the_middle(record)); }},
    {'s', "time", "s", "the same, with six decimals",
     [](std::string& out, const Record& record) { microseconds(out, twice_the_middle(record)); }},
    {'T', "tcp", "packets", "TCP packets", packets_with<protocol::tcp>},
    {'U', "udp", "packets", "UDP packets", packets_with<protocol::udp>},
    {'V', "ipv6", "packets", "IPv6 packets", packets_of<Network::ipv6>},
});

}  // namespace

std::span<const Directive> directives() { return table; }

const Directive* find_directive(char letter) {
  for (const Directive& row : table) {
    if (row.letter == letter) return &row;
  }
  return nullptr;
}

}  // namespace report
