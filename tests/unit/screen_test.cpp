// SPDX-License-Identifier: BSD-2-Clause
// The screen on a pseudo-terminal, in a process of its own: what is written to it, what comes from it, and its mode
// afterwards. How it looks and how job control treats it is shown by tests/live/.
#include "view/screen.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>

#include "support.hpp"

using layout::Picture;
using layout::Style;
using test::says;
using view::Key;
using view::Screen;

namespace {

/// The other side of a terminal that a child process has as its own.
class Terminal {
 public:
  explicit Terminal(unsigned short columns = 80, unsigned short rows = 24)
      : person_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    REQUIRE(::grantpt(person_.number()) == 0);
    REQUIRE(::unlockpt(person_.number()) == 0);
    program_ = base::Descriptor(::open(::ptsname(person_.number()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(program_.number() >= 0);
    resize(columns, rows);
    before_ = mode();
  }

  void resize(unsigned short columns, unsigned short rows) {
    winsize size{};
    size.ws_col = columns;
    size.ws_row = rows;
    REQUIRE(::ioctl(person_.number(), TIOCSWINSZ, &size) == 0);
  }

  /// The terminal is that of this process, a child, from now on.
  bool adopt(const char* type = "xterm") {
    ::setsid();
    ::ioctl(program_.number(), TIOCSCTTY, 0);
    type == nullptr ? ::unsetenv("TERM") : ::setenv("TERM", type, 1);
    return ::dup2(program_.number(), 0) == 0 && ::dup2(program_.number(), 1) == 1;
  }

  /// The wait(2) status of a child that did this on the terminal: 0 where it returned true.
  int run(const std::function<bool()>& body, const char* type = "xterm") {
    return test::status_in_child([&] { return adopt(type) && body(); });
  }

  /// What has been written since the last time.
  std::string take() {
    std::string text;
    for (pollfd readable{person_.number(), POLLIN, 0}; ::poll(&readable, 1, 0) == 1;) {
      std::string part(4096, '\0');
      const ssize_t count = ::read(person_.number(), part.data(), part.size());
      if (count <= 0) break;
      text += part.substr(0, static_cast<std::size_t>(count));
    }
    return text;
  }

  void type(std::string_view keys) { REQUIRE(base::write_all(person_.number(), keys) == 0); }
  void hang_up() { person_ = base::Descriptor(); }

  bool is_as_before() {
    const termios now = mode();
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
  }

 private:
  termios mode() {
    termios mode{};
    REQUIRE(::tcgetattr(program_.number(), &mode) == 0);
    return mode;
  }

  base::Descriptor person_, program_;
  termios before_{};
};

Picture picture_of(std::initializer_list<const char*> lines) {
  Picture picture;
  for (const char* line : lines) picture.lines.push_back({{line}});
  return picture;
}

/// A picture in which every character differs from the one before, larger than a terminal takes that nobody reads.
Picture full_picture(char first) {
  Picture picture;
  for (int row = 0; row < 300; ++row) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += static_cast<char>('a' + (first + i * 7 + row) % 26);
    picture.lines.push_back({{text}});
  }
  return picture;
}

/// The next key: what is typed takes its time to the other side of a terminal. Nothing after 5 s.
std::optional<Key> wait_key(Screen& screen) {
  for (int round = 0; round < 500; ++round) {
    if (auto key = screen.read_key()) return key;
    pollfd keys{screen.descriptor(), POLLIN, 0};
    ::poll(&keys, 1, 10);
  }
  return std::nullopt;
}

/// Nothing that a failed check in a child would say is seen: it says what it returns.
bool draws_once(const Picture& picture) {
  Screen screen({});
  return screen.draw(picture);
}

std::string message_of(Terminal& terminal, const char* type) {
  const test::Pipe pipe;
  terminal.run(
      [&] {
        const base::Error error = test::error_of([] { const Screen screen({}); });
        return base::write_all(pipe.writer.number(), error.what()) == 0 &&
               error.status() == base::ExitStatus::failure;
      },
      type);
  std::string text(200, '\0');
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(pipe.reader.number(), text.data(), 200))));
  return text;
}

}  // namespace

