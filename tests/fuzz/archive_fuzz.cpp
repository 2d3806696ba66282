// SPDX-License-Identifier: BSD-2-Clause
// Decompression. The first two bytes say in what pieces the rest arrives and into how much room it goes;
// however that is, the same bytes come out and the same end. Only how much comes out before damage is up
// to the libraries.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "capture/archive.hpp"

namespace {

using State = capture::Supply::State;
using Octets = std::vector<std::uint8_t>;

/// What is there lies in a buffer of its own, so that AddressSanitizer sees what is read beyond it.
class Pieces final : public capture::Input {
 public:
  Pieces(packet::Bytes file, std::size_t most) : rest_(file), most_(most) {}

  int descriptor() const override { return -1; }
  std::uint64_t position() const override { return 0; }
  packet::Bytes block() const override { return {block_.data(), block_.size()}; }

  capture::Supply advance(std::size_t consumed, std::size_t wanted) override {
    if (consumed > block_.size() || wanted <= block_.size() - consumed) std::abort();
    is_idle_ = !is_idle_ && most_ < rest_.size();
    const packet::Bytes piece = rest_.first(is_idle_ ? 0 : most_);
    Octets block(block_.begin() + static_cast<std::ptrdiff_t>(consumed), block_.end());
    block.insert(block.end(), piece.data(), piece.data() + piece.size());
    block_ = Octets(block);
    rest_ = rest_.from(piece.size());
    if (is_idle_) return {.state = State::idle};
    return {.state = piece.size() > 0 ? State::ready : State::end};
  }

 private:
  packet::Bytes rest_;
  std::size_t most_;
  Octets block_;
  bool is_idle_ = false;
};

struct Outcome {
  Octets octets;
  State state = State::ready;
};

/// At most 256 KiB of it.
Outcome decompress(packet::Bytes file, std::size_t piece_most, std::size_t room_most) {
  const auto stream = capture::open_archive(std::make_unique<Pieces>(file, piece_most));
  Outcome outcome;
  while (outcome.octets.size() < (1U << 18) &&
         (outcome.state == State::ready || outcome.state == State::idle)) {
    Octets room(std::min(room_most, (1U << 18) - outcome.octets.size()));
    const capture::Supply supply = stream->read(room);
    if (supply.bytes > room.size() || (supply.bytes > 0 && supply.state != State::ready)) std::abort();
    outcome.octets.insert(outcome.octets.end(), room.data(), room.data() + supply.bytes);
    outcome.state = supply.state;
    if (supply.state == State::failed && supply.reason.empty()) std::abort();
  }
  return outcome;
}

/// igzip makes up what damaged data refers to before its beginning.
bool is_made_up(packet::Bytes file, const Outcome& one, const Outcome& other) {
  return file.be16(0) == 0x1f8b && (one.state == State::failed || other.state == State::failed);
}

bool are_alike(packet::Bytes file, const Outcome& one, const Outcome& other) {
  const std::size_t common = std::min(one.octets.size(), other.octets.size());
  if (!is_made_up(file, one, other) &&
      !std::equal(one.octets.data(), one.octets.data() + common, other.octets.data()))
    return false;
  if (one.state == State::failed) return other.state != State::end;
  if (other.state == State::failed) return one.state != State::end;
  return one.state == other.state && one.octets.size() == other.octets.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const packet::Bytes file(data + 2, size - 2);
  capture::is_archive(file);
  const Outcome at_once = decompress(file, file.size() + 1, 1U << 18);
  const Outcome in_pieces = decompress(file, 1 + data[0], std::size_t{64} << data[1] % 10);
  if (!are_alike(file, at_once, in_pieces)) std::abort();
  return 0;
}
