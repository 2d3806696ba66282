// SPDX-License-Identifier: BSD-2-Clause
#include "capture/paced.hpp"

#include <sys/timerfd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/number.hpp"

namespace capture {

namespace {

using base::Int128;
using base::Nanoseconds;

/// The longest headers that are decoded fit: VLAN tags, tunnels and extension headers among them.
constexpr std::size_t held_bytes_most = 512;

/// Frames that are due soon after each other come together: 200 wake-ups a second, however many they are.
constexpr Nanoseconds wait_least = 5 * base::ns_per_ms;

constexpr std::uint32_t undecoded_link = 65'536;  // above all rows

}  // namespace

Paced::Paced(std::unique_ptr<Source> source, std::uint64_t factor_milli, const base::Clock& clock)
    : source_(std::move(source)),
      factor_milli_(factor_milli),
      clock_(clock),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {
  if (timer_.number() < 0) throw base::Error("no timer: " + base::system_reason(errno));
}

int Paced::descriptor() const { return held_ > 0 ? timer_.number() : source_->descriptor(); }

Progress Paced::dispatch(const FrameSink& sink) {
  if (held_ == 0) {
    if (is_over_) return Progress::end;
    arena_.clear();
    at_ = 0;
    const auto hold_it = [this](const Frame& frame) { hold(frame); };
    const Progress progress = source_->dispatch(FrameSink(hold_it));
    is_over_ = progress == Progress::end;
    if (held_ == 0) return progress;
    if (!first_timestamp_) {
      first_timestamp_ = next().timestamp;
      started_ = clock_.monotonic();
    }
  }
  hand_on_due(sink);
  if (held_ == 0) return is_over_ ? Progress::end : Progress::more;
  arm(next().timestamp);
  return Progress::idle;
}

void Paced::hold(const Frame& frame) {
  const packet::Bytes bytes = frame.bytes.first(held_bytes_most);
  // A row for what is not decoded is the source's, which may be gone by then.
  const packet::LinkType* link = frame.link->is_decoded ? frame.link : &packet::link_type(undecoded_link);
  const Held held{frame.timestamp, link, frame.bytes_wire, frame.interface,
                  static_cast<std::uint32_t>(bytes.size())};
  const std::size_t end = arena_.size();
  arena_.resize(end + sizeof held + bytes.size());
  std::memcpy(arena_.data() + end, &held, sizeof held);
  if (bytes.size() > 0) std::memcpy(arena_.data() + end + sizeof held, bytes.data(), bytes.size());
  ++held_;
}

Paced::Held Paced::next() const {
  Held held;
  std::memcpy(&held, arena_.data() + at_, sizeof held);
  return held;
}

void Paced::hand_on_due(const FrameSink& sink) {
  const Nanoseconds present = now();
  while (held_ > 0) {
    const Held held = next();
    if (held.timestamp > present) return;
    const packet::Bytes bytes(arena_.data() + at_ + sizeof held, held.bytes_captured);
    at_ += sizeof held + held.bytes_captured;
    --held_;
    sink(Frame{held.timestamp, held.bytes_wire, bytes, held.link, held.interface});
  }
}

Nanoseconds Paced::now() const {
  if (!first_timestamp_) return base::time_earliest;
  const Int128 elapsed = clock_.monotonic() - started_;
  const Int128 present = *first_timestamp_ + elapsed * factor_milli_ / 1000;
  return static_cast<Nanoseconds>(std::min<Int128>(present, base::time_limit));
}

Nanoseconds Paced::due(Nanoseconds timestamp) const {
  if (!first_timestamp_) return base::time_limit;
  const Int128 since_first = Int128{timestamp} - *first_timestamp_;
  const Int128 due = started_ + (since_first * 1000 + factor_milli_ - 1) / factor_milli_;
  return static_cast<Nanoseconds>(std::clamp<Int128>(due, 0, base::time_limit));
}

/// The timer, which a setting makes unreadable again, goes off when a frame of this timestamp is due.
void Paced::arm(Nanoseconds timestamp) const {
  const Nanoseconds wait = std::max(due(timestamp) - clock_.monotonic(), wait_least);
  itimerspec once{};
  once.it_value = {wait / base::ns_per_s, wait % base::ns_per_s};
  ::timerfd_settime(timer_.number(), 0, &once, nullptr);
}

}  // namespace capture