TEST_CASE("a picture is drawn on the other page, and the terminal is as before when the screen goes") {
  Terminal terminal;
  CHECK(terminal.run([] { return draws_once(picture_of({"one", "two"})); }) == 0);
  const std::string text = terminal.take();
  CHECK(text.find("\x1b[?1049h") < text.find("one"));
  CHECK(text.find("one") < text.find("two"));
  CHECK(text.find("two") < text.find("\x1b[?1049l"));
  CHECK(says(text, "\x1b[?25l"));
  CHECK(text.rfind("\x1b[?25l") < text.rfind("\x1b[?25h"));
  CHECK(terminal.is_as_before());
}

TEST_CASE(
    "any terminal that can place its cursor will do, also one without a size, colours or another page") {
  for (const char* type : {"linux", "vt100", "vt52", "screen", "tmux-256color", "xterm-mono"}) {
    CAPTURE(type);
    Terminal terminal;
    CHECK(terminal.run([] { return draws_once(picture_of({"one", "two"})); }, type) == 0);
    CHECK(says(terminal.take(), "two"));
    CHECK(terminal.is_as_before());
  }
}

TEST_CASE("only what has changed is written") {
  Terminal terminal;
  CHECK(terminal.run([&] {
    Screen screen({});
    if (!screen.draw(picture_of({"first line", "speed 1"}))) return false;
    terminal.take();
    if (!screen.draw(picture_of({"first line", "speed 1"})) || !terminal.take().empty()) return false;
    if (!screen.draw(picture_of({"first line", "speed 2"}))) return false;
    const std::string text = terminal.take();
    return says(text, "2") && !says(text, "speed") && !says(text, "first");
  }) == 0);
}

TEST_CASE("nothing wraps, nothing stands outside, nothing escapes") {
  Terminal terminal(40, 5);
  CHECK(terminal.run([&] {
    Picture picture = picture_of({"", "\x1b[8m", "2", "3", "4", "below"});
    picture.lines[0] = {{std::string(38, 'x'), Style::selected}, {"yyyBEYOND"}, {"BEYOND"}};
    picture.cursor = Picture::Cursor{100, 100};
    return draws_once(picture);
  }) == 0);
  const std::string text = terminal.take();
  CHECK(says(text, "yy"));
  CHECK_FALSE(says(text, "yyy"));
  CHECK_FALSE(says(text, "BEYOND"));
  CHECK_FALSE(says(text, "below"));
  CHECK(says(text, "?[8m"));
  CHECK_FALSE(says(text, "\x1b[8m"));
}

TEST_CASE("colours where they are wanted and there are any") {
  const auto text_of = [](bool is_coloured, const char* type) {
    Terminal terminal;
    CHECK(terminal.run(
              [&] {
                Screen screen({is_coloured});
                Picture picture;
                picture.lines = {{{"lost", Style::warning}, {"head", Style::header}}};
                return screen.draw(picture);
              },
              type) == 0);
    return terminal.take();
  };
  CHECK(says(text_of(true, "xterm"), "\x1b[31mlost"));
  for (const std::string& text : {text_of(false, "xterm"), text_of(true, "vt100")}) {
    CHECK_FALSE(says(text, "\x1b[31m"));
    CHECK(says(text, "lost"));
  }
}

TEST_CASE("keys") {
  Terminal terminal;
  CHECK(terminal.run([&] {
    std::signal(SIGINT, SIG_DFL);  // a shell ignores it for what runs in the background
    Screen screen({});
    screen.draw({});
    if (screen.read_key()) return false;
    terminal.type("q\x1bOA\x1b[A\x1b[6~\x1b[1;5A\r");
    const Key expected[] = {{Key::Name::character, U'q'}, {Key::Name::up},    {Key::Name::up},
                            {Key::Name::page_down},       {Key::Name::other}, {Key::Name::enter}};
    for (const Key& key : expected) {
      if (wait_key(screen) != key) return false;
    }
    terminal.type("\x03");  // a signal, not a key
    return wait_key(screen).has_value();
  }) == SIGINT);
}

TEST_CASE("Escape alone is a key; Ctrl-L draws everything anew and is none") {
  Terminal terminal;
  CHECK(terminal.run([&] {
    Screen screen({});
    screen.draw(picture_of({"all of it"}));
    terminal.take();
    terminal.type("\x1b");
    if (wait_key(screen) != Key{Key::Name::escape}) return false;
    terminal.type("\x0c");
    std::string drawn;
    for (int round = 0; round < 500 && !says(drawn, "all of it"); ++round) {
      if (screen.read_key()) return false;
      ::poll(nullptr, 0, 10);
      drawn += terminal.take();
    }
    return says(drawn, "all of it");
  }) == 0);
}

