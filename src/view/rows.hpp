// SPDX-License-Identifier: BSD-2-Clause
// What a list on the screen is of: records that come and go, each of which stays the same row while it is there.
// And which of them are shown, in which order: only those that the screen has room for are sorted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/columns.hpp"
#include "report/order.hpp"

namespace view {

/// When a row appeared, and a number that no other has that is there: rows that are equal otherwise stay in this
/// order. It is the same while the row is there.
struct Identity {
  base::Nanoseconds since = 0;
  std::uint64_t number = 0;

  friend auto operator<=>(const Identity&, const Identity&) = default;
};

class Rows {
 public:
  virtual ~Rows() = default;
  /// They stay as they are until the program looks at them anew.
  virtual std::size_t size() const = 0;
  /// What is known of it at once. Good until the next call.
  virtual const report::Record& record(std::size_t row) const = 0;
  /// The same with what has to be looked up: names, processes. For rows on the screen.
  virtual const report::Record& full_record(std::size_t row) const = 0;
  virtual Identity identity(std::size_t row) const = 0;
};

/// By which column, and which way around.
struct Order {
  bool is_by(const Order& other) const {
    return by.has_value() == other.by.has_value() && (!by || by->field.name == other.by->field.name);
  }

  std::optional<report::ListColumn> by;  ///< none: as they appeared
  bool is_reversed = false;              ///< against what is usual for the column
};

struct NamedOrder {
  std::string name;
  Order order;
};

/// The rows that are shown, and a total of them all.
class Ranking {
 public:
  /// `text`: only rows in whose cells (of `columns`) it occurs, whatever the case of ASCII letters; empty: all.
  Ranking(const Rows& rows, const Order& order, const std::vector<report::ListColumn>& columns,
          const std::string& text, const report::CellForm& form);

  std::size_t size() const { return ranked_.size(); }
  /// Of each of `columns` that is summed the sum over the rows that are shown; 0 of others.
  const std::vector<std::uint64_t>& totals() const { return totals_; }
  /// The rows from place `first` on, at most `count`, in their order.
  std::vector<std::size_t> window(std::size_t first, std::size_t count);
  /// The place of this row; nothing where it is not shown.
  std::optional<std::size_t> place_of(const Identity& identity) const;

 private:
  struct Ranked {
    report::SortKey key;
    Identity identity;
    std::size_t row;
  };
  bool is_before(const Ranked& left, const Ranked& right) const;

  bool has_order_;  // else they stand as they appeared
  bool is_descending_;
  std::vector<Ranked> ranked_;
  std::vector<std::uint64_t> totals_;
};

}  // namespace view
