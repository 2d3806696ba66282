// SPDX-License-Identifier: BSD-2-Clause
#include "capture/savefile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.hpp"

namespace capture {

namespace {

/// As much as a read(2) takes at a time: larger blocks fall out of the cache, smaller ones cost calls.
constexpr std::size_t block_bytes = 1U << 20;

std::string number_of_packets(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " packet" : " packets");
}

base::Descriptor open_capture(const std::string& name) {
  // A pipe without a writer must not keep open(2) waiting; poll(2) waits for it instead.
  const int number = name == "-" ? ::dup(0) : ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  base::Descriptor descriptor(number);
  if (number < 0) throw base::Error(base::printable(name) + ": " + base::system_reason(errno));
  struct stat status {};
  if (::fstat(number, &status) == 0 && S_ISDIR(status.st_mode)) {
    throw base::Error(base::printable(name) + ": is a directory: give the captures in it, as in -r " +
                      base::printable(name) + "/day.pcap");
  }
  if (::isatty(number) == 1) {
    throw base::Error(base::printable(name) +
                      ": is a terminal: pipe a capture into it, as in tcpdump -w - | tcpstat -r -");
  }
  return descriptor;
}

}  // namespace

Savefile::Savefile(const std::string& name, std::string filter, Notice notice)
    : Savefile(open_capture(name), name, std::move(filter), std::move(notice)) {}

Savefile::Savefile(base::Descriptor descriptor, const std::string& name, std::string filter, Notice notice)
    : name_(name == "-" ? "standard input" : base::printable(name)),
      filter_expression_(std::move(filter)),
      notice_(std::move(notice)),
      descriptor_(std::move(descriptor)),
      buffer_(block_bytes) {}

Progress Savefile::dispatch(FrameSink sink) {
  if (fault_) return Progress::end;
  make_room();
  const ssize_t count = ::read(descriptor_.number(), buffer_.data() + end_, buffer_.size() - end_);
  if (count < 0) {
    if (errno == EAGAIN || errno == EINTR) return Progress::idle;
    return end_with(base::system_reason(errno));
  }
  if (count == 0) return end_of_input();
  end_ += static_cast<std::size_t>(count);
  sink_ = &sink;
  return parse();
}

/// Moves the tail of the last block to the front, and makes the buffer longer where one record needs it.
void Savefile::make_room() {
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  // No faster than bytes arrive: a length in a damaged file is no reason to take memory.
  if (end_ == buffer_.size()) buffer_.resize(std::min(wanted_, buffer_.size() * 2));
}

Progress Savefile::parse() {
  const packet::Bytes block(buffer_.data() + begin_, end_ - begin_);
  if (!format_) {
    if (block.size() < magic_bytes) return Progress::idle;
    format_ = recognise_format(block);
    if (!format_) return end_with("is not a capture: neither pcap, pcapng nor snoop");
  }
  const Parsed parsed = format_->parse(block, *this);
  begin_ += parsed.consumed;
  wanted_ = parsed.wanted;
  tail_ = parsed.tail;
  if (!fault_ && !parsed.damage.empty()) {
    return end_with("damaged after " + number_of_packets(packets_) + " (" + parsed.damage + ")");
  }
  return fault_ ? Progress::end : Progress::idle;
}

Progress Savefile::end_of_input() {
  const std::size_t left = end_ - begin_;
  if (left == 0 && format_) {
    if (is_unfilterable()) fault_ = filter_error_;
    return Progress::end;
  }
  if (left == 0) return end_with("is empty");
  if (!format_) {
    format_ = recognise_format(packet::Bytes(buffer_.data() + begin_, left));
    if (!format_) return end_with("is not a capture: neither pcap, pcapng nor snoop");
  }
  return end_with("truncated after " + number_of_packets(packets_) + " (the last " + tail_ + " has " +
                  std::to_string(left) + " of " + std::to_string(wanted_) + " bytes)");
}

Progress Savefile::end_with(const std::string& reason) {
  fault_ = base::Error(name_ + ": " + reason);
  return Progress::end;
}

const packet::LinkType* Savefile::on_link_type(std::uint32_t link_number) {
  const packet::LinkType* row = &packet::link_type(link_number);
  if (!row->is_decoded && undecoded_.find(link_number) == undecoded_.end()) {
    const char* libpcap_name = pcap_datalink_val_to_name(dlt_of_linktype(link_number));
    notice_(name_ + ": link type " + std::to_string(link_number) +
            (libpcap_name != nullptr ? std::string(" (") + libpcap_name + ")" : "") +
            " is not decoded: its frames count as packets and bytes only");
    undecoded_.emplace(link_number, *row);
  }
  if (!row->is_decoded) row = &undecoded_.at(link_number);
  if (!filter_expression_.empty()) compile_filter(row, link_number);
  return row;
}

/// A link type that cannot be filtered is an error only where it has packets, or where there is no other.
void Savefile::compile_filter(const packet::LinkType* row, std::uint32_t link_number) {
  if (filters_.find(row) != filters_.end()) return;
  std::unique_ptr<Filter>& filter = filters_[row];
  try {
    filter = std::make_unique<Filter>(filter_expression_, static_cast<std::uint16_t>(link_number));
  } catch (const base::Error& error) {
    filter_error_ = error;
  }
}

bool Savefile::is_unfilterable() const {
  const auto is_compiled = [](const auto& row) { return row.second != nullptr; };
  return !filters_.empty() && std::none_of(filters_.begin(), filters_.end(), is_compiled);
}

void Savefile::on_frames(std::span<const Frame> frames) {
  if (fault_) return;
  if (filter_expression_.empty()) {
    packets_ += frames.size();
    return (*sink_)(frames);
  }
  matching_.clear();
  for (const Frame& frame : frames) {
    if (frame.link != filtered_link_) {  // a change of link type: rare, and only within pcapng
      filtered_link_ = frame.link;
      filter_ = filters_.at(frame.link).get();
    }
    if (filter_ == nullptr) {
      fault_ = filter_error_;
      break;
    }
    ++packets_;
    if (filter_->matches(frame)) matching_.push_back(frame);
  }
  (*sink_)(matching_);
}

}  // namespace capture
