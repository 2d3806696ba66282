// SPDX-License-Identifier: BSD-2-Clause
#include "support.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace test {

namespace {

Octets octets_of(std::uint64_t value, std::size_t count, bool is_big_endian) {
  Octets octets;
  for (std::size_t i = 0; i < count; ++i) octets.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  if (is_big_endian) std::reverse(octets.begin(), octets.end());
  return octets;
}

}  // namespace

Octets hex(std::string_view digits) {
  Octets octets;
  bool is_second = false;
  for (const char digit : digits) {
    if (digit == ' ' || digit == '\n') continue;
    const bool is_letter = digit >= 'a';
    const auto value = static_cast<std::uint8_t>(is_letter ? digit - 'a' + 10 : digit - '0');
    if (is_second) {
      octets.back() = static_cast<std::uint8_t>(octets.back() << 4 | value);
    } else {
      octets.push_back(value);
    }
    is_second = !is_second;
  }
  return octets;
}

Octets operator+(Octets left, const Octets& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Octets filled(std::size_t count, std::uint8_t value) { return Octets(count, value); }

Octets first(const Octets& octets, std::size_t count) {
  return {octets.data(), octets.data() + std::min(count, octets.size())};
}

bool says(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }
Octets be16(std::uint16_t value) { return octets_of(value, 2, true); }
Octets be32(std::uint32_t value) { return octets_of(value, 4, true); }
Octets le16(std::uint16_t value) { return octets_of(value, 2, false); }
Octets le32(std::uint32_t value) { return octets_of(value, 4, false); }
Octets of_text(std::string_view text) { return Octets(text.begin(), text.end()); }

Exact::Exact(const Octets& octets, std::size_t size) : octets_(new std::uint8_t[size]), size_(size) {
  std::copy_n(octets.begin(), size, octets_.get());
}

Octets ipv4_packet(std::uint8_t protocol, std::size_t payload_bytes) {
  return hex("45 00") + be16(static_cast<std::uint16_t>(20 + payload_bytes)) + hex("1234 4000 40") +
         Octets{protocol} + hex("0000 c0000201 c0000202") + filled(payload_bytes, 0xdb);
}

Octets ipv6_packet(std::uint8_t next, const Octets& payload) {
  return hex("60000000") + be16(static_cast<std::uint16_t>(payload.size())) + Octets{next} + hex("40") +
         hex("20010db8000000000000000000000001 20010db8000000000000000000000002") + payload;
}

packet::Packet decode(std::uint32_t link_number, const Octets& frame) {
  const Exact exact(frame);
  return packet::decode(exact.bytes(), packet::link_type(link_number));
}

packet::Packet any_packet() { return {}; }

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31);
}

std::uint64_t Random::spread(std::uint64_t most) {
  const std::uint64_t value = next() >> below(64);
  return most == UINT64_MAX ? value : value % (most + 1);
}

void IntervalLog::on_interval(const stats::Interval& interval) {
  entries.push_back({interval.begin, interval.length, interval.packets(), interval.bytes()});
}

void IntervalLog::on_empty(const stats::Interval& first, std::uint64_t count) {
  empty += count;
  stats::Interval interval;
  interval.begin = first.begin;
  interval.length = first.length;
  for (std::uint64_t i = 0; i < std::min(count, expanded_most); ++i, interval.begin += interval.length) {
    on_interval(interval);
  }
}

doctest::String toString(const IntervalLog::Entry& entry) {
  const std::string text = "begin " + std::to_string(entry.begin) + " length " +
                           std::to_string(entry.length) + " packets " + std::to_string(entry.packets) +
                           " bytes " + std::to_string(entry.bytes);
  return text.c_str();
}

Pipe::Pipe() {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  reader = base::Descriptor(ends[0]);
  writer = base::Descriptor(ends[1]);
}

base::Descriptor memory_file(const Octets& content) {
  base::Descriptor file(::memfd_create("test", MFD_CLOEXEC));
  REQUIRE(file.number() >= 0);
  REQUIRE(base::write_all(file.number(), {reinterpret_cast<const char*>(content.data()), content.size()}) ==
          0);
  ::lseek(file.number(), 0, SEEK_SET);
  return file;
}

std::string content_of(const base::Descriptor& file) {
  std::string text(static_cast<std::size_t>(std::max<off_t>(0, ::lseek(file.number(), 0, SEEK_END))), '\0');
  REQUIRE(::pread(file.number(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  return text;
}

base::Error error_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const base::Error& error) {
    return error;
  }
  return base::Error("no error", base::ExitStatus::success);
}

bool is_usage_error(const std::function<void()>& body, std::string_view part) {
  const base::Error error = error_of(body);
  const bool is_right = error.status() == base::ExitStatus::usage &&
                        std::string_view(error.what()).find(part) != std::string_view::npos;
  if (!is_right) MESSAGE("instead: " << error.what());
  return is_right;
}

int status_in_child(const std::function<bool()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::alarm(20);
    bool is_right = false;
    try {
      is_right = body();
    } catch (...) {
      is_right = false;
    }
    ::_exit(is_right ? 0 : 1);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

CapturedOutput::CapturedOutput() : file_(memory_file()), former_(::dup(1)) {
  std::fflush(stdout);
  ::dup2(file_.number(), 1);
}

CapturedOutput::~CapturedOutput() { ::dup2(former_.number(), 1); }

Zone::Zone(const char* name) {
  if (const char* former = std::getenv("TZ")) former_ = former;
  setenv("TZ", name, 1);  // and no tzset(): a form does that
}

Zone::~Zone() {
  if (former_) {
    setenv("TZ", former_->c_str(), 1);
  } else {
    unsetenv("TZ");
  }
  tzset();
}

}  // namespace test
