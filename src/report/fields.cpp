// SPDX-License-Identifier: BSD-2-Clause
#include "report/fields.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/text.hpp"

namespace report {

const Directive* find_row(std::string_view name, Subject subject) {
  if (name.size() == 1) return find_directive(name.front(), subject);
  const auto rows = directives(subject);
  const auto row = std::ranges::find_if(rows, [&](const Directive& each) { return name == each.name; });
  return row == rows.end() ? nullptr : &*row;
}

namespace {

constexpr base::Nanoseconds window_least = 100 * base::ns_per_us;

base::Error unknown(std::string_view name, Subject subject) {
  if (name.empty()) return base::usage_error("a name is missing: " + base::tool_name() + " -h lists them");
  std::vector<std::string_view> names;
  for (const Directive& row : directives(subject)) names.emplace_back(row.name);
  const std::string near = base::nearest(name, names);
  return base::usage_error("no statistic '" + base::printable(name) + "': " +
                           (near.empty() ? base::tool_name() + " -h lists them" : "is it " + near + "?"));
}

base::Nanoseconds parse_window(const std::string& what, std::string_view text, const Wishes& wishes) {
  const auto window = base::parse_length(text);
  if (!window) throw base::usage_error(what + ": not a window, as in 10ms (us, ms, s)");
  if (*window < window_least) throw base::usage_error(what + ": a window is at least 100us");
  if (wishes.window_most && *window > *wishes.window_most) {
    throw base::usage_error(what + ": the window is longer than the interval");
  }
  if (*window > base::ns_per_s * 1'000'000) throw base::usage_error(what + ": a window is at most 1000000s");
  return *window;
}

/// The place of a window among those that are collected.
std::size_t place_of(base::Nanoseconds window, std::vector<base::Nanoseconds>& windows) {
  const auto known = std::ranges::find(windows, window);
  const auto place = static_cast<std::size_t>(known - windows.begin());
  if (known == windows.end()) windows.push_back(window);
  return place;
}

}  // namespace

Field find_field(std::string_view text, Wishes& wishes) {
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const std::string what = base::printable(text);
  const Directive* row = find_row(name, wishes.subject);
  if (row == nullptr) throw unknown(name, wishes.subject);
  Field field{row, row->name};
  if (row->need == Need::window) {
    if (colon == std::string_view::npos) throw base::usage_error(what + ": needs a window, as in burst:10ms");
    field.name = text;
    field.window = place_of(parse_window(what, text.substr(colon + 1), wishes), wishes.collect.windows);
  } else if (colon != std::string_view::npos) {
    throw base::usage_error(what + ": only burst has a window");
  }
  wishes.collect.details = wishes.collect.details || row->need == Need::details;
  wishes.collect.sizes = wishes.collect.sizes || row->need == Need::sizes;
  wishes.collect.hosts = wishes.collect.hosts || row->need == Need::hosts;
  wishes.drops = wishes.drops || row->need == Need::drops;
  wishes.connections = wishes.connections || row->need == Need::connections;
  return field;
}

std::vector<Field> find_fields(std::string_view names, Wishes& wishes) {
  std::vector<Field> fields;
  const auto add = [&](std::string_view name) {
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    Field field = find_field(name, wishes);
    if (std::ranges::find(fields, field.name, &Field::name) == fields.end()) fields.push_back(field);
  };
  for (const std::string_view name : base::split(names, ',')) {
    if (name != "all") {
      add(name);
      continue;
    }
    for (const Directive& row : directives(wishes.subject)) {
      if (row.need != Need::window) add(row.name);
    }
  }
  return fields;
}

}  // namespace report
