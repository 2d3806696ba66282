// SPDX-License-Identifier: BSD-2-Clause
#include "report/sink.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "support.hpp"

using report::Sinks;

using test::says;

namespace {

/// Reads to the end, slowly.
std::string drain(const base::Descriptor& reader) {
  std::string text;
  std::array<char, 1000> part;
  for (ssize_t count; (count = ::read(reader.number(), part.data(), part.size())) > 0;) {
    text.append(part.data(), static_cast<std::size_t>(count));
    if (text.size() < 20'000) ::usleep(200);
  }
  return text;
}

}  // namespace

TEST_CASE("a descriptor has one place, however often it is opened") {
  const base::Descriptor first = test::memory_file(), second = test::memory_file();
  Sinks sinks;
  const std::size_t place = sinks.open(first.number());
  CHECK(sinks.open(second.number()) != place);
  CHECK(sinks.open(first.number()) == place);
}

TEST_CASE("one write for each descriptor and line") {
  int ends[2];  // a socket that keeps the writes apart
  REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, ends) == 0);
  const base::Descriptor reader(ends[0]), writer(ends[1]);
  Sinks sinks;
  sinks.text(sinks.open(writer.number())) = "a line ";
  sinks.text(sinks.open(writer.number())) += "of parts\n";
  sinks.flush();
  sinks.flush();  // nothing new: no write
  sinks.text(sinks.open(writer.number())) = "another\n";
  sinks.flush();
  std::array<char, 100> buffer;
  CHECK(::read(reader.number(), buffer.data(), buffer.size()) == 16);
  CHECK(::read(reader.number(), buffer.data(), buffer.size()) == 8);
  CHECK(::read(reader.number(), buffer.data(), buffer.size()) == -1);
}

TEST_CASE("a reader that is slow gets everything") {
  test::Pipe pipe;
  std::string text;
  for (int i = 0; text.size() < 500'000; ++i) text += std::to_string(i) + "\n";
  SUBCASE("blocking") {}
  SUBCASE("not blocking: writes are short") {
    REQUIRE(::fcntl(pipe.writer.number(), F_SETFL, O_NONBLOCK) == 0);
  }
  std::string received;
  std::thread reader([&] { received = drain(pipe.reader); });
  Sinks sinks;
  sinks.text(sinks.open(pipe.writer.number())) = text;
  sinks.flush();
  pipe.writer = base::Descriptor();
  reader.join();
  CHECK(received == text);
}

TEST_CASE("a full disk fails the flush, after the other descriptors have been written") {
  const base::Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const base::Descriptor good = test::memory_file();
  REQUIRE(full.number() >= 0);
  Sinks sinks;
  sinks.text(sinks.open(full.number())) = "lost\n";
  sinks.text(sinks.open(good.number())) = "kept\n";
  const base::Error error = test::error_of([&] { sinks.flush(); });
  CHECK(error.status() == base::ExitStatus::failure);
  CHECK(says(error.what(), "file descriptor " + std::to_string(full.number()) + ": No space left"));
  CHECK(test::content_of(good) == "kept\n");
  SUBCASE("what could not be written is not kept for later") { CHECK_NOTHROW(sinks.flush()); }
  SUBCASE("of several failures the first is told") {
    const base::Descriptor other(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    sinks.text(sinks.open(full.number())) = "lost\n";
    sinks.text(sinks.open(other.number())) = "lost\n";
    const base::Error again = test::error_of([&] { sinks.flush(); });
    CHECK(says(again.what(), "descriptor " + std::to_string(full.number()) + ":"));
  }
}

TEST_CASE("a closed pipe ends the program quietly, by SIGPIPE") {
  const int status = test::status_in_child([] {
    std::signal(SIGPIPE, SIG_DFL);
    test::Pipe pipe;
    pipe.reader = base::Descriptor();
    Sinks sinks;
    sinks.text(sinks.open(pipe.writer.number())) = "x";
    sinks.flush();
    return true;
  });
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGPIPE);
}

TEST_CASE("a descriptor must be open for writing") {
  Sinks sinks;
  test::Pipe pipe;
  CHECK(test::is_usage_error([&] { sinks.open(pipe.reader.number()); }, "reading only"));
  CHECK(test::is_usage_error([&] { sinks.open(-1); }, "not open"));
  CHECK(test::is_usage_error([&] { sinks.open(987); }, "987>file"));
}
