// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/owners.hpp"

#include <arpa/inet.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "files_reader.hpp"
#include "kernel/processes.hpp"
#include "support.hpp"

using base::ns_per_s;
using kernel::Owners;

namespace {

/// A folder like /proc.
struct Proc {
  void start(int pid, const std::string& name) const {
    std::filesystem::create_directories(folder.name(std::to_string(pid) + "/fd"));
    folder.add(std::to_string(pid) + "/comm", test::of_text(name + "\n"));
  }
  void end(int pid) const { std::filesystem::remove_all(folder.name(std::to_string(pid))); }
  std::string link(int pid, int descriptor) const {
    return folder.name(std::to_string(pid) + "/fd/" + std::to_string(descriptor));
  }
  void open(int pid, int descriptor, const std::string& what) const {
    std::filesystem::create_symlink(what, link(pid, descriptor));
  }
  void open(int pid, int descriptor, int inode) const {
    open(pid, descriptor, "socket:[" + std::to_string(inode) + "]");
  }
  void close(int pid, int descriptor) const { std::filesystem::remove(link(pid, descriptor)); }

  test::Folder folder;
};

/// Over `proc`, a second after the last look.
struct Watched {
  explicit Watched(std::size_t looks_most = 1000, std::size_t sockets_most = 1000)
      : owners(clock, proc.folder.name(""), looks_most, sockets_most) {}
  std::string find(std::uint64_t inode) { return std::string(owners.find(inode)); }
  std::string later(std::uint64_t inode, base::Nanoseconds after = ns_per_s) {
    clock.advance(after);
    return find(inode);
  }

  Proc proc;
  test::FakeClock clock;
  Owners owners;
};

}  // namespace

TEST_CASE("the process that has a socket open is found") {
  Watched watched;
  const Proc& proc = watched.proc;
  proc.start(12, "curl");
  proc.open(12, 0, "/dev/null");
  proc.open(12, 3, "pipe:[77]");
  proc.open(12, 5, 77);
  proc.open(12, 6, "socket:[]");
  proc.open(12, 7, "socket:[78");
  proc.open(12, 8, "socket:[18446744073709551616]");
  proc.start(34, "nginx: worker");
  proc.open(34, 1000, 78);
  proc.folder.add("uptime", {});
  CHECK(watched.find(77) == "curl/12");
  CHECK(watched.find(78) == "nginx: worker/34");
  CHECK(watched.later(0).empty());
  CHECK(watched.later(7).empty());
}

TEST_CASE("what a process calls itself is made printable") {
  Watched watched;
  watched.proc.start(5, "\x1b[2Jk\n\xff");
  watched.proc.open(5, 3, 9);
  CHECK(watched.find(9) == "\\x1b[2Jk\\x0a\\xff/5");
}

TEST_CASE("of several processes that have a socket open the answer stays one") {
  Watched watched;
  for (const int pid : {40, 41, 42}) {
    watched.proc.start(pid, "worker");
    watched.proc.open(pid, 3, 9);
  }
  const std::string first = watched.find(9);
  for (int i = 0; i < 10; ++i) CHECK(watched.later(9) == first);
  watched.proc.end(std::stoi(first.substr(7)));
  const std::string second = watched.find(9);
  CHECK(second != first);
  CHECK(second.starts_with("worker/4"));
}

TEST_CASE("no name is stale") {
  Watched watched;
  const Proc& proc = watched.proc;
  proc.start(12, "curl");
  proc.open(12, 5, 77);
  CHECK(watched.find(77) == "curl/12");
  SUBCASE("when the process calls itself another name") {
    proc.start(12, "wget");
    CHECK(watched.find(77) == "wget/12");
  }
  SUBCASE("when it has ended") {
    proc.end(12);
    CHECK(watched.find(77).empty());
  }
  SUBCASE("when another has its number") {
    proc.end(12);
    proc.start(12, "other");
    proc.open(12, 5, "/dev/null");
    CHECK(watched.find(77).empty());
  }
  SUBCASE("when the descriptor is another socket, and the socket another's") {
    proc.close(12, 5);
    proc.open(12, 5, 78);
    proc.start(13, "next");
    proc.open(13, 5, 77);
    CHECK(watched.find(77).empty());
    CHECK(watched.later(77) == "next/13");
    CHECK(watched.find(78) == "curl/12");
  }
}

