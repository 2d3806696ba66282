// SPDX-License-Identifier: BSD-2-Clause
// Connections: frames at any time through a table of a few. The first byte is the bound of the table, whether VLANs
// tell connections apart, and the link type; then, for each frame, a byte (interface, unit of time, length on the
// wire), how much later it comes (two bytes, little-endian, signed), how long it is (one byte), and itself.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "flow/tracker.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_direction(const flow::Direction& direction) {
  const std::uint64_t packets = direction.packets;
  check(direction.payload_bytes <= direction.bytes);
  check(direction.retransmitted_bytes <= direction.payload_bytes);
  check(std::uint64_t{direction.retransmissions} + direction.out_of_order <= packets);
  check(direction.duplicate_acks <= packets && direction.zero_windows <= packets);
  check(direction.syn_packets <= packets && direction.fin_packets <= packets &&
        direction.rst_packets <= packets);
  check(direction.round_trips <= packets * 2 && direction.smoothed().value_or(0) >= 0);
  check(packets > 0 || direction.bytes == 0);
}

void check_connection(const flow::Connection& connection) {
  for (const flow::Direction& direction : connection.directions) check_direction(direction);
  check(connection.begin <= connection.end);
  check(connection.handshake_round_trip().value_or(0) >= 0);
  check(connection.time_to_first_byte().value_or(0) >= 0);
  check(connection.round_trip_least().value_or(0) >= 0);
  check(connection.round_trip_mean().value_or(0) >= connection.round_trip_least().value_or(0));
  check(connection.is_tcp() == (connection.state != flow::State::open));
  check(connection.out().packets + connection.in().packets > 0);
  check(connection.key.end(false).address <= connection.key.end(true).address);
}

struct Ending {
  flow::Key key;
  flow::Ended ended;
  base::Nanoseconds begin, end;
  std::uint64_t packets, bytes, payload, disorder;
  bool operator==(const Ending&) const = default;
};

/// A tracker and all that it says.
class Log final : public flow::Listener {
 public:
  explicit Log(std::uint8_t options)
      : most_((options & 7U) + 1),
        tracker_({.table = {.connections_most = most_}, .vlan_is_in_key = (options & 8) != 0}, *this) {}

  void on_end(std::uint32_t number, const flow::Connection& connection, flow::Ended ended) override {
    check(number < most_);
    check_connection(connection);
    const flow::Direction &out = connection.out(), &in = connection.in();
    endings.push_back({connection.key, ended, connection.begin, connection.end, out.packets + in.packets,
                       out.bytes + in.bytes, out.payload_bytes + in.payload_bytes,
                       out.retransmissions + in.out_of_order});
    sum_packets_ += endings.back().packets;
    sum_bytes_ += endings.back().bytes;
  }

  void add(const flow::Sighting& sighting) {
    tracker_.add(sighting, tally_);
    if (!flow::is_tracked(sighting.packet.protocol)) return;
    ++packets_;
    bytes_ += sighting.bytes_wire;
  }

  void check_now() {
    tracker_.flush();
    const flow::Table& table = tracker_.table();
    check(table.open() <= table.size() && table.size() <= most_);
    check(tally_.opened == tally_.closed + tally_.reset + tally_.timed_out + tally_.evicted + table.open());
    std::size_t size = 0;
    std::uint64_t packets = 0;
    table.each([&](std::uint32_t, const flow::Connection& connection) {
      check_connection(connection);
      packets += connection.out().packets + connection.in().packets;
      ++size;
    });
    check(size == table.size());
    check(sum_packets_ + packets + tally_.unattributed <= packets_);  // fragments may wait
  }

  void end() {
    tracker_.end(tally_);
    check(tracker_.table().size() == 0 && tally_.opened == endings.size());
    check(sum_packets_ + tally_.unattributed == packets_);
    check(sum_bytes_ <= bytes_);
  }

  std::vector<Ending> endings;

 private:
  std::size_t most_;
  flow::Tally tally_;
  flow::Tracker tracker_;
  std::uint64_t packets_ = 0, bytes_ = 0;  // that were added
  std::uint64_t sum_packets_ = 0, sum_bytes_ = 0;
};

base::Nanoseconds later(base::Nanoseconds time, std::uint8_t control, std::int16_t delta) {
  constexpr base::Nanoseconds units[] = {1, base::ns_per_us, base::ns_per_ms, base::ns_per_s};
  return std::clamp(time + units[control >> 2 & 3] * delta, base::time_earliest, base::time_limit);
}

std::uint32_t wire_bytes(std::uint8_t control, std::size_t captured) {
  const auto bytes = static_cast<std::uint32_t>(captured);
  const std::uint32_t all[] = {bytes, bytes + 1400, 0xffffffff, 0};
  return all[control >> 4 & 3];
}

/// Hands on every frame; `after_each` is called behind each.
template <typename AfterEach>
void replay(packet::Bytes input, Log& log, AfterEach after_each) {
  const bool is_raw = (input.u8(0) & 16) != 0;
  const packet::LinkType& link = packet::link_type(is_raw ? 101 : packet::linktype_ethernet);
  base::Nanoseconds now = 1'700'000'000 * base::ns_per_s;
  for (packet::Bytes rest = input.from(1); rest.size() >= 4;) {
    const std::uint8_t control = rest.u8(0);
    now = later(now, control, static_cast<std::int16_t>(rest.le16(1)));
    const packet::Bytes seen = rest.from(4).first(rest.u8(3));
    const std::vector<std::uint8_t> copy(seen.data(), seen.data() + seen.size());  // for AddressSanitizer
    const packet::Bytes frame(copy.data(), copy.size());
    const packet::Packet packet = packet::decode(frame, link);
    log.add({now, frame, wire_bytes(control, frame.size()), link, control & 3U, packet});
    after_each();
    rest = rest.from(4 + seen.size());
  }
  log.end();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const packet::Bytes input(data, size);
  Log step_by_step(data[0]), at_once(data[0]);
  replay(input, step_by_step, [&] { step_by_step.check_now(); });
  replay(input, at_once, [] {});
  check(step_by_step.endings == at_once.endings);
  return 0;
}
