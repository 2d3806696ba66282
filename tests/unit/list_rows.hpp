// SPDX-License-Identifier: BSD-2-Clause
// What the tests of lists on the screen share: rows as a program would have them, written down one by one; columns
// by their names; and screens as plain text.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "layout/picture.hpp"
#include "support.hpp"
#include "view/rows.hpp"

namespace test {

/// A connection of TCP that is established; begins at `identity.since`.
struct ListRow {
  flow::Connection connection{};
  std::uint64_t bytes_per_second_out = 0, bytes_per_second_in = 0;
  bool is_active = false;
  std::string client_name, server_name, process;
  view::Identity identity;
};

/// From 192.0.2.1, port 1000 + `number`, to 198.51.100.1, port 80; so many bytes per second to the client.
ListRow list_row(unsigned number, std::uint64_t bytes_per_second = 0);
/// The same between two long addresses of IPv6.
ListRow list_row_of_ipv6(unsigned number, std::uint64_t bytes_per_second = 0);
/// Of IPv6 where one is above 2^32.
packet::Address address_of_numbers(std::uint64_t high, std::uint64_t low);
void set_ends(flow::Connection& connection, const flow::Endpoint& client, const flow::Endpoint& server);

class ListRows final : public view::Rows {
 public:
  ListRows() = default;
  explicit ListRows(std::vector<ListRow> all) : rows(std::move(all)) {}

  std::size_t size() const override { return rows.size(); }
  /// Without what has to be looked up.
  const report::Record& record(std::size_t row) const override;
  const report::Record& full_record(std::size_t row) const override;
  view::Identity identity(std::size_t row) const override { return rows[row].identity; }

  std::vector<ListRow> rows;
  base::Nanoseconds now = 1'700'000'010 * base::ns_per_s;

 private:
  mutable std::optional<report::TrackedRecord> record_;
};

std::vector<report::ListColumn> list_columns(const std::string& names);
report::ListColumn list_column(const std::string& name);

std::string text_of(const layout::Line& line);
/// Its lines without the blanks at their ends.
std::vector<std::string> texts_of(const std::vector<layout::Line>& lines);
/// The first line that is neither empty nor as wide as the screen, in words; empty: there is none.
std::string misfit(const std::vector<layout::Line>& lines, std::size_t columns);

}  // namespace test
