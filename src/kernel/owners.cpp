// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/owners.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <optional>

#include "base/error.hpp"
#include "base/text.hpp"

namespace kernel {

namespace {

constexpr base::Nanoseconds look_pause = base::ns_per_s, absent_pause = 5 * base::ns_per_s,
                            absent_kept = 10 * base::ns_per_s;
constexpr std::size_t absent_most = 4096;

base::Descriptor open_at(const base::Descriptor& folder, const std::string& path, int flags) {
  return base::Descriptor(::openat(folder.number(), path.c_str(), flags | O_CLOEXEC));
}

/// The inode of the socket that this link of /proc/PID/fd stands for; nothing: another file, or no such link.
std::optional<std::uint64_t> inode_of(int folder, const char* link) {
  constexpr std::string_view begin = "socket:[";
  std::array<char, 40> buffer;
  const ssize_t bytes = ::readlinkat(folder, link, buffer.data(), buffer.size());
  if (bytes < 0) return std::nullopt;
  std::string_view text(buffer.data(), static_cast<std::size_t>(bytes));
  if (!text.starts_with(begin) || !text.ends_with(']')) return std::nullopt;
  text.remove_prefix(begin.size());
  text.remove_suffix(1);
  return base::parse_whole(text, UINT64_MAX);
}

/// What /proc/PID/comm says; nothing: the process has ended.
std::optional<std::string> name_of(const base::Descriptor& proc, const std::string& pid) {
  const base::Descriptor file = open_at(proc, pid + "/comm", O_RDONLY);
  std::array<char, 64> buffer;
  const ssize_t bytes = ::read(file.number(), buffer.data(), buffer.size());
  if (bytes < 0) return std::nullopt;
  std::string_view text(buffer.data(), static_cast<std::size_t>(bytes));
  if (text.ends_with('\n')) text.remove_suffix(1);
  return base::printable(text);
}

}  // namespace

Owners::Owners(const base::Clock& clock, const std::string& proc, std::size_t looks_most,
               std::size_t sockets_most)
    : clock_(clock),
      proc_(::open(proc.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
      looks_most_(looks_most),
      sockets_most_(sockets_most),
      looked_(clock.monotonic() - look_pause) {
  if (proc_.number() < 0) throw base::Error(proc + ": " + base::system_reason(errno));
}

std::string_view Owners::find(std::uint64_t inode) {
  if (!read_name(inode)) {
    if (!is_look_due(inode)) return {};
    look();
    if (!read_name(inode)) return {};
  }
  absent_.erase(inode);
  return name_;
}

/// Inodes, processes and descriptors are used again: what was seen before must still be so.
bool Owners::read_name(std::uint64_t inode) {
  const auto found = holders_.find(inode);
  if (found == holders_.end()) return false;
  const std::string pid = std::to_string(found->second.pid);
  const std::string link = pid + "/fd/" + std::to_string(found->second.descriptor);
  const bool is_still = inode_of(proc_.number(), link.c_str()) == inode;
  const std::optional<std::string> name = is_still ? name_of(proc_, pid) : std::nullopt;
  if (!name) {
    holders_.erase(found);
    return false;
  }
  name_ = *name + "/" + pid;
  return true;
}

bool Owners::is_look_due(std::uint64_t inode) {
  const base::Nanoseconds now = clock_.monotonic();
  if (absent_.size() >= absent_most) absent_.clear();
  Absent& absent = absent_.try_emplace(inode, Absent{now, now - absent_pause}).first->second;
  absent.asked = now;
  return now - looked_ >= look_pause && now - absent.looked >= absent_pause;
}

/// Goes on with the round that is under way, or begins one.
void Owners::look() {
  looked_ = clock_.monotonic();
  if (!processes_) {
    processes_ = open_folder(".");
    ++round_;
  }
  for (std::size_t looks = 0; looks < looks_most_; ++looks) {
    DIR* const folder = descriptors_ ? descriptors_.get() : processes_.get();
    const dirent* const entry = folder != nullptr ? ::readdir(folder) : nullptr;
    if (entry == nullptr && !descriptors_) return end_round();
    if (entry == nullptr) {
      descriptors_.reset();
    } else if (descriptors_) {
      look_at_descriptor(entry->d_name);
    } else {
      look_at_process(entry->d_name);
    }
  }
}

void Owners::look_at_process(const char* name) {
  const auto pid = base::parse_whole(name, INT_MAX);
  if (!pid) return;
  pid_ = *pid;
  descriptors_ = open_folder(std::string(name) + "/fd");
}

void Owners::look_at_descriptor(const char* name) {
  const auto descriptor = base::parse_whole(name, INT_MAX);
  if (!descriptor) return;
  const auto inode = inode_of(::dirfd(descriptors_.get()), name);
  if (!inode) return;
  const auto known = holders_.find(*inode);
  if (known != holders_.end()) {
    if (known->second.round != round_) known->second = {pid_, *descriptor, round_};
  } else if (holders_.size() < sockets_most_) {
    holders_.emplace(*inode, Holder{pid_, *descriptor, round_});
  } else {
    ++dropped_;
  }
}

/// Forgets the sockets that are gone and those that nobody asks for any more.
void Owners::end_round() {
  processes_.reset();
  std::erase_if(holders_, [this](const auto& each) { return each.second.round != round_; });
  std::erase_if(absent_, [this](const auto& each) { return looked_ - each.second.asked > absent_kept; });
  for (auto& each : absent_) each.second.looked = looked_;
}

Owners::Folder Owners::open_folder(const std::string& path) const {
  const int descriptor = ::openat(proc_.number(), path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return {};
  DIR* const folder = ::fdopendir(descriptor);
  if (folder == nullptr) ::close(descriptor);
  return Folder(folder);
}

}  // namespace kernel
