// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/sockets.hpp"

#include <arpa/inet.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <string>
#include <utility>

#include "support.hpp"

using base::Descriptor;
using kernel::Ends;
using kernel::Sockets;

namespace {

constexpr packet::Address loopback4{0, 0x7f000001, false}, loopback6{0, 1, true},
    mapped{0, 0xffff'7f00'0001, true}, elsewhere{0, 0xcb007101, false},
    elsewhere6{0x2001'0db8'0000'0000, 1, true};

std::uint64_t inode_of(const Descriptor& socket) {
  struct stat status {};
  REQUIRE(::fstat(socket.number(), &status) == 0);
  return status.st_ino;
}

/// As the system wants it: IPv6 of all sockets.
sockaddr_in6 name_of(const packet::Address& address, std::uint16_t port, std::uint32_t zone) {
  sockaddr_in6 name{};
  name.sin6_family = AF_INET6;
  name.sin6_port = htons(port);
  name.sin6_scope_id = zone;
  for (std::size_t i = 0; i < 8; ++i) {
    name.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(address.high >> (56 - 8 * i));
    name.sin6_addr.s6_addr[8 + i] = static_cast<std::uint8_t>(address.low >> (56 - 8 * i));
  }
  return name;
}

sockaddr_in name4_of(const packet::Address& address, std::uint16_t port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(static_cast<std::uint32_t>(address.low));
  return name;
}

/// A socket, and the address family that it is of.
struct Socket {
  Socket(int kind, const packet::Address& address, std::uint32_t its_zone = 0)
      : socket(::socket(address.is_ipv6 ? AF_INET6 : AF_INET, kind, 0)), zone(its_zone) {
    REQUIRE(socket.number() >= 0);
  }
  Socket(Descriptor accepted, std::uint32_t its_zone) : socket(std::move(accepted)), zone(its_zone) {}

  template <typename Call>
  bool name(Call call, const packet::Address& address, std::uint16_t port) const {
    const sockaddr_in6 six = name_of(address, port, zone);
    const sockaddr_in four = name4_of(address, port);
    return address.is_ipv6
               ? call(socket.number(), reinterpret_cast<const sockaddr*>(&six), sizeof six) == 0
               : call(socket.number(), reinterpret_cast<const sockaddr*>(&four), sizeof four) == 0;
  }
  void bind(const packet::Address& address, std::uint16_t bound_port = 0) const {
    REQUIRE(name(::bind, address, bound_port));
  }
  void connect(const packet::Address& address, std::uint16_t to_port) const {
    REQUIRE(name(::connect, address, to_port));
  }
  std::uint16_t port() const {
    sockaddr_in6 own{};  // both families have the port in the same place
    socklen_t bytes = sizeof own;
    REQUIRE(::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&own), &bytes) == 0);
    return ntohs(own.sin6_port);
  }
  std::uint64_t inode() const { return inode_of(socket); }

  Descriptor socket;
  std::uint32_t zone;
};

/// A TCP connection of this process with itself.
struct Connection {
  Connection(const packet::Address& listening, const packet::Address& to, std::uint32_t zone = 0)
      : listener(SOCK_STREAM, listening, zone), client(SOCK_STREAM, to, zone), server(Descriptor(), zone) {
    listener.bind(listening);
    REQUIRE(::listen(listener.socket.number(), 1) == 0);
    client.connect(to, listener.port());
    server.socket = Descriptor(::accept(listener.socket.number(), nullptr, nullptr));
    REQUIRE(server.socket.number() >= 0);
    ends = {to, to, client.port(), listener.port(), test::tcp};
  }

  Socket listener, client, server;
  Ends ends;  // as the client sees them
};

void check_both(const Connection& connection, const Ends& ends) {
  Sockets sockets;
  CHECK(sockets.find(ends) == connection.client.inode());
  CHECK(sockets.find(ends.reversed()) == connection.server.inode());
}

