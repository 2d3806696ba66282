// SPDX-License-Identifier: BSD-2-Clause
#include "tools/track_lines.hpp"

#include "base/error.hpp"
#include "layout/table.hpp"
#include "tools/track_columns.hpp"

namespace tools {

namespace {

std::vector<report::Field> json_fields(const TrackOptions& options) {
  report::Wishes wishes{.subject = report::Subject::tracked};
  const auto usual = options.is_whole() ? report::default_connection_fields : report::default_tracked_fields;
  return base::in_context(
      "--columns", [&] { return report::find_fields(options.columns.value_or(std::string(usual)), wishes); });
}

/// Each line tells when it was: so the time comes first where there are several tables.
std::vector<report::ListColumn> line_columns(const TrackOptions& options) {
  TrackOptions with_time = options;
  std::vector<report::ListColumn> columns = track_columns(options);
  if (options.is_whole() || options.columns) return columns;
  with_time.columns = "time";
  columns.insert(columns.begin(), track_columns(with_time).front());
  return columns;
}

}  // namespace

TrackLines::TrackLines(const TrackOptions& options, Watch& watch, InterfaceNames& interface_names,
                       Lookups& lookups, report::Sinks& sinks, std::function<void()> stop)
    : options_(options),
      watch_(watch),
      stop_(std::move(stop)),
      sinks_(sinks),
      sink_(sinks_.open(1)),
      columns_(line_columns(options)),
      order_(track_order(options)),
      gathered_(options.connections_most, interface_names) {
  if (options.is_json) json_.emplace(json_fields(options));
  form_.is_in_bits = options.is_in_bits;
  lookups.wants_names = options.resolves;
  const bool shows_processes =
      std::ranges::any_of(columns_, [](const auto& column) { return column.field.name == "process"; });
  lookups.wants_processes = options.is_live() && shows_processes;
}

void TrackLines::on_step(base::Nanoseconds now) {
  if (options_.is_whole() || printed_ == options_.count) return;  // what was read already comes to its end
  watch_.look(now);
  print(watch_);
  if (++printed_ == options_.count) stop_();
}

bool TrackLines::on_end(base::Nanoseconds now, bool has_more) {
  if (options_.is_whole()) {
    watch_.finish();
    gathered_.set_now(now);
    print(gathered_);
  } else if (has_more || printed_ == 0) {
    on_step(now);
  }
  return false;
}

void TrackLines::on_over(const flow::Connection& connection, flow::Ended ended) {
  if (options_.is_whole()) gathered_.add(connection, ended);
}

void TrackLines::print(const view::Rows& rows) {
  view::Ranking ranking(rows, order_, columns_, "", form_);
  if (!json_) return print_table(rows, ranking);
  for (const std::size_t row : ranking.window(0, ranking.size())) {
    json_->append(sinks_.text(sink_), rows.full_record(row));
    if (sinks_.text(sink_).size() >= bytes_most) sinks_.flush();
  }
  sinks_.flush();
}

/// Tables follow each other after an empty line.
void TrackLines::print_table(const view::Rows& rows, view::Ranking& ranking) {
  const std::vector<std::size_t> window = ranking.window(0, ranking.size());
  std::vector<layout::Column> columns;
  for (const report::ListColumn& column : columns_) {
    columns.push_back({column.heading, column.width, column.align});
    if (!report::Value::is_text(column.field.directive->get.kind)) continue;
    for (const std::size_t row : window) {
      const std::string cell = report::cell_text(column, rows.record(row), form_);
      columns.back().width_least = std::max(columns.back().width_least, layout::columns_of(cell));
    }
  }
  const layout::Table table(columns);
  if (printed_ > 0) sinks_.text(sink_) += '\n';
  sinks_.text(sink_) += table.header() + "\n";
  std::vector<std::string> cells(columns_.size());
  for (const std::size_t row : window) {
    const report::Record& record = rows.full_record(row);
    for (std::size_t i = 0; i < cells.size(); ++i) cells[i] = report::cell_text(columns_[i], record, form_);
    sinks_.text(sink_) += table.row(cells) + "\n";
    if (sinks_.text(sink_).size() >= bytes_most) sinks_.flush();
  }
  sinks_.flush();
}

}  // namespace tools
