// SPDX-License-Identifier: BSD-2-Clause
// Reads stored captures again and again, to find the slowest lines that would do: each reading tries lines
// between those that the one before has shown to do and not to do.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "capture/source.hpp"
#include "stats/probe.hpp"
#include "tools/options.hpp"

namespace tools {

class Rereading {
 public:
  /// `names` as of capture_names(). To be made before they are read: standard input is read again from where
  /// it is now.
  Rereading(const Options& options, const std::vector<std::string>& names);

  /// Whether all of them are files, whose content stays.
  bool is_possible() const { return is_possible_; }

  /// How far all readings together have come.
  using Tell = std::function<void(const capture::Extent& extent)>;

  struct Outcome {
    int readings = 1;          ///< with the first one
    bool has_changed = false;  ///< the input was another one: what it shows is left out
  };

  /// Learns until `search` is done, for at most `readings_most` readings with the one that `first` has seen.
  /// SIGINT and SIGTERM end it early, and stay pending.
  Outcome refine(stats::LineSearch& search, const stats::Probe& first, int readings_most,
                 const Tell& tell) const;

 private:
  bool read(stats::Probe& probe, int readings_before, const Tell& tell) const;

  const Options& options_;
  const std::vector<std::string>& names_;
  bool is_possible_;
  std::int64_t stdin_offset_ = 0;
};

}  // namespace tools
