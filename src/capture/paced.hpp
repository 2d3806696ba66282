// SPDX-License-Identifier: BSD-2-Clause
// A stored capture played at the speed it was captured at, or so many times faster. It holds what one
// dispatch() of the capture gives, the first bytes of each frame only: its headers. A timer wakes the
// reader; who comes late gets all that is due at once. A gap is waited for however long it is, also one
// that only a wrong timestamp makes.
#pragma once

#include <memory>
#include <vector>

#include "base/descriptor.hpp"
#include "base/time.hpp"
#include "capture/source.hpp"

namespace capture {

class Paced final : public Source {
 public:
  /// `factor_milli` is how many times as fast, in thousandths; at least 1. Throws an Error where there is no
  /// timer.
  Paced(std::unique_ptr<Source> source, std::uint64_t factor_milli, const base::Clock& clock);

  int descriptor() const override;
  Progress dispatch(const FrameSink& sink) override;
  const std::optional<base::Error>& fault() const override { return source_->fault(); }
  std::uint64_t packets() const override { return source_->packets() - held_; }
  Extent extent() const override { return source_->extent(); }
  Drops drops() override { return source_->drops(); }
  /// What is held stays.
  void set_filter(const std::string& expression) override { source_->set_filter(expression); }

  /// The time of the capture that it is now, also where nothing comes; before the first frame
  /// base::time_earliest.
  base::Nanoseconds now() const;
  /// When it will be that time, monotonic; far ahead before the first frame.
  base::Nanoseconds due(base::Nanoseconds timestamp) const;

 private:
  /// In the arena; its bytes follow.
  struct Held {
    base::Nanoseconds timestamp;
    const packet::LinkType* link;
    std::uint32_t bytes_wire;
    std::uint32_t interface;
    std::uint32_t bytes_captured;
  };

  void hold(const Frame& frame);
  Held next() const;
  void hand_on_due(const FrameSink& sink);
  void arm(base::Nanoseconds timestamp) const;

  std::unique_ptr<Source> source_;
  std::uint64_t factor_milli_;
  const base::Clock& clock_;
  base::Descriptor timer_;
  std::vector<std::uint8_t> arena_;
  std::size_t at_ = 0;      // of the next frame in it
  std::uint64_t held_ = 0;  // frames from there on
  bool is_over_ = false;    // the capture: what is held is the rest
  std::optional<base::Nanoseconds> first_timestamp_;
  base::Nanoseconds started_ = 0;  // when that was, by the clock
};

}  // namespace capture
