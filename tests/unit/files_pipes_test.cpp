// SPDX-License-Identifier: BSD-2-Clause
// Several captures of which some are pipes, or standard input.
#include <fcntl.h>
#include <unistd.h>

#include "archive_files.hpp"
#include "files_reader.hpp"

using test::FilesReader;
using test::Folder;
using test::name_of;
using test::Names;
using test::Octets;
using test::pcap_header;
using test::pcap_of;
using test::pcap_record;
using test::Seconds;

namespace {

/// The writer's end of a named pipe; it needs no reader.
base::Descriptor writer_of(const std::string& pipe) {
  base::Descriptor writer(::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
  REQUIRE(writer.number() >= 0);
  return writer;
}

}  // namespace

TEST_CASE("a pipe among captures is waited for without waiting, and nothing of it is lost") {
  const Folder folder;
  const std::string pipe = folder.add_pipe("pipe");
  const base::Descriptor writer = writer_of(pipe);
  const std::string early = folder.add("early", pcap_of({1})), late = folder.add("late", pcap_of({50}));
  for (const Names& names : {Names{early, late, pipe}, Names{pipe, late, early}, Names{late, pipe, early}}) {
    FilesReader reader(names);
    CHECK_FALSE(reader.read());
    write(writer, pcap_header() + test::first(pcap_record(20), 30));
    CHECK_FALSE(reader.read());
    CHECK(reader.seconds.empty());
    REQUIRE(reader.files.descriptor() >= 0);
    CHECK_FALSE(reader.is_ready());
    // Its first packet comes late, and others with it.
    const Octets whole = pcap_record(20);
    write(writer, Octets(whole.begin() + 30, whole.end()) + pcap_record(21) + pcap_record(22) +
                      test::first(pcap_record(23), 7));
    CHECK_FALSE(reader.read());
    CHECK(reader.seconds == Seconds{1, 20, 21, 22});
    const Octets rest = pcap_record(23);
    write(writer, Octets(rest.begin() + 7, rest.end()) + pcap_record(24));
    CHECK_FALSE(reader.read());
    CHECK(reader.seconds == Seconds{1, 20, 21, 22, 23, 24});
    CHECK(reader.files.packets() == 6);
    CHECK(reader.files.extent().bytes_total == 0);
  }
}

TEST_CASE("pipes that end are followed by the next capture, in the order of their first packets") {
  const Folder folder;
  test::Pipe first, second;
  write(first.writer, pcap_of({10, 11}));
  write(second.writer, pcap_of({5, 6, 7}));
  first.writer = base::Descriptor();
  second.writer = base::Descriptor();
  FilesReader reader({name_of(first.reader), folder.add("file", pcap_of({8})), name_of(second.reader)});
  CHECK(reader.to_end().seconds == Seconds{5, 6, 7, 8, 10, 11});
  CHECK(reader.files.packets() == 6);
  CHECK(reader.fault().empty());
}

TEST_CASE("much that a pipe gives before its turn is held") {
  const Folder folder;
  test::Pipe pipe;
  REQUIRE(::fcntl(pipe.writer.number(), F_SETPIPE_SZ, 1 << 20) > 0);
  Seconds many, expected{1};
  for (std::uint32_t i = 100; i < 5100; ++i) {
    many.push_back(i);
    expected.push_back(i);
  }
  write(pipe.writer, pcap_of(many));
  pipe.writer = base::Descriptor();
  FilesReader reader({name_of(pipe.reader), folder.add("early", pcap_of({1}))});
  CHECK(reader.to_end().seconds == expected);
  CHECK(reader.files.packets() == 5001);
}

TEST_CASE("a named pipe without a writer is waited for until there is one, alone and among others") {
  const Folder folder;
  const std::string pipe = folder.add_pipe("pipe"), file = folder.add("file", pcap_of({1}));
  for (const Names& names : {Names{pipe}, Names{pipe, file}, Names{file, pipe}}) {
    CAPTURE(names.size());
    FilesReader reader(names);
    CHECK_FALSE(reader.read());
    CHECK(reader.seconds.empty());
    write(writer_of(pipe), pcap_of({20, 21}));
    CHECK(reader.read());
    CHECK(reader.seconds == (names.size() == 1 ? Seconds{20, 21} : Seconds{1, 20, 21}));
    CHECK(reader.fault() == "");
  }
}

TEST_CASE("a pipe that has nothing yet is not read: that would wait, and keep signals waiting") {
  const Folder folder;
  const std::string file = folder.add("file", pcap_of({1}));
  const test::Pipe pipe;
  CHECK(test::status_in_child([&] {
          ::alarm(2);
          ::dup2(pipe.reader.number(), 0);
          return !FilesReader({"-"}).read() && !FilesReader({"-", file}).read() &&
                 !FilesReader({file, "-"}).read();
        }) == 0);
}

TEST_CASE("standard input that is a file is one of the captures, in its place") {
  const Folder folder;
  CHECK(test::status_in_child([&] {
          const Names names{folder.add("early", pcap_of({1})), "-", folder.add("late", pcap_of({9}))};
          const base::Descriptor middle(::open(folder.add("middle", pcap_of({5, 6})).c_str(), O_RDONLY));
          ::dup2(middle.number(), 0);
          FilesReader reader(names);
          return reader.read() && reader.seconds == Seconds{1, 5, 6, 9} && reader.fault().empty();
        }) == 0);
}

TEST_CASE("standard input that is a file and is cut short while others are read does not end the program") {
  const Folder folder;
  CHECK(test::status_in_child([&] {
          const Names names{folder.add("early", pcap_of({1})), "-"};
          const base::Descriptor cut(::open(folder.add("cut", pcap_of(Seconds(200, 5))).c_str(), O_RDWR));
          ::dup2(cut.number(), 0);
          FilesReader reader(names);
          std::uint64_t sum = 0;
          const auto touch = [&](const capture::Frame& frame) {
            if (frame.timestamp == base::ns_per_s && ::ftruncate(cut.number(), 0) != 0) sum = 0;
            for (std::size_t i = 0; i < frame.bytes.size(); ++i) sum += frame.bytes.u8(i);
          };
          while (reader.files.dispatch(capture::FrameSink(touch)) != capture::Progress::end) {
          }
          return reader.files.fault().has_value();
        }) == 0);
}
