// SPDX-License-Identifier: BSD-2-Clause
// tcptrack's connections as lines, for files and pipes: a table after each step, or one of them all at the end; or
// objects. Never an escape code.
#pragma once

#include <functional>

#include "report/json.hpp"
#include "report/sink.hpp"
#include "tools/face.hpp"
#include "tools/gathered.hpp"
#include "tools/watch.hpp"

namespace tools {

class TrackLines final : public Face {
 public:
  /// `stop` is called when there were as many tables as are wanted. Throws a usage Error where a name is wrong.
  TrackLines(const TrackOptions& options, Watch& watch, InterfaceNames& interface_names, Lookups& lookups,
             report::Sinks& sinks, std::function<void()> stop);

  void on_step(base::Nanoseconds now) override;
  bool on_end(base::Nanoseconds now, bool has_more) override;
  void on_over(const flow::Connection& connection, flow::Ended ended) override;
  std::uint64_t left_out() const override { return gathered_.left_out(); }

 private:
  void print(const view::Rows& rows);
  void print_table(const view::Rows& rows, view::Ranking& ranking);

  static constexpr std::size_t bytes_most = 64U << 10;  // that are written at once

  const TrackOptions& options_;
  Watch& watch_;
  std::function<void()> stop_;
  report::Sinks& sinks_;
  std::size_t sink_;
  std::vector<report::ListColumn> columns_;
  view::Order order_;
  std::optional<report::JsonRecords> json_;
  report::CellForm form_;
  Gathered gathered_;
  std::uint64_t printed_ = 0;  // tables
};

}  // namespace tools
