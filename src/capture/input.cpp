// SPDX-License-Identifier: BSD-2-Clause
#include "capture/input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/descriptor.hpp"
#include "base/error.hpp"
#include "base/mapping.hpp"
#include "base/time.hpp"

namespace capture {

namespace {

using State = Supply::State;

/// How much of a stream is read at a time: more falls out of the cache, less costs calls.
constexpr std::size_t buffer_bytes = 1U << 20;

/// How much of a file is mapped at a time: mapping costs by the call, and memory is counted by what is mapped.
constexpr std::size_t window_bytes = 2U << 20;

/// The first window: enough for who wants to know of a file's first packet only.
constexpr std::size_t first_window_bytes = 64U << 10;

class DescriptorStream final : public ByteStream {
 public:
  explicit DescriptorStream(base::Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

  int descriptor() const override { return descriptor_.number(); }
  std::uint64_t position() const override { return position_; }

  Supply read(std::span<std::uint8_t> room) override {
    // Not all descriptors that are inherited are non-blocking, and a pipe without a writer yet has no end.
    pollfd readable{descriptor_.number(), POLLIN, 0};
    if (::poll(&readable, 1, 0) == 0) return {.state = State::idle};
    const ssize_t count = ::read(descriptor_.number(), room.data(), room.size());
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return {.state = State::idle};
    if (count < 0) return {State::failed, 0, "unreadable", base::system_reason(errno)};
    if (count == 0) return {.state = State::end};
    position_ += static_cast<std::uint64_t>(count);
    return {.state = State::ready, .bytes = static_cast<std::size_t>(count)};
  }

 private:
  base::Descriptor descriptor_;
  std::uint64_t position_ = 0;
};

/// A file that grows: at its end it is looked at again when the timer says so. (inotify(7) would not
/// see what another machine writes.)
class FollowedStream final : public ByteStream {
 public:
  explicit FollowedStream(base::Descriptor descriptor)
      : file_(std::move(descriptor)), timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)) {}

  int descriptor() const override { return is_at_end_ ? timer_.number() : file_.descriptor(); }
  std::uint64_t position() const override { return file_.position(); }

  Supply read(std::span<std::uint8_t> room) override {
    Supply supply = file_.read(room);
    is_at_end_ = supply.state == State::end;
    if (!is_at_end_) return supply;
    const off_t offset = ::lseek(file_.descriptor(), 0, SEEK_CUR);
    if (regular_bytes(file_.descriptor()).value_or(0) < static_cast<std::uint64_t>(offset)) {
      return {State::failed, 0, "ended", "the file was cut short while it was followed"};
    }
    constexpr itimerspec once{{0, 0}, {0, follow_ms * base::ns_per_ms}};
    if (::timerfd_settime(timer_.number(), 0, &once, nullptr) != 0) {
      return {State::failed, 0, "unreadable", base::system_reason(errno)};
    }
    return {.state = State::idle};
  }

 private:
  DescriptorStream file_;
  base::Descriptor timer_;
  bool is_at_end_ = false;
};

class BufferedInput final : public Input {
 public:
  explicit BufferedInput(std::unique_ptr<ByteStream> stream)
      : stream_(std::move(stream)), buffer_(buffer_bytes) {}

  int descriptor() const override { return stream_->descriptor(); }
  std::uint64_t position() const override { return stream_->position(); }
  packet::Bytes block() const override { return {buffer_.data(), filled_}; }

  Supply advance(std::size_t consumed, std::size_t wanted) override {
    if (consumed > 0) std::memmove(buffer_.data(), buffer_.data() + consumed, filled_ - consumed);
    filled_ -= consumed;
    // No faster than bytes arrive: a length in a damaged file is no reason to take memory.
    if (filled_ == buffer_.size()) buffer_.resize(std::clamp(wanted, filled_ + 1, filled_ * 2));
    Supply supply = stream_->read({buffer_.data() + filled_, buffer_.size() - filled_});
    filled_ += supply.bytes;
    return supply;
  }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::vector<std::uint8_t> buffer_;
  std::size_t filled_ = 0;
};

/// A regular file from its descriptor's position on. Reading it block by block costs twice as much:
/// most of that is the copy.
class MappedInput final : public Input {
 public:
  MappedInput(base::Descriptor descriptor, std::uint64_t offset)
      : descriptor_(std::move(descriptor)), offset_(offset), window_offset_(offset) {}

  int descriptor() const override { return descriptor_.number(); }
  std::uint64_t position() const override { return offset_; }
  packet::Bytes block() const override {
    return packet::Bytes(window_.data(), window_.size()).from(offset_ - window_offset_);
  }
  bool is_broken() const override {
    // What a file that was cut short does not have any more reads as zeros, up to the end of the page.
    return window_.is_mapped() && (window_.is_broken() || file_bytes() < window_offset_ + window_.size());
  }

  Supply advance(std::size_t consumed, std::size_t wanted) override {
    if (is_broken()) return {State::failed, 0, "unreadable", "it was cut short meanwhile, or the disk fails"};
    offset_ += consumed;
    const std::uint64_t end = file_bytes();
    if (window_offset_ + window_.size() >= end) return {.state = State::end};
    const std::uint64_t page = base::Mapping::page_bytes();
    window_offset_ = offset_ / page * page;
    const std::size_t usual = window_.is_mapped() ? window_bytes : first_window_bytes;
    const std::uint64_t least = std::max<std::uint64_t>(usual, offset_ - window_offset_ + wanted);
    window_ = base::Mapping();  // first: at no time two of them
    window_ = base::Mapping(descriptor_.number(), window_offset_, std::min(least, end - window_offset_));
    if (window_.is_mapped()) return {.state = State::ready};
    return {State::failed, 0, "unreadable", base::system_reason(errno)};
  }

 private:
  std::uint64_t file_bytes() const { return regular_bytes(descriptor_.number()).value_or(0); }

  base::Descriptor descriptor_;
  std::uint64_t offset_;
  std::uint64_t window_offset_;
  base::Mapping window_;
};

bool can_be_mapped(int descriptor) {
  return regular_bytes(descriptor).value_or(0) > 0 && base::Mapping(descriptor, 0, 1).is_mapped();
}

}  // namespace

std::optional<std::uint64_t> regular_bytes(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(status.st_size);
}

std::unique_ptr<Input> follow_input(base::Descriptor descriptor) {
  if (!regular_bytes(descriptor.number())) return open_input(std::move(descriptor));
  return buffer(std::make_unique<FollowedStream>(std::move(descriptor)));
}

std::unique_ptr<Input> open_input(base::Descriptor descriptor) {
  const off_t offset = ::lseek(descriptor.number(), 0, SEEK_CUR);
  if (offset < 0 || !can_be_mapped(descriptor.number())) {
    return buffer(std::make_unique<DescriptorStream>(std::move(descriptor)));
  }
  return std::make_unique<MappedInput>(std::move(descriptor), static_cast<std::uint64_t>(offset));
}

std::unique_ptr<Input> buffer(std::unique_ptr<ByteStream> stream) {
  return std::make_unique<BufferedInput>(std::move(stream));
}

}  // namespace capture
