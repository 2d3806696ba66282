// SPDX-License-Identifier: BSD-2-Clause
#include "list_rows.hpp"

#include "layout/width.hpp"

namespace test {

namespace {

constexpr std::uint64_t documentation6 = 0x2001'0db8'1111'2222;  // RFC 3849

ListRow row_between(unsigned number, std::uint64_t bytes_per_second, const packet::Address& client,
                    const packet::Address& server) {
  ListRow row;
  row.identity = {1'700'000'000 * base::ns_per_s + number, number};
  row.connection.state = flow::State::established;
  row.connection.begin = row.connection.end = row.identity.since;
  row.bytes_per_second_in = bytes_per_second;
  set_ends(row.connection, {client, static_cast<std::uint16_t>(1000 + number)}, {server, 80});
  return row;
}

}  // namespace

packet::Address address_of_numbers(std::uint64_t high, std::uint64_t low) {
  return {high, low, high > 0 || low > 0xffff'ffff};
}

void set_ends(flow::Connection& connection, const flow::Endpoint& client, const flow::Endpoint& server) {
  connection.is_client_second =
      connection.key.set({client.address, server.address}, client.port, server.port, tcp);
}

ListRow list_row(unsigned number, std::uint64_t bytes_per_second) {
  return row_between(number, bytes_per_second, address_of_numbers(0, 0xc000'0201),
                     address_of_numbers(0, 0xc633'6401));
}

ListRow list_row_of_ipv6(unsigned number, std::uint64_t bytes_per_second) {
  return row_between(number, bytes_per_second, address_of_numbers(documentation6, 0x3333'4444'5555'6666),
                     address_of_numbers(documentation6, 0x7777'8888'9999'aaaa));
}

const report::Record& ListRows::record(std::size_t row) const {
  const ListRow& its = rows[row];
  const report::ConnectionRecord base{{}, its.connection, its.connection.ended_or(flow::Ended::open), "0"};
  return record_.emplace(report::TrackedRecord{base, now, true, its.bytes_per_second_out,
                                               its.bytes_per_second_in, its.is_active});
}

const report::Record& ListRows::full_record(std::size_t row) const {
  record(row);
  record_->client_name = rows[row].client_name;
  record_->server_name = rows[row].server_name;
  record_->process = rows[row].process;
  return *record_;
}

std::vector<report::ListColumn> list_columns(const std::string& names) {
  report::Wishes wishes{.subject = report::Subject::tracked};
  return report::columns_of_names(names, wishes);
}

report::ListColumn list_column(const std::string& name) { return list_columns(name).front(); }

std::string text_of(const layout::Line& line) {
  std::string text;
  for (const layout::Span& span : line) text += span.text;
  return text;
}

std::vector<std::string> texts_of(const std::vector<layout::Line>& lines) {
  std::vector<std::string> texts;
  for (const layout::Line& line : lines) {
    texts.push_back(text_of(line));
    texts.back().resize(texts.back().find_last_not_of(' ') + 1);
  }
  return texts;
}

std::string misfit(const std::vector<layout::Line>& lines, std::size_t columns) {
  for (const layout::Line& line : lines) {
    const std::string text = text_of(line);
    if (text.empty() || layout::columns_of(text) == columns) continue;
    return std::to_string(layout::columns_of(text)) + " columns, not " + std::to_string(columns) + ": " +
           text;
  }
  return {};
}

}  // namespace test
