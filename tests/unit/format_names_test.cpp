// SPDX-License-Identifier: BSD-2-Clause
// Formats with names in braces; letters, escapes and descriptors are format_test's.
#include "report/format.hpp"
#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using report::Format;
using report::IntervalRecord;
using report::Sinks;
using report::Wishes;

namespace {

/// 2023-11-14 22:13:20.5 UTC to 4 s later, of which little is collected.
stats::Interval sample(const stats::Collect& collect) {
  stats::Interval interval;
  interval.begin = 1'700'000'000 * ns_per_s + 500 * ns_per_ms;
  interval.length = 4 * ns_per_s;
  interval.collect(collect);
  for (const std::uint32_t size : {100U, 200U, 1'200'000U}) {
    interval.add(test::any_packet(), size);
    if (auto* extras = interval.extras()) {
      extras->add(interval.begin + 1, {}, packet::link_type(147), test::any_packet(), size);
    }
  }
  return interval;
}

/// What this format makes of the sample on standard output.
std::string render(std::string_view text) {
  const test::Zone zone("UTC0");
  Sinks sinks;
  Wishes wishes;
  wishes.window_most = 4 * ns_per_s;
  Format format(text, sinks, true, wishes);
  const stats::Interval interval = sample(wishes.collect);
  format.render(IntervalRecord{{1'700'000'000 * ns_per_s, 0}, interval, 0.25, 5e6, 12, 34}, sinks);
  return sinks.text(sinks.open(1));
}

std::string problem(std::string_view text) {
  Sinks sinks;
  Wishes wishes;
  wishes.window_most = ns_per_s;
  const base::Error error = test::error_of([&] { Format(text, sinks, true, wishes); });
  CHECK(error.status() == base::ExitStatus::usage);
  return error.what();
}

}  // namespace

TEST_CASE("a name in braces") {
  CHECK(render("%{packets}") == "3");
  CHECK(render("[%{packets}%{bytes}]%n") == "[31200300]3");
  CHECK(render("%{size_mean} %{load}") == "400100.00 0.25");
  CHECK(render("%{index} %{dropped} %{bits_per_second_peak}") == "12 34 5000000.00");
  CHECK(render("%{other} %{tcp_syn} %{size_p50}") == "3 0 200");
  CHECK(render("%{length}") == "4.000000");
  CHECK(render("%{time_relative}") == "2.500000");
  CHECK(render("%%{packets}") == "%{packets}");
  CHECK(render("\\x25{packets}") == "%{packets}");
  CHECK(render("{%{packets}}") == "{3}");
  CHECK(render("%{packets}}") == "3}");
}

TEST_CASE("every name can be rendered, and with a spec") {
  for (const report::Directive& row : report::directives()) {
    CAPTURE(row.name);
    const std::string name = row.need == report::Need::window ? std::string(row.name) + ":10ms" : row.name;
    const std::string text = render("%{" + name + "}");
    CHECK(text != "");
    if (row.get.kind == report::Value::Kind::time) {
      CHECK(render("%{" + name + ":at %T}").starts_with("at 22:13:2"));
      continue;
    }
    CHECK(render("%{" + name + ":*>60}") == std::string(60 - text.size(), '*') + text);
  }
}

TEST_CASE("a name with a spec: fill, align, width, precision and unit") {
  CHECK(render("%{packets:>6}|") == "     3|");
  CHECK(render("%{packets:<6}|") == "3     |");
  CHECK(render("%{packets:^7}|") == "   3   |");
  CHECK(render("%{packets:6}|") == "     3|");
  CHECK(render("%{packets:0>6}") == "000003");
  CHECK(render("%{packets:·>4}") == "···3");
  CHECK(render("%{bytes:k}") == "1.2M");
  CHECK(render("%{bytes:.3k}") == "1.200M");
  CHECK(render("%{bytes:i}") == "1.1Mi");
  CHECK(render("%{bytes:>9.2i}") == "   1.14Mi");
  CHECK(render("%{bits_per_second:.0}") == "2400600");
  CHECK(render("%{length:.0}s") == "4s");
  CHECK(render("%{packets::>4}") == ":::3");  // a colon fills too
}

TEST_CASE("a letter is a name too, and stays what it is") {
  for (const report::Directive& row : report::directives()) {
    if (row.letter == 0) continue;
    const std::string letter(1, row.letter);
    CAPTURE(letter);
    CHECK(render("%{" + letter + "}") == render("%" + letter));
    CHECK(render("%{" + letter + ":*>40}").ends_with("*" + render("%" + letter)));
  }
  CHECK(render("%{S:>12}") == "  1700000003");  // a number of seconds, not a date
  CHECK(render("%{s:>18}") == " 1700000002.500000");
  CHECK(render("%{S:.3}") == "1700000002.500");
  CHECK(render("%{b:.1}") == "2400600.0");
  CHECK(render("%{b:k}") == "2.4M");
  CHECK(render("%{n:.1}") == "3.0");
}

TEST_CASE("a time by its name is a date") {
  CHECK(render("%{begin}") == "2023-11-14T22:13:20.500000Z");
  CHECK(render("%{time}") == "2023-11-14T22:13:22.500000Z");
  CHECK(render("%{end}") == "2023-11-14T22:13:24.500000Z");
  SUBCASE("in the form that is given, in the zone of TZ") {
    CHECK(render("%{begin:%F %T}") == "2023-11-14 22:13:20");
    CHECK(render("%{time:%H:%M:%S.%3f} %n") == "22:13:22.500 3");
    CHECK(render("%{end:%s}") == "1700000004");
    CHECK(render("%{end:at %T%%}") == "at 22:13:24%");
    const test::Zone zone("XXX-1");
    Sinks sinks;
    Wishes wishes;
    Format format("%{begin:%H}", sinks, true, wishes);
    const stats::Interval interval = sample({});
    format.render(IntervalRecord{{}, interval}, sinks);
    CHECK(sinks.text(sinks.open(1)) == "23");
  }
  SUBCASE("less -R, and the whole nanosecond that has begun") {
    Sinks sinks;
    Wishes wishes;
    Format format("%{begin} %{time} %{end}", sinks, true, wishes);
    stats::Interval interval;
    interval.begin = 3 * ns_per_s;
    interval.length = 1;
    format.render(IntervalRecord{{0, 3 * ns_per_s + 1}, interval}, sinks);
    CHECK(sinks.text(sinks.open(1)) ==
          "1969-12-31T23:59:59.999999Z 1969-12-31T23:59:59.999999Z 1970-01-01T00:00:00.000000Z");
  }
}

TEST_CASE("a burst has its window, and a spec behind it") {
  CHECK(render("%{burst:10ms}") == "960240000.00");
  CHECK(render("%{burst:1s}") == "9602400.00");
  CHECK(render("%{burst:10ms:k}") == "960.2M");
  CHECK(render("%{burst:10ms:>10.0k}|%{burst:2s:.1}") == "      960M|4801200.0");
  CHECK(render("%{burst:0.01::>14}") == "::960240000.00");
}

TEST_CASE("a format tells what it needs, and nothing else") {
  const auto wishes_of = [](std::string_view text) {
    Sinks sinks;
    Wishes wishes;
    const Format format(text, sinks, true, wishes);
    return wishes;
  };
  CHECK(wishes_of(report::default_format).collect.is_nothing());
  CHECK(wishes_of("%A%a%B%b%C%d%I%l%M%m%N%n%p%R%r%S%s%T%U%V").collect.is_nothing());
  CHECK(wishes_of("%{tcp_rst}").collect.details);
  CHECK(wishes_of("%{size_p99:>8k}").collect.sizes);
  CHECK(wishes_of("%{dropped}").drops);
  CHECK(wishes_of("%{burst:10ms}%{burst:1ms:k}%{burst:10ms:i}").collect.windows ==
        std::vector<base::Nanoseconds>{10 * ns_per_ms, ns_per_ms});
}

TEST_CASE("what is wrong in braces is said") {
  CHECK(problem("%{packet}") == "format: %{packet}: no statistic 'packet': is it packets?");
  CHECK(problem("%{}") == "format: %{}: a name is missing: tcpstat -h lists them");
  CHECK(problem("%{Z}") == "format: %{Z}: no statistic 'Z': tcpstat -h lists them");
  CHECK(problem("%{ packets}") == "format: %{ packets}: no statistic ' packets': is it packets?");
  CHECK(problem("%{all}").starts_with("format: %{all}: no statistic 'all': "));
  CHECK(problem("%{\x1b}") == "format: %{\\x1b}: no statistic '\\x1b': tcpstat -h lists them");
  SUBCASE("a brace that is not closed, with its place") {
    CHECK(problem("ab%{packets") == "format: %{ (character 3) has no }");
    CHECK(problem("%{") == "format: %{ (character 1) has no }");
    CHECK(problem("%{n}%{n") == "format: %{ (character 5) has no }");
  }
  SUBCASE("a wrong spec") {
    CHECK(problem("%{packets:}") == "format: %{packets:}: a spec is missing behind the colon, as in >10.1k");
    CHECK(problem("%{packets:>8q}") == "format: %{packets:>8q}: '>8q': no unit q: k or i");
    CHECK(problem("%{n:.10}") == "format: %{n:.10}: '.10': a precision is 0 to 9");
    CHECK(problem("%{bytes:1001}") == "format: %{bytes:1001}: '1001': a width is at most 1000");
  }
  SUBCASE("a wrong form of a time") {
    CHECK(problem("%{begin:}").starts_with("format: %{begin:}: the form of a time is missing"));
    CHECK(problem("%{begin:>12}").starts_with("format: %{begin:>12}: "));
    CHECK(problem("%{end:%Q}").starts_with("format: %{end:%Q}: "));
  }
  SUBCASE("a wrong window") {
    CHECK(problem("%{burst}") == "format: %{burst}: burst: needs a window, as in burst:10ms");
    CHECK(problem("%{burst:}") == "format: %{burst:}: burst:: not a window, as in 10ms (us, ms, s)");
    CHECK(problem("%{burst:>8k}") == "format: %{burst:>8k}: burst:>8k: not a window, as in 10ms (us, ms, s)");
    CHECK(problem("%{burst:5s}") == "format: %{burst:5s}: burst:5s: the window is longer than the interval");
    CHECK(problem("%{burst:10ms:}") ==
          "format: %{burst:10ms:}: a spec is missing behind the colon, as in >10.1k");
    CHECK(problem("%{burst:10ms:%F}").starts_with("format: %{burst:10ms:%F}: '%F': "));
  }
}
