// SPDX-License-Identifier: BSD-2-Clause
#include "names/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"

namespace names {

namespace {

constexpr int class_in = 1, type_ptr = 12;  // RFC 1035, sections 3.2.2 and 3.2.4

/// Not that of an address which means nothing beyond a link (its name is multicast DNS' business: RFC 6762,
/// section 4), of a group or of no one.
bool has_name_in_dns(const packet::Address& address) {
  if (address.is_ipv6) {
    const bool is_unspecified = address.high == 0 && address.low == 0;
    const bool is_link_local = address.high >> 54 == 0xfe80 >> 6;
    const bool is_multicast = address.high >> 56 == 0xff;
    return !is_unspecified && !is_link_local && !is_multicast;
  }
  const bool is_this_network = address.low >> 24 == 0;
  const bool is_link_local = address.low >> 16 == 0xa9fe;        // 169.254.0.0/16
  const bool is_multicast_or_reserved = address.low >> 29 == 7;  // 224.0.0.0/4, 240.0.0.0/4
  return !is_this_network && !is_link_local && !is_multicast_or_reserved;
}

/// In network order; of IPv4 the first four.
std::array<std::uint8_t, 16> octets_of(const packet::Address& address) {
  std::array<std::uint8_t, 16> octets{};
  for (unsigned i = 0; i < 8; ++i) {
    octets[i] = static_cast<std::uint8_t>(address.high >> (56 - 8 * i));
    octets[8 + i] = static_cast<std::uint8_t>(address.low >> (56 - 8 * i));
  }
  if (!address.is_ipv6) std::copy_n(octets.begin() + 12, 4, octets.begin());
  return octets;
}

/// "4.3.2.1.in-addr.arpa", or nibbles below ip6.arpa.
std::string reverse_name(const packet::Address& address) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto octets = octets_of(address);
  std::string name;
  for (std::size_t i = address.is_ipv6 ? 16 : 4; i-- > 0;) {
    if (address.is_ipv6) {
      name += {digits[octets[i] & 15], '.', digits[octets[i] >> 4], '.'};
    } else {
      base::append_integer(name, std::uint64_t{octets[i]});
      name += '.';
    }
  }
  return name += address.is_ipv6 ? "ip6.arpa" : "in-addr.arpa";
}

bool is_hosts_file_small() {
  std::error_code failed;  // the size is the largest number then
  return std::filesystem::file_size("/etc/hosts", failed) <= Resolver::hosts_bytes_most;
}

void require(int status) {
  if (status != ARES_SUCCESS) throw base::Error(std::string("c-ares cannot start: ") + ares_strerror(status));
}

}  // namespace

std::string shown_name(std::string_view host_name) {
  constexpr std::size_t characters_most = 253;
  const std::string_view last_label = host_name.substr(host_name.rfind('.') + 1);  // of npos: all of it
  if (last_label.find_first_not_of("0123456789") == std::string_view::npos) return {};
  return base::printable(host_name.substr(0, characters_most));
}

Resolver::Resolver(const Options& options, const base::Clock& clock)
    : clock_(clock),
      names_most_(options.names_most),
      queries_most_(options.queries_most),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_.number() < 0) throw base::Error("epoll_create1: " + base::system_reason(errno));
  static const int library_status = ares_library_init(ARES_LIB_INIT_ALL);
  require(library_status);
  std::string lookups = "f";  // of addresses; servers are asked by ask_server()
  ares_options settings{};
  // No TCP: c-ares writes to it without MSG_NOSIGNAL, and SIGPIPE ends a program.
  settings.flags = ARES_FLAG_IGNTC | ARES_FLAG_EDNS;
  settings.ednspsz = 1232;  // of the 1280 octets that every IPv6 link carries (RFC 8200, section 5)
  settings.timeout = static_cast<int>(options.timeout / base::ns_per_ms);
  settings.tries = options.tries;
  settings.lookups = lookups.data();
  settings.sock_state_cb = [](void* self, int socket, int is_read, int) {
    static_cast<Resolver*>(self)->watch(socket, is_read != 0);
  };
  settings.sock_state_cb_data = this;
  ares_channel channel = nullptr;
  require(ares_init_options(&channel, &settings,
                            ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                ARES_OPT_LOOKUPS | ARES_OPT_SOCK_STATE_CB));
  channel_.reset(channel);
  if (!options.servers.empty()) require(ares_set_servers_ports_csv(channel, options.servers.c_str()));
}

