// SPDX-License-Identifier: BSD-2-Clause
#include "tools/sources.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <utility>

#include "base/number.hpp"
#include "base/text.hpp"
#include "capture/archive.hpp"
#include "capture/files.hpp"

namespace tools {

namespace {

/// A packet must not count twice.
void check_interfaces(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto times = std::ranges::count(names, name);
    if (times > 1) throw base::usage_error("-i " + base::printable(name) + ": given twice");
    if (name == "any" && names.size() > 1)
      throw base::usage_error("-i any: holds the other interfaces already");
  }
}

/// What a list of names holds. Throws an Error, also where it cannot be one.
std::string read_list(const std::string& list, const std::string& what) {
  constexpr std::size_t bytes_most = 64U << 20;
  const base::Descriptor file(list == "-" ? ::dup(STDIN_FILENO) : ::open(list.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) throw base::Error(what + ": " + base::system_reason(errno));
  std::string text;
  std::array<char, 65536> part{};
  ssize_t count = 0;
  while ((count = ::read(file.number(), part.data(), part.size())) > 0) {
    text.append(part.data(), static_cast<std::size_t>(count));
    const packet::Bytes start(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    if (capture::recognise_format(start) || capture::is_archive(start)) {
      throw base::Error(what + ": is a capture, not a list of them: -r reads it");
    }
    if (text.size() > bytes_most) throw base::Error(what + ": is too long for a list of names");
  }
  if (count < 0) throw base::Error(what + ": " + base::system_reason(errno));
  return text;
}

/// The lines of the file `list`, without empty ones; or, where there are any, what NULs separate.
void append_list(std::vector<std::string>& names, const std::string& list) {
  const std::string what = "--read-list " + (list.empty() ? "''" : base::printable(list));
  const std::string text = read_list(list, what);
  const bool has_nul = text.find('\0') != std::string::npos;
  const std::size_t names_before = names.size();
  for (std::string_view name : base::split(text, has_nul ? '\0' : '\n')) {
    if (!has_nul && name.ends_with('\r')) name.remove_suffix(1);
    if (!name.empty()) names.emplace_back(name);
  }
  if (names.size() == names_before) throw base::Error(what + ": names no capture");
}

/// A packet must not count twice, whatever its file is called.
void check_files(const std::vector<std::string>& names) {
  std::map<std::pair<dev_t, ino_t>, std::string> seen;
  for (const std::string& name : names) {
    struct stat status {};
    const int result = name == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(name.c_str(), &status);
    if (result != 0 || S_ISCHR(status.st_mode)) continue;
    const auto [first, is_new] = seen.try_emplace({status.st_dev, status.st_ino}, name);
    if (is_new) continue;
    throw base::usage_error(base::printable(name) + ": named twice" +
                            (first->second == name ? "" : ", also as " + base::printable(first->second)));
  }
}

}  // namespace

void drop_privileges() {
  if (::setresgid(::getgid(), ::getgid(), ::getgid()) != 0 ||
      ::setresuid(::getuid(), ::getuid(), ::getuid()) != 0) {
    throw base::Error("privileges cannot be dropped: " + base::system_reason(errno));
  }
}

std::vector<std::string> capture_names(const Options& options) {
  std::vector<std::string> names = options.files;
  if (options.file_list) append_list(names, *options.file_list);
  check_files(names);
  return names;
}

std::vector<std::string> interface_names(std::vector<std::string> names, const capture::Notice& notice) {
  if (names.empty()) names.emplace_back("auto");
  for (std::string& name : names) {
    if (name != "auto") continue;
    name = capture::choose_interface();
    notice("capturing on " + name);
  }
  check_interfaces(names);
  return names;
}

Sources open_live(const capture::LiveOptions& options, const std::vector<std::string>& names,
                  const capture::Notice& notice) {
  Sources sources;
  for (const std::string& name : names) {
    const auto index = static_cast<std::uint32_t>(sources.size());
    sources.push_back(std::make_unique<capture::Live>(name, index, options, notice));
  }
  drop_privileges();
  return sources;
}

Sources open_stored(const Options& options, const std::vector<std::string>& names,
                    const capture::Notice& notice) {
  Sources sources;
  if (options.is_followed) {
    sources.push_back(std::make_unique<capture::Savefile>(names.front(), options.filter, notice,
                                                          capture::Ending::followed));
  } else {
    sources.push_back(std::make_unique<capture::Files>(names, options.filter, notice));
  }
  return sources;
}

void report_drops(const Sources& sources, const capture::Notice& notice) {
  capture::Drops total;
  for (const auto& source : sources) {
    const capture::Drops drops = source->drops();
    total.received += drops.received;
    total.by_kernel += drops.by_kernel;
    total.by_interface += drops.by_interface;
  }
  const auto tell = [&](std::uint64_t count, std::uint64_t all, const char* by, const char* advice) {
    if (count == 0) return;
    const double percent = base::nearest_quotient(base::Uint128{count} * 100, all);
    notice(std::to_string(count) + " packets (" + base::fixed(percent, 2) + "%) were dropped by " + by +
           advice);
  };
  tell(total.by_kernel, total.received, "the kernel", ": a larger --buffer-size may help");
  tell(total.by_interface, total.received + total.by_interface, "the interface", "");
}

void report_evicted(std::uint64_t count, std::size_t connections_most, const capture::Notice& notice) {
  if (count == 0) return;
  notice(std::to_string(count) + (count == 1 ? " connection was" : " connections were") +
         " let go before the end, the longest idle first: the table holds " +
         std::to_string(connections_most) + " (--max-connections)");
}

void report_unattributed(std::uint64_t count, const capture::Notice& notice) {
  if (count == 0) return;
  notice(std::to_string(count) + (count == 1 ? " packet belongs" : " packets belong") +
         " to no connection: fragments without their first one, or headers that were not captured");
}

void report_late(std::uint64_t count, const capture::Notice& notice) {
  if (count == 0) return;
  notice(
      std::to_string(count) + (count == 1 ? " packet" : " packets") +
      " reached the file when the line of their interval was out, and count in a later one (its writer holds "
      "packets back, as tcpdump without -U --immediate-mode, or one was stamped in the future)");
}

}  // namespace tools
