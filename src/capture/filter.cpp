// SPDX-License-Identifier: BSD-2-Clause
#include "capture/filter.hpp"

#include <array>
#include <memory>

#include "base/text.hpp"

namespace capture {

namespace {

struct Renumbered {
  std::uint32_t linktype;
  int dlt;
};

constexpr std::array renumbered = std::to_array<Renumbered>({
    {100, DLT_ATM_RFC1483},
    {101, DLT_RAW},
    {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},
    {106, DLT_ATM_CLIP},
    {246, DLT_PFSYNC},
});

}  // namespace

int dlt_of_linktype(std::uint32_t linktype) {
  for (const auto& row : renumbered) {
    if (row.linktype == linktype) return row.dlt;
  }
  return static_cast<int>(linktype);
}

std::uint32_t linktype_of_dlt(int dlt) {
  for (const auto& row : renumbered) {
    if (row.dlt == dlt) return row.linktype;
  }
  return static_cast<std::uint32_t>(dlt);
}

base::Error filter_error(const std::string& expression, const std::string& reason) {
  return base::usage_error("filter '" + base::printable(expression) + "': " + base::printable(reason));
}

Filter::Filter(const std::string& expression, std::uint16_t link_number) {
  constexpr int snaplen_most = 262144;
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> compiler(
      pcap_open_dead(dlt_of_linktype(link_number), snaplen_most), pcap_close);
  if (!compiler) throw base::Error("out of memory");
  if (pcap_compile(compiler.get(), &program_, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    throw filter_error(expression, pcap_geterr(compiler.get()));
  }
}

bool Filter::matches(packet::Bytes bytes, std::uint32_t bytes_wire) const {
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(bytes.size());
  header.len = bytes_wire;
  return pcap_offline_filter(&program_, &header, bytes.data()) != 0;
}

}  // namespace capture
