// SPDX-License-Identifier: BSD-2-Clause
#include "statistics_run.hpp"

#include <algorithm>

#include "stats/stored_timeline.hpp"
#include "tools/counter.hpp"

namespace test {

namespace {

constexpr std::uint32_t unknown_link = 147;

/// Of a link type that is not decoded: a packet without anything to it.
capture::Frame frame_of(int second, std::uint32_t size) {
  return {run_begin + second * base::ns_per_s, size, {}, &packet::link_type(unknown_link), 0};
}

}  // namespace

Told run_statistics(const tools::Options& options, const SizesAtSeconds& packets,
                    std::vector<std::uint64_t> drops) {
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
  const bool is_plain = statistics.capacity() == nullptr && statistics.collect().is_nothing();
  const tools::PlainCounter plain{timeline, false};
  const tools::FullCounter full{timeline, false, statistics.capacity()};
  for (const auto& [second, size] : packets) {
    is_plain ? plain(frame_of(second, size)) : full(frame_of(second, size));
  }
  timeline.end();
  statistics.finish(nullptr, {});
  told.output = output.text();
  told.has_alerted = statistics.has_alerted();
  return told;
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
