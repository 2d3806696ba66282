// SPDX-License-Identifier: BSD-2-Clause
// Filter expressions in libpcap's language (pcap-filter(7)), compiled for one link type, and libpcap's
// own numbers for link types. Live captures filter in the kernel instead.
#pragma once

#include <pcap/pcap.h>

#include <string>

#include "base/error.hpp"
#include "packet/bytes.hpp"

namespace capture {

class Filter {
 public:
  /// Compiles `expression` for frames of LINKTYPE_ value `link_number`. Throws a usage Error.
  Filter(const std::string& expression, std::uint16_t link_number);
  ~Filter() { pcap_freecode(&program_); }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  /// `bytes_wire` is the length on the wire.
  bool matches(packet::Bytes bytes, std::uint32_t bytes_wire) const;

 private:
  bpf_program program_{};
};

/// The Error for an expression that `reason` (libpcap's) says is wrong.
base::Error filter_error(const std::string& expression, const std::string& reason);

/// libpcap's number for a LINKTYPE_ value, and back: they differ for a few old link types.
int dlt_of_linktype(std::uint32_t linktype);
std::uint32_t linktype_of_dlt(int dlt);

}  // namespace capture
