// SPDX-License-Identifier: BSD-2-Clause
// The compiler of formats. What compiles is rendered, into memory: nothing is ever written to the
// descriptors it names.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "report/format.hpp"

namespace {

stats::Interval sample(const stats::Collect& collect) {
  stats::Interval interval;
  interval.begin = 1'700'000'000'123'456'789;
  interval.length = 333'333'333;
  interval.collect(collect);
  for (const std::uint32_t bytes : {0U, 60U, 1500U, 0xffffffffU}) {
    const packet::Packet packet{packet::Network::ipv4, 6, 14};
    interval.add(packet, bytes);
    // A histogram of smaller sizes is a smaller one.
    constexpr std::uint32_t bytes_most = 100'000;
    if (stats::Extras* extras = interval.extras()) {
      extras->add(interval.begin + 1, {}, packet::link_type(1), packet, std::min(bytes, bytes_most));
    }
  }
  return interval;
}

void check_message(const base::Error& error) {
  if (error.status() != base::ExitStatus::usage) std::abort();
  for (const char* letter = error.what(); *letter != '\0'; ++letter) {
    if (static_cast<unsigned char>(*letter) < 0x20) std::abort();  // it goes to a terminal
  }
}

/// The same record looks the same each time; times too, which are kept from one to the next.
void check_rendering(report::Format& format, const report::IntervalRecord& record, report::Sinks& sinks) {
  std::string& out = sinks.text(sinks.open(1));
  out.clear();
  format.render(record, sinks);
  const std::string once = out;
  format.render(record, sinks);
  if (out != once + once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const stats::Interval empty;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool may_switch : {true, false}) {
    report::Sinks sinks;
    report::Wishes wishes;
    if (may_switch) wishes.window_most = 333'333'333;
    try {
      report::Format format(text, sinks, may_switch, wishes);
      const stats::Interval busy = sample(wishes.collect);
      check_rendering(format, {{1, -1}, busy, 0.5, 1e300, 12'345'678'901'234'567'890U, 7}, sinks);
      check_rendering(format, {{base::time_limit, -base::time_limit}, empty}, sinks);
    } catch (const base::Error& error) {
      check_message(error);
    }
  }
  return 0;
}