Ends changed(Ends ends, std::uint16_t local_port, std::uint16_t remote_port) {
  ends.local_port = local_port;
  ends.remote_port = remote_port;
  return ends;
}

/// Gives the loopback interface (1) of a new network namespace this address, and waits until it can be used.
bool add_address(const packet::Address& address) {
  const Descriptor any(::socket(AF_INET6, SOCK_DGRAM, 0));
  ifreq up{};
  up.ifr_name[0] = 'l';
  up.ifr_name[1] = 'o';
  up.ifr_flags = IFF_UP;
  const struct {
    in6_addr address;
    std::uint32_t prefix_bits;
    int index;
  } added{name_of(address, 0, 0).sin6_addr, 64, 1};
  if (::ioctl(any.number(), SIOCSIFFLAGS, &up) != 0) return false;
  if (::ioctl(any.number(), SIOCSIFADDR, &added) != 0) return false;
  for (int tries = 0; tries < 500; ++tries) {  // it is tentative at first (RFC 4862, section 5.4)
    if (Socket(SOCK_DGRAM, address, 1).name(::bind, address, 0)) return true;
    ::usleep(10'000);
  }
  return false;
}

}  // namespace

TEST_CASE("both sockets of a TCP connection are found by their ends") {
  SUBCASE("over IPv4") {
    const Connection connection(loopback4, loopback4);
    check_both(connection, connection.ends);
  }
  SUBCASE("over IPv6") {
    const Connection connection(loopback6, loopback6);
    check_both(connection, connection.ends);
  }
  SUBCASE("over IPv4 by an IPv6 socket, whichever way it is written") {
    const Connection connection({0, 0, true}, mapped);
    check_both(connection, connection.ends);
    Ends ends = connection.ends;
    ends.local = ends.remote = loopback4;
    check_both(connection, ends);
  }
}

TEST_CASE("of a connection that is not quite the same there is no socket") {
  Sockets sockets;
  const Connection connection(loopback4, loopback4);
  const Ends ends = connection.ends;
  const std::uint16_t client = ends.local_port, server = ends.remote_port;
  CHECK(!sockets.find(changed(ends, client, client)));
  CHECK(!sockets.find(changed(ends, server, server)));  // but somebody listens there
  CHECK(!sockets.find(changed(ends, server, static_cast<std::uint16_t>(client ^ 1))));
  Ends other = ends;
  other.protocol = test::udp;
  CHECK(!sockets.find(other));
  other.protocol = test::icmp;
  CHECK(!sockets.find(other));
  other = ends;
  other.remote = elsewhere;
  CHECK(!sockets.find(other));
  other.remote = loopback6;
  CHECK(!sockets.find(other));
}

TEST_CASE("a socket that was closed is found no more, nor one that nobody has accepted") {
  Sockets sockets;
  Connection connection(loopback4, loopback4);
  const std::uint64_t server = connection.server.inode();
  connection.client.socket = Descriptor();  // FIN-WAIT-2
  CHECK(!sockets.find(connection.ends));
  CHECK(sockets.find(connection.ends.reversed()) == server);
  connection.server.socket = Descriptor();  // TIME-WAIT
  CHECK(!sockets.find(connection.ends));
  CHECK(!sockets.find(connection.ends.reversed()));
  const Socket next(SOCK_STREAM, loopback4);
  next.connect(loopback4, connection.listener.port());
  const Ends ends = changed(connection.ends, next.port(), connection.listener.port());
  CHECK(sockets.find(ends) == next.inode());
  CHECK(!sockets.find(ends.reversed()));
}

