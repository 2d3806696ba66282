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

std::string accounting_json(std::uint64_t bytes, base::Nanoseconds observed) {
  std::string out;
  report::append_accounting_json(out, {bytes, observed});
  return out;
}

using Append = void (*)(std::string&, const Line&);

/// Of one interval with one packet.
std::string capacity(Line::Mode mode, std::uint64_t rate_milli, std::uint32_t bytes, base::Nanoseconds length,
                     Append append = report::append_line) {
  stats::Interval interval;
  interval.length = length;
  interval.add(test::any_packet(), bytes);
  Line line(rate_milli, mode);
  line.add(interval);
  std::string out;
  append(out, line);
  return out;
}

}  // namespace

TEST_CASE("capacity is told in two lines, as tcpstat 1.5 words them") {
  CHECK(capacity(Line::Mode::carried, 28'800'000, 100'000, 50 * base::ns_per_s) ==
        "Time exceeding 28800.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 16000.00 bps\n");
  CHECK(capacity(Line::Mode::carried, 300'000'000'000, 34'509'888, base::ns_per_s) ==
        "Time exceeding 300000000.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 276079104.00 "
        "bps\n");
  CHECK(capacity(Line::Mode::carried, 28'800'000, 1'000'000, 50 * base::ns_per_s) ==
        "Time exceeding 28800.00 bps:\t50.00 sec.\t(100.00% of the time)\nPeak Bandwidth: 160000.00 bps\n");
  CHECK(capacity(Line::Mode::plain, 1'500, 1000, base::ns_per_s / 10) ==
        "(Raw) Time exceeding 1.50 bps:\t0.10 sec.\t(100.00% of the time)\nPeak Bandwidth: 80000.00 bps\n");
}

TEST_CASE("never nan or inf: one packet with the whole sample as one interval") {
  CHECK(capacity(Line::Mode::carried, 1000, 1000, 0) ==
        "Time exceeding 1.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 0.00 bps\n");
  CHECK(capacity(Line::Mode::carried, 1000, 1000, 0, report::append_line_json) ==
        R"({"record":"bandwidth","mode":"carried","bits_per_second":1,"seconds_exceeding":0,)"
        R"("percent_exceeding":0,"bits_per_second_peak":0})"
        "\n");
}

TEST_CASE("the same as a record of JSON, in raw numbers") {
  CHECK(capacity(Line::Mode::plain, 1'500, 1000, base::ns_per_s / 10, report::append_line_json) ==
        R"({"record":"bandwidth","mode":"plain","bits_per_second":1.5,"seconds_exceeding":0.1,)"
        R"("percent_exceeding":100,"bits_per_second_peak":80000})"
        "\n");
  CHECK(accounting_json(1000, 16 * base::ns_per_s + 1) ==
        R"({"record":"accounting","bytes":1000,"seconds":16.000000001,"bytes_per_second":62.49999999609375,)"
        R"("bytes_per_minute":3749.999999765625,"bytes_per_hour":224999.9999859375,)"
        R"("bytes_per_day":5399999.9996625,"bytes_per_month":161999999.989875})"
        "\n");
  CHECK(accounting_json(5, 0) ==
        R"({"record":"accounting","bytes":5,"seconds":0.000000000,"bytes_per_second":0,"bytes_per_minute":0,)"
        R"("bytes_per_hour":0,"bytes_per_day":0,"bytes_per_month":0})"
        "\n");
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

namespace {

using AppendSummary = void (*)(std::string&, const report::Summary&);

/// Of four intervals of a second: two empty ones, 512 and 1536 bits/s.
std::string summary(AppendSummary append) {
  stats::Interval total;
  total.add({packet::Network::ipv4, test::tcp, 14}, 60);
  total.add({packet::Network::ipv4, test::udp, 14}, 70);
  total.add({packet::Network::ipv6, test::icmpv6, 14}, 80);
  total.add({packet::Network::arp, packet::protocol::unknown, 14}, 46);
  stats::Rates rates;
  rates.add(1536);
  rates.add(0, 2);
  rates.add(512);
  std::string out;
  append(out, {total, 4, 4 * base::ns_per_s, rates, 3'500'000'000, 1});
  return out;
}

std::string summary_of_nothing(AppendSummary append) {
  const stats::Interval total;
  stats::Rates rates;
  std::string out;
  append(out, {total, 0, 0, rates, 0, 0});
  return out;
}

}  // namespace

TEST_CASE("the summary of a sample") {
  CHECK(summary(report::append_summary) ==
        "--- 4 packets, 256 bytes, 1 dropped, in 3.500 s\n"
        "bit/s of 4 intervals, mean/p50/p95/p99/max = 512.0/0.0/1.5k/1.5k/1.5k\n"
        "  ipv4 2 (50.0 %)  ipv6 1 (25.0 %)  arp 1 (25.0 %)  other 0 (0.0 %)\n"
        "  tcp 1 (25.0 %)  udp 1 (25.0 %)  icmp 1 (25.0 %)\n");
  CHECK(summary(report::append_summary_json) ==
        R"({"record":"summary","packets":4,"bytes":256,"seconds":3.500000000,"intervals":4,)"
        R"("bits_per_second_mean":512,"bits_per_second_p50":0,"bits_per_second_p95":1536,)"
        R"("bits_per_second_p99":1536,"bits_per_second_max":1536,"ipv4":2,"ipv6":1,"arp":1,"other":0,)"
        R"("tcp":1,"udp":1,"icmp":1,"dropped":1})"
        "\n");
  SUBCASE("without packets and time there are zeros, never nan") {
    CHECK(summary_of_nothing(report::append_summary) ==
          "--- 0 packets, 0 bytes, 0 dropped, in 0.000 s\n"
          "bit/s of 0 intervals, mean/p50/p95/p99/max = 0.0/0.0/0.0/0.0/0.0\n"
          "  ipv4 0 (0.0 %)  ipv6 0 (0.0 %)  arp 0 (0.0 %)  other 0 (0.0 %)\n"
          "  tcp 0 (0.0 %)  udp 0 (0.0 %)  icmp 0 (0.0 %)\n");
    CHECK(summary_of_nothing(report::append_summary_json) ==
          R"({"record":"summary","packets":0,"bytes":0,"seconds":0.000000000,"intervals":0,)"
          R"("bits_per_second_mean":0,"bits_per_second_p50":0,"bits_per_second_p95":0,)"
          R"("bits_per_second_p99":0,"bits_per_second_max":0,"ipv4":0,"ipv6":0,"arp":0,"other":0,)"
          R"("tcp":0,"udp":0,"icmp":0,"dropped":0})"
          "\n");
  }
}
