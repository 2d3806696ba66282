// SPDX-License-Identifier: BSD-2-Clause
#include "dns_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

namespace test {

namespace {

constexpr std::size_t header_bytes = 12, type_and_class_bytes = 4;

Octets part(const Octets& octets, std::size_t begin, std::size_t size) {
  REQUIRE(begin + size <= octets.size());
  const auto first = octets.begin() + static_cast<std::ptrdiff_t>(begin);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

/// The labels of the question, with dots between them, and where they end.
std::pair<std::string, std::size_t> question_of(const Octets& query) {
  std::string name;
  std::size_t at = header_bytes;
  for (; query.at(at) != 0; at += 1U + query.at(at)) {
    if (!name.empty()) name += '.';
    const Octets label = part(query, at + 1, query.at(at));
    name.append(label.begin(), label.end());
  }
  return {name, at + 1};
}

}  // namespace

Octets dns_name(const std::vector<std::string>& labels) {
  Octets octets;
  for (const std::string& label : labels) {
    octets = octets + Octets{static_cast<std::uint8_t>(label.size())} + of_text(label);
  }
  return octets + Octets{0};
}

DnsServer::DnsServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t bytes = sizeof local;
  REQUIRE(::bind(socket_.number(), reinterpret_cast<sockaddr*>(&local), bytes) == 0);
  REQUIRE(::getsockname(socket_.number(), reinterpret_cast<sockaddr*>(&local), &bytes) == 0);
  address = "127.0.0.1:" + std::to_string(ntohs(local.sin_port));
}

void DnsServer::serve() {
  Octets query(1500);
  sockaddr_in peer{};
  socklen_t peer_bytes = sizeof peer;
  for (;;) {
    const ssize_t bytes = ::recvfrom(socket_.number(), query.data(), query.size(), 0,
                                     reinterpret_cast<sockaddr*>(&peer), &peer_bytes);
    if (bytes < 0) return;
    const Octets reply = reply_to(first(query, static_cast<std::size_t>(bytes)));
    if (reply.empty()) continue;
    REQUIRE(::sendto(socket_.number(), reply.data(), reply.size(), 0, reinterpret_cast<sockaddr*>(&peer),
                     peer_bytes) == static_cast<ssize_t>(reply.size()));
  }
}

void DnsServer::knows(const std::string& question, const std::vector<std::vector<std::string>>& names) {
  Octets records;
  for (const auto& labels : names) {
    const Octets target = dns_name(labels);
    records =
        records + hex("c00c 000c 0001 00000e10") + be16(static_cast<std::uint16_t>(target.size())) + target;
  }
  answers[question] = {no_error, static_cast<std::uint16_t>(names.size()), records};
}

const DnsServer::Answer* DnsServer::answer_to(const Octets& query) {
  static const Answer unknown_format{format_error, 0, {}};
  const bool has_additional = query.at(11) != 0;
  if (has_additional && !knows_edns) return &unknown_format;
  const auto found = answers.find(questions.back());
  if (found != answers.end()) return &found->second;
  return others ? &*others : nullptr;
}

Octets DnsServer::reply_to(const Octets& query) {
  const auto [name, end] = question_of(query);
  CHECK(part(query, end, type_and_class_bytes) == hex("000c 0001"));
  questions.push_back(name);
  const Answer* const answer = answer_to(query);
  if (answer == nullptr) return {};
  const unsigned flags = 0x8180U | (answer->is_cut ? 0x0200U : 0U) | answer->code;
  return first(query, 2) + be16(static_cast<std::uint16_t>(flags)) + be16(1) + be16(answer->count) + be32(0) +
         part(query, header_bytes, end + type_and_class_bytes - header_bytes) + answer->records;
}

}  // namespace test
