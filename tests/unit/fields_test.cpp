// SPDX-License-Identifier: BSD-2-Clause
#include "report/fields.hpp"

#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using base::ns_per_us;
using report::Field;
using report::find_field;
using report::find_fields;
using report::Need;
using report::Wishes;
using Names = std::vector<std::string>;

namespace {

Field field(std::string_view name) {
  Wishes wishes;
  return find_field(name, wishes);
}

std::string problem(std::string_view name, std::optional<base::Nanoseconds> window_most = {}) {
  Wishes wishes;
  wishes.window_most = window_most;
  const base::Error error = test::error_of([&] { (void)find_field(name, wishes); });
  CHECK(error.status() == base::ExitStatus::usage);
  return error.what();
}

Names names_of(std::string_view list) {
  Wishes wishes;
  Names names;
  for (const Field& each : find_fields(list, wishes)) names.push_back(each.name);
  return names;
}

Wishes wishes_for(std::string_view list) {
  Wishes wishes;
  (void)find_fields(list, wishes);
  return wishes;
}

}  // namespace

TEST_CASE("every statistic is found by its name, and by its letter") {
  for (const report::Directive& row : report::directives()) {
    CAPTURE(row.name);
    const std::string name = row.name;
    const Field found = field(row.need == Need::window ? name + ":10ms" : name);
    CHECK(std::string(found.directive->name) == name);
    if (row.letter == 0) continue;
    const Field by_letter = field(std::string(1, row.letter));
    CHECK(by_letter.directive == &row);
    CHECK(by_letter.name == name);  // what JSON calls it
  }
  SUBCASE("of the two rows of a time the first") {
    CHECK(field("time").directive->letter == 'S');
    CHECK(field("time_relative").directive->letter == 'R');
    CHECK(field("s").directive->letter == 's');
  }
  SUBCASE("letters and names are not mixed up") {
    CHECK(report::find_row("tcp") == report::find_row("T"));
    CHECK(report::find_row("TCP") == nullptr);
    CHECK(report::find_row("x") == nullptr);
    CHECK(report::find_row("") == nullptr);
    CHECK(report::find_row(std::string_view("\0", 1)) == nullptr);
    CHECK(report::find_row(" tcp") == nullptr);
  }
}

TEST_CASE("an unknown name is told, with the nearest one where one is near") {
  CHECK(problem("bit_per_second") == "no statistic 'bit_per_second': is it bits_per_second?");
  CHECK(problem("packet") == "no statistic 'packet': is it packets?");
  CHECK(problem("tcp_snc") == "no statistic 'tcp_snc': is it tcp_syn?");
  CHECK(problem("size_p90") == "no statistic 'size_p90': is it size_p50?");
  CHECK(problem("colour") == "no statistic 'colour': tcpstat -h lists them");
  CHECK(problem("") == "a name is missing: tcpstat -h lists them");
  CHECK(problem("X") == "no statistic 'X': tcpstat -h lists them");
  CHECK(problem("\x1b[2J") == "no statistic '\\x1b[2J': tcpstat -h lists them");
  CHECK(problem("brust:10ms") == "no statistic 'brust': is it burst?");
}

TEST_CASE("a burst has a window, and its name tells which") {
  Wishes wishes;
  const Field first = find_field("burst:10ms", wishes);
  const Field second = find_field("burst:1.5s", wishes);
  CHECK(first.name == "burst:10ms");
  CHECK(first.window == 0);
  CHECK(second.window == 1);
  SUBCASE("each window is collected once, however it is written") {
    CHECK(find_field("burst:0.01", wishes).window == 0);
    CHECK(find_field("burst:10000us", wishes).window == 0);
    CHECK(find_field("burst:1500ms", wishes).window == 1);
    CHECK(wishes.collect.windows == std::vector<base::Nanoseconds>{10 * ns_per_ms, 1500 * ns_per_ms});
  }
  SUBCASE("from 100 us to the interval") {
    wishes.window_most = ns_per_s;
    CHECK(find_field("burst:100us", wishes).window == 2);
    CHECK(find_field("burst:1s", wishes).window == 3);
    CHECK(problem("burst:99.999us") == "burst:99.999us: a window is at least 100us");
    CHECK(problem("burst:0") == "burst:0: a window is at least 100us");
    CHECK(problem("burst:-1s") == "burst:-1s: a window is at least 100us");
    CHECK(problem("burst:1.000001s", ns_per_s) == "burst:1.000001s: the window is longer than the interval");
    CHECK(problem("burst:100us", 99 * ns_per_us) == "burst:100us: the window is longer than the interval");
  }
  SUBCASE("with the whole sample as one interval to a million seconds") {
    CHECK(find_field("burst:1000000s", wishes).window == 2);
    CHECK(problem("burst:1000000.001s") == "burst:1000000.001s: a window is at most 1000000s");
  }
}

