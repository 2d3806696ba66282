// SPDX-License-Identifier: BSD-2-Clause
#include "capture/format.hpp"

namespace capture {

std::uint32_t frame_bytes_most(std::uint32_t link_number) {
  constexpr std::uint32_t linktype_dbus = 231, linktype_usbpcap = 249, linktype_ebhscr = 279;
  switch (link_number) {
    case linktype_dbus:
    case linktype_usbpcap: return 128U << 20;
    case linktype_ebhscr: return 8U << 20;
    default: return 256U << 10;
  }
}

std::unique_ptr<Format> recognise_format(packet::Bytes start) {
  for (const auto make : {make_pcap_format, make_pcapng_format, make_snoop_format}) {
    if (auto format = make(start)) return format;
  }
  return nullptr;
}

}  // namespace capture
