// SPDX-License-Identifier: BSD-2-Clause
// Another filter while a stored capture is read: from a pipe, so that it comes between two packets.
#include <fcntl.h>

#include "capture_files.hpp"
#include "files_reader.hpp"
#include "link_samples.hpp"

using test::FilesReader;
using test::Folder;
using test::name_of;
using test::Octets;
using test::Seconds;

namespace {

const auto ignore_notice = [](const std::string&) {};

/// Packets of both link types in a pcapng file that is written as it is read.
struct Growing {
  explicit Growing(const std::string& filter)
      : savefile(std::move(pipe.reader), "day.pcapng", filter, ignore_notice) {
    ::fcntl(savefile.descriptor(), F_SETFL, O_NONBLOCK);
    writer.section().interface(1).interface(101);
  }

  Growing& ethernet(std::uint8_t protocol) {
    writer.enhanced(0, 1, 54, test::ethernet_header(0x0800) + test::ipv4_packet(protocol));
    return *this;
  }
  Growing& raw(std::uint8_t protocol) {
    writer.enhanced(1, 1, 40, test::ipv4_packet(protocol));
    return *this;
  }
  /// How many packets are handed on of what was written.
  int read() {
    write(pipe.writer, std::exchange(writer.file.content, {}));
    int packets = 0;
    const auto count = [&](const capture::Frame&) { ++packets; };
    while (savefile.dispatch(capture::FrameSink(count)) == capture::Progress::more) {
    }
    return packets;
  }

  test::Pipe pipe;
  test::PcapngWriter writer{test::little};
  capture::Savefile savefile;
};

}  // namespace

TEST_CASE("another filter is for the packets that are read from then on") {
  Growing growing("tcp");
  CHECK(growing.ethernet(test::tcp).ethernet(test::udp).raw(test::udp).read() == 1);
  growing.savefile.set_filter("udp");
  CHECK(growing.ethernet(test::tcp).raw(test::udp).ethernet(test::udp).raw(test::tcp).read() == 2);
  growing.savefile.set_filter("");
  CHECK(growing.ethernet(test::tcp).raw(test::udp).ethernet(test::udp).read() == 3);
  growing.savefile.set_filter("tcp");
  growing.savefile.set_filter("ip6");
  CHECK(growing.ethernet(test::tcp).raw(test::tcp).read() == 0);
  CHECK(growing.savefile.packets() == 12);
  CHECK_FALSE(growing.savefile.fault().has_value());
}

TEST_CASE("a filter where there was none") {
  Growing growing("");
  CHECK(growing.ethernet(test::tcp).ethernet(test::udp).raw(test::udp).read() == 3);
  growing.savefile.set_filter("udp");
  CHECK(growing.ethernet(test::tcp).ethernet(test::udp).raw(test::udp).raw(test::tcp).read() == 2);
}

TEST_CASE("a filter that is wrong leaves the one that is there") {
  Growing growing("tcp");
  const auto set = [&](const std::string& expression) {
    return [&, expression] { growing.savefile.set_filter(expression); };
  };
  SUBCASE("before anything is read") {
    CHECK(test::is_usage_error(set("tcp and ("), "filter 'tcp and (': "));
    CHECK(growing.ethernet(test::tcp).ethernet(test::udp).read() == 1);
  }
  SUBCASE("for all link types") {
    CHECK(growing.ethernet(test::tcp).ethernet(test::udp).read() == 1);
    CHECK(test::is_usage_error(set("tcp and ("), "filter 'tcp and (': "));
  }
  SUBCASE("for the one of the latest packets") {
    CHECK(growing.ethernet(test::tcp).raw(test::tcp).read() == 2);
    CHECK(test::is_usage_error(set("vlan"), "filter 'vlan': "));  // which RAW has not
  }
  CHECK(growing.ethernet(test::udp).raw(test::udp).raw(test::tcp).read() == 1);
  CHECK_FALSE(growing.savefile.fault().has_value());
}

TEST_CASE("a filter that is wrong for packets that do not come") {
  Growing growing("tcp");
  CHECK(growing.ethernet(test::tcp).read() == 1);
  growing.savefile.set_filter("vlan");
  CHECK(growing.ethernet(test::tcp).read() == 0);
  SUBCASE("does no harm") { CHECK_FALSE(growing.savefile.fault().has_value()); }
  SUBCASE("ends the capture when one comes") {
    CHECK(growing.raw(test::tcp).read() == 0);
    REQUIRE(growing.savefile.fault().has_value());
    CHECK(test::says(growing.savefile.fault()->what(), "filter 'vlan'"));
  }
}

TEST_CASE("another filter is for all captures that follow, and for the pipes that wait for their turn") {
  const Folder folder;
  test::Pipe first, last;
  write(first.writer, test::udp_and_tcp(10, 11));
  write(last.writer, test::udp_and_tcp(30, 31));
  FilesReader reader(
      {name_of(first.reader), name_of(last.reader), folder.add("b", test::udp_and_tcp(20, 21))});
  CHECK_FALSE(reader.read());
  CHECK(reader.seconds == Seconds{10, 11});
  CHECK(test::is_usage_error([&] { reader.files.set_filter("no such word"); }, "filter 'no such word': "));
  reader.files.set_filter("tcp");
  const auto records = [](std::uint32_t udp_second, std::uint32_t tcp_second) {
    const Octets content = test::udp_and_tcp(udp_second, tcp_second);
    return Octets(content.begin() + 24, content.end());
  };
  write(first.writer, records(12, 13));
  CHECK_FALSE(reader.read());
  CHECK(reader.seconds == Seconds{10, 11, 13});
  first.writer = base::Descriptor();
  CHECK_FALSE(reader.read());
  CHECK(reader.seconds == Seconds{10, 11, 13, 21, 30, 31});  // of the last pipe both were held
  write(last.writer, records(32, 33));
  last.writer = base::Descriptor();
  reader.to_end();
  CHECK(reader.seconds == Seconds{10, 11, 13, 21, 30, 31, 33});
  CHECK(reader.files.packets() == 10);
}

TEST_CASE("between two captures a filter is checked all the same") {
  const Folder folder;
  FilesReader reader({folder.add("a", test::udp_and_tcp(1, 2))});
  CHECK(test::is_usage_error([&] { reader.files.set_filter("port port"); }, "filter 'port port': "));
  reader.files.set_filter("tcp");
  CHECK(reader.to_end().seconds == Seconds{2});
}
