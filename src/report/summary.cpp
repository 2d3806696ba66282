// SPDX-License-Identifier: BSD-2-Clause
#include "report/summary.hpp"

#include <array>
#include <string_view>

#include "base/text.hpp"

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

void append_line(std::string& out, const stats::Line& line, double peak_bps) {
  if (line.mode() == stats::Line::Mode::plain) out += "(Raw) ";
  out += "Time exceeding " + base::fixed(line.rate_bps(), 2) + " bps:\t" +
         base::fixed(line.exceeded_seconds(), 2) + " sec.\t(" + base::fixed(line.exceeded_percent(), 2) +
         "% of the time)\n";
  out += "Peak Bandwidth: " + base::fixed(peak_bps, 2) + " bps\n";
}

void append_accounting(std::string& out, const stats::Accounting& accounting) {
  const double second = accounting.bytes_per_second();
  constexpr double minute_s = 60, hour_s = 3600, day_s = 86400, month_s = 30 * day_s;
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

}  // namespace report
