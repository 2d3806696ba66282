// SPDX-License-Identifier: BSD-2-Clause
// Numbers with their units, for a person to read in a report. Rates and amounts have four significant digits;
// formats and tables have looks of their own (value.hpp).
#pragma once

#include <string>

#include "base/time.hpp"

namespace report {

/// "1 packet", "2 packets"
std::string text_of_count(std::uint64_t count, const char* what);
/// "283.6 Mbit/s", by powers of 1000.
std::string text_of_rate(double bps);
/// "1.301 MB", by powers of 1000.
std::string text_of_bytes(double bytes);
/// "12.345 ms"
std::string text_of_delay(double ns);
/// "59.500 s"
std::string text_of_time(base::Nanoseconds time);
/// "5 s", "0.25 s": what somebody asked for, exactly.
std::string text_of_length(base::Nanoseconds time);
/// "1.5 Mbit/s": the speed of a line that somebody asked for, exactly.
std::string text_of_speed(double bps);
/// "98.32 %"
std::string text_of_percent(double percent);

}  // namespace report
