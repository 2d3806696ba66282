// SPDX-License-Identifier: BSD-2-Clause
#include "flow/measure.hpp"

#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::Peer;
using test::shake_hands;
using test::told;
using test::told_after_handshake;

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
  SUBCASE("before the watch, and never seen: no round trip is told across the gap") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.lose(100);
            client.data(33_ms, 100);
            server.ack(43_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-43ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, 200 bytes, SYN\n"
          "  < 2 packets, SYN\n");
  }
}

TEST_CASE("what was acknowledged before it is seen had been sent before, unseen") {
  CHECK(told_after_handshake([](Peer& client, Peer& server) {
          client.lose(100);
          server.ack(40_ms);
          client.data_from(41_ms, 1, 100);
          client.lose(200);
          server.ack(50_ms);
          client.data_from(51_ms, 201, 100);
        }) ==
        "40000>80 ESTABLISHED open 0s-51ms, handshake 20ms, rtt 20ms, least 20ms\n"
        "  > 4 packets, 200 bytes, SYN, 2 retransmitted\n"
        "  < 3 packets, SYN\n");
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
  SUBCASE("though there were duplicate ACKs, which ask for another one") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const std::uint32_t sequence : {1U, 201U, 401U}) client.data_from(30_ms, sequence, 100);
            server.acknowledge(101);
            for (const auto at : {40_ms, 41_ms, 42_ms}) server.ack(at);
            client.data_from(43_ms, 301, 100);
          }) ==
          "40000>80 ESTABLISHED open 0s-43ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 6 packets, 400 bytes, SYN, 1 out of order\n"
          "  < 4 packets, SYN, 2 duplicate ACKs\n");
  }
  SUBCASE("though there were duplicate ACKs before") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const std::uint32_t sequence : {1U, 201U, 301U}) client.data_from(30_ms, sequence, 100);
            server.acknowledge(101);
            for (const auto at : {40_ms, 41_ms, 42_ms}) server.ack(at);
            client.data_from(43_ms, 101, 100);
            server.acknowledge({});
            server.ack(53_ms);
            client.data_from(54_ms, 501, 100);
            client.data_from(54_ms, 401, 100);
          }) ==
          "40000>80 ESTABLISHED open 0s-54ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 8 packets, 600 bytes, SYN, 1 retransmitted (100), 1 out of order\n"
          "  < 5 packets, SYN, 2 duplicate ACKs\n");
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
}

TEST_CASE("round trips where something was lost, sent twice, or stamped wrongly") {
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
  SUBCASE("are not told of an ACK of more than was seen") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.lose(100);
            server.ack(60_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-60ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, 100 bytes, SYN\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("are told though something else was sent twice") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            for (const auto at : {30_ms, 31_ms}) client.data(at, 100);
            client.data_from(60_ms, 101, 100);
            server.acknowledge(101);
            server.ack(70_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-70ms, handshake 20ms, rtt 35ms, least 20ms\n"
          "  > 5 packets, 300 bytes, SYN, 1 retransmitted (100)\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("are told though there was a keep-alive, and rounded to the nearest nanosecond") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 100);
            client.send(35_ms, ack, client.next - 1, 0);
            server.ack(60_ms + 1_ns);
          }) ==
          "40000>80 ESTABLISHED open 0s-60000001ns, handshake 20ms, rtt 30000001ns, least 20ms\n"
          "  > 4 packets, 100 bytes, SYN\n"
          "  < 2 packets, SYN\n");
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

TEST_CASE("after 2^24 round trips the mean stays, and more of them count") {
  constexpr std::uint32_t most = (1U << 24) - 1;
  flow::Connection connection{};
  flow::Direction& timed = connection.directions[0];
  timed.round_trips = most;
  timed.round_trips_sum = most * 10_ms;
  timed.timed_sequence = timed.next_sequence = 101;
  connection.learn(false, flow::Connection::is_timed | flow::Connection::has_sequence);
  flow::Segment answer;
  answer.is_swapped = answer.has_tcp = true;
  answer.flags = ack;
  answer.acknowledgment = 101;
  answer.timestamp = 30_ms;
  flow::Tally tally;
  measure(connection, answer, tally);
  CHECK(std::uint64_t{timed.round_trips} == most / 2 + 1);
  CHECK(std::abs(*connection.round_trip_mean() - 10_ms) < 10_ns);
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
