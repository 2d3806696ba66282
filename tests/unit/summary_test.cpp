// SPDX-License-Identifier: BSD-2-Clause
#include "report/summary.hpp"

#include "support.hpp"

using stats::Line;

namespace {

std::string accounting(std::uint64_t bytes, base::Nanoseconds observed) {
  std::string out;
  report::append_accounting(out, {bytes, observed});
  return out;
}

std::string capacity(Line::Mode mode, std::uint64_t rate_milli, std::uint32_t bytes, base::Nanoseconds length,
                     double peak) {
  stats::Interval interval;
  interval.length = length;
  interval.add(test::any_packet(), bytes);
  Line line(rate_milli, mode);
  line.add(interval);
  std::string out;
  report::append_line(out, line, peak);
  return out;
}

}  // namespace

TEST_CASE("capacity is told in two lines, as tcpstat 1.5 words them") {
  CHECK(capacity(Line::Mode::carried, 28'800'000, 100'000, 50 * base::ns_per_s, 276'079'104) ==
        "Time exceeding 28800.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 276079104.00 bps\n");
  CHECK(capacity(Line::Mode::carried, 28'800'000, 1'000'000, 50 * base::ns_per_s, 160'000) ==
        "Time exceeding 28800.00 bps:\t50.00 sec.\t(100.00% of the time)\nPeak Bandwidth: 160000.00 bps\n");
  CHECK(capacity(Line::Mode::plain, 1'500, 1000, base::ns_per_s / 10, 80'000) ==
        "(Raw) Time exceeding 1.50 bps:\t0.10 sec.\t(100.00% of the time)\nPeak Bandwidth: 80000.00 bps\n");
}

TEST_CASE("never nan or inf: one packet with the whole sample as one interval") {
  CHECK(capacity(Line::Mode::carried, 1000, 1000, 0, 0) ==
        "Time exceeding 1.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 0.00 bps\n");
}

TEST_CASE("accounting is told in five lines, in binary units") {
  CHECK(accounting(1000, 10 * base::ns_per_s) ==
        "Bytes/sec\t=    100.0  B\n"
        "Bytes/minute\t=      5.9 KB\n"
        "Bytes/hour\t=    351.6 KB\n"
        "Bytes/day\t=      8.2 MB\n"
        "Bytes/month\t=    247.2 MB\n");
  CHECK(accounting(0, 0) ==
        "Bytes/sec\t=      0.0  B\n"
        "Bytes/minute\t=      0.0  B\n"
        "Bytes/hour\t=      0.0  B\n"
        "Bytes/day\t=      0.0  B\n"
        "Bytes/month\t=      0.0  B\n");
  SUBCASE("units go on past GB") {
    const std::string text = accounting(100'000'000'000, base::ns_per_s);
    CHECK(text.find("Bytes/sec\t=     93.1 GB\n") != std::string::npos);
    CHECK(text.find("Bytes/minute\t=      5.5 TB\n") != std::string::npos);
    CHECK(text.find("Bytes/day\t=      7.7 PB\n") != std::string::npos);
  }
}
