// SPDX-License-Identifier: BSD-2-Clause
// Interval records as a table for a person at a terminal: as many columns as fit, human units, the rate of
// the last intervals as a sparkline. The header comes again on every screenful.
#include <array>

#include "base/calendar.hpp"
#include "layout/spark.hpp"
#include "layout/table.hpp"
#include "report/output.hpp"

namespace report {

namespace {

struct UsualColumn {
  const char* heading;
  const char* name;
};

/// The first ones fit into 80 columns.
constexpr std::array usual_columns = std::to_array<UsualColumn>({
    {"time", "begin"},
    {"pkt/s", "packets_per_second"},
    {"bit/s", "bits_per_second"},
    {"avg", "size_mean"},
    {"tcp", "tcp"},
    {"udp", "udp"},
    {"drop", "dropped"},
    {"icmp", "icmp"},
    {"arp", "arp"},
    {"ipv6", "ipv6"},
    {"other", "other"},
    {"max", "size_max"},
    {"stddev", "size_stddev"},
    {"bytes", "bytes"},
    {"peak", "bits_per_second_peak"},
});

constexpr std::size_t number_columns = 6;  // 283.6M
constexpr std::size_t spark_columns = layout::Spark::values_usual + 2;

std::string heading_of(const Field& field) {
  for (const UsualColumn& column : usual_columns) {
    if (field.name == column.name) return column.heading;
  }
  return field.name;
}

/// As short as tells one interval from the next.
const char* time_form(base::Nanoseconds length) {
  if (length >= 3600 * base::ns_per_s) return "%m-%d %H:%M";
  if (length % base::ns_per_s == 0) return "%H:%M:%S";
  if (length % base::ns_per_ms == 0) return "%H:%M:%S.%3f";
  return length % base::ns_per_us == 0 ? "%H:%M:%S.%6f" : "%H:%M:%S.%9f";
}

/// Numbers that are short enough stay as they are; others take a prefix.
NumberSpec look_of(const Directive& row, const Value& value) {
  constexpr std::uint64_t whole_most = 99'999;
  NumberSpec look;
  if (row.need == Need::connections && value.kind == Value::Kind::seconds) {
    look.precision = 4;  // a round trip
    return look;
  }
  if (value.kind == Value::Kind::count && value.count <= whole_most) return look;
  if (std::string_view(row.unit) == "ratio") return look;
  if (std::string_view(row.unit) == "bytes" && value.kind == Value::Kind::real) {
    look.precision = 1;  // a mean of sizes
  } else {
    look.unit = 'k';
  }
  return look;
}

class Table final : public Output {
 public:
  Table(std::vector<Field> fields, bool is_chosen, std::function<Screen()> screen,
        std::optional<base::Nanoseconds> interval)
      : fields_(std::move(fields)),
        is_chosen_(is_chosen),
        ask_screen_(std::move(screen)),
        interval_(interval) {}

  void render(const Record& any, Sinks& sinks) override {
    const auto& record = static_cast<const IntervalRecord&>(any);
    const Screen screen = ask_screen_();
    std::string& out = sinks.text(sinks.open(1));
    const bool is_full = screen.is_terminal && screen.rows > 2 && lines_ + 1 >= screen.rows;
    if (!table_ || is_full || screen.columns != screen_.columns) {
      arrange(screen, interval_.value_or(record.interval.length));
      out += table_->header() + "\n";
      lines_ = 1;
    }
    std::vector<layout::Cell> cells;
    for (std::size_t i = 0; i < shown_; ++i) cells.push_back(cell(fields_[i], record));
    spark_.push(record.interval.bits_per_second());
    if (has_spark_) {
      cells.emplace_back(spark_.text(screen.is_utf8 ? layout::Glyphs::utf8 : layout::Glyphs::ascii),
                         layout::Style::accent);
    }
    out += table_->row(cells) + "\n";
    ++lines_;
  }

 private:
  /// Chooses the columns that fit.
  void arrange(const Screen& screen, base::Nanoseconds length) {
    screen_ = screen;
    if (!time_) time_.emplace(time_form(length));
    std::vector<layout::Column> columns;
    for (const Field& field : fields_) {
      columns.push_back({heading_of(field), number_columns, layout::Align::right});
      if (field.directive->get.kind == Value::Kind::time) columns.back().width_least = time_columns(length);
    }
    // On a narrow screen the sparkline goes first, then the last columns.
    has_spark_ = is_chosen_ || columns.front().width_least + spark_columns <= screen.columns;
    const std::size_t room = screen.columns - (has_spark_ && !is_chosen_ ? spark_columns : 0);
    shown_ = is_chosen_ ? columns.size() : std::max<std::size_t>(1, layout::fit(columns, room));
    columns.resize(shown_);
    if (has_spark_) columns.push_back({"bit/s, last 16", layout::Spark::values_usual, layout::Align::left});
    table_.emplace(std::move(columns), screen.is_coloured);
  }

  std::size_t time_columns(base::Nanoseconds begin) const {
    std::string text;
    time_->append(text, begin);
    return layout::columns_of(text);
  }

  layout::Cell cell(const Field& field, const Record& record) const {
    const Value value = field.value(record);
    std::string text;
    if (value.kind == Value::Kind::time) {
      time_->append(text, value.whole_ns());
    } else {
      append_number(text, value, look_of(*field.directive, value));
    }
    const bool is_loss = field.directive->need == Need::drops && value.count > 0;
    return {std::move(text), is_loss ? layout::Style::warning : layout::Style::plain};
  }

  std::vector<Field> fields_;
  bool is_chosen_;
  std::function<Screen()> ask_screen_;
  std::optional<base::Nanoseconds> interval_;
  Screen screen_;
  std::optional<base::CalendarForm> time_;
  std::optional<layout::Table> table_;
  std::size_t shown_ = 0;  // fields
  bool has_spark_ = true;
  std::size_t lines_ = 0;  // since the last header, with it
  layout::Spark spark_;
};

}  // namespace

std::unique_ptr<Output> make_table(std::vector<Field> fields, bool may_drop, std::function<Screen()> screen,
                                   Wishes& wishes) {
  const bool is_chosen = !fields.empty();
  for (const UsualColumn& column : usual_columns) {
    if (is_chosen) break;
    if (may_drop || find_row(column.name)->need != Need::drops)
      fields.push_back(find_field(column.name, wishes));
  }
  return std::make_unique<Table>(std::move(fields), is_chosen, std::move(screen), wishes.window_most);
}

}  // namespace report
