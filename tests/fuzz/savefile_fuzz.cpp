// SPDX-License-Identifier: BSD-2-Clause
// The parsers of capture files. The first two bytes say in what pieces the rest arrives; however it
// is cut, the same frames come out, and each lies within the file.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "capture/format.hpp"

namespace {

struct Seen {
  base::Nanoseconds timestamp;
  std::uint32_t bytes_wire;
  std::uint32_t interface;
  const packet::LinkType* link;
  std::size_t offset;  // in the file
  std::size_t size;
  bool operator==(const Seen&) const = default;
};

class Log final : public capture::RecordSink {
 public:
  const packet::LinkType* on_link_type(std::uint32_t link_number) override {
    return &packet::link_type(link_number);
  }

  void on_frame(const capture::Frame& frame) override {
    const auto at = static_cast<std::size_t>(frame.bytes.data() - block.data());
    if (frame.bytes.size() > 0 && !block.has(at, frame.bytes.size())) std::abort();
    if (frame.link == nullptr) std::abort();
    if (frame.timestamp > base::time_limit || frame.timestamp < -base::time_limit) std::abort();
    frames.push_back(
        {frame.timestamp, frame.bytes_wire, frame.interface, frame.link, base + at, frame.bytes.size()});
  }

  packet::Bytes block;   // that is being parsed
  std::size_t base = 0;  // where in the file it begins
  std::vector<Seen> frames;
};

struct Outcome {
  std::vector<Seen> frames;
  std::size_t consumed = 0;
  std::string damage;
  bool operator==(const Outcome&) const = default;
};

/// Hands the file to its parser in blocks that end where `next_end` says.
template <typename NextEnd>
Outcome parse(packet::Bytes file, NextEnd next_end) {
  Outcome outcome;
  const auto format = capture::recognise_format(file.first(capture::magic_bytes));
  if (!format) return outcome;
  Log log;
  for (std::size_t end = 0; end < file.size() && outcome.damage.empty();) {
    end = std::min(file.size(), next_end(end));
    // A copy of its own, so that AddressSanitizer sees what is read beyond it.
    const std::vector<std::uint8_t> block(file.data() + outcome.consumed, file.data() + end);
    log.block = packet::Bytes(block.data(), block.size());
    log.base = outcome.consumed;
    const capture::Parsed parsed = format->parse(log.block, log);
    if (parsed.consumed > block.size()) std::abort();
    const bool needs_more = parsed.damage.empty() && parsed.consumed < block.size();
    if (needs_more && parsed.wanted <= block.size() - parsed.consumed) std::abort();
    outcome.consumed += parsed.consumed;
    outcome.damage = parsed.damage;
  }
  outcome.frames = log.frames;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const packet::Bytes file(data + 2, size - 2);
  std::uint32_t state = packet::Bytes(data, size).le16(0) * 2654435761U + 1;
  const std::uint32_t most = 1U << (data[0] % 10);
  const Outcome at_once = parse(file, [&](std::size_t) { return file.size(); });
  const Outcome in_pieces = parse(file, [&](std::size_t end) {
    state = state * 1664525U + 1013904223U;
    return end + 1 + (state >> 16) % most;
  });
  if (!(at_once == in_pieces)) std::abort();
  return 0;
}
