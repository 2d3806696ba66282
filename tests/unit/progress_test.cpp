// SPDX-License-Identifier: BSD-2-Clause
#include "tools/progress.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support.hpp"

using base::ns_per_ms;
using base::ns_per_s;
using tools::describe_progress;
using tools::ProgressLine;

namespace {

/// Standard error is this while it lives.
class AsStandardError {
 public:
  explicit AsStandardError(int descriptor) : former_(::dup(2)) { ::dup2(descriptor, 2); }
  ~AsStandardError() { ::dup2(former_.number(), 2); }
  AsStandardError(const AsStandardError&) = delete;
  AsStandardError& operator=(const AsStandardError&) = delete;

 private:
  base::Descriptor former_;
};

/// A terminal of one line: what a person sees on it.
class Terminal {
 public:
  Terminal() : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK)) {
    REQUIRE(::grantpt(person_.number()) == 0);
    REQUIRE(::unlockpt(person_.number()) == 0);
    program_ = base::Descriptor(::open(::ptsname(person_.number()), O_RDWR | O_NOCTTY));
    REQUIRE(program_.number() >= 0);
  }

  int number() const { return program_.number(); }

  /// What has been written since the last time.
  std::string take() {
    std::string text(4096, '\0');
    const ssize_t count = ::read(person_.number(), text.data(), text.size());
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    for (const char character : text) {
      if (character == '\r') {
        column_ = 0;
      } else {
        if (column_ == line_.size()) line_ += ' ';
        line_[column_++] = character;
      }
    }
    return text;
  }

  /// What stands there, without the blanks at the end.
  std::string line() {
    take();
    return line_.substr(0, line_.find_last_not_of(' ') + 1);
  }
  std::size_t column() const { return column_; }

 private:
  base::Descriptor person_, program_;
  std::string line_;
  std::size_t column_ = 0;
};

constexpr capture::Extent half{500'000'000, 1'000'000'000};

/// What it says of so much after so long.
std::string after(base::Nanoseconds elapsed, std::uint64_t read, std::uint64_t total) {
  return describe_progress({read, total}, elapsed);
}

}  // namespace

