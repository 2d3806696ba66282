// SPDX-License-Identifier: BSD-2-Clause
// The compiler of formats. What compiles is rendered, into memory: nothing is ever written to the
// descriptors it names.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "report/format.hpp"

namespace {

stats::Interval sample() {
  stats::Interval interval;
  interval.begin = 1'700'000'000'123'456'789;
  interval.length = 333'333'333;
  for (const std::uint32_t bytes : {0U, 60U, 1500U, 0xffffffffU})
    interval.add({packet::Network::ipv4, 6, 14}, bytes);
  return interval;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const stats::Interval busy = sample();
  static const stats::Interval empty;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const bool may_switch : {true, false}) {
    report::Sinks sinks;
    try {
      const report::Format format(text, sinks, may_switch);
      format.render({busy, 0.5, 1, -1}, sinks);
      format.render({empty, 1, base::time_limit, -base::time_limit}, sinks);
    } catch (const base::Error& error) {
      if (error.status() != base::ExitStatus::usage) std::abort();
      for (const char* letter = error.what(); *letter != '\0'; ++letter) {
        if (static_cast<unsigned char>(*letter) < 0x20) std::abort();  // it goes to a terminal
      }
    }
  }
  return 0;
}
