// SPDX-License-Identifier: BSD-2-Clause
#include "capture/savefile.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/text.hpp"
#include "capture/archive.hpp"

namespace capture {

namespace {

constexpr const char* joined_archive =
    "compressed data in the place of a record: join it with compressed captures";

base::Descriptor open_capture(const std::string& name) {
  // A pipe without a writer must not keep open(2) waiting; poll(2) waits for it instead.
  const int number = name == "-" ? ::dup(0) : ::open(name.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  base::Descriptor descriptor(number);
  const std::string shown = name.empty() ? "''" : name == "-" ? "standard input" : base::printable(name);
  if (number < 0) throw base::Error(shown + ": " + base::system_reason(errno));
  struct stat status {};
  if (::fstat(number, &status) == 0 && S_ISDIR(status.st_mode)) {
    const std::string hint = ": for all captures in it, ls -d " + shown + (shown.ends_with('/') ? "" : "/") +
                             "* | tcpstat --read-list -";
    throw base::Error(shown + ": is a directory" + (name == "-" ? "" : hint));
  }
  if (::isatty(number) == 1) {
    throw base::Error(shown + ": is a terminal: pipe a capture into it, as with tcpdump -w -");
  }
  return descriptor;
}

}  // namespace

Savefile::Savefile(const std::string& name, std::string filter, Notice notice, Ending ending)
    : Savefile(open_capture(name), name, std::move(filter), std::move(notice), ending) {}

Savefile::Savefile(base::Descriptor descriptor, const std::string& name, std::string filter, Notice notice,
                   Ending ending)
    : name_(name == "-" ? "standard input" : base::printable(name)),
      filter_expression_(std::move(filter)),
      notice_(std::move(notice)),
      ending_(ending),
      bytes_total_(regular_bytes(descriptor.number()).value_or(0)),
      input_(ending == Ending::followed ? follow_input(std::move(descriptor))
                                        : open_input(std::move(descriptor))) {}

Progress Savefile::dispatch(const FrameSink& sink) {
  if (fault_) return Progress::end;
  const Supply supply = input_->advance(std::exchange(consumed_, 0), wanted_);
  has_looked_ = false;
  sink_ = &sink;
  switch (supply.state) {
    case Supply::State::ready: return parse();
    case Supply::State::idle: return Progress::idle;
    case Supply::State::end: return end_of_input();
    case Supply::State::failed: break;
  }
  return end_after_packets(supply.verdict, supply.reason);
}

/// Finds the format of what begins here; false where there is none yet, or no known one: then fault_ is set.
bool Savefile::begin_format(packet::Bytes start, bool is_at_end) {
  if (start.size() < magic_bytes && !is_at_end) return false;
  if (is_archive(start) && !is_archive_) {
    if (ending_ == Ending::followed) {
      end_with("is compressed: --follow reads captures that grow as they are");
      return false;
    }
    is_archive_ = true;
    input_ = buffer(open_archive(std::move(input_)));
    return false;
  }
  format_ = recognise_format(start);
  if (!format_ && is_archive(start)) end_with("is compressed twice: decompress it once");
  if (!format_ && !fault_) end_with("is not a capture: neither pcap, pcapng nor snoop");
  return format_ != nullptr;
}

Progress Savefile::parse() {
  const packet::Bytes block = input_->block();
  if (!format_ && !begin_format(block, false)) return fault_ ? Progress::end : Progress::more;
  for (;;) {
    const Parsed parsed = format_->parse(block.from(consumed_), *this);
    consumed_ += parsed.consumed;
    has_begun_ = has_begun_ || parsed.consumed > 0;
    wanted_ = parsed.wanted;
    tail_ = parsed.tail;
    if (fault_) return Progress::end;
    if (input_->is_broken()) break;  // what cannot be read looks like damage
    if (parsed.damage.empty()) return Progress::more;
    // Captures may have been joined end to end: what is no record may be the next one's header.
    auto next = recognise_format(block.from(consumed_));
    if (!next && is_archive(block.from(consumed_))) return end_after_packets("damaged", joined_archive);
    if (!next || !has_begun_) return end_after_packets("damaged", parsed.damage);
    format_ = std::move(next);
    has_begun_ = false;
  }
  return Progress::more;
}

Progress Savefile::end_of_input() {
  const packet::Bytes rest = input_->block().from(consumed_);
  const std::size_t left = rest.size();
  if (left == 0 && format_) {
    if (const base::Error* error = error_of_all_filters()) fault_ = *error;
    return Progress::end;
  }
  if (left == 0) return end_with(is_archive_ ? "holds nothing" : "is empty");
  if (!format_ && !begin_format(rest, true)) return fault_ ? Progress::end : Progress::more;
  return end_after_packets("truncated", "the last " + tail_ + " has " + std::to_string(left) + " of " +
                                            std::to_string(wanted_) + " bytes");
}

Progress Savefile::end_after_packets(const std::string& verdict, const std::string& reason) {
  return end_with(verdict + " after " + std::to_string(packets_) + (packets_ == 1 ? " packet" : " packets") +
                  " (" + reason + ")");
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
  if (filters_.find(row) == filters_.end()) filters_[row] = compile(filter_expression_, link_number);
  return row;
}

/// A link type that cannot be filtered is an error only where it has packets, or where there is no other.
Savefile::LinkFilter Savefile::compile(const std::string& expression, std::uint32_t link_number) {
  LinkFilter compiled{link_number};
  if (expression.empty()) return compiled;
  try {
    compiled.filter = std::make_unique<Filter>(expression, static_cast<std::uint16_t>(link_number));
  } catch (const base::Error& error) {
    compiled.error = error;
  }
  return compiled;
}

/// The Error of one of the link types; nullptr where there is one without, or none at all.
const base::Error* Savefile::error_of_all_filters() const {
  const base::Error* last = nullptr;
  for (const auto& [row, each] : filters_) {
    if (!each.error) return nullptr;
    last = &*each.error;
  }
  return last;
}

void Savefile::check_filter(const std::string& expression) const {
  std::optional<base::Error> error;
  std::size_t errors = 0;
  for (const auto& [row, each] : filters_) {
    const LinkFilter compiled = compile(expression, each.link_number);
    if (!compiled.error) continue;
    if (row == filtered_link_) throw *compiled.error;
    error = compiled.error;
    ++errors;
  }
  if (error && errors == filters_.size()) throw *error;
  if (filters_.empty()) const Filter any(expression, packet::linktype_ethernet);
}

void Savefile::set_filter(const std::string& expression) {
  check_filter(expression);
  filter_expression_ = expression;
  for (auto& [row, each] : filters_) each = compile(expression, each.link_number);
  if (filtered_link_ != nullptr) filter_ = filters_.at(filtered_link_).filter.get();
}

/// Makes filter_ the one for frames of this link type; false, with fault_, where there can be none.
bool Savefile::choose_filter(const packet::LinkType* link) {
  if (fault_) return false;
  if (link == filtered_link_) return true;
  const LinkFilter& compiled = filters_.at(link);
  filtered_link_ = link;
  filter_ = compiled.filter.get();
  fault_ = compiled.error;
  return !fault_;
}

/// Zeros in the place of what is gone are records of no bytes: the first in a block is reason to look.
bool Savefile::is_made_up(const Frame& frame) {
  if (frame.bytes.size() == 0 && !std::exchange(has_looked_, true)) is_cut_ = input_->is_broken();
  return is_cut_;
}

void Savefile::on_frame(const Frame& frame) {
  if (!choose_filter(frame.link) || is_made_up(frame)) return;
  ++packets_;
  if (filter_ == nullptr || filter_->matches(frame.bytes, frame.bytes_wire)) (*sink_)(frame);
}

template <typename Records>
void Savefile::hand_on(Records& records) {
  if (!choose_filter(records.link())) return;
  (*sink_)(records, filter_);
  packets_ += records.count();
}

}  // namespace capture
