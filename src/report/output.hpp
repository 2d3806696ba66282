// SPDX-License-Identifier: BSD-2-Clause
// The seam behind which the kinds of output lie: what becomes of the records. Text by a format,
// JSON, CSV, a table for a person; each kind is a file of its own.
#pragma once

#include <functional>
#include <memory>

#include "report/fields.hpp"
#include "report/sink.hpp"

namespace report {

class Output {
 public:
  virtual ~Output() = default;

  /// What stands above all lines. Comes once, before the first of them or the end.
  virtual void begin(Sinks&) {}
  /// Appends what this record looks like. It has to be of the subject of the fields.
  virtual void render(const Record& record, Sinks& sinks) = 0;
};

/// The terminal that a table is for, as it is at the moment.
struct Screen {
  bool is_terminal = false;  ///< the header comes again on every screenful
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool is_coloured = false;
  bool is_utf8 = false;
};

/// One object a line, JSON Lines. Of connections with the member "record":"connection" in front.
std::unique_ptr<Output> make_json(std::vector<Field> fields);
/// RFC 4180, with a header.
std::unique_ptr<Output> make_csv(std::vector<Field> fields);
/// Intervals in columns under a header, for a person. Without fields the usual ones, as many as fit; `may_drop` where the
/// kernel may lose packets.
std::unique_ptr<Output> make_table(std::vector<Field> fields, bool may_drop, std::function<Screen()> screen,
                                   Wishes& wishes);

}  // namespace report
