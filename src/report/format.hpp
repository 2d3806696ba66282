// SPDX-License-Identifier: BSD-2-Clause
// The format engine: a printf-like text is compiled once and rendered for every record. It knows
// letters, names with their specs, escapes and switches of the file descriptor; what a letter or a name
// means is the table's.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/calendar.hpp"
#include "report/output.hpp"

namespace report {

inline constexpr std::string_view default_format = "Time:%S\\tn=%n\\tavg=%a\\tstddev=%d\\tbps=%b\\n";
/// Of connections: how much each end has sent, how long it took and the mean round trip, both in seconds. Fits
/// 100 columns with IPv4.
inline constexpr std::string_view default_connection_format =
    "%{begin:%T} %{protocol:6} %{client_endpoint:21} %{direction} %{server_endpoint:21} "
    "%{bytes_out:>6k} %{bytes_in:>6k} %{duration:>8.3} %{rtt_mean:>7.4} %{ended}\\n";

class Format final : public Output {
 public:
  /// Compiles `text`. Throws a usage Error that names the place of what is wrong. `sinks` gets the
  /// descriptors it writes to, standard output first; where `may_switch` is false (a program that
  /// runs with other privileges than its user's), switching is an error. `wishes` gets what it needs.
  Format(std::string_view text, Sinks& sinks, bool may_switch, Wishes& wishes);

  void render(const Record& record, Sinks& sinks) override;

 private:
  struct Classic {
    int decimals;
  };
  struct Iso {};
  using Look = std::variant<Classic, NumberSpec, Iso, base::CalendarForm>;

  /// A literal, then a statistic if there is one, both to the same descriptor.
  struct Piece {
    std::size_t sink;
    std::string literal;
    std::optional<Field> field = std::nullopt;
    Look look = Iso{};
  };

  void take_directive(std::string_view text, std::string_view& rest, Wishes& wishes);
  void add(Field field, Look look);
  static Look look_of(const Field& field, bool is_letter, std::optional<std::string_view> text);

  std::vector<Piece> pieces_;
};

}  // namespace report
