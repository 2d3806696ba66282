// SPDX-License-Identifier: BSD-2-Clause
#include "capture_files.hpp"

#include <algorithm>

namespace test {

SeenFrame copy_of(const capture::Frame& frame) {
  const auto* data = frame.bytes.data();
  const std::uint32_t number = frame.link == nullptr ? 0xffffffffU : frame.link->number;
  return {frame.timestamp, frame.bytes_wire, Octets(data, data + frame.bytes.size()), number,
          frame.interface};
}

const packet::LinkType* FrameLog::on_link_type(std::uint32_t link_number) {
  link_numbers.push_back(link_number);
  return &packet::link_type(link_number);
}

PcapWriter::PcapWriter(Order order, PcapKind kind, std::uint32_t link_number, std::uint16_t major,
                       std::uint16_t minor)
    : order_(order), kind_(kind) {
  const std::uint32_t magic = kind == PcapKind::nanoseconds ? 0xa1b23c4d
                              : kind == PcapKind::patched   ? 0xa1b2cd34
                                                            : 0xa1b2c3d4;
  file.content = order.word(magic) + order.half(major) + order.half(minor) + filled(8) + order.word(65535) +
                 order.word(link_number);
  file.whole_after = {file.content.size()};
}

PcapWriter& PcapWriter::record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t wire,
                               const Octets& octets) {
  Octets header = order_.word(seconds) + order_.word(fraction) +
                  order_.word(static_cast<std::uint32_t>(octets.size())) + order_.word(wire);
  if (kind_ == PcapKind::patched) header = header + hex("00000001 0800 04 00");
  file.content = file.content + header + octets;
  file.whole_after.push_back(file.content.size());
  file.packet_ends.push_back(file.content.size());
  return *this;
}

PcapngWriter& PcapngWriter::block(std::uint32_t type, const Octets& body, bool is_packet) {
  const Octets padding = filled((4 - body.size() % 4) % 4);
  const auto length = static_cast<std::uint32_t>(body.size() + padding.size() + 12);
  file.content =
      file.content + order_.word(type) + order_.word(length) + body + padding + order_.word(length);
  file.whole_after.push_back(file.content.size());
  if (is_packet) file.packet_ends.push_back(file.content.size());
  return *this;
}

PcapngWriter& PcapngWriter::section() {
  return block(0x0a0d0d0a, order_.word(0x1a2b3c4d) + order_.half(1) + order_.half(0) + filled(8, 0xff));
}

PcapngWriter& PcapngWriter::section(Order order) {
  order_ = order;
  return section();
}

PcapngWriter& PcapngWriter::interface(std::uint16_t link_number, std::uint32_t snaplen,
                                      const Octets& options) {
  return block(1, order_.half(link_number) + filled(2) + order_.word(snaplen) + options);
}

PcapngWriter& PcapngWriter::enhanced(std::uint32_t interface, std::uint64_t time, std::uint32_t wire,
                                     const Octets& octets) {
  const Octets times =
      order_.word(static_cast<std::uint32_t>(time >> 32)) + order_.word(static_cast<std::uint32_t>(time));
  const Octets lengths = order_.word(static_cast<std::uint32_t>(octets.size())) + order_.word(wire);
  return block(6, order_.word(interface) + times + lengths + octets, true);
}

PcapngWriter& PcapngWriter::obsolete(std::uint16_t interface, std::uint64_t time, std::uint32_t wire,
                                     const Octets& octets) {
  const Octets times =
      order_.word(static_cast<std::uint32_t>(time >> 32)) + order_.word(static_cast<std::uint32_t>(time));
  const Octets lengths = order_.word(static_cast<std::uint32_t>(octets.size())) + order_.word(wire);
  return block(2, order_.half(interface) + order_.half(7) + times + lengths + octets, true);
}

PcapngWriter& PcapngWriter::simple(std::uint32_t wire, const Octets& octets) {
  return block(3, order_.word(wire) + octets, true);
}

Octets PcapngWriter::option(std::uint16_t code, const Octets& value) const {
  return order_.half(code) + order_.half(static_cast<std::uint16_t>(value.size())) + value +
         filled((4 - value.size() % 4) % 4);
}

Octets PcapngWriter::offset(std::int64_t seconds) const {
  const Octets high = order_.word(static_cast<std::uint32_t>(static_cast<std::uint64_t>(seconds) >> 32));
  const Octets low = order_.word(static_cast<std::uint32_t>(seconds));
  return option(14, order_.is_little_endian ? low + high : high + low);
}

