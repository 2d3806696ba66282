// SPDX-License-Identifier: BSD-2-Clause
#include "report/breakdown_report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "layout/table.hpp"
#include "names/protocols.hpp"
#include "names/services.hpp"
#include "report/csv.hpp"
#include "report/json.hpp"
#include "report/units.hpp"

namespace report {

namespace {

using packet::Network;
using stats::Breakdown;
using Key = stats::BreakdownKind::Key;

std::string text_of_address(const packet::Address& address) {
  std::string text;
  packet::append_address(text, address);
  return text;
}

/// What was captured as IPv4 or IPv6 by its IP protocol; a number where it has no name.
std::string text_of_protocol(const stats::RankingKey& key) {
  switch (Breakdown::network_of(key)) {
    case Network::arp: return "ARP";
    case Network::other: return "other";
    default: break;
  }
  const auto number = static_cast<std::uint16_t>(Breakdown::number_of(key));
  const std::string_view name = names::protocol_name(number);
  return name.empty() ? std::to_string(number) : std::string(name);
}

std::string text_of_interface(std::uint32_t number, InterfaceNames interfaces) {
  const bool is_named = number < interfaces.size() && !interfaces[number].empty();
  return is_named ? base::printable(interfaces[number]) : std::to_string(number);
}

std::string text_of_key(const stats::RankingKey& key, const stats::BreakdownKind& kind,
                        InterfaceNames interfaces) {
  const std::uint32_t number = Breakdown::number_of(key);
  switch (kind.key) {
    case Key::host: return text_of_address(Breakdown::address_of(key));
    case Key::port: return std::to_string(Breakdown::port_of(key).port);
    case Key::protocol: return text_of_protocol(key);
    case Key::vlan: return number == 0 ? "untagged" : std::to_string(number);
    case Key::interface: return text_of_interface(number, interfaces);
    case Key::network: break;
  }
  const packet::Address address = Breakdown::address_of(key);
  return text_of_address(address) + "/" + std::to_string(address.is_ipv6 ? kind.ipv6_bits : kind.ipv4_bits);
}

/// A row of the ranking in words.
struct Line {
  std::uint64_t rank = 0;  ///< 0: none
  std::string key;
  std::string_view protocol = {}, service = {};  ///< of ports; empty: none
  stats::Ranking::Row row = {};
};

/// All rows, the ranked ones first. Words are made when they are asked for: there may be a million.
class Lines {
 public:
  Lines(const Breakdown& breakdown, InterfaceNames interfaces)
      : breakdown_(breakdown), interfaces_(interfaces), rows_(breakdown.rows()), ranked_(rows_.size()) {
    if (has_none()) rows_.push_back(breakdown.none());
    if (breakdown.others().packets > 0) rows_.push_back(breakdown.others());
  }

  std::size_t size() const { return rows_.size(); }

  Line operator[](std::size_t place) const {
    const stats::Ranking::Row& row = rows_[place];
    if (place >= ranked_) {
      return {.key = place == ranked_ && has_none() ? "(none)" : "(others)", .row = row};
    }
    Line line{place + 1, text_of_key(row.key, breakdown_.kind(), interfaces_), {}, {}, row};
    if (breakdown_.kind().key != Key::port) return line;
    const Breakdown::Port port = Breakdown::port_of(row.key);
    line.protocol = names::protocol_name(port.protocol);
    line.service = names::service_name(port.port, port.protocol);
    return line;
  }

  /// Of all bytes.
  double share(const Line& line) const { return base::nearest_quotient(line.row.bytes, breakdown_.bytes()); }
  double percent(const Line& line) const {
    return base::nearest_quotient(base::Uint128{line.row.bytes} * 100, breakdown_.bytes());
  }
  bool are_ports() const { return breakdown_.kind().key == Key::port; }
  const std::string& by() const { return breakdown_.kind().name; }

 private:
  bool has_none() const { return breakdown_.none().packets > 0; }

  const Breakdown& breakdown_;
  InterfaceNames interfaces_;
  std::vector<stats::Ranking::Row> rows_;
  std::size_t ranked_;
};

std::vector<std::string> cells_of(const Lines& lines, const Line& line) {
  std::vector<std::string> cells = {line.key};
  if (lines.are_ports()) cells.insert(cells.end(), {std::string(line.protocol), std::string(line.service)});
  cells.push_back(std::to_string(line.row.packets));
  cells.push_back(text_of_bytes(base::nearest_quotient(line.row.bytes, 1)));
  cells.push_back(text_of_percent(lines.percent(line)));
  return cells;
}

std::vector<layout::Column> columns_for(const Lines& lines) {
  using layout::Align;
  std::vector<layout::Column> columns = {{"By " + lines.by(), 0, Align::left}};
  if (lines.are_ports()) {
    columns.push_back({"protocol", 0, Align::left});
    columns.push_back({"service", 0, Align::left});
  }
  for (const char* heading : {"packets", "bytes", "share"}) columns.push_back({heading});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::string> cells = cells_of(lines, lines[i]);
    for (std::size_t column = 0; column < cells.size(); ++column) {
      std::size_t& width = columns[column].width_least;
      width = std::max(width, layout::columns_of(cells[column]));
    }
  }
  return columns;
}

}  // namespace

void append_breakdown(std::string& out, const stats::Breakdown& breakdown, InterfaceNames interfaces) {
  const Lines lines(breakdown, interfaces);
  const layout::Table table(columns_for(lines));
  out += table.header() + "\n";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<std::string> cells = cells_of(lines, lines[i]);
    out += table.row(std::span(cells)) + "\n";
  }
}

void append_breakdown_json(std::string& out, const stats::Breakdown& breakdown, InterfaceNames interfaces) {
  const Lines lines(breakdown, interfaces);
  const auto text_of = [](std::string_view text) {
    return text.empty() ? Value::nothing() : Value::of_text(text);
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line line = lines[i];
    JsonLine json(out, "ranking");
    json.text("by", lines.by())
        .add("rank", line.rank > 0 ? Value::of_count(line.rank) : Value::nothing())
        .text("key", line.key);
    if (lines.are_ports()) json.add("protocol", text_of(line.protocol)).add("service", text_of(line.service));
    json.add("packets", line.row.packets).add("bytes", line.row.bytes).add("share", lines.share(line));
  }
}

void append_breakdown_csv_header(std::string& out) {
  out += "by,rank,key,protocol,service,packets,bytes,share\r\n";
}

void append_breakdown_csv(std::string& out, const stats::Breakdown& breakdown, InterfaceNames interfaces) {
  const Lines lines(breakdown, interfaces);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line line = lines[i];
    (out += lines.by()) += ',';
    if (line.rank > 0) base::append_integer(out, line.rank);
    out += ',';
    append_csv(out, Value::of_text(line.key));
    ((((out += ',') += line.protocol) += ',') += line.service) += ',';
    base::append_integer(out, line.row.packets);
    out += ',';
    base::append_integer(out, line.row.bytes);
    out += ',';
    append_raw(out, Value::of_real(lines.share(line)));
    out += "\r\n";
  }
}

}  // namespace report