TEST_CASE("a terminal that has gone is noticed by reading and by writing") {
  for (const bool is_read : {true, false}) {
    CHECK(test::status_in_child([&] {
            std::signal(SIGHUP, SIG_IGN);
            Terminal terminal;
            if (!terminal.adopt()) return false;
            Screen screen({});
            screen.draw(picture_of({"x"}));
            if (screen.read_key() || screen.is_gone()) return false;
            terminal.hang_up();
            is_read ? static_cast<void>(screen.read_key())
                    : static_cast<void>(screen.draw(picture_of({"y"})));
            return screen.is_gone();
          }) == 0);
  }
}

TEST_CASE("a terminal that does not read is not waited for, and gets the rest later") {
  Terminal terminal(400, 300);
  CHECK(terminal.run([&] {
    const base::SystemClock clock;
    Screen screen({});
    const base::Nanoseconds begin = clock.monotonic();
    if (screen.draw(full_picture(0)) || screen.draw(full_picture(1)) || screen.draw(full_picture(2)))
      return false;
    if (clock.monotonic() - begin > 5 * base::ns_per_s) return false;
    std::string text;
    for (int i = 0; i < 100 && !screen.draw(full_picture(2)); ++i) text += terminal.take();
    return text.size() > 100'000;
  }) == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("a new size is drawn anew; also one that is too small for anything") {
  Terminal terminal;
  CHECK(terminal.run([&] {
    Screen screen({});
    screen.draw(picture_of({"all of it"}));
    for (const auto& [columns, rows] : {std::pair{200, 60}, {1, 1}, {2, 100}, {80, 24}}) {
      terminal.resize(static_cast<unsigned short>(columns), static_cast<unsigned short>(rows));
      screen.look_at_size();
      terminal.take();
      Picture picture = picture_of({"世 all of it", "second"});
      picture.cursor = Picture::Cursor{5, 1};
      if (!screen.draw(picture) || screen.size() != layout::Size{std::size_t(columns), std::size_t(rows)})
        return false;
    }
    return says(terminal.take(), "all of it");
  }) == 0);
}

TEST_CASE("the terminal is as it was while the program is stopped, and taken over again afterwards") {
  Terminal terminal;
  CHECK(terminal.run([&] {
    Screen screen({});
    screen.draw(picture_of({"all of it"}));
    terminal.take();
    screen.suspend();
    if (!terminal.is_as_before() || !says(terminal.take(), "\x1b[?1049l")) return false;
    if (!screen.draw(picture_of({"x"})) || !terminal.take().empty()) return false;
    screen.resume();
    screen.draw(picture_of({"all of it"}));
    const std::string text = terminal.take();
    return !terminal.is_as_before() && says(text, "\x1b[?1049h") && says(text, "\x1b[?1h") &&
           says(text, "all of it");
  }) == 0);
  CHECK(terminal.is_as_before());
}

TEST_CASE("a crash leaves the terminal as it was, and ends as it would have") {
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    Terminal terminal;
    const int status = terminal.run([&] {
      std::signal(number, SIG_DFL);  // not doctest's, nor the sanitizers'
      Screen screen({});
      screen.draw(picture_of({"x"}));
      number == SIGABRT ? std::abort() : static_cast<void>(std::raise(number));
      return true;
    });
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == number);
    CHECK(terminal.is_as_before());
    const std::string text = terminal.take();
    CHECK(says(text.substr(text.find("x")), "\x1b[?25h\x1b[?1049l"));
  }
}

TEST_CASE("what stands against a screen is said before the terminal is touched") {
  Terminal terminal, tiny(30, 4);
  CHECK(message_of(terminal, nullptr) == "TERM is not set: it has to say what kind of terminal this is");
  CHECK(message_of(terminal, "") == message_of(terminal, nullptr));
  CHECK(message_of(terminal, "no\x1bsuch") == "TERM is 'no\\x1bsuch': no such terminal is known here");
  CHECK(message_of(terminal, "dumb") == "TERM is 'dumb': such a terminal cannot place text on its screen");
  CHECK(message_of(tiny, "xterm") == "the terminal has 30x4 characters: 40x5 are needed");
  CHECK(terminal.take().empty());
  CHECK(terminal.is_as_before());
  const test::CapturedOutput output;
  CHECK(says(test::error_of([] { const Screen screen({}); }).what(), "standard output is not a terminal"));
}
