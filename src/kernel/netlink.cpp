// SPDX-License-Identifier: BSD-2-Clause
#include "kernel/netlink.hpp"

#include <libmnl/libmnl.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "base/error.hpp"

namespace kernel {

namespace {

base::Error no_netlink(int error_number) {
  return base::Error("netlink: cannot ask the kernel: " + base::system_reason(error_number));
}

}  // namespace

void Netlink::Close::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

Netlink::Netlink(int family) : socket_(mnl_socket_open2(family, SOCK_CLOEXEC | SOCK_NONBLOCK)) {
  if (!socket_ || mnl_socket_bind(socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) throw no_netlink(errno);
}

Netlink::Answer Netlink::ask(std::uint16_t type, std::uint16_t flags, std::span<const std::byte> question) {
  if (question.size() > buffer_.size() / 2) return {EMSGSIZE};
  nlmsghdr* header = mnl_nlmsg_put_header(buffer_.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
  header->nlmsg_seq = ++sequence_;
  std::memcpy(mnl_nlmsg_put_extra_header(header, question.size()), question.data(), question.size());
  if (mnl_socket_sendto(socket_.get(), header, header->nlmsg_len) < 0) return {errno};
  return next_answer();
}

Netlink::Answer Netlink::next_answer() {
  for (;;) {
    const ssize_t bytes = mnl_socket_recvfrom(socket_.get(), buffer_.data(), buffer_.size());
    if (bytes < 0) return {errno};
    const auto* header = reinterpret_cast<const nlmsghdr*>(buffer_.data());
    if (!mnl_nlmsg_ok(header, static_cast<int>(bytes))) return {EBADMSG};
    if (header->nlmsg_seq != sequence_) continue;  // the rest of a former one
    const Answer answer{
        0, {static_cast<const std::byte*>(mnl_nlmsg_get_payload(header)), mnl_nlmsg_get_payload_len(header)}};
    if (header->nlmsg_type != NLMSG_ERROR && header->nlmsg_type != NLMSG_DONE) return answer;
    const std::optional<int> code = answer.header<int>();  // below 0: an error
    return {code ? -std::min(*code, 0) : EBADMSG};
  }
}

}  // namespace kernel
