// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/sockets.hpp"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "base/error.hpp"

namespace kernel {

namespace {

constexpr std::uint8_t tcp = packet::protocol::tcp, udp = packet::protocol::udp,
                       udp_lite = packet::protocol::udp_lite;

/// Of the interfaces of this machine, how many a socket that is bound to one of them is looked for on.
constexpr std::size_t interfaces_most = 32;

/// An IPv4 address that stands in an IPv6 one (RFC 4291, section 2.5.5.2), as IPv4: the kernel has them so.
packet::Address unmapped(const packet::Address& address) {
  const bool is_mapped = address.is_ipv6 && address.high == 0 && address.low >> 32 == 0xffff;
  return is_mapped ? packet::Address{0, address.low & 0xffffffff, false} : address;
}

/// The address in network byte order, as the kernel has it.
std::array<std::uint32_t, 4> words_of(const packet::Address& address) {
  const auto word = [](std::uint64_t value) { return htonl(static_cast<std::uint32_t>(value)); };
  if (!address.is_ipv6) return {word(address.low)};
  return {word(address.high >> 32), word(address.high), word(address.low >> 32), word(address.low)};
}

std::uint8_t family_of(const packet::Address& address) { return address.is_ipv6 ? AF_INET6 : AF_INET; }

/// IPv4, IPv6 or ::ffff:0.0.0.0.
bool is_unspecified(const std::uint32_t (&address)[4]) {
  return address[0] == 0 && address[1] == 0 && address[3] == 0;
}

template <typename Question>
std::span<const std::byte> bytes_of(const Question& question) {
  return std::as_bytes(std::span(&question, 1));
}

struct FreeInterfaces {
  void operator()(struct if_nameindex* list) const { if_freenameindex(list); }
};

std::vector<std::uint32_t> interface_indices() {
  std::vector<std::uint32_t> indices;
  const std::unique_ptr<struct if_nameindex, FreeInterfaces> list(if_nameindex());
  const struct if_nameindex* each = list.get();
  for (; each != nullptr && each->if_index != 0 && indices.size() < interfaces_most; ++each) {
    indices.push_back(each->if_index);
  }
  return indices;
}

}  // namespace

Sockets::Sockets() : sockets_(NETLINK_SOCK_DIAG), routes_(NETLINK_ROUTE) {
  for (const std::uint8_t protocol : {tcp, udp, udp_lite}) {
    if (has(protocol)) protocols_.push_back(protocol);
  }
  if (std::ranges::count(protocols_, tcp) == 0) throw base::Error("this kernel has no sock_diag(7) for TCP");
}

/// A dump of the sockets in no state at all. Asked only once: where there is no module, the kernel looks for
/// one each time.
bool Sockets::has(std::uint8_t protocol) {
  inet_diag_req_v2 question{};
  question.sdiag_family = AF_INET;
  question.sdiag_protocol = protocol;
  return sockets_.ask(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, bytes_of(question)).error_number == 0;
}

std::optional<std::uint64_t> Sockets::find(const Ends& ends) {
  if (std::ranges::count(protocols_, ends.protocol) == 0) return std::nullopt;
  Ends asked = ends;
  asked.local = unmapped(ends.local);
  asked.remote = unmapped(ends.remote);
  if (asked.local.is_ipv6 != asked.remote.is_ipv6) return std::nullopt;
  std::optional<inet_diag_msg> socket = ask(asked, 0);
  // One that is bound to an address got it because it is this machine's. The others get what is sent to any
  // of its addresses, but not what is sent past it.
  const bool is_certain = socket && !is_unspecified(socket->id.idiag_src);
  if (!is_certain && !is_own(asked.local)) return std::nullopt;
  if (!socket) {  // as with link-local addresses, it may be bound to an interface
    for (const std::uint32_t index : interface_indices()) {
      socket = ask(asked, index);
      if (socket) break;
    }
  }
  if (!socket || socket->idiag_inode == 0) return std::nullopt;
  return socket->idiag_inode;
}

/// The socket that gets a packet from `remote` to `local` that arrives on this interface (0: any, but then only
/// sockets that are bound to none).
std::optional<inet_diag_msg> Sockets::ask(const Ends& ends, std::uint32_t interface_index) {
  inet_diag_req_v2 question{};
  question.sdiag_family = family_of(ends.local);
  question.sdiag_protocol = ends.protocol;
  inet_diag_sockid& id = question.id;
  id.idiag_if = interface_index;
  id.idiag_cookie[0] = id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  std::ranges::copy(words_of(ends.local), id.idiag_src);
  std::ranges::copy(words_of(ends.remote), id.idiag_dst);
  id.idiag_sport = htons(ends.local_port);
  id.idiag_dport = htons(ends.remote_port);
  if (ends.protocol != tcp) {  // here the kernel wants the source of the packet first
    std::swap(id.idiag_src, id.idiag_dst);
    std::swap(id.idiag_sport, id.idiag_dport);
  }
  const auto socket = sockets_.ask(SOCK_DIAG_BY_FAMILY, 0, bytes_of(question)).header<inet_diag_msg>();
  if (!socket || socket->id.idiag_sport != htons(ends.local_port)) return std::nullopt;
  if (ends.protocol == tcp && socket->idiag_state == TCP_LISTEN) return std::nullopt;
  return socket;
}

/// Whether packets to it stay on this machine.
bool Sockets::is_own(const packet::Address& address) {
  struct {
    rtmsg header{};
    rtattr attribute{};
    std::array<std::uint32_t, 4> words{};
  } question;
  question.words = words_of(address);
  if (question.words == std::array<std::uint32_t, 4>{}) return false;
  const std::size_t address_bytes = address.is_ipv6 ? 16 : 4;
  question.header.rtm_family = family_of(address);
  question.header.rtm_dst_len = static_cast<std::uint8_t>(8 * address_bytes);
  question.attribute = {static_cast<std::uint16_t>(RTA_LENGTH(address_bytes)), RTA_DST};
  const auto bytes = bytes_of(question).first(sizeof question - sizeof question.words + address_bytes);
  const auto route = routes_.ask(RTM_GETROUTE, 0, bytes).header<rtmsg>();
  return route && route->rtm_type == RTN_LOCAL;
}

}  // namespace kernel
