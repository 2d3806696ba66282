// SPDX-License-Identifier: BSD-2-Clause
#include "tools/track_columns.hpp"

#include <map>
#include <string>

#include "base/error.hpp"

namespace tools {

namespace {

constexpr const char* screen_columns =
    "client_endpoint,server_endpoint,state,idle,active,bytes_per_second,bytes_per_second_out,"
    "bytes_per_second_in,rtt_mean,retransmissions,bytes,duration,process";

/// What there is to say of a connection that is over.
constexpr const char* whole_columns =
    "client_endpoint,server_endpoint,state,begin,duration,packets,bytes,bits_per_second,rtt_mean,"
    "retransmissions";

std::vector<report::ListColumn> columns_of(std::string_view names) {
  report::Wishes wishes{.subject = report::Subject::tracked};
  return report::columns_of_names(names, wishes);
}

}  // namespace

std::vector<report::ListColumn> track_columns(const TrackOptions& options) {
  const std::string usual = options.is_whole() ? whole_columns : screen_columns;
  return base::in_context("--columns", [&] { return columns_of(options.columns.value_or(usual)); });
}

std::vector<report::ListColumn> all_columns() { return columns_of("all"); }

view::Order track_order(const TrackOptions& options) {
  if (!options.sort) return {};
  // As the screen calls them.
  const std::string rate = options.is_whole() ? "bits_per_second" : "bytes_per_second";
  const std::map<std::string, std::string> short_names = {
      {"rate", rate}, {"speed", rate}, {"rtt", "rtt_mean"}};
  const auto known = short_names.find(*options.sort);
  const std::string& name = known == short_names.end() ? *options.sort : known->second;
  const auto columns = base::in_context("--sort", [&] { return columns_of(name); });
  if (columns.size() != 1) throw base::usage_error("--sort: takes one name");
  return {columns.front()};
}

std::vector<view::NamedOrder> order_cycle() {
  const auto by = [](const char* name) { return view::Order{columns_of(name).front()}; };
  return {{"Unsorted", {}},
          {"Sorted by rate", by("bytes_per_second")},
          {"Sorted by bytes", by("bytes")},
          {"Sorted by idle", by("idle")}};
}

}  // namespace tools
