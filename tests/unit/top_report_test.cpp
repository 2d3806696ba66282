// SPDX-License-Identifier: BSD-2-Clause
#include "report/top_report.hpp"

#include "base/text.hpp"
#include "layout/width.hpp"
#include "support.hpp"

using flow::Busy;
using flow::Top;
using packet::Address;

namespace {

/// The first end is the client.
Busy busy(const packet::Addresses& ends, std::uint16_t client_port, std::uint16_t server_port,
          std::uint8_t protocol, const flow::Amounts& amounts) {
  Busy busy{amounts, {}};
  busy.connection.is_client_second = busy.connection.key.set(ends, client_port, server_port, protocol);
  busy.connection.state = protocol == test::tcp ? flow::State::established : flow::State::open;
  return busy;
}

Address ipv4(std::uint32_t number) { return {0, number, false}; }

const Busy https =
    busy({ipv4(0xc0a864c8), ipv4(0xc60033c8)}, 54'321, 443, test::tcp, {12'345, 10'000'000, 12, 12'345'678});
const Busy dns = busy({{0x20010db800000000, 1, true}, {0x20010db800000000, 0x35, true}}, 5'000, 53, test::udp,
                      {2, 150, 0, std::nullopt});
const Busy guessed = [] {
  Busy busy = https;
  busy.connection.is_guessed = true;
  busy.connection.state = flow::State::closed;
  busy.rtt.reset();
  busy.retransmissions = 0;
  return busy;
}();

/// Of two seconds.
stats::Interval interval(base::Nanoseconds length = 2 * base::ns_per_s) {
  stats::Interval interval;
  interval.begin = 1'700'000'000'500'000'000;
  interval.length = length;
  return interval;
}

std::string text(const std::vector<Busy>& busiest, const stats::Interval& of = interval()) {
  std::string out;
  report::append_top(out, busiest, {{}, of});
  return out;
}

std::string json(const std::vector<Busy>& busiest, Top::By by = Top::By::bits,
                 const stats::Interval& of = interval(), base::Nanoseconds subtracted = 0) {
  std::string out;
  report::append_top_json(out, busiest, by, {{0, subtracted}, of});
  return out;
}

std::string text_of_rtt(base::Nanoseconds rtt) {
  Busy one = https;
  one.rtt = rtt;
  const std::string line = text({one});
  return line.substr(line.rfind('='));
}

}  // namespace

TEST_CASE("the busiest connections in columns, under the line of the interval") {
  CHECK(text({https, guessed, dns}) ==
        "  TCP  192.168.100.200:54321 > 198.0.51.200:443  n=12.3k  bps=40.0M  retr=12  rtt=12.35ms\n"
        "  TCP  192.168.100.200:54321 ? 198.0.51.200:443  n=12.3k  bps=40.0M  retr=0   rtt=-\n"
        "  UDP  [2001:db8::1]:5000 > [2001:db8::35]:53    n=2      bps=600.0\n");
  CHECK(text({}).empty());
}

TEST_CASE("a round trip is told in four digits") {
  CHECK(text_of_rtt(0) == "=0.000ms\n");
  CHECK(text_of_rtt(51'400) == "=0.051ms\n");
  CHECK(text_of_rtt(9'999'499) == "=9.999ms\n");
  CHECK(text_of_rtt(10'004'000) == "=10.00ms\n");
  CHECK(text_of_rtt(123'456'789) == "=123.5ms\n");
  CHECK(text_of_rtt(1'234'567'890) == "=1235ms\n");
}

TEST_CASE("with IPv4 a line has at most 100 columns") {
  const std::uint32_t widest = 0xdededede;  // 222.222.222.222
  const Busy wide = busy({ipv4(widest), ipv4(widest - 1)}, 65'535, 65'534, test::tcp,
                         {999'900'000, 124'987'500'000'000, 999'900, 999'900'000});
  const std::string line = text({wide}, interval(base::ns_per_s));
  CHECK(line ==
        "  TCP  222.222.222.222:65535 > 222.222.222.221:65534  n=999.9M  bps=999.9T  retr=999.9k  "
        "rtt=999.9ms\n");
  CHECK(layout::columns_of(line) - 1 <= 100);
}

TEST_CASE("the same as records of JSON") {
  CHECK(json({https, dns}) ==
        R"({"record":"top","rank":1,"by":"bits","begin":1700000000.500000000,"client":"192.168.100.200",)"
        R"("client_port":54321,"server":"198.0.51.200","server_port":443,"protocol":"TCP","service":"https",)"
        R"("state":"ESTABLISHED","packets":12345,"bytes":10000000,"bits_per_second":40000000,)"
        R"("retransmissions":12,"rtt":0.012345678})"
        "\n"
        R"({"record":"top","rank":2,"by":"bits","begin":1700000000.500000000,"client":"2001:db8::1",)"
        R"("client_port":5000,"server":"2001:db8::35","server_port":53,"protocol":"UDP","service":"domain",)"
        R"("state":"OPEN","packets":2,"bytes":150,"bits_per_second":600,"retransmissions":0,"rtt":null})"
        "\n");
  CHECK(test::says(json({guessed}, Top::By::retransmissions), R"("rank":1,"by":"retransmissions",)"));
  CHECK(test::says(json({guessed}), R"("state":"CLOSED")"));
  CHECK(json({}).empty());
  SUBCASE("times are relative where they are everywhere") {
    CHECK(test::says(json({dns}, Top::By::rtt, interval(), 1'700'000'000'000'000'000),
                     R"("begin":0.500000000)"));
  }
  SUBCASE("an interval of no length has no rates") {
    CHECK(test::says(json({dns}, Top::By::bits, interval(0)), R"("bits_per_second":0,)"));
    CHECK(test::says(text({dns}, interval(0)), "bps=0.0\n"));
  }
}
