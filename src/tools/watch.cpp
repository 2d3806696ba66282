// SPDX-License-Identifier: BSD-2-Clause
#include "tools/watch.hpp"

#include "base/random.hpp"

namespace tools {

namespace {

flow::TrackerOptions tracker_options(const TrackOptions& options) {
  flow::TrackerOptions of_tracker;
  of_tracker.table.connections_most = options.connections_most;
  of_tracker.table.seed = base::random_seed();
  base::Nanoseconds& ended = of_tracker.table.timeouts.ended;
  ended = std::max(ended, options.linger);
  return of_tracker;
}

flow::Rates::Options rates_options(const TrackOptions& options) {
  const std::size_t steps = options.is_fast ? 10 : 1;  // a rate is that of a second
  return {options.step(), steps};
}

bool is_over(const flow::Connection& connection) {
  return connection.state == flow::State::closed || connection.state == flow::State::reset;
}

}  // namespace

Watch::Watch(const TrackOptions& options, InterfaceNames& interface_names, Lookups& lookups, OnOver on_over)
    : shows_all_protocols(options.shows_all_protocols),
      shows_started_only_(options.shows_started_only),
      linger_(options.linger),
      interface_names_(interface_names),
      lookups_(lookups),
      on_over_(std::move(on_over)),
      tracker_(tracker_options(options), *this),
      rates_(rates_options(options)) {}

void Watch::step(base::Nanoseconds now) {
  tracker_.flush();
  rates_.step(tracker_.table(), now);
}

void Watch::advance(base::Nanoseconds now) {
  tracker_.flush();
  tracker_.advance(now, tally_);
}

base::Nanoseconds Watch::latest() const {
  constexpr base::Nanoseconds behind_most = base::ns_per_s / 10;  // of the table
  const base::Nanoseconds now = tracker_.table().now();
  return latest_ > now && latest_ - now <= behind_most ? latest_ : now;
}

void Watch::on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) {
  rates_.on_end(number);
  if (on_over_ && is_wanted(connection)) on_over_(connection, ended);
}

bool Watch::is_wanted(const flow::Connection& connection) const {
  if (!shows_all_protocols && !connection.is_tcp()) return false;
  const bool has_start = connection.directions[0].syn_packets + connection.directions[1].syn_packets > 0;
  return !shows_started_only_ || !connection.is_tcp() || has_start;
}

bool Watch::is_shown(const flow::Connection& connection) const {
  if (is_over(connection) && now_ - connection.end > linger_) return false;
  if (connection.end < shown_since_) return false;
  return is_wanted(connection);
}

void Watch::look(base::Nanoseconds now) {
  if (frozen_) return;
  tracker_.flush();
  now_ = now;
  numbers_.clear();
  tracker_.table().each([this](std::uint32_t number, const flow::Connection& connection) {
    if (is_shown(connection)) numbers_.push_back(number);
  });
}

void Watch::pause(base::Nanoseconds now) {
  if (frozen_) return;
  look(now);
  std::vector<Frozen> frozen;
  frozen.reserve(size());
  for (std::size_t row = 0; row < size(); ++row) {
    const Sight seen = sight(row);
    frozen.push_back({*seen.connection, seen, history(row)});
  }
  frozen_ = std::move(frozen);
}

Watch::Sight Watch::sight(std::size_t row) const {
  if (frozen_) {
    Sight seen = (*frozen_)[row].sight;
    seen.connection = &(*frozen_)[row].connection;
    return seen;
  }
  const std::uint32_t number = numbers_[row];
  return {&tracker_.table()[number], rates_.bytes_per_second(number), rates_.is_active(number)};
}

const report::Record& Watch::record(std::size_t row) const {
  const Sight seen = sight(row);
  const flow::Connection& connection = *seen.connection;
  const report::ConnectionRecord base{
      {}, connection, connection.ended_or(flow::Ended::open), interface_names_[connection.interface]};
  return record_.emplace(report::TrackedRecord{
      base, now_, true, seen.bytes_per_second[connection.is_client_second],
      seen.bytes_per_second[!connection.is_client_second], seen.is_active,
      lookups_.known_name(connection.client().address), lookups_.known_name(connection.server().address)});
}

const report::Record& Watch::full_record(std::size_t row) const {
  record(row);
  found_ = lookups_.find(record_->connection);
  record_->client_name = found_.client_name;
  record_->server_name = found_.server_name;
  record_->process = found_.process;
  return *record_;
}

view::Identity Watch::identity(std::size_t row) const {
  return {sight(row).connection->begin, numbers_[row]};
}

Watch::History Watch::history(std::size_t row) const {
  return frozen_ ? (*frozen_)[row].history : rates_.history(numbers_[row]);
}

}  // namespace tools
