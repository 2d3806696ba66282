// SPDX-License-Identifier: BSD-2-Clause
#include "report/format.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "support.hpp"

using report::Format;
using report::Sinks;

using test::says;

namespace {

stats::Interval sample() {
  stats::Interval interval;
  interval.begin = 100 * base::ns_per_s;
  interval.length = 4 * base::ns_per_s;
  for (const std::uint32_t size : {100U, 200U, 300U}) interval.add(test::any_packet(), size);
  return interval;
}

/// Compiles it; nobody asks what it needs.
Format compile(std::string_view text, Sinks& sinks, bool may_switch = true) {
  report::Wishes wishes;
  return {text, sinks, may_switch, wishes};
}

/// What this format makes of the sample on standard output; nothing is written.
std::string render(std::string_view text) {
  Sinks sinks;
  Format format = compile(text, sinks);
  const stats::Interval interval = sample();
  format.render(report::IntervalRecord{{}, interval}, sinks);
  return sinks.text(sinks.open(1));
}

std::string problem(std::string_view text) {
  Sinks sinks;
  const base::Error error = test::error_of([&] { (void)compile(text, sinks); });
  CHECK(error.status() == base::ExitStatus::usage);
  return error.what();
}

std::string number(const base::Descriptor& descriptor) { return std::to_string(descriptor.number()); }

}  // namespace

TEST_CASE("the default format") {
  CHECK(render(report::default_format) == "Time:102\tn=3\tavg=200.00\tstddev=81.65\tbps=1200.00\n");
}

TEST_CASE("directives and what is between them") {
  CHECK(render("plain") == "plain");
  CHECK(render("%n") == "3");
  CHECK(render("%n%n %N") == "33 600");
  CHECK(render("%m-%M") == "100-300");
  CHECK(render("100%%") == "100%");
  CHECK(render("%%n") == "%n");
  CHECK(render("%%%n") == "%3");
  CHECK(render("Köln %n\xff") == "Köln 3\xff");
  CHECK(render(std::string_view("a\0b", 3)) == std::string("a\0b", 3));
}

TEST_CASE("escapes are those of printf(1)") {
  CHECK(render("\\a\\b\\f\\n\\r\\t\\v\\\\\\\"") == "\a\b\f\n\r\t\v\\\"");
  CHECK(render("\\e[1m") == "\033[1m");
  SUBCASE("octal, up to three digits") {
    CHECK(render("\\101") == "A");
    CHECK(render("\\0101") == "\0101");
    CHECK(render("\\1018") == "A8");
    CHECK(render("\\7x") == "\ax");
    CHECK(render("\\0") == std::string("\0", 1));
    CHECK(render("\\00") == std::string("\0", 1));
    CHECK(render("\\377") == "\xff");
    CHECK(render("\\48") == "\0048");
  }
  SUBCASE("hexadecimal, up to two") {
    CHECK(render("\\x41") == "A");
    CHECK(render("\\x4a1") == "J1");
    CHECK(render("\\xAg") == "\ng");
    CHECK(render("\\xfF") == "\xff");
  }
  SUBCASE("a backslash at the end stands for itself") {
    CHECK(render("\\") == "\\");
    CHECK(render("%n\\") == "3\\");
  }
  SUBCASE("an escape makes no directive") { CHECK(render("\\x25n") == "%n"); }
}

TEST_CASE("what is wrong is said with its place and a hint") {
  CHECK(says(problem("%Z"), "%Z"));
  CHECK(says(problem("%Z"), "character 1"));
  CHECK(says(problem("abc %q"), "character 5"));
  CHECK(says(problem("%n%n%y"), "character 5"));
  CHECK(says(problem("\\t%n % %n"), "% "));
  CHECK(says(problem("100%"), "character 4"));
  CHECK(says(problem("100%"), "%%"));
  CHECK(says(problem("%\x1b[2J"), "\\x1b"));
  CHECK(says(problem("%\xc3\xa4"), "\\xc3"));
  CHECK(says(problem(""), "empty"));
}

TEST_CASE("%number switches to that file descriptor until the end of the format") {
  const base::Descriptor first = test::memory_file(), second = test::memory_file();
  Sinks sinks;
  Format format = compile(
      "out %n%" + number(first) + "one %n%" + number(second) + "two%" + number(first) + " again\\n", sinks);
  const stats::Interval interval = sample();
  const auto text = [&](int descriptor) { return sinks.text(sinks.open(descriptor)); };
  format.render(report::IntervalRecord{{}, interval}, sinks);
  CHECK(text(1) == "out 3");
  CHECK(text(first.number()) == "one 3 again\n");
  CHECK(text(second.number()) == "two");
  SUBCASE("and begins with standard output each time") {
    format.render(report::IntervalRecord{{}, interval}, sinks);
    CHECK(text(1) == "out 3out 3");
    CHECK(text(second.number()) == "twotwo");
  }
}

TEST_CASE("descriptors above 256 too") {
  const base::Descriptor file = test::memory_file();
  const base::Descriptor high(::fcntl(file.number(), F_DUPFD_CLOEXEC, 300));
  REQUIRE(high.number() >= 300);
  Sinks sinks;
  Format format = compile("%" + number(high) + "%n", sinks);
  const stats::Interval interval = sample();
  format.render(report::IntervalRecord{{}, interval}, sinks);
  CHECK(sinks.text(sinks.open(high.number())) == "3");
}

TEST_CASE("descriptors that cannot be written to are wrong usage, at the start") {
  CHECK(says(problem("%987x"), "file descriptor 987 is not open"));
  CHECK(says(problem("%2147483648x"), "out of range"));
  CHECK(says(problem("%99999999999999999999x"), "out of range"));
  test::Pipe pipe;
  CHECK(says(problem("%" + number(pipe.reader)), "reading only"));
  SUBCASE("digits are the number, all of them") {
    const base::Descriptor file = test::memory_file();
    Sinks sinks;
    Format format = compile("%00" + number(file) + " 5", sinks);
    const stats::Interval interval = sample();
    format.render(report::IntervalRecord{{}, interval}, sinks);
    CHECK(sinks.text(sinks.open(file.number())) == " 5");
  }
}

TEST_CASE("a setuid program does not switch") {
  Sinks sinks;
  CHECK(test::is_usage_error([&] { (void)compile("%n%2x", sinks, false); }, "setuid"));
  CHECK(test::is_usage_error([&] { (void)compile("%1%n", sinks, false); }));
  CHECK_NOTHROW((void)compile("%n%%2\\n", sinks, false));
}