TEST_CASE("a wrong window is told") {
  CHECK(problem("burst") == "burst: needs a window, as in burst:10ms");
  for (const std::string window :
       {"", "ms", "10 ms", " 10ms", "10m", "10h", "10ns", "nan", "x", "1e99s", ">8k"}) {
    CHECK(problem("burst:" + window) == "burst:" + window + ": not a window, as in 10ms (us, ms, s)");
  }
  CHECK(problem("burst:\x1b") == "burst:\\x1b: not a window, as in 10ms (us, ms, s)");
  SUBCASE("what has none takes none") {
    CHECK(problem("bytes:10ms") == "bytes:10ms: only burst has a window");
    CHECK(problem("bytes:") == "bytes:: only burst has a window");
    CHECK(problem("n:1s") == "n:1s: only burst has a window");
  }
}

TEST_CASE("lists of names: in their order, each once, commas between them") {
  CHECK(names_of("packets") == Names{"packets"});
  CHECK(names_of("tcp,packets,udp") == Names{"tcp", "packets", "udp"});
  CHECK(names_of("packets,n,packets") == Names{"packets"});
  CHECK(names_of("R,r,time_relative") == Names{"time_relative"});
  CHECK(names_of("burst:10ms,burst:1ms,burst:10ms") == Names{"burst:10ms", "burst:1ms"});
  CHECK(names_of("packets, tcp , udp") == Names{"packets", "tcp", "udp"});
  Wishes wishes;
  CHECK(
      test::is_usage_error([&] { (void)find_fields("packets tcp", wishes); }, "no statistic 'packets tcp'"));
  for (const std::string list : {"", ",", "packets,", ",packets", "packets,,tcp", " ", "packets, "}) {
    CAPTURE(list);
    CHECK(test::is_usage_error([&] { (void)find_fields(list, wishes); }, "a name is missing"));
  }
}

TEST_CASE("all is every statistic that needs no window, each once") {
  const Names all = names_of("all");
  std::size_t expected = 0;
  for (const report::Directive& row : report::directives()) {
    const bool is_second = row.letter == 'r' || row.letter == 's';
    if (row.need != Need::window && !is_second) ++expected;
  }
  CHECK(all.size() == expected);
  CHECK(names_of("all,all") == all);
  CHECK(names_of("burst:1ms,all").size() == expected + 1);
  CHECK(names_of("all,burst:1ms").back() == "burst:1ms");
  CHECK(names_of("dropped,all").front() == "dropped");
  CHECK(names_of("dropped,all").size() == expected);
}

TEST_CASE("only what is asked for is collected") {
  SUBCASE("what is counted anyway needs nothing, so the default fields do not") {
    const Wishes wishes = wishes_for(report::default_fields);
    CHECK(wishes.collect.is_nothing());
    CHECK_FALSE(wishes.drops);
    CHECK(wishes_for("sctp,igmp,esp,gre,other,begin,end,length,index,load").collect.is_nothing());
  }
  SUBCASE("details, sizes, windows and drops each by themselves") {
    CHECK(wishes_for("tcp_syn").collect.details);
    CHECK(wishes_for("bytes_tcp").collect.details);
    CHECK_FALSE(wishes_for("tcp_syn").collect.sizes);
    CHECK(wishes_for("size_p99").collect.sizes);
    CHECK_FALSE(wishes_for("size_p99").collect.details);
    CHECK(wishes_for("burst:1ms").collect.windows.size() == 1);
    CHECK_FALSE(wishes_for("burst:1ms").collect.is_nothing());
    CHECK(wishes_for("dropped").drops);
    CHECK(wishes_for("dropped").collect.is_nothing());
  }
  SUBCASE("a later list leaves what an earlier one needs") {
    Wishes wishes = wishes_for("tcp_syn,size_p50,dropped");
    (void)find_fields("packets", wishes);
    CHECK(wishes.collect.details);
    CHECK(wishes.collect.sizes);
    CHECK(wishes.drops);
  }
}

TEST_CASE("a field has the value of its record") {
  stats::Interval interval;
  interval.begin = 10 * ns_per_s;
  interval.length = 2 * ns_per_s;
  interval.collect({true, true, {ns_per_s, 100 * ns_per_ms}});
  interval.extras()->bursts[1].add(interval.begin + 1, 500);
  const report::IntervalRecord record{{4 * ns_per_s, ns_per_s}, interval, 0.5, 1e6, 7, 3};
  const auto number = [&](std::string_view name) { return field(name).value(record).number(); };
  CHECK(number("begin") == 9.0);
  CHECK(number("end") == 11.0);
  CHECK(number("time") == 10.0);
  CHECK(number("time_relative") == 6.0);
  CHECK(number("length") == 2.0);
  CHECK(number("index") == 7.0);
  CHECK(number("load") == 0.5);
  CHECK(number("bits_per_second_peak") == 1e6);
  CHECK(number("dropped") == 3.0);
  Wishes wishes;
  const auto bursts = find_fields("burst:1s,burst:100ms", wishes);
  CHECK(bursts[0].value(record).number() == 0.0);
  CHECK(bursts[1].value(record).number() == 40'000.0);
}
