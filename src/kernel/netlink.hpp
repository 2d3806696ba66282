// SPDX-License-Identifier: BSD-2-Clause
// One question to the kernel, one answer (netlink(7)); the only user of libmnl. The kernel works inside
// sendto(2), so that the answer is there when it returns: nothing here waits. What is asked is left to others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>

struct mnl_socket;

namespace kernel {

class Netlink {
 public:
  /// NETLINK_SOCK_DIAG, NETLINK_ROUTE, ... Throws an Error where there is none or it may not be used.
  explicit Netlink(int family);

  struct Answer {
    int error_number = 0;  ///< an errno; 0: none
    std::span<const std::byte> body{};

    /// What the body begins with; nothing: an error, or it is shorter.
    template <typename Header>
    std::optional<Header> header() const {
      if (error_number != 0 || body.size() < sizeof(Header)) return std::nullopt;
      Header header;
      std::memcpy(&header, body.data(), sizeof header);
      return header;
    }
  };

  /// `flags` are those besides NLM_F_REQUEST. Of a dump, the first message. The answer stays until the next
  /// question.
  Answer ask(std::uint16_t type, std::uint16_t flags, std::span<const std::byte> question);

 private:
  Answer next_answer();

  struct Close {
    void operator()(mnl_socket* socket) const;
  };

  std::unique_ptr<mnl_socket, Close> socket_;
  std::uint32_t sequence_ = 0;
  alignas(8) std::array<std::byte, 8192> buffer_;
};

}  // namespace kernel
