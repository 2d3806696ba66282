// SPDX-License-Identifier: BSD-2-Clause
#include "tools/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/descriptor.hpp"
#include "base/text.hpp"

namespace tools {

namespace {

constexpr base::Nanoseconds quiet = base::ns_per_s;
constexpr base::Nanoseconds between = base::ns_per_s / 5;

/// 12345678 bytes are "12.3 MB": decimal units, as disks have them.
std::string in_units(double bytes) {
  constexpr std::array units{"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  for (; bytes >= 999.95 && unit + 1 < units.size(); ++unit) bytes /= 1000;
  return base::fixed(bytes, unit == 0 ? 0 : 1) + " " + units[unit];
}

/// 3725 seconds are "1:02:05".
std::string as_clock(std::uint64_t seconds) {
  const auto two_digits = [](std::uint64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const std::uint64_t minutes = seconds / 60, hours = minutes / 60;
  const std::string start =
      hours == 0 ? std::to_string(minutes) : std::to_string(hours) + ":" + two_digits(minutes % 60);
  return start + ":" + two_digits(seconds % 60);
}

}  // namespace

std::string describe_progress(const capture::Extent& extent, base::Nanoseconds elapsed) {
  const auto read = static_cast<double>(extent.bytes_read), total = static_cast<double>(extent.bytes_total);
  const double rate = read / (static_cast<double>(elapsed) / base::ns_per_s);
  std::string share = base::fixed(std::min(100.0, read / total * 100), 0) + "% of " + in_units(total);
  if (rate <= 0) return share;
  const double left_s = std::max(0.0, total - read) / rate;
  return share + ", " + in_units(rate) + "/s, " + as_clock(static_cast<std::uint64_t>(std::llround(left_s))) +
         " left";
}

ProgressLine::ProgressLine(bool is_wanted, const base::Clock& clock)
    : clock_(clock),
      start_(clock.monotonic()),
      next_(start_ + quiet),
      is_shown_(is_wanted && ::isatty(STDERR_FILENO) == 1) {}

std::optional<base::Nanoseconds> ProgressLine::deadline() const {
  return is_shown_ ? std::optional(next_) : std::nullopt;
}

void ProgressLine::draw(const capture::Extent& extent) {
  const base::Nanoseconds now = clock_.monotonic();
  if (!is_shown_ || now < next_) return;
  next_ = now + between;
  if (extent.bytes_total == 0) return;
  winsize window{};
  std::string text = "tcpstat: " + describe_progress(extent, now - start_);
  const bool is_known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
  if (is_known)
    text.resize(std::min<std::size_t>(text.size(), window.ws_col - 1U));  // a second line would stay
  const std::size_t columns = text.size();
  if (columns < columns_) text.append(columns_ - columns, ' ');
  columns_ = columns;
  static_cast<void>(base::write_all(STDERR_FILENO, "\r" + text));
}

void ProgressLine::erase() {
  const std::size_t columns = std::exchange(columns_, 0);
  if (columns > 0) static_cast<void>(base::write_all(STDERR_FILENO, "\r" + std::string(columns, ' ') + "\r"));
}

}  // namespace tools
