// SPDX-License-Identifier: BSD-2-Clause
#include "tools/rereading.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "capture_files.hpp"
#include "files_reader.hpp"
#include "stats/stored_timeline.hpp"
#include "tools/counter.hpp"
#include "tools/sources.hpp"

using base::ns_per_s;
using stats::LineSearch;
using test::Folder;
using test::Octets;
using tools::Rereading;
using Names = std::vector<std::string>;

namespace {

/// Standard input is this while it lives.
class RedirectedInput {
 public:
  explicit RedirectedInput(int descriptor) : former_(::dup(0)) { ::dup2(descriptor, 0); }
  ~RedirectedInput() { ::dup2(former_.number(), 0); }
  RedirectedInput(const RedirectedInput&) = delete;
  RedirectedInput& operator=(const RedirectedInput&) = delete;

 private:
  base::Descriptor former_;
};

tools::Options options_for(const Names& names) {
  tools::Options options;
  options.files = names;
  options.timeline.length = ns_per_s;
  options.finds_capacity = true;
  return options;
}

/// Two packets of 1000 bytes at each of these seconds, behind headers of 14.
Octets pairs_at(const test::Seconds& seconds) {
  test::PcapWriter writer(test::little, test::PcapKind::microseconds);
  for (const std::uint32_t second : seconds) {
    for (int i = 0; i < 2; ++i) writer.record(second, 0, 1014, test::filled(20));
  }
  return writer.file.content;
}

void ignore(const std::string&) {}

void tell_nobody(const capture::Extent&) {}

std::vector<std::uint64_t> ladder() {
  const auto rates = stats::standard_ladder();
  return {rates.begin(), rates.end()};
}

/// What a reading of the captures has shown, with the lines of the ladder.
struct Reading {
  Reading(const tools::Options& options, const Names& names)
      : probe(ladder(), options.overhead_bytes.value_or(0)) {
    stats::StoredTimeline timeline(options.timeline, probe);
    const tools::Sources sources = tools::open_stored(options, names, ignore);
    const auto counter = [&](const capture::Frame& frame) {
      const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
      const std::uint32_t size = tools::size_of(frame, packet, options.includes_link_header);
      if (stats::Interval* interval = timeline.take(frame.timestamp)) {
        interval->add(packet, size);
        probe.add(frame.timestamp, size);
      }
    };
    while (!timeline.is_over()) {
      if (sources.front()->dispatch(capture::FrameSink(counter)) == capture::Progress::end) timeline.end();
    }
    search.learn(probe);
  }

  /// Goes on with others.
  Rereading::Outcome refine(const Rereading& rereading, int readings_most = 12,
                            const Rereading::Tell& tell = tell_nobody) {
    return rereading.refine(search, probe, readings_most, tell);
  }

