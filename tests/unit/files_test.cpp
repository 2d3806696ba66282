// SPDX-License-Identifier: BSD-2-Clause
#include "capture/files.hpp"

#include <algorithm>
#include <filesystem>

#include "archive_files.hpp"
#include "capture_files.hpp"
#include "files_reader.hpp"
#include "link_samples.hpp"

using test::FilesReader;
using test::filled;
using test::Folder;
using test::name_of;
using test::Names;
using test::Octets;
using test::pcap_header;
using test::pcap_of;
using test::says;
using test::Seconds;
using test::udp_and_tcp;

namespace {

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace

TEST_CASE("captures are read in the order of their first packets, whatever order they are named in") {
  const Folder folder;
  Names names{folder.add("a", pcap_of({10, 12, 30})), folder.add("b", pcap_of({20, 21})),
              folder.add("c", pcap_of({40})), folder.add("d", pcap_of({50, 45}))};
  std::ranges::sort(names);
  do {
    FilesReader reader(names);
    CHECK(reader.to_end().seconds == Seconds{10, 12, 30, 20, 21, 40, 50, 45});
    CHECK(reader.fault().empty());
    CHECK(reader.notices.empty());
    CHECK(reader.files.packets() == 8);
  } while (std::ranges::next_permutation(names).found);
}

TEST_CASE("captures that begin at the same time keep the order they are named in") {
  const Folder folder;
  const std::string first = folder.add("first", pcap_of({5, 6})),
                    second = folder.add("second", pcap_of({5, 7}));
  const std::string third = folder.add("third", pcap_of({5, 8})), early = folder.add("early", pcap_of({4}));
  CHECK(FilesReader({second, first, early, third}).to_end().seconds == Seconds{4, 5, 7, 5, 6, 5, 8});
  CHECK(FilesReader({third, early, second, first}).to_end().seconds == Seconds{4, 5, 8, 5, 7, 5, 6});
}

TEST_CASE("captures of every kind, compressed or not, are one sample") {
  const Folder folder;
  test::PcapngWriter pcapng(test::big);
  pcapng.section().interface(101).enhanced(0, 3'000'000, 40, test::ipv4_packet());
  FilesReader reader({folder.add("5.pcap.gz", test::gzip(pcap_of({5}))),
                      folder.add("2.snoop", test::SnoopWriter().record(2, 0, 60, filled(60)).file.content),
                      folder.add("3.pcapng.zst", test::zstd(pcapng.file.content)),
                      folder.add("1.pcap", pcap_of({1})), folder.add("4.xz", test::xz(pcap_of({4})))});
  CHECK(reader.to_end().seconds == Seconds{1, 2, 3, 4, 5});
  CHECK(reader.sizes == std::vector<std::size_t>{60, 60, 40, 60, 60});
  CHECK(reader.fault().empty());
}

TEST_CASE("captures without packets are no trouble") {
  const Folder folder;
  const std::string none = folder.add("none", pcap_header());
  SUBCASE("among others") {
    FilesReader reader({folder.add("late", pcap_of({9})), none, folder.add("early", pcap_of({3})), none});
    CHECK(reader.to_end().seconds == Seconds{3, 9});
    CHECK(reader.fault().empty());
  }
  SUBCASE("when there are no others") {
    FilesReader reader({none, none});
    CHECK(reader.to_end().seconds.empty());
    CHECK(reader.fault().empty());
  }
  CHECK(FilesReader(Names{}).to_end().seconds.empty());
}

TEST_CASE("one that cannot be read keeps none of the others from being read, wherever it is named") {
  const Folder folder;
  const Octets cut = pcap_of({20, 21, 22});
  const Octets garbage = pcap_of({20, 21}) + filled(100, 0xff);
  const std::string bad[] = {folder.name("missing"),
                             folder.add("empty", {}),
                             folder.add("text", test::of_text("This is not a capture.\n")),
                             folder.add("cut", test::first(cut, cut.size() - 5)),
                             folder.add("damaged", garbage),
                             folder.add("cut.gz", test::first(test::gzip(pcap_of({20, 21})), 30))};
  const Seconds of_bad[] = {{}, {}, {}, {20, 21}, {20, 21}, {}};
  const std::string early = folder.add("early", pcap_of({1, 2})), late = folder.add("late", pcap_of({31}));
  for (std::size_t i = 0; i < std::size(bad); ++i) {
    CAPTURE(bad[i]);
    Seconds expected{1, 2};
    expected.insert(expected.end(), of_bad[i].begin(), of_bad[i].end());
    expected.push_back(31);
    for (const Names& names :
         {Names{bad[i], early, late}, Names{late, bad[i], early}, Names{late, early, bad[i]}}) {
      FilesReader reader(names);
      CHECK(reader.to_end().seconds == expected);
      CHECK(says(reader.fault(), bad[i] + ": "));
      CHECK(reader.notices.empty());
      CHECK(reader.files.fault()->status() == base::ExitStatus::failure);
    }
  }
}

TEST_CASE("each fault is told once: the last is the fault, those before it are notices") {
  const Folder folder;
  const Octets cut = pcap_of({20, 21});
  const Names names{folder.add("text", test::of_text("This is not a capture.\n")),
                    folder.name("missing"),
                    folder.add("good", pcap_of({1})),
                    folder.add("cut", test::first(cut, cut.size() - 5)),
                    folder.add("also-good", pcap_of({30})),
                    folder.name("also-missing")};
  FilesReader reader(names);
  CHECK(reader.to_end().seconds == Seconds{1, 20, 30});
  Names told = reader.notices;
  REQUIRE(told.size() == 3);
  CHECK(says(reader.fault(), "cut: truncated after 1 packet "));
  told.push_back(reader.fault());
  for (const char* bad :
       {"/text: is not", "/missing: No such", "/also-missing: No such", "/cut: truncated"}) {
    CAPTURE(bad);
    CHECK(std::ranges::count_if(told, [&](const std::string& text) { return says(text, bad); }) == 1);
  }
  SUBCASE("also where none is left") {
    FilesReader missing({folder.name("a"), folder.name("b"), folder.name("c")});
    CHECK(missing.to_end().seconds.empty());
    CHECK(missing.notices.size() == 2);
    CHECK(says(missing.fault(), "/c: No such file"));
    CHECK(missing.files.packets() == 0);
  }
  SUBCASE("and where there is one only") {
    FilesReader missing({folder.name("a")});
    CHECK(missing.to_end().notices.empty());
    CHECK(says(missing.fault(), "/a: No such file"));
  }
}

TEST_CASE("a link type that is not decoded is told once for each capture, though captures are opened twice") {
  const Folder folder;
  const Octets odd = test::PcapWriter(test::little, test::PcapKind::microseconds, 147)
                         .record(1, 0, 60, filled(60))
                         .file.content;
  FilesReader reader({folder.add("a", odd), folder.add("b", odd)});
  CHECK(reader.to_end().seconds == Seconds{1, 1});
  REQUIRE(reader.notices.size() == 2);
  CHECK(says(reader.notices[0], "/a: link type 147"));
  CHECK(says(reader.notices[1], "/b: link type 147"));
}

TEST_CASE("a filter applies to every capture, to what is held of a pipe too") {
  const Folder folder;
  const Octets raw = test::PcapWriter(test::little, test::PcapKind::microseconds, 101)
                         .record(30, 0, 40, test::ipv4_packet(test::tcp))
                         .file.content;
  const test::Pipe pipe;
  write(pipe.writer, udp_and_tcp(20, 21));
  FilesReader reader(
      {folder.add("raw", raw), name_of(pipe.reader), folder.add("ethernet", udp_and_tcp(10, 11))}, "tcp");
  CHECK_FALSE(reader.read());
  CHECK(reader.seconds == Seconds{11, 21});
  CHECK(reader.files.packets() == 4);
}

TEST_CASE("files are put in order by their first packets, also where the filter leaves these out") {
  const Folder folder;
  const std::string a = folder.add("a", udp_and_tcp(1, 40)), b = folder.add("b", udp_and_tcp(2, 30));
  CHECK(FilesReader({b, a}, "tcp").to_end().seconds == Seconds{40, 30});
}

TEST_CASE("a filter that cannot be compiled is wrong usage, told once, and ends it") {
  const Folder folder;
  const Names names{folder.add("a", pcap_of({1})), folder.add("b", pcap_of({2})),
                    folder.add("c", pcap_of({3}))};
  FilesReader reader(names, "tcp and (");
  CHECK(reader.to_end().seconds.empty());
  CHECK(reader.notices.empty());
  REQUIRE(reader.files.fault().has_value());
  CHECK(reader.files.fault()->status() == base::ExitStatus::usage);
  CHECK(says(reader.fault(), "tcp and ("));
  SUBCASE("for one link type only: the others are counted") {
    const Octets tagged = test::ethernet_header(0x8100) + test::hex("0001 0800") + test::ipv4_packet();
    const auto vlan = test::PcapWriter(test::little, test::PcapKind::microseconds).record(1, 0, 58, tagged);
    const auto raw = test::PcapWriter(test::little, test::PcapKind::microseconds, 101)
                         .record(2, 0, 40, test::ipv4_packet());
    FilesReader mixed({folder.add("raw", raw.file.content), folder.add("vlan", vlan.file.content), names[2]},
                      "vlan");  // what RAW has not
    CHECK(mixed.to_end().seconds == Seconds{1});
    CHECK(mixed.files.fault()->status() == base::ExitStatus::failure);
    CHECK(says(mixed.fault(), "raw: filter 'vlan'"));
  }
}

TEST_CASE("how much has been read of all captures") {
  const Folder folder;
  const Octets small = pcap_of({1}), large = pcap_of(Seconds(2000, 7));
  const std::string a = folder.add("a", small), b = folder.add("b", large);
  const auto total = static_cast<std::uint64_t>(small.size() + large.size());
  SUBCASE("it grows to the whole") {
    FilesReader reader({b, a});
    CHECK(reader.files.extent().bytes_total == 0);
    reader.to_end();
    CHECK(reader.files.extent().bytes_total == total);
    CHECK(reader.files.extent().bytes_read == total);
    std::uint64_t read = 0;
    for (const capture::Extent& extent : reader.extents) {
      if (extent.bytes_total == 0) continue;  // not known while they are put in order
      CHECK(extent.bytes_total == total);
      CHECK(extent.bytes_read >= read);
      read = extent.bytes_read;
    }
  }
  SUBCASE("of one capture it is known when it is open") {
    FilesReader reader(Names{a});
    reader.to_end();
    CHECK(reader.extents.front().bytes_total == small.size());
    CHECK(reader.files.extent().bytes_read == small.size());
  }
  SUBCASE("one that is missing has no part in it") {
    CHECK(FilesReader({a, folder.name("missing"), b}).to_end().files.extent().bytes_total == total);
  }
  SUBCASE("nor has one without a byte") {
    FilesReader reader({a, folder.add("empty", {}), b});
    CHECK(reader.to_end().files.extent().bytes_total == total);
    CHECK(reader.files.extent().bytes_read == total);
  }
  SUBCASE("compressed, it is of the bytes that are there") {
    const Octets archive = test::gzip(large);
    FilesReader reader(Names{folder.add("b.gz", archive)});
    CHECK(reader.to_end().seconds.size() == 2000);
    CHECK(reader.files.extent().bytes_total == archive.size());
    CHECK(reader.files.extent().bytes_read == archive.size());
  }
  SUBCASE("with a pipe it is not known") {
    test::Pipe pipe;
    write(pipe.writer, small);
    pipe.writer = base::Descriptor();
    FilesReader reader({a, name_of(pipe.reader)});
    for (const capture::Extent& extent : reader.to_end().extents) CHECK(extent.bytes_total == 0);
  }
}

TEST_CASE("of many captures one is open at a time") {
  const Folder folder;
  Names names;
  Seconds expected;
  for (std::uint32_t i = 0; i < 300; ++i) {
    names.push_back(folder.add(std::to_string(i), pcap_of({1000 - i})));
    expected.push_back(701 + i);
  }
  const std::size_t before = open_descriptors();
  std::size_t most = 0;
  FilesReader reader(names);
  const auto keep = [&](const capture::Frame& frame) {
    reader.seconds.push_back(static_cast<std::uint32_t>(frame.timestamp / base::ns_per_s));
  };
  while (reader.files.dispatch(capture::FrameSink(keep)) != capture::Progress::end) {
    most = std::max(most, open_descriptors());
  }
  CHECK(reader.seconds == expected);
  CHECK(most <= before + 1);
  CHECK(open_descriptors() == before);
}
