// SPDX-License-Identifier: BSD-2-Clause
// tcptrack's connections on the screen: it draws when something has changed, at most ten times a second, and hands
// keys on. What they mean to a list is view/browser's business.
#pragma once

#include <functional>

#include "tools/face.hpp"
#include "tools/watch.hpp"
#include "view/browser.hpp"
#include "view/screen.hpp"

namespace tools {

/// What the screen asks the run for.
struct TrackRun {
  std::function<base::Nanoseconds()> now;  ///< of the packets, since the epoch
  std::function<std::uint64_t()> dropped;  ///< packets, by the kernel and the interface
  std::function<std::string()> filter;
  std::function<void(const std::string& filter)> set_filter;  ///< throws an Error
  std::function<void()> stop;
};

class TrackScreen final : public Face, private view::Program {
 public:
  /// Takes the terminal over. Throws an Error where that cannot be, a usage Error where a name is wrong.
  TrackScreen(const TrackOptions& options, Watch& watch, Lookups& lookups, const base::Clock& clock,
              TrackRun run, base::Loop& loop);

  void on_step(base::Nanoseconds now) override;
  bool on_end(base::Nanoseconds now, bool has_more) override;
  void on_over(const flow::Connection&, flow::Ended) override {}
  void on_news() override { has_changed_ = true; }
  void tell(const std::string& message) override;
  std::optional<base::Nanoseconds> deadline() const override;
  void on_deadline() override;

 private:
  const view::Rows& rows() const override { return watch_; }
  std::string what() const override { return "Connections"; }
  std::string status() const override { return watch_.is_paused() ? "Paused  " : "Unpaused"; }
  std::string remark() const override { return has_ended_ ? "At the end" : ""; }
  std::string warning() const override;
  std::vector<layout::Line> details(std::size_t row, layout::Size size) const override;
  std::string filter() const override { return run_.filter(); }
  void set_filter(const std::string& filter) override { run_.set_filter(filter); }
  void on_key(const view::Key& key) override;

  void read_keys();
  void suspend();
  void draw();

  const TrackOptions& options_;
  Watch& watch_;
  Lookups& lookups_;
  const base::Clock& clock_;
  TrackRun run_;
  bool has_ended_ = false;
  bool has_changed_ = true;
  bool is_still_ = false;                          // nothing came in the last step
  base::Nanoseconds drawn_ = base::time_earliest;  // monotonic
  base::Nanoseconds pause_ = 0;                    // until it is drawn again, at least
  view::Browser browser_;
  std::optional<view::Screen> screen_;  // once its signals are taken care of
};

}  // namespace tools
