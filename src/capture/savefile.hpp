// SPDX-License-Identifier: BSD-2-Clause
// A stored capture (pcap, pcapng, snoop) from a file, a pipe or standard input, read in blocks.
// Frames are pointed at in place; only the tail of a block is ever moved. It never waits for input.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/descriptor.hpp"
#include "capture/filter.hpp"
#include "capture/format.hpp"
#include "capture/source.hpp"

namespace capture {

class Savefile final : public Source, private RecordSink {
 public:
  /// Opens `name` ("-" is standard input). `filter` may be empty. Throws an Error.
  Savefile(const std::string& name, std::string filter, Notice notice);

  /// The same from a descriptor that is open already; `name` is what messages call it.
  Savefile(base::Descriptor descriptor, const std::string& name, std::string filter, Notice notice);

  int descriptor() const override { return descriptor_.number(); }
  Progress dispatch(FrameSink sink) override;
  const std::optional<base::Error>& fault() const override { return fault_; }
  std::uint64_t packets() const override { return packets_; }

 private:
  const packet::LinkType* on_link_type(std::uint32_t link_number) override;
  void on_frames(std::span<const Frame> frames) override;

  void compile_filter(const packet::LinkType* row, std::uint32_t link_number);
  bool is_unfilterable() const;
  Progress end_with(const std::string& reason);
  Progress end_of_input();
  void make_room();
  Progress parse();

  std::string name_;
  std::string filter_expression_;
  Notice notice_;
  base::Descriptor descriptor_;
  std::optional<base::Error> fault_;
  std::unique_ptr<Format> format_;
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;  // what is not parsed yet lies in buffer_[begin_, end_)
  std::size_t end_ = 0;
  std::size_t wanted_ = magic_bytes;  // how long the record at begin_ is, as far as known
  std::string tail_ = "file header";
  std::uint64_t packets_ = 0;
  const FrameSink* sink_ = nullptr;                                     // of the dispatch() that runs
  std::map<const packet::LinkType*, std::unique_ptr<Filter>> filters_;  // none: not to be filtered
  std::optional<base::Error> filter_error_;                             // the last one
  const packet::LinkType* filtered_link_ = nullptr;                     // whose filter filter_ is
  const Filter* filter_ = nullptr;
  std::vector<Frame> matching_;                          // of the frames at hand; kept for its memory
  std::map<std::uint32_t, packet::LinkType> undecoded_;  // rows for link types the table has not
};

}  // namespace capture
