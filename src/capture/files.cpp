// SPDX-License-Identifier: BSD-2-Clause
#include "capture/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace capture {

namespace {

/// A file that may be opened a second time; a pipe, or what has no size, gives what it has once.
bool is_regular(const std::string& name) {
  struct stat status {};
  const int result = name == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(name.c_str(), &status);
  return result == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

/// Whether there are frames that the expression can be compiled for.
bool is_filter(const std::string& expression) {
  try {
    const Filter filter(expression, packet::linktype_ethernet);
    return true;
  } catch (const base::Error&) {
    return false;
  }
}

}  // namespace

Files::Files(const std::vector<std::string>& names, std::string filter, Notice notice)
    : filter_(std::move(filter)), notice_(std::move(notice)) {
  for (const std::string& name : names) files_.emplace_back().name = name;
  if (files_.size() == 1) looked_at_ = 1;  // there is nothing to put in order
}

Progress Files::dispatch(const FrameSink& sink) {
  if (looked_at_ < files_.size()) return look_at_next();
  if (current_ == files_.size()) return Progress::end;
  File& file = files_[current_];
  if (!file.savefile) {
    if (!open(file, filter_, notice_)) ++current_;
    return Progress::more;
  }
  if (!file.held.empty()) {
    for (const Frame& frame : std::exchange(file.held, {})) sink(frame);
    return Progress::more;
  }
  const Progress progress = file.savefile->dispatch(sink);
  if (progress != Progress::end) return progress;
  close(file);
  return Progress::more;
}

/// Reads a file up to its first packet. What a pipe gives meanwhile is held.
Progress Files::look_at_next() {
  File& file = files_[looked_at_];
  const bool is_opened_again = is_regular(file.name);
  const auto silent = [](const std::string&) {};
  if (!file.savefile) {
    if (open(file, is_opened_again ? "" : filter_, is_opened_again ? silent : notice_)) return Progress::more;
    files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(looked_at_));
  } else {
    const auto hold = [&](const Frame& frame) {
      if (!file.first_timestamp) file.first_timestamp = frame.timestamp;
      if (!is_opened_again) file.held.push_back(frame);
    };
    const Progress progress = file.savefile->dispatch(FrameSink(hold));
    if (progress != Progress::end && !file.first_timestamp) return progress;
    if (is_opened_again) file.savefile.reset();
    ++looked_at_;
  }
  if (looked_at_ == files_.size()) std::ranges::stable_sort(files_, {}, &File::first_timestamp);
  return Progress::more;
}

bool Files::open(File& file, const std::string& filter, const Notice& notice) {
  try {
    file.savefile = std::make_unique<Savefile>(file.name, filter, notice);
    file.bytes_total = regular_bytes(file.savefile->descriptor());
  } catch (const base::Error& error) {
    note(error);
  }
  return file.savefile != nullptr;
}

/// The current file has been read.
void Files::close(File& file) {
  const auto savefile = std::move(file.savefile);
  packets_ += savefile->packets();
  bytes_read_ += file.bytes_total.value_or(0);
  ++current_;
  if (!savefile->fault()) return;
  const base::Error& fault = *savefile->fault();
  if (fault.status() != base::ExitStatus::usage || files_.size() == 1) return note(fault);
  // A filter that is wrong for this link type only does not keep the other files from being counted.
  const bool is_wrong_for_all = !is_filter(filter_);
  note(is_wrong_for_all ? fault : base::Error(base::printable(file.name) + ": " + fault.what()));
  if (is_wrong_for_all) current_ = files_.size();
}

void Files::note(const base::Error& fault) {
  if (fault_) notice_(fault_->what());
  fault_ = fault;
}

void Files::set_filter(const std::string& expression) {
  // All frames have a part in the order of files: what is looked at for it only is not filtered.
  const bool is_looking = looked_at_ < files_.size();
  std::vector<Savefile*> open;
  for (const File& file : files_) {
    if (file.savefile && !(is_looking && is_regular(file.name))) open.push_back(file.savefile.get());
  }
  if (open.empty()) const Filter any(expression, packet::linktype_ethernet);
  for (const Savefile* savefile : open) savefile->check_filter(expression);
  for (Savefile* savefile : open) savefile->set_filter(expression);
  filter_ = expression;
}

const Savefile* Files::being_read() const {
  const std::size_t index = looked_at_ < files_.size() ? looked_at_ : current_;
  return index < files_.size() ? files_[index].savefile.get() : nullptr;
}

int Files::descriptor() const {
  const bool holds =
      looked_at_ == files_.size() && current_ < files_.size() && !files_[current_].held.empty();
  return being_read() && !holds ? being_read()->descriptor() : -1;
}

std::uint64_t Files::packets() const { return packets_ + (being_read() ? being_read()->packets() : 0); }

Extent Files::extent() const {
  const std::uint64_t bytes_read = being_read() ? being_read()->extent().bytes_read : 0;
  Extent extent{.bytes_read = bytes_read_ + bytes_read};
  for (const File& file : files_) {
    if (!file.bytes_total) return {};
    extent.bytes_total += *file.bytes_total;
  }
  return extent;
}

}  // namespace capture
