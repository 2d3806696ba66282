// SPDX-License-Identifier: BSD-2-Clause
#include "tools/rereading.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "base/loop.hpp"
#include "stats/stored_timeline.hpp"
#include "tools/counter.hpp"
#include "tools/sources.hpp"

namespace tools {

namespace {

bool is_file(const std::string& name) {
  struct stat status {};
  const int result = name == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(name.c_str(), &status);
  return result == 0 && S_ISREG(status.st_mode);
}

/// Hands packets of the sample on to the probe.
struct ProbeCounter {
  stats::Timeline& timeline;
  stats::Probe& probe;
  bool includes_link_header;

  void operator()(const capture::Frame& frame) const {
    const packet::Packet packet = packet::decode(frame.bytes, *frame.link);
    const std::uint32_t size = size_of(frame, packet, includes_link_header);
    stats::Interval* interval = timeline.take(frame.timestamp);
    if (interval == nullptr) return;
    interval->add(packet, size);
    probe.add(frame.timestamp, size);
  }
};

}  // namespace

Rereading::Rereading(const Options& options, const std::vector<std::string>& names)
    : options_(options),
      names_(names),
      is_possible_(!options.goes_by_the_clock() && std::ranges::all_of(names, is_file)),
      stdin_offset_(::lseek(STDIN_FILENO, 0, SEEK_CUR)) {}

/// False where it was interrupted.
bool Rereading::read(stats::Probe& probe, int readings_before, const Tell& tell) const {
  if (std::ranges::count(names_, "-") > 0 && ::lseek(STDIN_FILENO, stdin_offset_, SEEK_SET) < 0) return false;
  stats::TimelineOptions timeline_options = options_.timeline;
  timeline_options.collect = {};
  stats::StoredTimeline timeline(timeline_options, probe);
  const auto told_already = [](const std::string&) {};
  const Sources sources = open_stored(options_, names_, told_already);
  const ProbeCounter counter{timeline, probe, options_.includes_link_header};
  while (!timeline.is_over()) {
    if (base::is_interrupt_pending()) return false;
    if (sources.front()->dispatch(capture::FrameSink(counter)) == capture::Progress::end) timeline.end();
    const capture::Extent extent = sources.front()->extent();
    const std::uint64_t bytes_before = extent.bytes_total * static_cast<std::uint64_t>(readings_before);
    tell({bytes_before + extent.bytes_read, bytes_before + extent.bytes_total});
  }
  return true;
}

Rereading::Outcome Rereading::refine(stats::LineSearch& search, const stats::Probe& first, int readings_most,
                                     const Tell& tell) const {
  Outcome outcome;
  while (outcome.readings < readings_most && !search.is_done()) {
    stats::Probe probe(search.next_rates(), options_.overhead_bytes.value_or(0));
    if (!read(probe, outcome.readings, tell)) break;
    outcome.has_changed = !probe.saw_the_same(first);
    if (outcome.has_changed) break;
    search.learn(probe);
    ++outcome.readings;
  }
  return outcome;
}

}  // namespace tools
