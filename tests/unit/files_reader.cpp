// SPDX-License-Identifier: BSD-2-Clause
#include "files_reader.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "capture_files.hpp"
#include "link_samples.hpp"

namespace test {

Folder::Folder() : path_(std::filesystem::temp_directory_path() / "tcpstat-files-XXXXXX") {
  REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

std::string Folder::add(const std::string& file, const Octets& content) const {
  std::ofstream(name(file), std::ios::binary)
      .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  return name(file);
}

std::string Folder::add_pipe(const std::string& file) const {
  REQUIRE(::mkfifo(name(file).c_str(), 0600) == 0);
  return name(file);
}

Octets pcap_header() { return PcapWriter(little, PcapKind::microseconds).file.content; }

Octets pcap_record(std::uint32_t second) { return le32(second) + le32(0) + le32(60) + le32(60) + filled(60); }

Octets pcap_of(const Seconds& seconds) {
  Octets content = pcap_header();
  for (const std::uint32_t second : seconds) {
    const Octets record = pcap_record(second);
    content.insert(content.end(), record.begin(), record.end());
  }
  return content;
}

Octets udp_and_tcp(std::uint32_t udp_second, std::uint32_t tcp_second) {
  PcapWriter writer(little, PcapKind::microseconds);
  writer.record(udp_second, 0, 54, ethernet_header(0x0800) + ipv4_packet(udp));
  writer.record(tcp_second, 0, 54, ethernet_header(0x0800) + ipv4_packet(tcp));
  return writer.file.content;
}

std::string name_of(const base::Descriptor& descriptor) {
  return "/proc/self/fd/" + std::to_string(descriptor.number());
}

void write(const base::Descriptor& descriptor, const Octets& octets) {
  REQUIRE(base::write_all(descriptor.number(),
                          {reinterpret_cast<const char*>(octets.data()), octets.size()}) == 0);
}

FilesReader::FilesReader(const Names& names, const std::string& filter)
    : files(names, filter, [this](const std::string& notice) { notices.push_back(notice); }) {}

bool FilesReader::is_ready() const {
  pollfd row{files.descriptor(), POLLIN, 0};
  return row.fd < 0 || ::poll(&row, 1, 0) > 0;
}

bool FilesReader::read() {
  const auto keep = [this](const capture::Frame& frame) {
    seconds.push_back(static_cast<std::uint32_t>(frame.timestamp / base::ns_per_s));
    sizes.push_back(frame.bytes.size());
  };
  while (is_ready()) {
    const capture::Progress progress = files.dispatch(capture::FrameSink(keep));
    extents.push_back(files.extent());
    if (progress == capture::Progress::end) return true;
  }
  return false;
}

FilesReader& FilesReader::to_end() {
  CHECK(read());
  return *this;
}

}  // namespace test
