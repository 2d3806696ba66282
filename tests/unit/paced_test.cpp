// SPDX-License-Identifier: BSD-2-Clause
#include "capture/paced.hpp"

#include <poll.h>
#include <sys/timerfd.h>

#include "capture/files.hpp"
#include "capture_files.hpp"
#include "files_reader.hpp"
#include "flow_script.hpp"
#include "link_samples.hpp"

using namespace test::times;
using base::Nanoseconds;
using capture::Paced;
using capture::Progress;
using test::Octets;
using Times = std::vector<Nanoseconds>;

namespace {

constexpr Nanoseconds epoch = 1'700'000'000_s;

/// What one dispatch() gives.
struct Batch {
  Times timestamps;  ///< since the epoch above
  Progress progress = Progress::more;
};

class FakeSource final : public capture::Source {
 public:
  explicit FakeSource(std::vector<Batch> batches) : batches_(std::move(batches)) {}

  int descriptor() const override { return pipe_.reader.number(); }
  Progress dispatch(const capture::FrameSink& sink) override {
    if (next_ == batches_.size()) return Progress::end;
    const Batch& batch = batches_[next_++];
    for (const Nanoseconds timestamp : batch.timestamps) {
      const test::Exact bytes(test::filled(600, static_cast<std::uint8_t>(++packets_)));
      sink({epoch + timestamp, 1500, bytes.bytes(), &packet::link_type(1), 3});
    }
    return batch.progress;
  }
  const std::optional<base::Error>& fault() const override { return fault_; }
  std::uint64_t packets() const override { return packets_; }
  void set_filter(const std::string& expression) override { filter = expression; }

  std::string filter;

 private:
  std::vector<Batch> batches_;
  std::size_t next_ = 0;
  std::uint64_t packets_ = 0;
  std::optional<base::Error> fault_;
  test::Pipe pipe_;
};

struct Player {
  explicit Player(std::vector<Batch> batches, std::uint64_t factor_milli = 1000)
      : Player(std::make_unique<FakeSource>(std::move(batches)), factor_milli) {}
  Player(std::unique_ptr<capture::Source> source, std::uint64_t factor_milli)
      : paced(std::move(source), factor_milli, clock) {}

  /// What there is without waiting, since the epoch.
  Times play() {
    Times times;
    const auto keep = [&](const capture::Frame& frame) {
      times.push_back(frame.timestamp - epoch);
      frames.push_back(test::copy_of(frame));
    };
    do {
      progress = paced.dispatch(capture::FrameSink(keep));
    } while (progress == Progress::more);
    return times;
  }
  Times play_after(Nanoseconds wait) {
    clock.advance(wait);
    return play();
  }
  /// How long the timer still waits, in ms, rounded up.
  long armed_ms() const {
    itimerspec left{};
    REQUIRE(::timerfd_gettime(paced.descriptor(), &left) == 0);
    return (left.it_value.tv_sec * base::ns_per_s + left.it_value.tv_nsec + 1_ms - 1) / 1_ms;
  }

  test::FakeClock clock;
  Paced paced;
  std::vector<test::SeenFrame> frames;
  Progress progress = Progress::more;
};

}  // namespace

