// SPDX-License-Identifier: BSD-2-Clause
#include "statistics_run.hpp"

#include <algorithm>

#include "stats/stored_timeline.hpp"
#include "tools/counter.hpp"

namespace test {

namespace {

constexpr std::uint32_t ethernet = 1, unknown_link = 147;

/// Of a link type that is not decoded: a packet without anything to it.
capture::Frame frame_of(int second, std::uint32_t size) {
  return {run_begin + second * base::ns_per_s, size, {}, &packet::link_type(unknown_link), 0};
}

void count(tools::Statistics& statistics, stats::Timeline& timeline,
           const std::vector<capture::Frame>& frames) {
  tools::Tracking* const tracking = statistics.tracking();
  const tools::PlainCounter plain{timeline, false};
  const tools::FullCounter full{timeline, false, statistics.capacity(), tracking, statistics.breakdowns()};
  const bool is_plain = full.capacity == nullptr && tracking == nullptr && full.breakdowns.empty() &&
                        statistics.collect().is_nothing();
  for (const capture::Frame& frame : frames) is_plain ? plain(frame) : full(frame);
  if (tracking == nullptr) return;
  tracking->flush();
  tracking->end_packets();
}

Told run(const tools::Options& options, const std::vector<capture::Frame>& frames,
         const std::vector<std::uint64_t>& drops) {
  const CapturedOutput output;
  Told told;
  std::size_t asked = 0;
  const auto dropped = [&] { return drops.empty() ? 0 : drops[std::min(asked++, drops.size() - 1)]; };
  tools::Statistics statistics(
      options, {[&] { told.writes.push_back(output.text().size()); },
                [&](const std::string& message) { told.notices.push_back(message); }, dropped});
  stats::TimelineOptions timeline_options = options.timeline;
  timeline_options.collect = statistics.collect();
  stats::StoredTimeline timeline(timeline_options, statistics);
  statistics.follow(timeline);
  count(statistics, timeline, frames);
  timeline.end();
  statistics.finish(nullptr, {});
  told.output = output.text();
  told.has_alerted = statistics.has_alerted();
  return told;
}

}  // namespace

Told run_statistics(const tools::Options& options, const SizesAtSeconds& packets,
                    const std::vector<std::uint64_t>& drops) {
  std::vector<capture::Frame> frames;
  for (const auto& [second, size] : packets) frames.push_back(frame_of(second, size));
  return run(options, frames, drops);
}

Told run_statistics_of(const tools::Options& options, const Frames& frames) {
  std::vector<capture::Frame> captured;
  for (const auto& [at, octets] : frames) {
    const packet::Bytes bytes(octets.data(), octets.size());
    captured.push_back(
        {run_begin + at, static_cast<std::uint32_t>(bytes.size()), bytes, &packet::link_type(ethernet), 0});
  }
  return run(options, captured, {});
}

tools::Options every_second(const std::string& format) {
  tools::Options options;
  options.timeline.length = base::ns_per_s;
  options.format = format;
  return options;
}

tools::Options every_second(tools::Options::OutputKind output, const std::optional<std::string>& fields) {
  tools::Options options = every_second();
  options.output = output;
  options.fields = fields;
  return options;
}

}  // namespace test
