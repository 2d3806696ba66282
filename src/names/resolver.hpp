// SPDX-License-Identifier: BSD-2-Clause
// Names of addresses by reverse DNS (RFC 1035, section 3.5; RFC 3596, section 2.5), /etc/hosts first, asked
// for in the background by c-ares, the only user of which this is. Holds a bounded number of names and of
// queries. Over UDP only: an answer that does not fit is used as far as it goes. That addresses are told to a
// DNS server is the user's choice; waiting for the descriptor and the deadline is the loop's business.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/descriptor.hpp"
#include "base/time.hpp"
#include "packet/address.hpp"

struct ares_channeldata;
struct hostent;

namespace names {

/// What of a host name is shown: at most 253 characters (RFC 1035, section 2.3.4), safe on a terminal.
/// Nothing of one that ends in a number: no host name does (RFC 1123, section 2.1), and it could pass for an
/// address.
std::string shown_name(std::string_view host_name);

class Resolver {
 public:
  struct Options {
    std::string servers;              ///< "127.0.0.1:5300,[::1]:53"; empty: those of resolv.conf(5)
    std::size_t names_most = 10'000;  ///< with those that have none; the one not asked for longest goes first
    std::size_t queries_most = 64;    ///< at a time; what comes beyond is asked at a later look
    /// Of the first try; each further one waits twice as long.
    base::Nanoseconds timeout = 2 * base::ns_per_s;
    int tries = 2;  ///< of each server
  };

  // How long what has come is good; c-ares 1.18 does not tell the TTL of a PTR record.
  static constexpr base::Nanoseconds name_kept = 600 * base::ns_per_s;
  static constexpr base::Nanoseconds no_name_kept = 60 * base::ns_per_s;  ///< the server says: there is none
  static constexpr base::Nanoseconds failure_kept = 10 * base::ns_per_s;  ///< silence, a server in trouble

  /// c-ares reads all of /etc/hosts for each address, 0.2 ms at this size; a larger one is left out, so that
  /// it does not hold up the packets.
  static constexpr std::uintmax_t hosts_bytes_most = 32'768;

  /// Throws an Error where c-ares cannot start.
  Resolver(const Options& options, const base::Clock& clock);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The name; empty: none, or not known yet. Asks in the background where the time has come; until the
  /// answer is there the former name stands. Good until the next call of a function that is not const.
  std::string_view find(const packet::Address& address);
  /// The same of what is known already: nothing is asked.
  std::string_view known(const packet::Address& address) const;

  /// Readable when handle_ready() has something to do; always the same.
  int descriptor() const { return epoll_.number(); }
  void handle_ready();

  /// Monotonic: when handle_deadline() is to be called; none: no query is under way. c-ares counts its
  /// timeouts with CLOCK_MONOTONIC, whatever the clock here says.
  std::optional<base::Nanoseconds> deadline() const { return deadline_; }
  void handle_deadline();

  /// Whether a name has come, changed or gone since the last call.
  bool take_news() { return std::exchange(has_news_, false); }

  std::size_t queries() const { return queries_; }        ///< under way
  std::uint64_t forgotten() const { return forgotten_; }  ///< names that went because there was no room

 private:
  struct Name {
    Resolver* resolver;  // whose it is: a callback of c-ares gets one pointer
    packet::Address address;
    std::string text;             // empty: none is known
    base::Nanoseconds until = 0;  // monotonic: then it is asked for again
    bool is_asked = false;        // a query is under way: it must stay where it is
  };
  struct Closer {
    void operator()(ares_channeldata* channel) const;
  };

  void watch(int socket, bool is_wanted);
  bool make_room();
  void ask(Name& name);
  void ask_server(Name& name);
  void settle(Name& name, int status, const hostent* host);
  void note_deadline();

  const base::Clock& clock_;
  std::size_t names_most_;
  std::size_t queries_most_;
  std::size_t queries_ = 0;
  std::uint64_t forgotten_ = 0;
  bool has_news_ = false;
  std::optional<base::Nanoseconds> deadline_;
  base::Descriptor epoll_;  // of c-ares' sockets
  std::list<Name> names_;   // the last one asked for first
  std::map<packet::Address, std::list<Name>::iterator> index_;
  // The last member, so that it goes first: then c-ares ends the queries and closes its sockets.
  std::unique_ptr<ares_channeldata, Closer> channel_;
};

}  // namespace names
