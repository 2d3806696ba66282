// SPDX-License-Identifier: BSD-2-Clause
#include "flow/measure.hpp"

#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::Peer;
using test::told;

namespace {

/// 20 ms, of them 10 ms between the watch and the server.
void shake_hands(Peer& client, Peer& server) {
  client.syn(0_ms);
  server.syn_ack(10_ms);
  client.ack(20_ms);
}

/// What is told of the connection that begins so, and of what the client has sent; the server's line only where
/// there is something.
std::string told_after_handshake(const test::Script& script) {
  return told([&](Peer& client, Peer& server) {
    shake_hands(client, server);
    script(client, server);
  });
}

}  // namespace

TEST_CASE("segments that are lost") {
  SUBCASE("behind the watch: duplicate ACKs, and a fast retransmission") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const auto at : {30_ms, 31_ms, 32_ms, 33_ms}) client.data(at, 100);
            server.acknowledge(101);
            for (const auto at : {40_ms, 42_ms, 43_ms}) server.ack(at);
            client.data_from(44_ms, 101, 100);
            server.acknowledge({});
            server.ack(54_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-54ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 7 packets, 500 bytes, SYN, 1 retransmitted (100)\n"
          "  < 5 packets, SYN, 2 duplicate ACKs\n");
  }
  SUBCASE("behind the watch: a retransmission after a while") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.data_from(230_ms, 1, 100);
            client.data_from(630_ms, 1, 100);
            server.ack(640_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-640ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 2 retransmitted (200)\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("before the watch: what fills the gap later than a round trip was sent again") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.lose(100);
            client.data(31_ms, 100);
            server.acknowledge(101);
            server.ack(40_ms);
            client.data_from(60_ms, 101, 100);
            server.acknowledge({});
            server.ack(70_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-70ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 1 retransmitted (100)\n"
          "  < 3 packets, SYN\n");
  }
  SUBCASE("before the watch, and never seen") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.lose(100);
            client.data(31_ms, 100);
            server.ack(41_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-41ms, handshake 20ms, rtt 20500us, least 20ms\n"
          "  > 4 packets, 200 bytes, SYN\n"
          "  < 2 packets, SYN\n");
  }
}

TEST_CASE("segments that overtake each other") {
  SUBCASE("within a round trip they are out of order") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data_from(30_ms, 201, 100);
            client.data_from(31_ms, 1, 100);
            client.data_from(49_ms, 101, 100);
            server.ack(59_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-59ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 2 out of order\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("at a whole one they are sent again") {
    CHECK(told_after_handshake([](Peer& client, Peer&) {
            client.data_from(30_ms, 101, 100);
            client.data_from(50_ms, 1, 100);
          }) ==
          "40000>80 ESTABLISHED open 0s-50ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, 200 bytes, SYN, 1 retransmitted (100)\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("where no handshake was seen, within 3 ms") {
    CHECK(told([](Peer& client, Peer& server) {
            client.next = server.next = 1;
            client.data_from(30_ms, 101, 100);
            client.data_from(32_ms, 1, 100);
            client.data_from(40_ms, 301, 100);
            client.data_from(43_ms, 201, 100);
          }) ==
          "40000>80 ESTABLISHED open 30ms-43ms, guessed, one way\n"
          "  > 4 packets, 400 bytes, 1 retransmitted (100), 1 out of order\n"
          "  < 0 packets\n");
  }
  SUBCASE("a FIN before the last data") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.fin_from(30_ms, 101);
            client.data_from(30_ms, 1, 100);
            server.ack(40_ms);
          }) ==
          "40000>80 CLOSING open 0s-40ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, 100 bytes, SYN, FIN, 1 out of order\n"
          "  < 2 packets, SYN\n");
  }
}

