// SPDX-License-Identifier: BSD-2-Clause
#include "report/units.hpp"

#include "support.hpp"

using report::text_of_bytes;
using report::text_of_count;
using report::text_of_delay;
using report::text_of_length;
using report::text_of_percent;
using report::text_of_rate;
using report::text_of_speed;
using report::text_of_time;

TEST_CASE("rates have four significant digits and a prefix") {
  CHECK(text_of_rate(0) == "0 bit/s");
  CHECK(text_of_rate(1) == "1.000 bit/s");
  CHECK(text_of_rate(512) == "512.0 bit/s");
  CHECK(text_of_rate(9.9994) == "9.999 bit/s");
  CHECK(text_of_rate(9.9996) == "10.00 bit/s");
  CHECK(text_of_rate(99.994) == "99.99 bit/s");
  CHECK(text_of_rate(99.996) == "100.0 bit/s");
  CHECK(text_of_rate(999.94) == "999.9 bit/s");
  CHECK(text_of_rate(999.96) == "1.000 kbit/s");
  CHECK(text_of_rate(999'960) == "1.000 Mbit/s");
  CHECK(text_of_rate(999'940) == "999.9 kbit/s");
  CHECK(text_of_rate(283'600'000) == "283.6 Mbit/s");
  CHECK(text_of_rate(1e9) == "1.000 Gbit/s");
  CHECK(text_of_rate(1e15) == "1.000 Pbit/s");
  SUBCASE("also those below one, and what is no number") {
    CHECK(text_of_rate(0.25) == "0.250 bit/s");
    CHECK(text_of_rate(-5) == "0 bit/s");
  }
}

TEST_CASE("the speed of a line that was asked for is exact, and has no zeros at its end") {
  CHECK(text_of_speed(1'000'440) == "1.00044 Mbit/s");
  CHECK(text_of_speed(999'960) == "999.96 kbit/s");
  CHECK(text_of_speed(5) == "5 bit/s");
  CHECK(text_of_speed(1.5e6) == "1.5 Mbit/s");
  CHECK(text_of_speed(28'800) == "28.8 kbit/s");
  CHECK(text_of_speed(1e8) == "100 Mbit/s");
  CHECK(text_of_speed(1e9) == "1 Gbit/s");
  CHECK(text_of_speed(0.001) == "0.001 bit/s");
}

TEST_CASE("amounts: whole bytes, then four significant digits") {
  CHECK(text_of_bytes(0) == "0 B");
  CHECK(text_of_bytes(999) == "999 B");
  CHECK(text_of_bytes(1000) == "1.000 kB");
  CHECK(text_of_bytes(1'301'000) == "1.301 MB");
  CHECK(text_of_bytes(18446744073709551615.0) == "18.45 EB");
}

TEST_CASE("counts are of one thing or of several") {
  CHECK(text_of_count(0, "packet") == "0 packets");
  CHECK(text_of_count(1, "packet") == "1 packet");
  CHECK(text_of_count(2, "byte") == "2 bytes");
}

TEST_CASE("times: delays in ms, stretches in s, lengths as they were asked for") {
  CHECK(text_of_delay(0) == "0.000 ms");
  CHECK(text_of_delay(12'345'678) == "12.346 ms");
  CHECK(text_of_time(59'500'000'000) == "59.500 s");
  CHECK(text_of_time(0) == "0.000 s");
  CHECK(text_of_time(499'999) == "0.000 s");
  CHECK(text_of_time(500'000) == "0.001 s");
  CHECK(text_of_length(5 * base::ns_per_s) == "5 s");
  CHECK(text_of_length(250 * base::ns_per_ms) == "0.25 s");
  CHECK(text_of_length(1) == "0.000000001 s");
  CHECK(text_of_length(100 * base::ns_per_s) == "100 s");
  CHECK(text_of_length(0) == "0 s");
}

TEST_CASE("shares have two decimals") {
  CHECK(text_of_percent(98.316) == "98.32 %");
  CHECK(text_of_percent(0) == "0.00 %");
  CHECK(text_of_percent(100) == "100.00 %");
}
