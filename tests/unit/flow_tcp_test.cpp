// SPDX-License-Identifier: BSD-2-Clause
#include "flow/tcp.hpp"

#include "flow_script.hpp"

using namespace test::times;
using namespace flow::tcp_flag;
using test::Peer;
using test::shake_hands;
using test::told;

TEST_CASE("a connection that is opened, used and closed") {
  CHECK(told([](Peer& client, Peer& server) {
          client.syn(0_ms);
          server.syn_ack(30_ms);
          client.ack(35_ms);
          client.data(40_ms, 100);
          server.ack(75_ms);
          server.data(80_ms, 500);
          client.ack(87_ms);
          client.fin(90_ms);
          server.fin(122_ms);
          client.ack(128_ms);
        }) ==
        "40000>80 CLOSED fin 0s-128ms, handshake 35ms, rtt 38333333ns, least 35ms, first byte 80ms\n"
        "  > 6 packets, 100 bytes, SYN, FIN\n"
        "  < 4 packets, 500 bytes, SYN, FIN\n");
}

TEST_CASE("how far a connection has come") {
  SUBCASE("a SYN") {
    CHECK(told([](Peer& client, Peer&) { client.syn(0_ms); }) ==
          "40000>80 SYN_SENT open 0s-0s, one way\n"
          "  > 1 packets, SYN\n"
          "  < 0 packets\n");
  }
  SUBCASE("that is answered") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
          }) ==
          "40000>80 SYN|ACK-ACK open 0s-10ms, rtt 10ms, least 10ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("by an ACK, which does not open") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.next = 7'000;
            server.ack(10_ms);
          }) ==
          "40000>80 SYN_SENT open 0s-10ms, rtt 10ms, least 10ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets\n");
  }
  SUBCASE("and the answer acknowledged") {
    CHECK(told(shake_hands) ==
          "40000>80 ESTABLISHED open 0s-20ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("by data, the ACK being lost") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
            client.data(25_ms, 10);
          }) ==
          "40000>80 ESTABLISHED open 0s-25ms, handshake 25ms, rtt 25ms, least 25ms\n"
          "  > 2 packets, 10 bytes, SYN\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("by a client that is not seen, as data of the server tell") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
            client.lose(100);
            server.data(40_ms, 500);
          }) ==
          "40000>80 ESTABLISHED open 0s-40ms, rtt 10ms, least 10ms, first byte 40ms\n"
          "  > 1 packets, SYN\n"
          "  < 2 packets, 500 bytes, SYN\n");
  }
}

TEST_CASE("how far it is closed") {
  SUBCASE("one FIN") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin(30_ms);
            server.ack(40_ms);
          }) ==
          "40000>80 CLOSING open 0s-40ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, SYN, FIN\n"
          "  < 2 packets, SYN\n");
  }
  SUBCASE("both FINs, the last one not acknowledged") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin(30_ms);
            server.fin(40_ms);
          }) ==
          "40000>80 CLOSING open 0s-40ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, SYN, FIN\n"
          "  < 2 packets, SYN, FIN\n");
  }
}

TEST_CASE("a handshake with losses") {
  SUBCASE("the SYN is sent three times: the last one counts for its round trip") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            client.syn(1000_ms);
            client.syn(3000_ms);
            server.syn_ack(3010_ms);
            client.ack(3020_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-3020ms, handshake 20ms, rtt 10ms, least 10ms\n"
          "  > 4 packets, 3 SYN, 2 retransmitted\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("the SYN|ACK is sent twice") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn_ack(10_ms);
            server.syn_ack(1010_ms);
            client.ack(1020_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-1020ms, handshake 1020ms, rtt 10ms, least 10ms\n"
          "  > 2 packets, SYN\n"
          "  < 2 packets, 2 SYN, 1 retransmitted\n");
  }
  SUBCASE("the SYN is not seen") {
    CHECK(told([](Peer& client, Peer& server) {
            client.lose(1);
            server.syn_ack(10_ms);
            client.ack(20_ms);
            client.data(30_ms, 100);
          }) ==
          "40000>80 ESTABLISHED open 10ms-30ms, rtt 10ms, least 10ms\n"
          "  > 2 packets, 100 bytes\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("the SYN|ACK is not seen") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.lose(1);
            client.ack(20_ms);
            server.data(40_ms, 100);
          }) ==
          "40000>80 ESTABLISHED open 0s-40ms, handshake 20ms, rtt 40ms, least 40ms, first byte 40ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, 100 bytes\n");
  }
  SUBCASE("the SYN|ACK is seen before the SYN") {
    CHECK(told([](Peer& client, Peer& server) {
            client.lose(1);
            server.syn_ack(10_ms);
            client.syn(10_ms);
            client.ack(20_ms);
          }) ==
          "40000>80 ESTABLISHED open 10ms-20ms, handshake 10ms, rtt 10ms, least 10ms\n"
          "  > 2 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
}

TEST_CASE("both open at once (RFC 9293, figure 7)") {
  SUBCASE("a SYN of each") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn(1_ms);
          }) ==
          "40000>80 SYN|ACK-ACK open 0s-1ms\n"
          "  > 1 packets, SYN\n"
          "  < 1 packets, SYN\n");
  }
  SUBCASE("which each acknowledges by a SYN|ACK: then it is open") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn(1_ms);
            client.syn_ack(21_ms);
            server.syn_ack(22_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-22ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 2 packets, 2 SYN, 1 retransmitted\n"
          "  < 2 packets, 2 SYN, 1 retransmitted\n");
  }
  SUBCASE("or by an ACK") {
    CHECK(told([](Peer& client, Peer& server) {
            client.syn(0_ms);
            server.syn(1_ms);
            client.ack(21_ms);
            server.ack(22_ms);
            client.data(30_ms, 10);
            server.ack(51_ms);
          }) ==
          "40000>80 ESTABLISHED open 0s-51ms, handshake 20ms, rtt 41500us, least 41ms\n"
          "  > 3 packets, 10 bytes, SYN\n"
          "  < 3 packets, SYN\n");
  }
}

