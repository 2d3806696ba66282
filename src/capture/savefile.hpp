// SPDX-License-Identifier: BSD-2-Clause
// A stored capture (pcap, pcapng, snoop, compressed or not) from a file, a pipe or standard input, or
// several that were joined end to end. Frames are pointed at in place. It never waits for input.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "capture/format.hpp"
#include "capture/input.hpp"
#include "capture/source.hpp"

namespace capture {

/// What becomes of the end of a file.
enum class Ending {
  final,    ///< it is the end of the capture
  followed  ///< a file may grow: there is more to come
};

class Savefile final : public Source, private RecordSink {
 public:
  /// Opens `name` ("-" is standard input). `filter` may be empty. Throws an Error.
  Savefile(const std::string& name, std::string filter, Notice notice, Ending ending = Ending::final);

  /// The same from a descriptor that is open already; `name` is what messages call it.
  Savefile(base::Descriptor descriptor, const std::string& name, std::string filter, Notice notice,
           Ending ending = Ending::final);

  int descriptor() const override { return input_->descriptor(); }
  Progress dispatch(const FrameSink& sink) override;
  const std::optional<base::Error>& fault() const override { return fault_; }
  std::uint64_t packets() const override { return packets_; }
  Extent extent() const override { return {input_->position(), bytes_total_}; }
  void set_filter(const std::string& expression) override;
  /// Throws what set_filter() would: a usage Error where the expression is wrong for the frames that are read
  /// now, or for those of all link types so far.
  void check_filter(const std::string& expression) const;

 private:
  const packet::LinkType* on_link_type(std::uint32_t link_number) override;
  void on_frame(const Frame& frame) override;
  void on_records(PcapRecords& records) override { hand_on(records); }
  void on_records(PcapngRecords& records) override { hand_on(records); }
  template <typename Records>
  void hand_on(Records& records);

  struct LinkFilter {
    std::uint32_t link_number = 0;
    std::unique_ptr<Filter> filter = nullptr;  // nullptr: not to be filtered …
    std::optional<base::Error> error = {};     // … or why it cannot be
  };
  static LinkFilter compile(const std::string& expression, std::uint32_t link_number);
  bool choose_filter(const packet::LinkType* link);
  bool is_made_up(const Frame& frame);
  const base::Error* error_of_all_filters() const;
  bool begin_format(packet::Bytes start, bool is_at_end);
  Progress end_with(const std::string& reason);
  Progress end_after_packets(const std::string& verdict, const std::string& reason);
  Progress end_of_input();
  Progress parse();

  std::string name_;
  std::string filter_expression_;
  Notice notice_;
  Ending ending_;
  std::uint64_t bytes_total_;
  std::unique_ptr<Input> input_;
  bool is_archive_ = false;
  bool has_looked_ = false;  // whether the input is broken, in this block
  bool is_cut_ = false;      // it is
  std::optional<base::Error> fault_;
  std::unique_ptr<Format> format_;
  bool has_begun_ = false;            // format_ has parsed something: its file header at least
  std::size_t consumed_ = 0;          // of the input's block
  std::size_t wanted_ = magic_bytes;  // how long the record after that is, as far as known
  std::string tail_ = "file header";
  std::uint64_t packets_ = 0;
  const FrameSink* sink_ = nullptr;  // of the dispatch() that runs
  std::map<const packet::LinkType*, LinkFilter> filters_;
  const packet::LinkType* filtered_link_ = nullptr;  // of the latest frames, whose filter filter_ is
  const Filter* filter_ = nullptr;
  std::map<std::uint32_t, packet::LinkType> undecoded_;  // rows for link types the table has not
};

}  // namespace capture
