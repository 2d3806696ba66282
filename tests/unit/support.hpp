// SPDX-License-Identifier: BSD-2-Clause
// What the unit tests share: octets written by hand, buffers of exactly the size they claim (so that
// AddressSanitizer sees a read behind them), a clock that stands still, pipes, and random numbers
// that are the same in every run.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/time.hpp"
#include "packet/decode.hpp"
#include "stats/timeline.hpp"

namespace test {

/// A type of its own, so that its operator+ is found.
struct Octets : std::vector<std::uint8_t> {
  using vector::vector;
};

/// Octets from hexadecimal digits; blanks between them are for the reader.
Octets hex(std::string_view digits);
Octets operator+(Octets left, const Octets& right);
/// `count` octets of this value.
Octets filled(std::size_t count, std::uint8_t value = 0);
/// At most the first `count` octets.
Octets first(const Octets& octets, std::size_t count);
/// Whether `part` is in the text.
bool says(const std::string& text, std::string_view part);
Octets be16(std::uint16_t value);
Octets be32(std::uint32_t value);
Octets le16(std::uint16_t value);
Octets le32(std::uint32_t value);
Octets of_text(std::string_view text);

/// A copy on the heap of exactly that size.
class Exact {
 public:
  explicit Exact(const Octets& octets) : Exact(octets, octets.size()) {}
  Exact(const Octets& octets, std::size_t size);
  packet::Bytes bytes() const { return {octets_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> octets_;
  std::size_t size_;
};

inline constexpr std::uint8_t icmp = 1, tcp = 6, udp = 17, icmpv6 = 58;

/// An IPv4 packet of 20 + `payload_bytes` octets that carries this protocol.
Octets ipv4_packet(std::uint8_t protocol = tcp, std::size_t payload_bytes = 20);
/// An IPv6 packet of 40 octets and `payload`.
Octets ipv6_packet(std::uint8_t next = udp, const Octets& payload = filled(8));

packet::Packet decode(std::uint32_t link_number, const Octets& frame);

/// A packet without anything to it, for the counters.
packet::Packet any_packet();

/// splitmix64: reproducible, and good enough to spread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  /// 0 to `most`, more often of few digits than of many.
  std::uint64_t spread(std::uint64_t most);
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

 private:
  std::uint64_t state_;
};

class FakeClock final : public base::Clock {
 public:
  base::Nanoseconds wall() const override { return wall_ns; }
  base::Nanoseconds monotonic() const override { return monotonic_ns; }
  void advance(base::Nanoseconds by) {
    wall_ns += by;
    monotonic_ns += by;
  }

  base::Nanoseconds wall_ns = 1'700'000'000 * base::ns_per_s;
  base::Nanoseconds monotonic_ns = 5'000 * base::ns_per_s;
};

/// Keeps what a timeline hands on.
class IntervalLog final : public stats::IntervalSink {
 public:
  struct Entry {
    base::Nanoseconds begin;
    base::Nanoseconds length;
    std::uint64_t packets;
    std::uint64_t bytes;
    bool operator==(const Entry&) const = default;
  };

  void on_interval(const stats::Interval& interval) override;
  /// Expands at most `expanded_most` of them.
  void on_empty(const stats::Interval& first, std::uint64_t count) override;

  std::vector<Entry> entries;
  std::uint64_t empty = 0;  ///< how many came by on_empty
  std::uint64_t expanded_most = 1000;
};

doctest::String toString(const IntervalLog::Entry& entry);

struct Pipe {
  Pipe();
  base::Descriptor reader;
  base::Descriptor writer;
};

/// A file in memory with this content, positioned at its begin.
base::Descriptor memory_file(const Octets& content = {});
/// The whole content of such a file.
std::string content_of(const base::Descriptor& file);

/// The Error that this throws, `no error` where it throws none.
base::Error error_of(const std::function<void()>& body);
/// Whether it is a usage Error and says this.
bool is_usage_error(const std::function<void()>& body, std::string_view part = {});

/// Runs `body` in a child process. Its wait(2) status: 0 where it returned true.
int status_in_child(const std::function<bool()>& body);

/// Standard output goes into memory while this lives.
class CapturedOutput {
 public:
  CapturedOutput();
  ~CapturedOutput();
  CapturedOutput(const CapturedOutput&) = delete;
  CapturedOutput& operator=(const CapturedOutput&) = delete;
  std::string text() const { return content_of(file_); }

 private:
  base::Descriptor file_;
  base::Descriptor former_;
};

/// TZ is this while it lives.
class Zone {
 public:
  explicit Zone(const char* name);
  ~Zone();
  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

 private:
  std::optional<std::string> former_;
};

}  // namespace test