TEST_CASE("half a connection is closed, the other half goes on") {
  const auto script = [](Peer& client, Peer& server) {
    shake_hands(client, server);
    client.data(30_ms, 50);
    client.fin(31_ms);
    server.ack(40_ms);
    server.data(50_ms, 1000);
    client.ack(60_ms);
    server.data(7'000_s, 1000);
    client.ack(7'000_s + 10_ms);
  };
  SUBCASE("for hours") {
    CHECK(told(script) ==
          "40000>80 CLOSING open 0s-7000010ms, handshake 20ms, rtt 20ms, least 20ms, first byte 50ms\n"
          "  > 6 packets, 50 bytes, SYN, FIN\n"
          "  < 4 packets, 2000 bytes, SYN\n");
  }
  SUBCASE("until that is closed too") {
    CHECK(told([&](Peer& client, Peer& server) {
            script(client, server);
            server.fin(7'001_s);
            client.ack(7'001_s + 10_ms);
          }) ==
          "40000>80 CLOSED fin 0s-7001010ms, handshake 20ms, rtt 20ms, least 20ms, first byte 50ms\n"
          "  > 7 packets, 50 bytes, SYN, FIN\n"
          "  < 5 packets, 2000 bytes, SYN, FIN\n");
  }
}

TEST_CASE("closing with losses") {
  SUBCASE("a FIN that overtakes data is acknowledged with them") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin_from(30_ms, 101);
            server.acknowledge(1);
            server.ack(40_ms);
            client.data_from(41_ms, 1, 100);
            server.acknowledge({});
            server.fin(50_ms);
            client.ack(60_ms);
          }) ==
          "40000>80 CLOSED fin 0s-60ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 100 bytes, SYN, FIN, 1 out of order\n"
          "  < 3 packets, SYN, FIN, 1 duplicate ACKs\n");
  }
  SUBCASE("an ACK of less than the FIN does not close") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.data(30_ms, 100);
            client.fin(31_ms);
            server.acknowledge(101);
            server.fin(40_ms);
            client.ack(50_ms);
          }) ==
          "40000>80 CLOSING open 0s-50ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, 100 bytes, SYN, FIN\n"
          "  < 2 packets, SYN, FIN\n");
  }
  SUBCASE("a FIN that comes again further on is to be acknowledged again") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin(30_ms);
            server.ack(40_ms);
            client.fin_from(50_ms, 101);
            server.acknowledge(2);
            server.fin(60_ms);
            client.ack(70_ms);
          }) ==
          "40000>80 CLOSING open 0s-70ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 5 packets, SYN, 2 FIN\n"
          "  < 3 packets, SYN, FIN\n");
  }
  SUBCASE("what is late still belongs to it") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            client.fin(30_ms);
            server.fin(40_ms);
            client.ack(50_ms);
            server.fin_from(1040_ms, 1);
            client.ack(1050_ms);
            client.rst(1060_ms);
          }) ==
          "40000>80 CLOSED fin 0s-1060ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 6 packets, SYN, FIN, RST, 1 duplicate ACKs\n"
          "  < 3 packets, SYN, 2 FIN, 1 retransmitted\n");
  }
}

TEST_CASE("closing in other ways") {
  SUBCASE("both FINs at once") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            server.acknowledge(1);
            client.fin(30_ms);
            server.fin(31_ms);
            server.acknowledge({});
            client.ack(41_ms);
            server.ack(42_ms);
          }) ==
          "40000>80 CLOSED fin 0s-42ms, handshake 20ms, rtt 21ms, least 20ms\n"
          "  > 4 packets, SYN, FIN\n"
          "  < 3 packets, SYN, FIN\n");
  }
  SUBCASE("a last byte with the FIN, into a window of zero that does not take them") {
    CHECK(told([](Peer& client, Peer& server) {
            shake_hands(client, server);
            server.window = 0;
            server.fin(30_ms);
            client.fin_from(40_ms, 1, 1);
            server.acknowledge(1);
            server.ack(50_ms);
          }) ==
          "40000>80 CLOSING open 0s-50ms, handshake 20ms, rtt 20ms, least 20ms\n"
          "  > 3 packets, 1 bytes, SYN, FIN\n"
          "  < 3 packets, SYN, FIN, 1 zero windows\n");
  }
}
