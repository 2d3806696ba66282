// SPDX-License-Identifier: BSD-2-Clause
// Statistics of connections as columns of a list for a person: headings, widths, short forms of values. Which
// columns there are, and how wide the screen is, is for others to say; names are those of directives.
#pragma once

#include <string>
#include <vector>

#include "layout/width.hpp"
#include "report/fields.hpp"

namespace report {

struct ListColumn {
  Field field;
  std::string heading;
  std::size_t width = 0;  ///< of usual values, and of the heading
  layout::Align align = layout::Align::left;
  bool is_elastic = false;      ///< may be narrower, its values cut in the middle, or wider
  bool goes_with_next = false;  ///< shown only where the next one has room too
  bool is_summed = false;       ///< a total over all rows means something
  bool is_descending = false;   ///< the largest first, where it is sorted by
};

/// How values are to look.
struct CellForm {
  bool is_in_bits = false;  ///< rates; bytes otherwise
  bool is_named = true;     ///< names in the place of addresses, where they are known
};

ListColumn column_of(const Field& field);

/// `names` with commas between them. Throws a usage Error.
std::vector<ListColumn> columns_of_names(std::string_view names, Wishes& wishes);

/// Printable text. Of a tracked record.
std::string cell_text(const ListColumn& column, const Record& record, const CellForm& form);
/// The same of a value of the column that no record holds: a total.
std::string value_text(const ListColumn& column, const Value& value, const CellForm& form);

}  // namespace report
