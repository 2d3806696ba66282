// SPDX-License-Identifier: BSD-2-Clause
#include "tools/terminal.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

#include "support.hpp"

using report::Screen;

namespace {

/// An environment variable has this value while it lives; nullptr: none.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* former = std::getenv(name)) former_ = former;
    set(value);
  }
  ~Variable() { set(former_ ? former_->c_str() : nullptr); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  void set(const char* value) { value == nullptr ? unsetenv(name_) : setenv(name_, value, 1); }

  const char* name_;
  std::optional<std::string> former_;
};

/// What is seen while standard output is a terminal of this size.
Screen look(unsigned short columns, unsigned short rows) {
  const base::Descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(master.number() >= 0);
  REQUIRE(::grantpt(master.number()) == 0);
  REQUIRE(::unlockpt(master.number()) == 0);
  const base::Descriptor terminal(::open(::ptsname(master.number()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  REQUIRE(terminal.number() >= 0);
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  REQUIRE(::ioctl(terminal.number(), TIOCSWINSZ, &size) == 0);
  const base::Descriptor former(::dup(1));
  ::dup2(terminal.number(), 1);
  const Screen screen = tools::look_at_screen();
  ::dup2(former.number(), 1);
  return screen;
}

bool is_coloured(const char* no_color, const char* term) {
  const Variable first("NO_COLOR", no_color), second("TERM", term);
  return look(80, 24).is_coloured;
}

}  // namespace

TEST_CASE("the size of the terminal, as it is at the moment") {
  CHECK(look(132, 50).is_terminal);
  CHECK(look(132, 50).columns == 132);
  CHECK(look(132, 50).rows == 50);
  CHECK(look(20, 3).columns == 20);
  SUBCASE("80 by 24 where it does not say") {
    CHECK(look(0, 0).columns == 80);
    CHECK(look(0, 0).rows == 24);
  }
}

TEST_CASE("colour on a terminal, but not on a dumb one, and never under NO_COLOR") {
  CHECK(is_coloured(nullptr, "xterm"));
  CHECK(is_coloured(nullptr, nullptr));
  CHECK_FALSE(is_coloured(nullptr, "dumb"));
  CHECK_FALSE(is_coloured("1", "xterm"));
  CHECK_FALSE(is_coloured("0", "xterm"));  // whatever its value
  CHECK(is_coloured("", "xterm"));         // no-color.org: when it is not empty
}

TEST_CASE("a file is no terminal: 80 columns, no colour") {
  const Variable no_color("NO_COLOR", nullptr), term("TERM", "xterm");
  Screen screen;
  {
    const test::CapturedOutput output;
    screen = tools::look_at_screen();
  }
  CHECK_FALSE(screen.is_terminal);
  CHECK_FALSE(screen.is_coloured);
  CHECK(screen.columns == 80);
}