TEST_CASE("frames come when their timestamps say") {
  Player player({{{0_ms, 10_ms, 10_ms, 250_ms}}, {{251_ms, 60'000_ms}}});
  CHECK(player.paced.now() == base::time_earliest);
  CHECK(player.play() == Times{0_ms});
  CHECK(player.progress == Progress::idle);
  CHECK(player.paced.packets() == 1);
  CHECK(player.paced.now() == epoch);
  CHECK(player.play_after(9'999'999_ns).empty());
  CHECK(player.play_after(1_ns) == Times{10_ms, 10_ms});
  CHECK(player.play_after(239'999'999_ns).empty());
  CHECK(player.play_after(1_ns) == Times{250_ms});
  CHECK(player.play_after(1_ms) == Times{251_ms});
  CHECK(player.play_after(59'000_ms).empty());
  CHECK(player.paced.now() == epoch + 59'251_ms);
  CHECK(player.play_after(749_ms) == Times{60'000_ms});
  CHECK(player.progress == Progress::end);
  CHECK(player.play().empty());
  CHECK(player.progress == Progress::end);
  CHECK(player.paced.packets() == 6);
}

TEST_CASE("faster and slower, to the nanosecond") {
  SUBCASE("ten times as fast") {
    Player player({{{0_ms, 1_s, 1_s + 1_ns}}}, 10'000);
    CHECK(player.play() == Times{0_ms});
    CHECK(player.play_after(99'999'999_ns).empty());
    CHECK(player.play_after(1_ns) == Times{1_s});
    CHECK(player.play_after(1_ns) == Times{1_s + 1_ns});
    CHECK(player.paced.now() == epoch + 1_s + 10_ns);
  }
  SUBCASE("a thousandth as fast") {
    Player player({{{0_ms, 1_s}}}, 1);
    CHECK(player.play() == Times{0_ms});
    CHECK(player.play_after(999'999'999'999_ns).empty());
    CHECK(player.play_after(1_ns) == Times{1_s});
  }
  SUBCASE("as fast as it goes") {
    Player player({{{0_ms, 1'000'000_s}}}, UINT64_MAX);
    CHECK(player.play() == Times{0_ms});
    CHECK(player.play_after(1_ns) == Times{1'000'000_s});
  }
}

TEST_CASE("a reader that was stopped catches up, batch after batch") {
  Player player({{{0_ms, 1_s}}, {{2_s, 3_s}}, {{4_s, 50_s}}});
  CHECK(player.play() == Times{0_ms});
  CHECK(player.play_after(40_s) == Times{1_s, 2_s, 3_s, 4_s});
  CHECK(player.progress == Progress::idle);
  CHECK(player.play_after(10_s) == Times{50_s});
}

TEST_CASE("timestamps that run backwards are due at once") {
  Player player({{{5_s, 4_s, 1_s, 6_s, 2_s}}});
  CHECK(player.play() == Times{5_s, 4_s, 1_s});
  CHECK(player.play_after(1_s) == Times{6_s, 2_s});
}

TEST_CASE("the timer goes off when the next frame is due, and not for each of many") {
  Player player({{{0_ms, 1_ms, 3'600'000_ms}}}, 2000);
  player.play();
  CHECK(player.armed_ms() == 5);  // the least
  CHECK(player.play_after(5_ms) == Times{1_ms});
  CHECK(player.armed_ms() > 1'799'000);
  CHECK(player.armed_ms() <= 1'799'995);
  CHECK(player.play_after(100_s).empty());
  CHECK(player.armed_ms() <= 1'699'995);
}

TEST_CASE("by the system's clock it is the timer that wakes the reader") {
  const base::SystemClock clock;
  Paced paced(std::make_unique<FakeSource>(std::vector<Batch>{{{0_ms, 60_ms, 120_ms}}}), 2000, clock);
  Times times;
  const auto keep = [&](const capture::Frame& frame) { times.push_back(frame.timestamp - epoch); };
  const Nanoseconds begin = clock.monotonic();
  int dispatches = 0;
  for (Progress progress = Progress::more; progress != Progress::end; ++dispatches) {
    pollfd row{paced.descriptor(), POLLIN, 0};
    if (progress == Progress::idle) REQUIRE(::poll(&row, 1, 10'000) == 1);
    progress = paced.dispatch(capture::FrameSink(keep));
  }
  CHECK(times == Times{0_ms, 60_ms, 120_ms});
  CHECK(clock.monotonic() - begin >= 60_ms);
  CHECK(dispatches <= 4);
}

TEST_CASE("while the capture has nothing it is the capture that is waited for") {
  Player player({{{}, Progress::idle}, {{0_ms, 1_s}, Progress::idle}, {{}, Progress::idle}, {{10_s}}});
  CHECK(player.play().empty());
  CHECK(player.progress == Progress::idle);
  const int of_capture = player.paced.descriptor();
  CHECK(player.play() == Times{0_ms});
  CHECK(player.paced.descriptor() != of_capture);
  CHECK(player.play_after(1_s) == Times{1_s});
  CHECK(player.progress == Progress::idle);
  CHECK(player.paced.descriptor() == of_capture);
  CHECK(player.play_after(20_s) == Times{10_s});  // that is late
}

TEST_CASE("of a frame the headers are kept, and what is told of it") {
  Player player({{{0_ms, 1_ms}}});
  player.play();
  player.play_after(1_ms);
  REQUIRE(player.frames.size() == 2);
  const test::SeenFrame& second = player.frames[1];
  CHECK(second == test::SeenFrame{epoch + 1_ms, 1500, test::filled(512, 2), 1, 3});
}

TEST_CASE("what a capture said last is handed on when it is closed, also of an unknown link type") {
  const test::Folder folder;
  test::PcapWriter writer(test::little, test::PcapKind::microseconds, 147);
  writer.record(1'700'000'000, 0, 60, test::filled(60)).record(1'700'000'002, 0, 60, test::filled(60));
  const std::string name = folder.add("day.pcap", writer.file.content + test::filled(40, 0xff));
  Player player(std::make_unique<capture::Files>(test::Names{name}, "", [](const std::string&) {}), 1000);
  CHECK(player.play() == Times{0_ms});
  CHECK(player.play_after(2_s) == Times{2_s});
  CHECK(player.progress == Progress::end);
  REQUIRE(player.paced.fault().has_value());
  CHECK(test::says(player.paced.fault()->what(), "damaged after 2 packets"));
  CHECK(player.paced.packets() == 2);
}

TEST_CASE("another filter is for what is not held yet") {
  auto source = std::make_unique<FakeSource>(std::vector<Batch>{{{0_ms, 1_s}}});
  const FakeSource& inner = *source;
  Player player(std::move(source), 1000);
  player.play();
  player.paced.set_filter("tcp");
  CHECK(inner.filter == "tcp");
  CHECK(player.play_after(1_s) == Times{1_s});
}