SnoopWriter::SnoopWriter(std::uint32_t datalink, std::uint32_t version) {
  file.content = of_text("snoop") + filled(3) + be32(version) + be32(datalink);
  file.whole_after = {file.content.size()};
  file.recognised_after = 8;
}

SnoopWriter& SnoopWriter::record(std::uint32_t seconds, std::uint32_t microseconds, std::uint32_t wire,
                                 const Octets& octets, std::size_t padding) {
  const auto captured = static_cast<std::uint32_t>(octets.size());
  const auto length = static_cast<std::uint32_t>(24 + octets.size() + padding);
  file.content = file.content + be32(wire) + be32(captured) + be32(length) + be32(3) + be32(seconds) +
                 be32(microseconds) + octets + filled(padding, 0xee);
  file.whole_after.push_back(file.content.size());
  file.packet_ends.push_back(file.content.size());
  return *this;
}

namespace {

CaptureFile named(CaptureFile file, const std::string& name) {
  file.name = name;
  return file;
}

CaptureFile pcapng_of_everything(Order order) {
  PcapngWriter writer(order);
  writer.section()
      .block(0x0bad, filled(5))
      .interface(1, 96)
      .interface(101, 0, writer.resolution(9) + writer.option(0, {}));
  writer.enhanced(0, 1'700'000'000'000'001, 60, filled(40, 1))
      .block(5, filled(20))
      .simple(200, filled(96, 2));
  writer.obsolete(1, 1'700'000'000'000'000'003, 30, filled(29, 3))
      .enhanced(1, 5, 0, {})
      .block(0x80000001, {});
  writer.section({!order.is_little_endian})
      .interface(113)
      .enhanced(0, 7, 16, filled(16, 4))
      .block(0x0bad, filled(300));
  return writer.file;
}

}  // namespace

std::vector<CaptureFile> capture_files() {
  std::vector<CaptureFile> files;
  for (const Order order : {little, big}) {
    for (const PcapKind kind : {PcapKind::microseconds, PcapKind::nanoseconds, PcapKind::patched}) {
      PcapWriter writer(order, kind);
      writer.record(1'700'000'000, 999'999, 60, filled(60, 1))
          .record(1'700'000'001, 0, 1514, filled(33, 2))
          .record(0, 7, 0, {});
      const std::string name =
          std::string("pcap, ") + (order.is_little_endian ? "little" : "big") + "-endian, kind ";
      files.push_back(named(writer.file, name + std::to_string(static_cast<int>(kind))));
    }
    files.push_back(named(pcapng_of_everything(order), order.is_little_endian ? "pcapng, little-endian first"
                                                                              : "pcapng, big-endian first"));
  }
  SnoopWriter snoop;
  snoop.record(1'700'000'000, 999'999, 60, filled(60, 1))
      .record(5, 0, 1514, filled(33, 2), 3)
      .record(6, 1, 0, {}, 4);
  files.push_back(named(snoop.file, "snoop"));
  return files;
}

ParsedFile parse_whole(const Octets& content) {
  const Exact exact(content);
  FrameLog log;
  ParsedFile result;
  const auto format = capture::recognise_format(exact.bytes());
  REQUIRE(format != nullptr);
  result.parsed = format->parse(exact.bytes(), log);
  result.frames = log.frames;
  result.link_numbers = log.link_numbers;
  return result;
}

namespace {

/// Reads until there is no more; `feed` provides for the next dispatch.
ReadFile read_all(base::Descriptor descriptor, const std::string& filter, const std::function<void()>& feed) {
  ReadFile result;
  capture::Savefile file(std::move(descriptor), "day.pcap", filter,
                         [&](const std::string& notice) { result.notices.push_back(notice); });
  const auto keep = [&](const capture::Frame& frame) { result.frames.push_back(copy_of(frame)); };
  do feed();
  while (file.dispatch(capture::FrameSink(keep)) != capture::Progress::end);
  if (file.fault()) result.fault = file.fault()->what();
  return result;
}

}  // namespace

ReadFile read_content(const Octets& content, const std::string& filter) {
  return read_all(memory_file(content), filter, [] {});
}

ReadFile read_through_pipe(const Octets& content, std::size_t bytes_at_a_time) {
  Pipe pipe;
  std::size_t at = 0;
  return read_all(std::move(pipe.reader), {}, [&] {
    const std::size_t count = std::min(bytes_at_a_time, content.size() - at);
    if (count == 0) pipe.writer = base::Descriptor();
    if (count > 0)
      (void)base::write_all(pipe.writer.number(),
                            {reinterpret_cast<const char*>(content.data()) + at, count});
    at += count;
  });
}

}  // namespace test
