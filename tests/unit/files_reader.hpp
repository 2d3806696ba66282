// SPDX-License-Identifier: BSD-2-Clause
// Captures in a folder, of packets a second apart, and a reader of several that goes by their descriptors as the loop
// does.
#pragma once

#include <string>
#include <vector>

#include "capture/files.hpp"
#include "support.hpp"

namespace test {

using Seconds = std::vector<std::uint32_t>;
using Names = std::vector<std::string>;

/// A folder of files, gone when the test is.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string name(const std::string& file) const { return path_ + "/" + file; }
  /// Their names.
  std::string add(const std::string& file, const Octets& content) const;
  std::string add_pipe(const std::string& file) const;

 private:
  std::string path_;
};

/// A pcap file without packets, a record of 60 bytes, and a file with a packet at each of these.
Octets pcap_header();
Octets pcap_record(std::uint32_t second);
Octets pcap_of(const Seconds& seconds);

/// A file with a UDP packet and a TCP packet.
Octets udp_and_tcp(std::uint32_t udp_second, std::uint32_t tcp_second);

/// A name for a descriptor that is open.
std::string name_of(const base::Descriptor& descriptor);
void write(const base::Descriptor& descriptor, const Octets& octets);

/// Reads captures as the loop does: only when their descriptor says that there is something.
struct FilesReader {
  explicit FilesReader(const Names& names, const std::string& filter = "");

  bool is_ready() const;
  /// As far as it goes without waiting; true at the end.
  bool read();
  FilesReader& to_end();
  std::string fault() const { return files.fault() ? files.fault()->what() : ""; }

  Names notices;
  Seconds seconds;
  std::vector<std::size_t> sizes;
  std::vector<capture::Extent> extents;
  capture::Files files;
};

}  // namespace test
