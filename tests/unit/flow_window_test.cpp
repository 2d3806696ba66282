// SPDX-License-Identifier: BSD-2-Clause
// What ACKs and windows say: keep-alives, probes, duplicate ACKs, scaling.
#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::Peer;
using test::told_after_handshake;

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

TEST_CASE("after a keep-alive duplicate ACKs count again") {
  CHECK(told_after_handshake([](Peer& client, Peer& server) {
          client.send(1000_ms, ack, 0, 0);
          server.ack(1010_ms);
          server.acknowledge(1);
          client.data(2000_ms, 100);
          server.ack(2010_ms);
        }) ==
        "40000>80 ESTABLISHED open 0s-2010ms, handshake 20ms, rtt 20ms, least 20ms\n"
        "  > 4 packets, 100 bytes, SYN\n"
        "  < 3 packets, SYN, 1 duplicate ACKs\n");
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
  SUBCASE("is probed by a byte that comes again with more, its zero having been lost") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            client.data(30_ms, 1);
            client.data_from(240_ms, 1, 100);
            server.ack(250_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-250ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 4 packets, 101 bytes, SYN\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("counts once where the probe has one too; what the prober says then is no keep-alive") {
    CHECK(told_after_handshake([](Peer& client, Peer& server) {
            server.window = client.window = 0;
            server.ack(30_ms);
            client.send(240_ms, ack, client.next, 1);
            client.window = 1000;
            server.data(250_ms, 10);
            for (const auto at : {260_ms, 270_ms}) client.ack(at);
          }) ==
          "40000>80 ESTABLISHED open 0s-270ms, handshake 20ms, rtt 20ms, least 20ms, first byte 250ms\n"
          "  > 5 packets, 1 bytes, SYN, 1 duplicate ACKs\n"
          "  < 3 packets, 10 bytes, SYN, 2 zero windows\n");
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
