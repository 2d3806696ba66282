// SPDX-License-Identifier: BSD-2-Clause
#include "tools/track_details.hpp"

#include <algorithm>

#include "layout/cut.hpp"
#include "tools/track_columns.hpp"

namespace tools {

namespace {

using report::ListColumn;

constexpr std::size_t name_columns = 20, cell_columns = 15;

/// Shown in the first line.
constexpr std::array in_title = {"client",      "client_port",     "server",
                                 "server_port", "client_endpoint", "server_endpoint",
                                 "direction",   "protocol",        "state"};

const ListColumn* find(const std::vector<ListColumn>& columns, const std::string& name) {
  const auto found =
      std::ranges::find_if(columns, [&](const ListColumn& column) { return column.field.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

class Details {
 public:
  Details(const report::Record& record, const report::CellForm& form, std::size_t columns)
      : record_(record), form_(form), columns_(columns) {}

  std::string cell(const std::string& name) const { return cell(*find(all_, name)); }

  void add(const std::string& text, layout::Style style = layout::Style::plain) {
    lines_.push_back({{layout::cut_end(text, columns_), style}});
  }

  void add_title() {
    add(" " + cell("client_endpoint") + " " + cell("direction") + " " + cell("server_endpoint") + "  " +
            cell("protocol") + "  " + cell("state"),
        layout::Style::bold);
  }

  /// "packets_out" and "packets_in" in a line.
  void add_directions() {
    add(row("", "client>server", "server>client"), layout::Style::bold);
    for (const ListColumn& column : all_) {
      const std::string name = base_of(column);
      if (!name.empty()) add(row(name, cell(column), cell(name + "_in")));
    }
  }

  void add_others() {
    for (const ListColumn& column : all_) {
      const std::string& name = column.field.name;
      const bool is_pair = !base_of(column).empty() ||
                           (name.ends_with("_in") && find(all_, name.substr(0, name.size() - 2) + "out"));
      if (is_pair || std::ranges::find(in_title, name) != in_title.end()) continue;
      const bool is_flag = column.field.directive->get.kind == report::Value::Kind::flag;
      const std::string text = cell(column);
      add(row(name == "bits_per_second" ? "mean rate" : name, is_flag ? (text.empty() ? "no" : "yes") : text,
              ""));
    }
  }

  std::vector<layout::Line> take() { return std::move(lines_); }

 private:
  std::string cell(const ListColumn& column) const { return report::cell_text(column, record_, form_); }

  /// Of "packets_out" "packets", where there is a "packets_in"; else empty.
  std::string base_of(const ListColumn& column) const {
    const std::string& name = column.field.name;
    if (!name.ends_with("_out")) return {};
    const std::string base = name.substr(0, name.size() - 4);
    return find(all_, base + "_in") != nullptr ? base : "";
  }

  static std::string row(const std::string& name, const std::string& left, const std::string& right) {
    std::string text = " " + layout::pad(name, name_columns, layout::Align::left) + " " +
                       layout::pad(left, cell_columns, layout::Align::right);
    return right.empty() ? text : text + " " + layout::pad(right, cell_columns, layout::Align::right);
  }

  const report::Record& record_;
  report::CellForm form_;
  std::size_t columns_;
  const std::vector<ListColumn> all_ = all_columns();
  std::vector<layout::Line> lines_;
};

}  // namespace

std::vector<layout::Line> track_details(const report::Record& record,
                                        const std::array<std::uint64_t, flow::Rates::history_steps>& history,
                                        const report::CellForm& form, layout::Glyphs glyphs,
                                        std::size_t columns) {
  Details details(record, form, columns);
  details.add_title();
  layout::Spark spark;
  for (const std::uint64_t rate : history) spark.push(static_cast<double>(rate));
  const ListColumn rate = *find(all_columns(), "bytes_per_second");
  const std::uint64_t now = rate.field.value(record).count;  // history is less exact
  std::uint64_t most = *std::ranges::max_element(history);
  if (most <= now + now / 8) most = now;
  const auto text_of = [&](std::uint64_t value) {
    return report::value_text(rate, report::Value::of_count(value), form);
  };
  details.add(" rate " + spark.text(glyphs) + "  now " + details.cell("bytes_per_second") + ", at most " +
                  text_of(std::max(most, now)) + " of late",
              layout::Style::accent);
  details.add("");
  details.add_directions();
  details.add("");
  details.add_others();
  return details.take();
}

}  // namespace tools