TEST_CASE("retransmissions") {
  SUBCASE("of other bytes than before: those that had been sent count") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const auto at : {30_ms, 31_ms, 32_ms}) client.data(at, 100);
            client.data_from(232_ms, 1, 250);
            client.data_from(233_ms, 251, 150);
            client.data_from(300_ms, 301, 100);
            server.ack(310_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-310ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 8 packets, 800 bytes, SYN, 3 retransmitted (400)\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("of what was acknowledged, however soon") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.data(30_ms, 100);
            server.ack(40_ms);
            client.data_from(41_ms, 1, 100);
          }) ==
          "40000>80 ESTABLISHED open 0s-41ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 1 retransmitted (100)\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("and frames that a mirror port has twice") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const auto at : {30_ms, 30_ms}) client.data_from(at, 1, 100);
            for (const auto at : {40_ms, 40_ms}) server.data_from(at, 1, 500);
          }) ==
          "40000>80 ESTABLISHED open 0s-40ms, handshake 20ms, rtt 20ms, least 20ms, first byte 40ms\n"
          "  > 4 packets, 200 bytes, SYN, 1 retransmitted (100)\n"
          "  < 3 packets, 1000 bytes, SYN, 1 retransmitted (500)\n");
  }
  SUBCASE("of a FIN") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.fin_from(30_ms, 1);
            client.fin_from(230_ms, 1);
            server.ack(240_ms);
          }) ==
          "40000>80 CLOSING open 0s-240ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, SYN, 2 FIN, 1 retransmitted\n"
          "  < 2 packets, SYN\n");
  }
}

