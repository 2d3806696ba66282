// SPDX-License-Identifier: BSD-2-Clause
#include "report/summary.hpp"

#include <array>
#include <string_view>

#include "base/text.hpp"
#include "report/json.hpp"
#include "report/units.hpp"

namespace report {

namespace {

/// `%8.1f` and a unit of powers of 1024.
void append_binary(std::string& out, double bytes) {
  constexpr std::array<std::string_view, 7> units = {" B", "KB", "MB", "GB", "TB", "PB", "EB"};
  constexpr std::size_t width = 8;
  std::size_t unit = 0;
  while (bytes >= 1024 && unit + 1 < units.size()) {
    bytes /= 1024;
    ++unit;
  }
  const std::string number = base::fixed(bytes, 1);
  if (number.size() < width) out.append(width - number.size(), ' ');
  out.append(number).append(" ").append(units[unit]).append("\n");
}

}  // namespace

void append_line(std::string& out, const stats::Line& line) {
  if (line.mode() == stats::Line::Mode::plain) out += "(Raw) ";
  out += "Time exceeding " + base::fixed(line.rate_bps(), 2) + " bps:\t" +
         base::fixed(line.exceeded_seconds(), 2) + " sec.\t(" + base::fixed(line.exceeded_percent(), 2) +
         "% of the time)\n";
  out += "Peak Bandwidth: " + base::fixed(line.peak_bps(), 2) + " bps\n";
}

void append_line_json(std::string& out, const stats::Line& line) {
  JsonLine(out, "bandwidth")
      .text("mode", line.mode() == stats::Line::Mode::plain ? "plain" : "carried")
      .add("bits_per_second", line.rate_bps())
      .add("seconds_exceeding", line.exceeded_seconds())
      .add("percent_exceeding", line.exceeded_percent())
      .add("bits_per_second_peak", line.peak_bps());
}

namespace {

constexpr double minute_s = 60, hour_s = 3600, day_s = 86400, month_s = 30 * day_s;

}  // namespace

void append_accounting(std::string& out, const stats::Accounting& accounting) {
  const double second = accounting.bytes_per_second();
  out += "Bytes/sec\t= ";
  append_binary(out, second);
  out += "Bytes/minute\t= ";
  append_binary(out, second * minute_s);
  out += "Bytes/hour\t= ";
  append_binary(out, second * hour_s);
  out += "Bytes/day\t= ";
  append_binary(out, second * day_s);
  out += "Bytes/month\t= ";
  append_binary(out, second * month_s);
}

void append_accounting_json(std::string& out, const stats::Accounting& accounting) {
  const double second = accounting.bytes_per_second();
  JsonLine(out, "accounting")
      .add("bytes", accounting.bytes)
      .add("seconds", Value::of_seconds(base::Int128{accounting.observed} * 2))
      .add("bytes_per_second", second)
      .add("bytes_per_minute", second * minute_s)
      .add("bytes_per_hour", second * hour_s)
      .add("bytes_per_day", second * day_s)
      .add("bytes_per_month", second * month_s);
}

namespace {

using packet::Network;
namespace protocol = packet::protocol;

double rate_mean(const Summary& summary) {
  if (summary.intervals_length <= 0) return 0;
  return base::nearest_quotient(base::Uint128{summary.total.bytes()} * 8 * base::ns_per_s,
                                static_cast<base::Uint128>(summary.intervals_length));
}

struct Protocol {
  const char* name;
  std::uint64_t packets;
};

std::array<Protocol, 4> networks(const stats::Interval& total) {
  return {{{"ipv4", total.count(Network::ipv4)},
           {"ipv6", total.count(Network::ipv6)},
           {"arp", total.count(Network::arp)},
           {"other", total.count(Network::other)}}};
}

std::array<Protocol, 3> transports(const stats::Interval& total) {
  return {{{"tcp", total.count(protocol::tcp)}, {"udp", total.count(protocol::udp)}, {"icmp", total.icmp()}}};
}

template <typename Protocols>
void append_shares(std::string& out, const Protocols& protocols, std::uint64_t packets) {
  for (const Protocol& each : protocols) {
    out += std::string("  ") + each.name + " " + std::to_string(each.packets) + " (" +
           base::fixed(base::nearest_quotient(base::Uint128{each.packets} * 100, packets), 1) + " %" + ")";
  }
  out += "\n";
}

}  // namespace

void append_summary(std::string& out, const Summary& summary) {
  const stats::Interval& total = summary.total;
  out += "--- " + text_of_count(total.packets(), "packet") + ", " + text_of_count(total.bytes(), "byte") +
         ", " + std::to_string(summary.dropped) + " dropped, in " + text_of_time(summary.observed) + "\n";
  out += "bit/s of " + text_of_count(summary.intervals, "interval") + ", mean/p50/p95/p99/max = ";
  append_human(out, Value::of_real(rate_mean(summary)), 'k');
  for (const double bps : {summary.rates.quantile(50), summary.rates.quantile(95), summary.rates.quantile(99),
                           summary.rates.most()}) {
    out += '/';
    append_human(out, Value::of_real(bps), 'k');
  }
  out += "\n";
  append_shares(out, networks(total), total.packets());
  append_shares(out, transports(total), total.packets());
}

void append_summary_json(std::string& out, const Summary& summary) {
  JsonLine line(out, "summary");
  line.add("packets", summary.total.packets())
      .add("bytes", summary.total.bytes())
      .add("seconds", Value::of_seconds(base::Int128{summary.observed} * 2))
      .add("intervals", summary.intervals)
      .add("bits_per_second_mean", rate_mean(summary))
      .add("bits_per_second_p50", summary.rates.quantile(50))
      .add("bits_per_second_p95", summary.rates.quantile(95))
      .add("bits_per_second_p99", summary.rates.quantile(99))
      .add("bits_per_second_max", summary.rates.most());
  for (const Protocol& each : networks(summary.total)) line.add(each.name, each.packets);
  for (const Protocol& each : transports(summary.total)) line.add(each.name, each.packets);
  line.add("dropped", summary.dropped);
}

}  // namespace report
