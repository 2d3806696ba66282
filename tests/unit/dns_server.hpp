// SPDX-License-Identifier: BSD-2-Clause
// A DNS server on 127.0.0.1 that the test drives between two looks at the resolver: it knows what it is told
// and writes down what it was asked. Only questions for PTR records.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "support.hpp"

namespace test {

/// Labels as they stand in a message (RFC 1035, section 3.1), with the root.
Octets dns_name(const std::vector<std::string>& labels);

class DnsServer {
 public:
  /// RFC 1035, section 4.1.1.
  enum Code : std::uint8_t { no_error, format_error, server_failure, no_such_name, not_implemented, refused };

  struct Answer {
    Code code = no_error;
    std::uint16_t count = 0;
    Octets records;
    bool is_cut = false;  ///< TC: there was more than fits
  };

  /// Listens on a port of the system's choice.
  DnsServer();

  int descriptor() const { return socket_.number(); }
  /// Takes every query that is there and answers those that it can; to others it is silent.
  void serve();
  /// From now on the answer is a PTR record for each of these names, which are lists of labels.
  void knows(const std::string& question, const std::vector<std::vector<std::string>>& names);

  std::string address;                    ///< "127.0.0.1:port"
  std::map<std::string, Answer> answers;  ///< by question
  std::optional<Answer> others;           ///< to questions that have no answer of their own
  bool knows_edns = true;                 ///< else a query with additional records is a format error
  std::vector<std::string> questions;     ///< "4.3.2.1.in-addr.arpa", as they came

 private:
  const Answer* answer_to(const Octets& query);
  Octets reply_to(const Octets& query);

  base::Descriptor socket_;
};

}  // namespace test