TEST_CASE("keep-alives are no retransmissions, and their answers no duplicate ACKs") {
  for (const std::size_t bytes : {0U, 1U}) {
    CHECK(told_after_handshake([=](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            server.ack(40_ms);
            for (const auto at : {7'200_s, 7'275_s}) {
              client.send(at, ack, client.next - 1, bytes);
              server.ack(at + 10_ms);
            }
            client.data(7'300_s, 100);
            server.ack(7'300_s + 10_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-7300010ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 6 packets, " +
              std::to_string(200 + 2 * bytes) +
              " bytes, SYN\n"
              "  < 5 packets, SYN\n");
  }
}

TEST_CASE("a window of zero") {
  const auto fill = [](Peer& client, Peer& server) {
    client.data(30_ms, 1000);
    server.window = 0;
    server.ack(40_ms);
    client.send(240_ms, ack, client.next, 1);
  };
  SUBCASE("is probed by a byte that is not taken") {
    CHECK(told_after_handshake([=](Peer& client, Peer& server) {
            fill(client, server);
            server.ack(250_ms);
            client.send(640_ms, ack, client.next, 1);
            server.ack(650_ms);
            server.window = 1000;
            server.ack(700_ms);
            client.data(701_ms, 100);
            server.ack(711_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-711ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 6 packets, 1102 bytes, SYN\n"
          "  < 6 packets, SYN, 3 zero windows\n");
  }
  SUBCASE("is probed by a byte that is taken") {
    CHECK(told_after_handshake([=](Peer& client, Peer& server) {
            fill(client, server);
            client.next += 1;
            server.window = 500;
            server.ack(250_ms);
            client.data(260_ms, 100);
            server.ack(270_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-270ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 1101 bytes, SYN\n"
          "  < 4 packets, SYN, 1 zero windows\n");
  }
  SUBCASE("is none in a RST, which has no window") {
    CHECK(told_after_handshake([](Peer& client, Peer&) {
            client.window = 0;
            client.rst(30_ms);
          }) ==
          "40000>80 RESET reset 0s-30ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, SYN, RST\n"
          "  < 1 packets, SYN\n");
  }
}

TEST_CASE("a duplicate ACK says nothing new") {
  SUBCASE("not a window update, not data, not the first one") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            server.ack(40_ms);
            server.window = 2000;
            server.ack(41_ms);
            server.data(42_ms, 500);
            server.data(43_ms, 500);
            client.ack(50_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-50ms, handshake 20ms, rtt 19ms, least 18ms, first byte 42ms\n"
          "  > 4 packets, 100 bytes, SYN\n"
          "  < 5 packets, 1000 bytes, SYN\n");
  }
  SUBCASE("also after data") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            server.data(30_ms, 500);
            server.ack(31_ms);
            client.ack(40_ms);
            client.ack(41_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-41ms, handshake 20ms, rtt 20ms, least 20ms, first byte 30ms\n"
          "  > 4 packets, SYN, 1 duplicate ACKs\n"
          "  < 3 packets, 500 bytes, SYN, 1 duplicate ACKs\n");
  }
}

TEST_CASE("round trips") {
  const auto slower = [](Peer& client, Peer& server) {
    shake_hands(client, server);
    client.data(30_ms, 100);
    server.ack(50_ms);
    client.data(60_ms, 100);
    client.data(61_ms, 100);  // acknowledged together: the first one is timed
    server.ack(120_ms);
  };
  SUBCASE("mean and least are those of both halves") {
    CHECK(told(slower) ==
          "40000>80 ESTABLISHED open 0s-120ms, handshake 20ms, rtt 40ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN\n"
          "  < 3 packets, SYN\n");
  }
  SUBCASE("smoothed as RFC 6298 has it: 10 ms, 11.25 ms, 17.34375 ms") {
    const auto smoothed = test::connection_of(slower).out().smoothed();
    REQUIRE(smoothed);
    CHECK(std::abs(*smoothed - 17'343'750) <= flow::Direction::smoothed_unit_ns * 2);
    CHECK(test::connection_of(slower).in().smoothed() == 10_ms);
    CHECK_FALSE(test::connection_of([](Peer& client, Peer&) { client.syn(0_ms); }).out().smoothed());
  }
  SUBCASE("are not told of what was sent twice (Karn's algorithm)") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.data_from(230_ms, 1, 100);
            server.ack(231_ms);
            client.data(240_ms, 100);
            server.ack(250_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-250ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 1 retransmitted (100)\n"
          "  < 3 packets, SYN\n");
  }
  SUBCASE("are not negative where timestamps run backwards") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(20_ms);
            server.syn_ack(10_ms);
            client.ack(5_ms);
            server.data(4_ms, 10);
            client.ack(3_ms);
          }) ==
          "40000>80 ESTABLISHED open 20ms-20ms, first byte 0s\n"
          "  > 3 packets, SYN\n"
          "  < 2 packets, 10 bytes, SYN\n");
  }
}

TEST_CASE("windows are scaled where both SYNs offer it (RFC 7323)") {
  const auto windows = [](std::optional<std::uint8_t> of_client, std::optional<std::uint8_t> of_server) {
    const flow::Connection connection = test::connection_of([=](Peer& client, Peer& server) {
      client.scale = of_client, server.scale = of_server;
      client.window = 64'240, server.window = 65'160;  // of the SYNs: not scaled, not counted
      client.syn(0_ms);
      server.syn_ack(10_ms);
      client.window = 502, server.window = 509;
      client.ack(20_ms);
      server.ack(30_ms);
      client.window = 501;
      client.ack(40_ms);
    });
    return std::pair(connection.window_most(true), connection.window_most(false));
  };
  CHECK(windows(7, 0) == std::pair<std::uint64_t, std::uint64_t>(502 << 7, 509));
  CHECK(windows(14, 9) == std::pair<std::uint64_t, std::uint64_t>(502 << 14, 509 << 9));
  CHECK(windows(255, 15) == std::pair<std::uint64_t, std::uint64_t>(502 << 14, 509 << 14));  // 14 at most
  CHECK(windows(7, {}) == std::pair<std::uint64_t, std::uint64_t>(502, 509));
  CHECK(windows({}, 7) == std::pair<std::uint64_t, std::uint64_t>(502, 509));
  CHECK(windows({}, {}) == std::pair<std::uint64_t, std::uint64_t>(502, 509));
}

TEST_CASE("sequence numbers may wrap anywhere") {
  const auto script = [](Peer& client, Peer& server) {
    shake_hands(client, server);
    client.data_from(30_ms, 31, 20);
    client.data_from(31_ms, 1, 30);
    server.acknowledge(51);
    server.data(40_ms, 40);
    client.ack(50_ms);
    client.data_from(300_ms, 11, 40);
    server.send(301_ms, ack, 40, 0);
    client.ack(310_ms);
    server.window = 0;
    server.ack(320_ms);
    client.fin(330_ms);
    server.acknowledge({});
    server.fin(340_ms);
    client.ack(350_ms);
  };
  const test::Way way;
  std::string expected;
  for (std::uint32_t before = 0; before < 110; ++before) {
    for (const bool is_servers : {false, true}) {
      test::Watch watch;
      test::Pair pair(watch, way, false, is_servers ? 5 : 0 - before, is_servers ? 0 - before : 5);
      script(pair.client, pair.server);
      watch.end();
      if (expected.empty()) expected = watch.text();
      REQUIRE(watch.text() == expected);
    }
  }
  CHECK(expected ==
        "40000>80 CLOSED fin 0s-350ms, handshake 20ms, rtt 20ms, least 20ms, first byte 40ms\n"
        "  > 9 packets, 90 bytes, SYN, FIN, 1 retransmitted (40), 1 out of order\n"
        "  < 5 packets, 40 bytes, SYN, FIN, 1 zero windows\n");
}
