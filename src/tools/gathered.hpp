// SPDX-License-Identifier: BSD-2-Clause
// Connections that are over, kept for a table of them all: as many as are wanted at most, the others are counted.
// 328 bytes each.
#pragma once

#include <deque>
#include <optional>

#include "report/directives.hpp"
#include "tools/interface_names.hpp"
#include "view/rows.hpp"

namespace tools {

class Gathered final : public view::Rows {
 public:
  Gathered(std::size_t most, InterfaceNames& interface_names)
      : most_(most), interface_names_(interface_names) {}

  void add(const flow::Connection& connection, flow::Ended ended);
  /// The end of the capture, since the epoch.
  void set_now(base::Nanoseconds now) { now_ = now; }
  /// How many there was no room for.
  std::uint64_t left_out() const { return left_out_; }

  std::size_t size() const override { return gathered_.size(); }
  const report::Record& record(std::size_t row) const override;
  const report::Record& full_record(std::size_t row) const override { return record(row); }
  view::Identity identity(std::size_t row) const override;

 private:
  struct Over {
    flow::Connection connection;
    flow::Ended ended;
  };

  std::size_t most_;
  InterfaceNames& interface_names_;
  std::uint64_t left_out_ = 0;
  base::Nanoseconds now_ = 0;
  std::deque<Over> gathered_;
  mutable std::optional<report::TrackedRecord> record_;
};

}  // namespace tools
