// SPDX-License-Identifier: BSD-2-Clause
// Which process has a socket open, as proc(5) shows it: of several the first by number, of other users' none
// unless root asks. A look at all processes is shared out: at most 10,000 files of /proc (about 25 ms) at a
// time, once a second, and only while a socket is asked for that is not known; one that was not found is not
// looked for again for 5 s. Each answer is read anew, so that no name is stale. At most 131,072 sockets are
// remembered.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/descriptor.hpp"
#include "base/time.hpp"

namespace kernel {

class Owners {
 public:
  /// Throws an Error where there is no folder `proc`.
  explicit Owners(const base::Clock& clock, const std::string& proc = "/proc",
                  std::size_t looks_most = 10'000, std::size_t sockets_most = 131'072);

  /// "name/pid", printable, until the next call. Empty: no process that may be seen, or not found yet.
  std::string_view find(std::uint64_t inode);

  /// Sockets that were seen and not remembered.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Holder {
    std::uint64_t pid, descriptor;
    std::uint32_t round;  // that saw it last
  };
  /// A socket that was asked for and is not known.
  struct Absent {
    base::Nanoseconds asked, looked;
  };
  struct CloseFolder {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  using Folder = std::unique_ptr<DIR, CloseFolder>;

  bool read_name(std::uint64_t inode);
  bool is_look_due(std::uint64_t inode);
  void look();
  void look_at_process(const char* name);
  void look_at_descriptor(const char* name);
  void end_round();
  Folder open_folder(const std::string& path) const;

  const base::Clock& clock_;
  base::Descriptor proc_;
  std::size_t looks_most_, sockets_most_;
  std::unordered_map<std::uint64_t, Holder> holders_;  // by inode
  std::unordered_map<std::uint64_t, Absent> absent_;   // by inode
  std::string name_;
  base::Nanoseconds looked_;
  // Where the present round has come to; no folder: there is none under way.
  Folder processes_, descriptors_;
  std::uint64_t pid_ = 0;
  std::uint32_t round_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace kernel