TEST_CASE("UDP sockets are found connected or not") {
  Sockets sockets;
  for (const packet::Address& address : {loopback4, loopback6}) {
    const Socket server(SOCK_DGRAM, address), client(SOCK_DGRAM, address);
    server.bind({0, 0, address.is_ipv6});
    client.connect(address, server.port());
    const Ends ends{address, address, client.port(), server.port(), test::udp};
    CHECK(sockets.find(ends) == client.inode());
    CHECK(sockets.find(ends.reversed()) == server.inode());
    CHECK(!sockets.find(changed(ends, client.port(), static_cast<std::uint16_t>(server.port() ^ 1))));
  }
}

TEST_CASE("a UDP socket of any address has nothing of what goes past this machine") {
  Sockets sockets;
  const packet::Address any4{0, 0, false}, any6{0, 0, true}, any_mapped{0, 0xffff'0000'0000, true};
  for (const packet::Address& any : {any4, any6, any_mapped}) {
    const Socket server(SOCK_DGRAM, any);
    server.bind(any);
    for (const packet::Address& address : {loopback4, mapped}) {
      CHECK(sockets.find({address, address, server.port(), 9, test::udp}) == server.inode());
    }
    const bool has_ipv6 = sockets.find({loopback6, loopback6, server.port(), 9, test::udp}).has_value();
    CHECK(has_ipv6 == (any == any6));
    for (const packet::Address& address : {elsewhere, elsewhere6, any4, any6, any_mapped}) {
      CHECK(!sockets.find({address, address, server.port(), 9, test::udp}));
    }
  }
}

TEST_CASE("a UDP socket that is connected comes before one that is not") {
  Sockets sockets;
  const Socket server(SOCK_DGRAM, loopback4), session(SOCK_DGRAM, loopback4), client(SOCK_DGRAM, loopback4);
  const int yes = 1;
  for (const Socket* each : {&server, &session}) {
    REQUIRE(::setsockopt(each->socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0);
  }
  server.bind({0, 0, false});
  session.bind(loopback4, server.port());
  client.bind(loopback4);
  session.connect(loopback4, client.port());
  const Ends ends{loopback4, loopback4, server.port(), client.port(), test::udp};
  CHECK(sockets.find(ends) == session.inode());
}

TEST_CASE("sockets that are bound to an interface are found, also by their link-local addresses") {
  if (::geteuid() != 0) {
    MESSAGE("skipped: needs root");
    return;
  }
  const int status = test::status_in_child([] {
    const packet::Address local{0xfe80'0000'0000'0000, 1, true};
    if (::unshare(CLONE_NEWNET) != 0 || !add_address(local)) return false;
    Sockets sockets;
    const Connection connection(local, local, 1);
    const Socket server(SOCK_DGRAM, loopback4);
    const int bound = ::setsockopt(server.socket.number(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
    server.bind({0, 0, false});
    return bound == 0 && sockets.find(connection.ends) == connection.client.inode() &&
           sockets.find(connection.ends.reversed()) == connection.server.inode() &&
           sockets.find({loopback4, loopback4, server.port(), 9, test::udp}) == server.inode();
  });
  CHECK(status == 0);
}

TEST_CASE("what the kernel does not do is an error") {
  kernel::Netlink netlink(NETLINK_SOCK_DIAG);
  inet_diag_req_v2 question{};
  question.sdiag_family = AF_INET;
  question.sdiag_protocol = 254;  // for experiments (RFC 3692)
  const auto bytes = std::as_bytes(std::span(&question, 1));
  for (const std::uint16_t flags : {std::uint16_t{0}, std::uint16_t{NLM_F_DUMP}}) {
    CHECK(netlink.ask(SOCK_DIAG_BY_FAMILY, flags, bytes).error_number == ENOENT);
  }
  question.sdiag_protocol = test::tcp;
  CHECK(netlink.ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, bytes).error_number == 0);
  CHECK(netlink.ask(SOCK_DIAG_BY_FAMILY, 0, bytes.first(4)).error_number == EINVAL);
  const base::Error error = test::error_of([] { kernel::Netlink none(99); });
  CHECK(std::string(error.what()) == "netlink: cannot ask the kernel: Protocol not supported");
}