TEST_CASE("progress: share, size, rate and time left") {
  CHECK(after(2 * ns_per_s, 500'000'000, 2'000'000'000) == "25% of 2.0 GB, 250.0 MB/s, 0:06 left");
  CHECK(after(10 * ns_per_s, 1, 1'000'000) == "0% of 1.0 MB, 0 B/s, 2777:46:30 left");
  CHECK(after(ns_per_s, 1000, 1000) == "100% of 1.0 kB, 1.0 kB/s, 0:00 left");
}

TEST_CASE("progress: sizes in decimal units with one decimal, bytes without") {
  const auto size = [](std::uint64_t bytes) {
    const std::string text = after(ns_per_s, bytes, bytes);
    return text.substr(8, text.find(',') - 8);
  };
  CHECK(size(1) == "1 B");
  CHECK(size(999) == "999 B");
  CHECK(size(1000) == "1.0 kB");
  CHECK(size(1050) == "1.1 kB");
  CHECK(size(999'949) == "999.9 kB");
  CHECK(size(999'950) == "1.0 MB");
  CHECK(size(4'000'000'000) == "4.0 GB");
  CHECK(size(12'345'678'901'234) == "12.3 TB");
  CHECK(size(1'234'567'890'123'456) == "1.2 PB");
  CHECK(size(UINT64_MAX) == "18446.7 PB");
}

TEST_CASE("progress: time left in minutes, and hours where there are any") {
  const auto left = [](std::uint64_t seconds) {  // at a byte a second
    const std::string text = after(10 * ns_per_s, 10, 10 + seconds);
    const std::size_t comma = text.rfind(", ");
    return text.substr(comma + 2);
  };
  CHECK(left(0) == "0:00 left");
  CHECK(left(9) == "0:09 left");
  CHECK(left(59) == "0:59 left");
  CHECK(left(60) == "1:00 left");
  CHECK(left(725) == "12:05 left");
  CHECK(left(3599) == "59:59 left");
  CHECK(left(3600) == "1:00:00 left");
  CHECK(left(3725) == "1:02:05 left");
  CHECK(left(100 * 3600) == "100:00:00 left");
  CHECK(after(2 * ns_per_s, 4, 5) == "80% of 5 B, 2 B/s, 0:01 left");  // half a second is rounded up
}

TEST_CASE("progress: a file that has grown meanwhile is no more than whole") {
  CHECK(after(ns_per_s, 2000, 1000) == "100% of 1.0 kB, 2.0 kB/s, 0:00 left");
}

TEST_CASE("progress: where nothing has been read yet, no time is promised") {
  const std::string text = after(5 * ns_per_s, 0, 1'000'000'000);
  CHECK(text == "0% of 1.0 GB");
  CHECK(text.find("0:00 left") == std::string::npos);
}

TEST_CASE("progress: nothing within the first second, then a line five times a second") {
  Terminal terminal;
  const AsStandardError standard_error(terminal.number());
  test::FakeClock clock;
  const base::Nanoseconds start = clock.monotonic_ns;
  ProgressLine progress(true, clock);
  CHECK(progress.deadline() == start + ns_per_s);
  for (const base::Nanoseconds step : {0, 500, 499}) {
    clock.advance(step * ns_per_ms);
    progress.draw(half);
  }
  CHECK(terminal.take().empty());
  clock.advance(ns_per_ms);
  progress.draw(half);
  CHECK(terminal.line() == "tcpstat: 50% of 1.0 GB, 500.0 MB/s, 0:01 left");
  CHECK(progress.deadline() == start + ns_per_s + ns_per_s / 5);
  clock.advance(199 * ns_per_ms);
  progress.draw(half);
  CHECK(terminal.take().empty());
  clock.advance(ns_per_ms);
  progress.draw({600'000'000, 1'000'000'000});
  CHECK(terminal.line() == "tcpstat: 60% of 1.0 GB, 500.0 MB/s, 0:01 left");
}

TEST_CASE("progress: one line over the other, and nothing of it left when it is erased") {
  Terminal terminal;
  const AsStandardError standard_error(terminal.number());
  test::FakeClock clock;
  {
    ProgressLine progress(true, clock);
    progress.erase();
    CHECK(terminal.take().empty());
    clock.advance(10 * ns_per_s);
    progress.draw({1'000'000, 1'000'000'000'000});
    CHECK(terminal.line() == "tcpstat: 0% of 1.0 TB, 100.0 kB/s, 2777:46:30 left");
    clock.advance(ns_per_s);
    progress.draw({999'000'000'000, 1'000'000'000'000});
    CHECK(terminal.line() == "tcpstat: 100% of 1.0 TB, 90.8 GB/s, 0:00 left");  // the longer one is gone
    progress.erase();
    CHECK(terminal.line().empty());
    CHECK(terminal.column() == 0);
    progress.erase();
    CHECK(terminal.take().empty());
    clock.advance(ns_per_s);
    progress.draw(half);
    CHECK_FALSE(terminal.line().empty());
  }
  CHECK(terminal.line().empty());  // at its own end too
  CHECK(terminal.column() == 0);
}

TEST_CASE("progress: how much there is to read is not known of a pipe") {
  Terminal terminal;
  const AsStandardError standard_error(terminal.number());
  test::FakeClock clock;
  ProgressLine progress(true, clock);
  clock.advance(2 * ns_per_s);
  progress.draw({1000, 0});
  CHECK(terminal.take().empty());
  CHECK(*progress.deadline() > clock.monotonic_ns);  // it does not ask again at once
}

TEST_CASE("progress: none where it is not wanted, or standard error is no terminal") {
  test::FakeClock clock;
  const auto shows_something = [&](bool is_wanted) {
    ProgressLine progress(is_wanted, clock);
    const bool has_deadline = progress.deadline().has_value();
    clock.advance(10 * ns_per_s);
    progress.draw(half);
    return has_deadline;
  };
  Terminal terminal;
  {
    const AsStandardError standard_error(terminal.number());
    CHECK_FALSE(shows_something(false));
  }
  CHECK(terminal.take().empty());
  const base::Descriptor file = test::memory_file();
  {
    const AsStandardError standard_error(file.number());
    CHECK_FALSE(shows_something(true));
  }
  CHECK(test::content_of(file).empty());
}
