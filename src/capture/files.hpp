// SPDX-License-Identifier: BSD-2-Clause
// Several stored captures as one sample, one after the other in the order of their first timestamps.
// One that cannot be read, or not to its end, is told and does not keep the others from being read. One
// file is open at a time, besides pipes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/savefile.hpp"

namespace capture {

class Files final : public Source {
 public:
  /// `names` as of Savefile; none of them is opened yet. `filter` may be empty.
  Files(const std::vector<std::string>& names, std::string filter, Notice notice);

  int descriptor() const override;
  Progress dispatch(const FrameSink& sink) override;
  /// The last one; those before it have been told as notices.
  const std::optional<base::Error>& fault() const override { return fault_; }
  std::uint64_t packets() const override;
  Extent extent() const override;
  /// What is held of pipes stays as it is.
  void set_filter(const std::string& expression) override;

 private:
  struct File {
    std::string name;
    std::unique_ptr<Savefile> savefile = nullptr;      // while it is open
    std::optional<base::Nanoseconds> first_timestamp;  // none: no packets
    // What a pipe has given before its turn; its Savefile is not asked for more until then.
    std::vector<Frame> held;
    std::optional<std::uint64_t> bytes_total;  // none: not known
  };

  Progress look_at_next();
  bool open(File& file, const std::string& filter, const Notice& notice);
  void close(File& file);
  const Savefile* being_read() const;
  void note(const base::Error& fault);

  std::string filter_;
  Notice notice_;
  std::vector<File> files_;
  std::size_t looked_at_ = 0;  // how many files have been asked for their first timestamp
  std::size_t current_ = 0;    // the one that is being read, after that
  std::optional<base::Error> fault_;
  std::uint64_t packets_ = 0;  // of the files that have been read
  std::uint64_t bytes_read_ = 0;
};

}  // namespace capture