  stats::Probe probe;
  LineSearch search;
};

/// That the slowest line lies there, within 1 %.
bool is_near(const stats::Bracket& bracket, double bps) {
  const double meets_bps = static_cast<double>(bracket.meets_milli) / 1000;
  return meets_bps >= bps && meets_bps <= bps * 1.0101;
}

/// What two packets of 1000 bytes at once need, and four in the first second: its end is inside.
void check_answers(const LineSearch& search) {
  CHECK(search.is_done());
  CHECK(is_near(search.brackets()[2], 32'000));
  CHECK(is_near(search.brackets()[3], 80'000));
  CHECK(is_near(search.brackets()[4], 800'000));
  CHECK(is_near(search.brackets()[5], 8'000'000));
}

}  // namespace

TEST_CASE("files can be read again, and are, until the answers are near enough") {
  const Folder folder;
  const Names names{folder.add("day", pairs_at({100, 101, 102}))};
  const tools::Options options = options_for(names);
  const Rereading rereading(options, names);
  CHECK(rereading.is_possible());
  Reading first(options, names);
  CHECK_FALSE(first.search.is_done());
  const Rereading::Outcome outcome = first.refine(rereading);
  CHECK(outcome.readings >= 2);
  CHECK(outcome.readings <= 12);
  CHECK_FALSE(outcome.has_changed);
  check_answers(first.search);
  SUBCASE("once they are, there is no need") { CHECK(first.refine(rereading).readings == 1); }
  SUBCASE("at most so often as allowed") {
    Reading limited(options, names);
    CHECK(limited.refine(rereading, 1).readings == 1);
    CHECK(limited.refine(rereading, 2).readings == 2);
    CHECK_FALSE(limited.search.is_done());
  }
}

TEST_CASE("several files are one sample, with the options of the first reading") {
  const Folder folder;
  const Names names{folder.add("b", pairs_at({102, 103})), folder.add("a", pairs_at({100, 101}))};
  tools::Options options = options_for(names);
  const auto search_with = [&] {
    const Rereading rereading(options, names);
    REQUIRE(rereading.is_possible());
    Reading first(options, names);
    CHECK_FALSE(first.refine(rereading).has_changed);
    CHECK(first.search.is_done());
    return first.search;
  };
  check_answers(search_with());
  SUBCASE("a filter") {
    options.filter = "less 100";
    CHECK(search_with().brackets()[5].meets_milli == LineSearch::rate_least_milli);
  }
  SUBCASE("headers and overhead") {
    options.includes_link_header = true;
    CHECK(is_near(search_with().brackets()[5], 8'112'000));
    options.includes_link_header = false;
    options.overhead_bytes = 250;
    CHECK(is_near(search_with().brackets()[5], 10'000'000));
  }
  SUBCASE("interval, limit and count") {
    options.timeline.length = 2 * ns_per_s;  // (100, 102] and (102, 104] have 6 and 2 packets
    CHECK(is_near(search_with().brackets()[2], 24'000));
    options.timeline.limit = ns_per_s;
    options.timeline.length = ns_per_s;
    CHECK(is_near(search_with().brackets()[2], 32'000));
    options.timeline.limit.reset();
    options.timeline.is_aligned = true;
    options.timeline.count = 1;
    CHECK(is_near(search_with().brackets()[2], 16'000));
  }
}

TEST_CASE("an input that is another one the next time is left out") {
  const Folder folder;
  const Names names{folder.add("day", pairs_at({100, 101}))};
  const tools::Options options = options_for(names);
  const auto check_changed = [&](const Octets& content) {
    (void)folder.add("day", pairs_at({100, 101}));
    const Rereading rereading(options, names);
    Reading first(options, names);
    const auto before = first.search.brackets();
    (void)folder.add("day", content);
    const Rereading::Outcome outcome = first.refine(rereading);
    CHECK(outcome.has_changed);
    CHECK(outcome.readings == 1);
    for (std::size_t i = 0; i < before.size(); ++i)
      CHECK(first.search.brackets()[i].meets_milli == before[i].meets_milli);
  };
  SUBCASE("one packet more") { check_changed(pairs_at({100, 101, 102})); }
  SUBCASE("one second later") { check_changed(pairs_at({100, 102})); }
  SUBCASE("packets in another order") { check_changed(pairs_at({101, 100})); }
  SUBCASE("none any more") { check_changed(pairs_at({})); }
}

TEST_CASE("it tells how far all readings together have come") {
  const Folder folder;
  const Octets content = pairs_at({100, 101});
  const Names names{folder.add("day", content)};
  const tools::Options options = options_for(names);
  const Rereading rereading(options, names);
  Reading first(options, names);
  std::vector<capture::Extent> told;
  const auto tell = [&](const capture::Extent& extent) { told.push_back(extent); };
  const int readings = first.refine(rereading, 12, tell).readings;
  REQUIRE_FALSE(told.empty());
  CHECK(told.back().bytes_read == content.size() * static_cast<std::size_t>(readings));
  for (std::size_t i = 1; i < told.size(); ++i) CHECK(told[i].bytes_read >= told[i - 1].bytes_read);
  for (const capture::Extent& extent : told) CHECK(extent.bytes_read <= extent.bytes_total);
}

TEST_CASE("standard input, where it is a file, is read again from where it was") {
  const Octets content = pairs_at({100, 101, 102});
  for (const std::size_t offset : {0U, 1000U}) {
    CAPTURE(offset);
    const base::Descriptor file = test::memory_file(test::filled(offset, 0xee) + content);
    ::lseek(file.number(), static_cast<off_t>(offset), SEEK_SET);
    const RedirectedInput input(file.number());
    const Names names{"-"};
    const tools::Options options = options_for(names);
    const Rereading rereading(options, names);
    CHECK(rereading.is_possible());
    Reading first(options, names);
    CHECK(first.refine(rereading).readings >= 2);
    check_answers(first.search);
  }
}

TEST_CASE("what is gone when it has been read is not read again") {
  const Folder folder;
  const std::string file = folder.add("day", pairs_at({100}));
  const auto is_possible = [](const Names& names, bool is_followed = false) {
    tools::Options options = options_for(names);
    options.is_followed = is_followed;
    return Rereading(options, names).is_possible();
  };
  CHECK(is_possible({file}));
  CHECK_FALSE(is_possible({file, folder.add_pipe("pipe")}));
  CHECK_FALSE(is_possible({"/dev/null"}));
  CHECK_FALSE(is_possible({folder.name("missing")}));
  CHECK_FALSE(is_possible({file}, true));
  test::Pipe pipe;
  const RedirectedInput input(pipe.reader.number());
  CHECK_FALSE(is_possible({"-"}));
  CHECK_FALSE(is_possible({file, "-"}));
  CHECK(is_possible({file}));  // then nobody asks what standard input is
}

TEST_CASE("a signal ends it early, and stays pending") {
  const Folder folder;
  const Names names{folder.add("day", pairs_at({100, 101}))};
  const tools::Options options = options_for(names);
  CHECK(test::status_in_child([&] {
          sigset_t signals;
          sigemptyset(&signals);
          sigaddset(&signals, SIGINT);
          sigprocmask(SIG_BLOCK, &signals, nullptr);
          const Rereading rereading(options, names);
          Reading first(options, names);
          std::raise(SIGINT);
          const Rereading::Outcome outcome = first.refine(rereading);
          sigset_t pending;
          sigpending(&pending);
          return outcome.readings == 1 && !outcome.has_changed && !first.search.is_done() &&
                 sigismember(&pending, SIGINT) == 1;
        }) == 0);
}
