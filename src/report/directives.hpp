// SPDX-License-Identifier: BSD-2-Clause
// THE table of statistics: of intervals, of connections, and of connections on the screen. Everything that prints
// one, or tells a person of one, walks it: the format engine, JSON, CSV, columns, alerts, the help, and the check
// of the man pages. To add a statistic: write its row in directives.cpp, connection_directives.cpp or
// tracked_directives.cpp, its line in the man page, and a golden line.
#pragma once

#include <span>

#include "flow/connection.hpp"
#include "flow/tally.hpp"
#include "report/value.hpp"
#include "stats/interval.hpp"

namespace report {

/// What directives render. Which kind of record it is, its user knows: the subject of all his rows.
struct Record {
  base::Nanoseconds origin = 0;      ///< what relative times count from, since the epoch
  base::Nanoseconds subtracted = 0;  ///< from every time: -R
};

/// One closed interval and what was known when it closed.
struct IntervalRecord : Record {
  const stats::Interval& interval;
  double load_ratio = 1;               ///< load over peak
  double peak_bps = 0;                 ///< the largest rate of any interval so far
  std::uint64_t index = 1;             ///< number of the interval, from 1 on
  std::uint64_t dropped = 0;           ///< packets the kernel has lost since the interval before
  const flow::Tally* tally = nullptr;  ///< of the interval; none: connections are not told apart
  std::uint64_t connections = 0;       ///< open when it closed
};

/// One connection that is over, or open when the capture ended.
struct ConnectionRecord : Record {
  const flow::Connection& connection;
  flow::Ended ended = flow::Ended::open;
  std::string_view interface_name = {};  ///< as the capture calls it; empty: its number is told
};

/// One connection as it is at the moment.
struct TrackedRecord : ConnectionRecord {
  base::Nanoseconds now = 0;               ///< since the epoch
  bool has_present = true;                 ///< what comes next is known; not of one that is over
  std::uint64_t bytes_per_second_out = 0;  ///< at present, from client to server
  std::uint64_t bytes_per_second_in = 0;
  bool is_active = false;             ///< it had a packet since it was looked at last
  std::string_view client_name = {};  ///< by reverse DNS; empty: not known
  std::string_view server_name = {};
  std::string_view process = {};  ///< empty: none of this machine, or not known
};

/// Of `tracked` all rows of a connection, and its own.
enum class Subject : std::uint8_t { interval, connection, tracked };

/// What has to be collected before a statistic has a value.
enum class Need : std::uint8_t { nothing, details, sizes, window, drops, connections, hosts };

/// How a row gets its value. `window` is a place in stats::Collect::windows, for Need::window.
struct Getter {
  Value::Kind kind;  ///< or, of a single record, Value::Kind::nothing
  Value (*value)(const Record& record, std::size_t window);
  bool is_moving = false;               ///< it changes from one interval without packets to the next
  Subject subject = Subject::interval;  ///< the kind of record that `value` takes
};

struct Directive {
  char letter;  ///< 0: it has only a name
  const char* name;
  const char* unit;
  const char* meaning;
  Getter get;
  Need need = Need::nothing;
  int decimals = 2;  ///< of the letter, for all but counts
};

/// All rows of a subject, in the order of the manual.
std::span<const Directive> directives(Subject subject = Subject::interval);
std::span<const Directive> connection_directives();
std::span<const Directive> tracked_directives();

/// The row of a letter; nullptr where there is none.
const Directive* find_directive(char letter, Subject subject = Subject::interval);

}  // namespace report
