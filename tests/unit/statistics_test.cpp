// SPDX-License-Identifier: BSD-2-Clause
#include "tools/statistics.hpp"

#include "statistics_run.hpp"

using base::ns_per_s;
using test::every_second;

namespace {

constexpr base::Nanoseconds day = test::run_begin;

/// What is printed for packets of these sizes at these seconds.
std::string print(const tools::Options& options, const test::SizesAtSeconds& packets) {
  return test::run_statistics(options, packets).output;
}

}  // namespace

TEST_CASE("a line for every interval, empty ones too") {
  CHECK(print(every_second("%R %n %N %l\\n"), {{0, 100}, {1, 50}, {4, 10}}) ==
        "1 2 150 1.00\n2 0 0 0.98\n3 0 0 0.97\n4 1 10 0.95\n");
  SUBCASE("but not with -e, and the load is the same") {
    tools::Options options = every_second("%R %n %N %l\\n");
    options.hides_empty = true;
    CHECK(print(options, {{0, 100}, {1, 50}, {4, 10}}) == "1 2 150 1.00\n4 1 10 0.95\n");
  }
}

TEST_CASE("-e hides a sample without packets altogether") {
  tools::Options options = every_second("%n\\n");
  CHECK(print(options, {}) == "0\n");
  options.hides_empty = true;
  CHECK(print(options, {}) == "");
}

TEST_CASE("-R is subtracted from the times") {
  tools::Options options = every_second("%S %R|");
  options.subtracted = day - 10 * ns_per_s;
  CHECK(print(options, {{0, 1}}) == "11 -1699999989|");
}

TEST_CASE("-b prints its two lines instead, and gaps drain what was carried") {
  tools::Options options = every_second("%n\\n");
  options.lines.emplace_back(8'000'000, stats::Line::Mode::carried);  // 1000 bytes a second
  options.lines.emplace_back(8'000'000, stats::Line::Mode::plain);
  CHECK(print(options, {{0, 3500}, {9, 10}}) ==
        "Time exceeding 8000.00 bps:\t3.00 sec.\t(33.33% of the time)\nPeak Bandwidth: 28000.00 bps\n"
        "(Raw) Time exceeding 8000.00 bps:\t1.00 sec.\t(11.11% of the time)\nPeak Bandwidth: 28000.00 bps\n");
  SUBCASE("with the whole sample as one interval of one packet: no time, no nan") {
    options.timeline.length.reset();
    CHECK(print(options, {{0, 3500}})
              .starts_with(
                  "Time exceeding 8000.00 bps:\t0.00 sec.\t(0.00% of the time)\nPeak Bandwidth: 0.00 bps\n"));
  }
  SUBCASE("a gap of billions of intervals takes no time") {
    CHECK(print(options, {{0, 3500}, {2'000'000'000, 10}})
              .starts_with("Time exceeding 8000.00 bps:\t3.00 sec.\t(0.00% of the time)\n"));
  }
}

TEST_CASE("-a divides all bytes by the time from the first to the largest timestamp") {
  tools::Options options = every_second("%n\\n");
  options.is_accounting = true;
  CHECK(print(options, {{0, 1000}, {10, 0}}).starts_with("Bytes/sec\t=    100.0  B\n"));
  CHECK(
      print(options, {{0, 1000}}).starts_with("Bytes/sec\t=   1000.0  B\n"));  // no time passed: the interval
  options.timeline.length.reset();
  CHECK(print(options, {{0, 1000}}).starts_with("Bytes/sec\t=      0.0  B\n"));
}

TEST_CASE("a descriptor of the format that is not open is wrong usage, before anything is read") {
  const tools::Options options = every_second("%n%987x");
  CHECK(test::is_usage_error([&] { tools::Statistics statistics(options, {}); }, "987"));
}

TEST_CASE("a second descriptor gets its part of each line") {
  const base::Descriptor file = test::memory_file();
  const std::string number = std::to_string(file.number());
  CHECK(print(every_second("%n\\n%" + number + "%N\\n"), {{0, 100}, {2, 50}}) == "1\n1\n");
  CHECK(test::content_of(file) == "100\n50\n");
}
