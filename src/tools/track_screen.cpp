// SPDX-License-Identifier: BSD-2-Clause
#include "tools/track_screen.hpp"

#include <csignal>

#include "tools/terminal.hpp"
#include "tools/track_columns.hpp"
#include "tools/track_details.hpp"

namespace tools {

namespace {

constexpr base::Nanoseconds draw_period = base::ns_per_s / 10;

view::BrowserOptions browser_options(const TrackOptions& options) {
  view::BrowserOptions of_browser;
  of_browser.columns = track_columns(options);
  of_browser.usual = usual_columns;
  of_browser.cycle = order_cycle();
  of_browser.choice = all_columns();
  of_browser.help = {{"q", "end"},
                     {"p", "pause: rows stay as they are, the tracking goes on"},
                     {"t", "only TCP, or all protocols"},
                     {"n", "names of addresses, by reverse DNS"},
                     {"f", "another capture filter"}};
  return of_browser;
}

std::string counted(std::uint64_t count, const std::string& what, const std::string& happened) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s") + " " + happened;
}

}  // namespace

TrackScreen::TrackScreen(const TrackOptions& options, Watch& watch, Lookups& lookups,
                         const base::Clock& clock, TrackRun run, base::Loop& loop)
    : options_(options),
      watch_(watch),
      lookups_(lookups),
      clock_(clock),
      run_(std::move(run)),
      browser_(browser_options(options), *this) {
  if (options.columns) browser_.list().choose(track_columns(options));
  if (options.sort) browser_.list().sort_by(track_order(options));
  browser_.list().form.is_in_bits = options.is_in_bits;
  lookups_.wants_names = options.resolves;
  // A log that cannot be written is an Error, which gives the terminal back.
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  loop.on_signal(SIGWINCH, [this] {
    screen_->look_at_size();
    has_changed_ = true;
  });
  loop.on_signal(SIGTSTP, [this] { suspend(); });
  loop.on_signal(SIGCONT, [this] {
    screen_->resume();
    has_changed_ = true;
  });
  screen_.emplace(view::ScreenOptions{!options.hides_colours && look_at_screen().is_coloured});
  loop.watch(screen_->descriptor(), [this] { read_keys(); });
}

/// While nothing comes only the idle times change, once a second.
void TrackScreen::on_step(base::Nanoseconds) {
  const bool was_still = is_still_;
  is_still_ = watch_.bytes_per_second() == 0;
  const bool is_due = clock_.monotonic() - drawn_ >= base::ns_per_s - draw_period / 2;
  has_changed_ = has_changed_ || !(was_still && is_still_) || is_due;
}

bool TrackScreen::on_end(base::Nanoseconds, bool) {
  has_ended_ = has_changed_ = true;
  return true;
}

void TrackScreen::tell(const std::string& message) {
  browser_.tell(message);
  has_changed_ = true;
}

std::optional<base::Nanoseconds> TrackScreen::deadline() const {
  return has_changed_ ? std::optional(drawn_ + pause_) : std::nullopt;
}

void TrackScreen::on_deadline() {
  const auto due = deadline();
  if (due && *due <= clock_.monotonic()) draw();
}

/// A fifth of the time at most, however many connections there are: packets come first.
void TrackScreen::draw() {
  constexpr int times_longer = 4;
  const base::Nanoseconds begun = clock_.monotonic();
  watch_.look(run_.now());
  const layout::Size size = screen_->size();
  const bool is_small = size.columns < view::Screen::least.columns || size.rows < view::Screen::least.rows;
  const layout::Picture too_small{{{{"too small: 40x5 are needed"}}}};
  has_changed_ = !screen_->draw(is_small ? too_small : browser_.compose(size));
  drawn_ = clock_.monotonic();
  pause_ = std::max(draw_period, times_longer * (drawn_ - begun));
  // Asked for from the next time on, where somebody sees it.
  const auto& columns = browser_.list().columns();
  lookups_.wants_processes =
      options_.is_live() && std::ranges::any_of(columns, [](const report::ListColumn& column) {
        return column.field.name == "process";
      });
}

void TrackScreen::read_keys() {
  while (const auto key = screen_->read_key()) {
    // Which row a key means is seen by what is on the screen.
    browser_.on_key(*key);
    has_changed_ = true;
  }
  if (screen_->is_gone()) run_.stop();
}

void TrackScreen::on_key(const view::Key& key) {
  switch (key.character) {
    case U'q': return run_.stop();
    case U'p': return watch_.is_paused() ? watch_.go_on() : watch_.pause(run_.now());
    case U't': watch_.shows_all_protocols = !watch_.shows_all_protocols; return;
    case U'n': lookups_.wants_names = !lookups_.wants_names; return;
    default: break;
  }
}

void TrackScreen::suspend() {
  screen_->suspend();
  std::raise(SIGSTOP);
  screen_->resume();
  has_changed_ = true;
}

std::string TrackScreen::warning() const {
  std::string text;
  if (const std::uint64_t dropped = run_.dropped(); dropped > 0)
    text += counted(dropped, "packet", "dropped");
  if (const std::uint64_t evicted = watch_.evicted(); evicted > 0) {
    text += (text.empty() ? "" : ", ") + counted(evicted, "connection", "evicted");
  }
  return text;
}

std::vector<layout::Line> TrackScreen::details(std::size_t row, layout::Size size) const {
  const auto history = watch_.history(row);
  const bool had_processes = lookups_.wants_processes;
  lookups_.wants_processes = options_.is_live();
  const report::Record& record = watch_.full_record(row);
  lookups_.wants_processes = had_processes;
  const auto glyphs = look_at_screen().is_utf8 ? layout::Glyphs::utf8 : layout::Glyphs::ascii;
  return track_details(record, history, browser_.form(), glyphs, size.columns);
}

}  // namespace tools