TEST_CASE("processes are looked at once a second, and for a socket that was not there every 5 s") {
  Watched watched;
  const Proc& proc = watched.proc;
  proc.start(12, "curl");
  CHECK(watched.find(77).empty());
  proc.open(12, 5, 77);
  proc.open(12, 6, 78);
  CHECK(watched.later(78, ns_per_s - 1).empty());
  CHECK(watched.later(77, 1).empty());
  CHECK(watched.find(78) == "curl/12");
  CHECK(watched.find(77) == "curl/12");  // seen on the way
  CHECK(watched.later(79).empty());
  proc.open(12, 7, 79);
  for (int i = 0; i < 4; ++i) CHECK(watched.later(79).empty());
  CHECK(watched.later(79) == "curl/12");
}

TEST_CASE("many descriptors are looked at a part at a time") {
  Watched watched(100);
  for (int pid = 1; pid <= 5; ++pid) {
    watched.proc.start(pid, "many");
    for (int descriptor = 0; descriptor < 100; ++descriptor) {
      watched.proc.open(pid, descriptor, 1000 * pid + descriptor);
    }
  }
  std::size_t found = 0, rounds = 0;
  for (; found < 500 && rounds < 8; ++rounds) {
    watched.later(999);
    const std::size_t before = found;
    found = 0;
    for (int pid = 1; pid <= 5; ++pid) {
      for (int descriptor = 0; descriptor < 100; ++descriptor) {
        const auto inode = static_cast<std::uint64_t>(1000 * pid + descriptor);
        const std::string name = watched.find(inode);
        if (name == "many/" + std::to_string(pid)) ++found;
      }
    }
    CHECK(found - before <= 100);
  }
  CHECK(found == 500);
  CHECK(rounds >= 5);
}

TEST_CASE("as many sockets are remembered as there is room for, the others counted") {
  Watched watched(1000, 10);
  watched.proc.start(12, "many");
  for (int descriptor = 0; descriptor < 15; ++descriptor) watched.proc.open(12, descriptor, descriptor + 1);
  std::size_t found = 0;
  for (std::uint64_t inode = 1; inode <= 15; ++inode) found += watched.find(inode).empty() ? 0U : 1U;
  CHECK(found == 10);
  CHECK(watched.owners.dropped() == 5);
  for (int descriptor = 0; descriptor < 15; ++descriptor) watched.proc.close(12, descriptor);
  watched.proc.open(12, 3, 99);
  CHECK(watched.later(98).empty());  // forgets what is gone
  CHECK(watched.later(99) == "many/12");
}

TEST_CASE("what may not be read is nobody's") {
  Watched watched;
  watched.proc.start(12, "secret");
  watched.proc.open(12, 5, 77);
  std::filesystem::remove_all(watched.proc.folder.name("12/fd"));
  CHECK(watched.find(77).empty());
  const base::Error error = test::error_of([&] { Owners(watched.clock, watched.proc.folder.name("none")); });
  CHECK(test::says(error.what(), "/none: No such file or directory"));
}

TEST_CASE("a connection over loopback belongs to two processes") {
  const base::Descriptor listener(::socket(AF_INET, SOCK_STREAM, 0)),
      client(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&name);
  socklen_t bytes = sizeof name;
  REQUIRE(::bind(listener.number(), any, bytes) == 0);
  REQUIRE(::listen(listener.number(), 1) == 0);
  REQUIRE(::getsockname(listener.number(), any, &bytes) == 0);
  const std::uint16_t server_port = ntohs(name.sin_port);
  REQUIRE(::connect(client.number(), any, bytes) == 0);
  REQUIRE(::getsockname(client.number(), any, &bytes) == 0);
  constexpr packet::Address loopback{0, 0x7f000001, false};
  const kernel::Ends ends{loopback, loopback, ntohs(name.sin_port), server_port, test::tcp};

  const base::SystemClock clock;
  kernel::Processes processes(clock);
  std::string own(16, '\0');
  REQUIRE(::prctl(PR_GET_NAME, own.data()) == 0);
  own = own.c_str() + ("/" + std::to_string(::getpid()));
  CHECK(processes.find(ends) == own);  // not accepted yet
  const int status = test::status_in_child([&] {
    const base::Descriptor server(::accept(listener.number(), nullptr, nullptr));
    ::prctl(PR_SET_NAME, "server");
    const std::string child = "server/" + std::to_string(::getpid());
    kernel::Processes of_child(clock);
    // Both have the client's socket: the first by number counts.
    return of_child.find(ends) == (::getppid() < ::getpid() ? own : child) + ">" + child;
  });
  CHECK(status == 0);
  CHECK(processes.find(ends) == own);  // the other end is gone
  CHECK(processes.find(ends.reversed()) == own);
}
