// SPDX-License-Identifier: BSD-2-Clause
// One run of the statistics over a few packets, sizes or whole frames, as the program has it: through a counter
// and a timeline of stored captures. What came out on standard output and elsewhere.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support.hpp"
#include "tools/statistics.hpp"

namespace test {

/// The first second of all runs.
inline constexpr base::Nanoseconds run_begin = 1'700'000'000 * base::ns_per_s;

/// Seconds after run_begin and sizes, in the order of the capture.
using SizesAtSeconds = std::vector<std::pair<int, std::uint32_t>>;

struct Told {
  std::string output;
  std::vector<std::string> notices;  ///< of alerts
  std::vector<std::size_t> writes;   ///< how long the output was whenever room was made for more
  bool has_alerted;
};

/// `drops` are how many packets the kernel has lost so far, each time that somebody asks; then the last
/// again.
Told run_statistics(const tools::Options& options, const SizesAtSeconds& packets,
                    const std::vector<std::uint64_t>& drops = {});

/// Ethernet frames, each so long after run_begin.
using Frames = std::vector<std::pair<base::Nanoseconds, Octets>>;
Told run_statistics_of(const tools::Options& options, const Frames& frames);

/// Intervals of a second.
tools::Options every_second(const std::string& format = "%n\\n");
tools::Options every_second(tools::Options::OutputKind output, const std::optional<std::string>& fields = {});

}  // namespace test
