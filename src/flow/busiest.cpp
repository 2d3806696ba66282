// SPDX-License-Identifier: BSD-2-Clause
#include "flow/busiest.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/text.hpp"

namespace flow {

namespace {

/// In the order of Top::By.
constexpr std::array<std::string_view, 4> names = {"bits", "packets", "retransmissions", "rtt"};

base::Error wrong(std::string_view text, const std::string& why) {
  return base::usage_error("--top '" + base::printable(text) + "': " + why);
}

Top::By parse_by(std::string_view text, std::string_view name) {
  const auto* const found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<Top::By>(found - names.begin());
  const std::string near = base::nearest(name, names);
  throw wrong(text, "no '" + base::printable(name) + "': " +
                        (near.empty() ? "bits, packets, retransmissions or rtt" : "is it " + near + "?"));
}

std::uint64_t packets_of(const Connection& connection) {
  return connection.directions[0].packets + connection.directions[1].packets;
}

}  // namespace

Top Top::parse(std::string_view text) {
  const std::size_t comma = text.find(',');
  const auto count = base::parse_whole(text.substr(0, comma), count_most);
  if (!count || *count == 0) {
    throw wrong(text, "not a number of connections from 1 to 1000, as in 10 or 10,packets");
  }
  Top top{static_cast<std::size_t>(*count)};
  if (comma != std::string_view::npos) top.by = parse_by(text, text.substr(comma + 1));
  return top;
}

const char* name_of(Top::By by) { return names[static_cast<std::size_t>(by)].data(); }

Busiest::Snapshot Busiest::snapshot_of(const Connection& connection) {
  Snapshot snapshot{packets_of(connection)};
  for (std::size_t i = 0; i < connection.directions.size(); ++i) {
    const Direction& direction = connection.directions[i];
    snapshot.bytes += direction.bytes;
    snapshot.retransmissions += direction.retransmissions;
    snapshot.round_trips_sum[i] = direction.round_trips_sum;
    snapshot.round_trips[i] = direction.round_trips;
  }
  return snapshot;
}

/// A half of the way without samples in the interval counts as it did so far: half a round trip would be none.
Amounts Busiest::difference(const Snapshot& now, const Snapshot& before) {
  Amounts amounts{now.packets - before.packets, now.bytes - before.bytes,
                  now.retransmissions - before.retransmissions, std::nullopt};
  if (now.round_trips == before.round_trips) return amounts;
  base::Nanoseconds rtt = 0;
  for (std::size_t i = 0; i < now.round_trips.size(); ++i) {
    if (now.round_trips[i] == 0) continue;
    const bool is_older = now.round_trips[i] <= before.round_trips[i];  // fewer: they were halved
    const base::Nanoseconds samples = now.round_trips[i] - (is_older ? 0 : before.round_trips[i]);
    const base::Nanoseconds sum = now.round_trips_sum[i] - (is_older ? 0 : before.round_trips_sum[i]);
    rtt += (sum + samples / 2) / samples;
  }
  amounts.rtt = rtt;
  return amounts;
}

/// 0: nothing of what is asked for.
std::uint64_t Busiest::measure_of(const Amounts& amounts) const {
  switch (top_.by) {
    case Top::By::bits: return amounts.bytes;
    case Top::By::packets: return amounts.packets;
    case Top::By::retransmissions: return amounts.retransmissions;
    case Top::By::rtt: return amounts.rtt ? static_cast<std::uint64_t>(*amounts.rtt) + 1 : 0;
  }
  return 0;
}

/// Of one key there may be several: the one that began first.
bool Busiest::is_before(const Amounts& left, const Connection& of_left, const Busy& right) const {
  const std::uint64_t measure_left = measure_of(left), measure_right = measure_of(right);
  if (measure_left != measure_right) return measure_left > measure_right;
  const Connection& of_right = right.connection;
  if (of_left.key != of_right.key) return of_left.key.words < of_right.key.words;
  return of_left.begin < of_right.begin;
}

void Busiest::look(const Connection& connection, Snapshot& known) {
  if (packets_of(connection) == known.packets) return;
  const Snapshot now = snapshot_of(connection);
  const Amounts amounts = difference(now, known);
  known = now;
  if (measure_of(amounts) == 0) return;
  if (is_cut_ && !is_before(amounts, connection, kept_[top_.count - 1])) return;
  if (kept_.size() == kept_.capacity()) cut();
  kept_.push_back({amounts, connection});
}

void Busiest::cut() {
  if (kept_.size() < top_.count) return;
  const auto last = kept_.begin() + static_cast<std::ptrdiff_t>(top_.count) - 1;
  std::nth_element(kept_.begin(), last, kept_.end(), [this](const Busy& left, const Busy& right) {
    return is_before(left, left.connection, right);
  });
  kept_.erase(last + 1, kept_.end());
  is_cut_ = true;
}

void Busiest::on_end(std::uint32_t number, const Connection& connection) {
  Snapshot known = number < snapshots_.size() ? std::exchange(snapshots_[number], {}) : Snapshot{};
  look(connection, known);
}

std::vector<Busy> Busiest::take(const Table& table) {
  table.each_recent([this](std::uint32_t number, const Connection& connection) {
    if (number >= snapshots_.size()) snapshots_.resize(std::size_t{number} + 1);
    const bool is_idle = packets_of(connection) == snapshots_[number].packets;
    if (!is_idle) look(connection, snapshots_[number]);
    return !is_idle;
  });
  cut();
  std::vector<Busy> busiest = kept_;
  kept_.clear();
  is_cut_ = false;
  std::ranges::sort(busiest, [this](const Busy& left, const Busy& right) {
    return is_before(left, left.connection, right);
  });
  return busiest;
}

}  // namespace flow