void Resolver::Closer::operator()(ares_channeldata* channel) const { ares_destroy(channel); }

void Resolver::watch(int socket, bool is_wanted) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  // A socket that cannot be watched, or is already: its queries time out, or nothing is to be done.
  ::epoll_ctl(epoll_.number(), is_wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, socket, &event);
}

std::string_view Resolver::find(const packet::Address& address) {
  auto found = index_.find(address);
  if (found == index_.end()) {
    if (!has_name_in_dns(address) || queries_ >= queries_most_ || !make_room()) return {};
    names_.push_front({this, address, {}});
    found = index_.emplace(address, names_.begin()).first;
  }
  names_.splice(names_.begin(), names_, found->second);
  Name& name = *found->second;
  if (!name.is_asked && name.until <= clock_.monotonic() && queries_ < queries_most_) ask(name);
  return name.text;
}

std::string_view Resolver::known(const packet::Address& address) const {
  const auto found = index_.find(address);
  return found == index_.end() ? std::string_view() : found->second->text;
}

bool Resolver::make_room() {
  if (names_.size() < names_most_) return true;
  const auto oldest =
      std::find_if(names_.rbegin(), names_.rend(), [](const Name& name) { return !name.is_asked; });
  if (oldest == names_.rend()) return false;
  index_.erase(oldest->address);
  names_.erase(std::next(oldest).base());
  ++forgotten_;
  return true;
}

void Resolver::ask(Name& name) {
  name.is_asked = true;
  ++queries_;
  if (is_hosts_file_small()) {
    const auto octets = octets_of(name.address);
    const auto on_host = [](void* asked, int status, int, hostent* host) {
      Name& answered = *static_cast<Name*>(asked);
      if (status == ARES_SUCCESS) answered.resolver->settle(answered, status, host);
    };
    ares_gethostbyaddr(channel_.get(), octets.data(), name.address.is_ipv6 ? 16 : 4,
                       name.address.is_ipv6 ? AF_INET6 : AF_INET, on_host, &name);
  }
  if (name.is_asked) ask_server(name);
}

/// Not by ares_gethostbyaddr(), which calls all failures ARES_ENOTFOUND.
void Resolver::ask_server(Name& name) {
  const auto on_answer = [](void* asked, int status, int, unsigned char* answer, int bytes) {
    Name& answered = *static_cast<Name*>(asked);
    hostent* host = nullptr;
    if (status == ARES_SUCCESS) status = ares_parse_ptr_reply(answer, bytes, nullptr, 0, AF_INET, &host);
    answered.resolver->settle(answered, status, host);
    if (host != nullptr) ares_free_hostent(host);
  };
  ares_query(channel_.get(), reverse_name(name.address).c_str(), class_in, type_ptr, on_answer, &name);
  note_deadline();
}

void Resolver::settle(Name& name, int status, const hostent* host) {
  --queries_;
  name.is_asked = false;
  // c-ares refuses names with other characters than host names have: ARES_EBADRESP.
  const bool has_none = status == ARES_ENOTFOUND || status == ARES_ENODATA || status == ARES_EBADRESP;
  const auto kept = status == ARES_SUCCESS ? name_kept : has_none ? no_name_kept : failure_kept;
  name.until = clock_.monotonic() + kept;
  if (status != ARES_SUCCESS && !has_none) return;  // what was known stands
  std::string text = host == nullptr ? std::string() : shown_name(host->h_name);
  if (text == name.text) return;
  name.text = std::move(text);
  has_news_ = true;
}

void Resolver::handle_ready() {
  std::array<epoll_event, 16> events;
  const int count = ::epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < count; ++i) {
    ares_process_fd(channel_.get(), events[static_cast<std::size_t>(i)].data.fd, ARES_SOCKET_BAD);
  }
  note_deadline();
}

void Resolver::handle_deadline() {
  ares_process_fd(channel_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  note_deadline();
}

void Resolver::note_deadline() {
  deadline_.reset();
  timeval left{};
  if (ares_timeout(channel_.get(), nullptr, &left) == nullptr) return;
  // One millisecond more: c-ares drops what is below.
  deadline_ =
      clock_.monotonic() + left.tv_sec * base::ns_per_s + left.tv_usec * base::ns_per_us + base::ns_per_ms;
}

}  // namespace names
