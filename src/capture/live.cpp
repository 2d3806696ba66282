// SPDX-License-Identifier: BSD-2-Clause
#include "capture/live.hpp"

#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/descriptor.hpp"
#include "base/text.hpp"
#include "capture/filter.hpp"

namespace capture {

namespace {

/// Handed on at a time: then the loop looks at its signals and deadlines.
constexpr int packets_most = 65536;

using PcapError = std::array<char, PCAP_ERRBUF_SIZE>;

/// The sentence for a capture that cannot be started: what, and what to do.
std::string activation_problem(int status, const std::string& interface, pcap_t* handle) {
  const std::string reason = base::printable(pcap_geterr(handle));
  switch (status) {
    case PCAP_ERROR_NO_SUCH_DEVICE: return interface + ": no such interface (tcpstat -D lists them)";
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
      return interface +
             ": no permission to capture: run as root, or once: "
             "setcap cap_net_raw+ep \"$(command -v " +
             base::tool_name() + ")\"";
    case PCAP_ERROR_IFACE_NOT_UP:
      return interface + ": the interface is down: ip link set dev " + interface + " up";
    default: return interface + ": " + (reason.empty() ? pcap_statustostr(status) : reason);
  }
}

}  // namespace

Live::Live(const std::string& interface, std::uint32_t index, const LiveOptions& options, Notice notice)
    : name_(interface.empty() ? "''" : base::printable(interface)),
      index_(index),
      interface_index_(::if_nametoindex(interface.c_str())),
      timeout_ms_(options.timeout_ms),
      notice_(std::move(notice)) {
  PcapError error{};
  std::uint32_t buffer_bytes = options.buffer_bytes;
  constexpr std::uint32_t buffer_least = 1U << 20;
  for (;;) {
    handle_.reset(pcap_create(interface.c_str(), error.data()));
    if (!handle_) throw base::Error(name_ + ": " + base::printable(error.data()));
    const int status = activate(options, buffer_bytes);
    if (status >= 0) break;
    // A buffer that the kernel has no memory for: half of it may do.
    const bool is_memory_short = std::strstr(pcap_geterr(handle_.get()), std::strerror(ENOMEM)) != nullptr;
    if (!is_memory_short || buffer_bytes / 2 < buffer_least) {
      throw base::Error(activation_problem(status, name_, handle_.get()));
    }
    buffer_bytes /= 2;
  }
  if (buffer_bytes != options.buffer_bytes) {
    notice_(name_ + ": the kernel has no room for a buffer of " + std::to_string(options.buffer_bytes >> 10) +
            " KiB: using " + std::to_string(buffer_bytes >> 10));
  }
  start(options);
}

int Live::activate(const LiveOptions& options, std::uint32_t buffer_bytes) {
  pcap_t* handle = handle_.get();
  pcap_set_snaplen(handle, options.snaplen_bytes);
  pcap_set_promisc(handle, options.is_promiscuous ? 1 : 0);
  pcap_set_timeout(handle, options.timeout_ms);
  pcap_set_buffer_size(handle, static_cast<int>(buffer_bytes));
  if (pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) == 0) ns_per_fraction_ = 1;
  return pcap_activate(handle);
}

void Live::start(const LiveOptions& options) {
  pcap_t* handle = handle_.get();
  choose_link_type();
  if (options.direction != PCAP_D_INOUT && pcap_setdirection(handle, options.direction) != 0) {
    throw base::Error(name_ + ": direction: " + base::printable(pcap_geterr(handle)));
  }
  if (!options.filter.empty()) set_filter(options.filter);
  PcapError error{};
  if (pcap_setnonblock(handle, 1, error.data()) != 0) {
    throw base::Error(name_ + ": " + base::printable(error.data()));
  }
  if (descriptor() < 0) throw base::Error(name_ + ": cannot be waited for: no descriptor");
}

/// `any` is captured cooked; version 2 of that header names the interface of each packet.
void Live::choose_link_type() {
  pcap_t* handle = handle_.get();
  if (pcap_datalink(handle) == DLT_LINUX_SLL) {
    int* types = nullptr;
    const int count = pcap_list_datalinks(handle, &types);
    if (count > 0 && std::find(types, types + count, DLT_LINUX_SLL2) != types + count) {
      pcap_set_datalink(handle, DLT_LINUX_SLL2);
    }
    if (count >= 0) pcap_free_datalinks(types);
  }
  const std::uint32_t number = linktype_of_dlt(pcap_datalink(handle));
  link_ = &packet::link_type(number);
  if (!link_->is_decoded) {
    notice_(name_ + ": link type " + std::to_string(number) +
            " is not decoded: its frames count as packets and bytes only");
  }
}

/// libpcap applies it to what waits in the buffer too.
void Live::set_filter(const std::string& expression) {
  pcap_t* handle = handle_.get();
  bpf_program program{};
  if (pcap_compile(handle, &program, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    throw filter_error(expression, pcap_geterr(handle));
  }
  const int status = pcap_setfilter(handle, &program);
  pcap_freecode(&program);
  if (status != 0) throw base::Error(name_ + ": filter: " + base::printable(pcap_geterr(handle)));
}

int Live::read_packets() {
  // NOLINTNEXTLINE(readability-non-const-parameter): libpcap says what it looks like
  const auto hand_on = [](u_char* self, const pcap_pkthdr* header, const u_char* bytes) {
    reinterpret_cast<Live*>(self)->on_packet(*header, bytes);
  };
  return pcap_dispatch(handle_.get(), packets_most, hand_on, reinterpret_cast<u_char*>(this));
}

Progress Live::dispatch(const FrameSink& sink) {
  if (fault_) return Progress::end;
  sink_ = &sink;
  const int count = read_packets();
  if (count > 0) return count == packets_most ? Progress::more : Progress::idle;
  const bool is_gone = !is_alive();
  if (count == 0 && !is_gone) return Progress::idle;
  // libpcap waits silently for an interface that was taken down; the person should know.
  const std::string reason =
      is_gone ? "the interface is down or gone: the capture has ended (ip link shows its state)"
              : pcap_geterr(handle_.get());
  fault_ = base::Error(name_ + ": " + base::printable(reason));
  read_the_rest();
  return Progress::end;
}

/// What was captured before the end still lies in the kernel, which hands it over in its time.
void Live::read_the_rest() {
  constexpr int rounds_most = 1000;
  ::poll(nullptr, 0, 2 * timeout_ms_);
  for (int round = 0; round < rounds_most && read_packets() > 0; ++round) {
  }
}

/// Whether the interface is there and up; its name may have changed.
bool Live::is_alive() const {
  if (interface_index_ == 0) return true;  // `any` has no state
  ifreq request{};
  if (::if_indextoname(interface_index_, request.ifr_name) == nullptr) return false;
  const base::Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (socket.number() < 0 || ::ioctl(socket.number(), SIOCGIFFLAGS, &request) != 0) return true;
  return (request.ifr_flags & IFF_UP) != 0;
}

void Live::on_packet(const pcap_pkthdr& header, const u_char* bytes) {
  ++packets_;
  const base::Nanoseconds time = header.ts.tv_sec * base::ns_per_s + header.ts.tv_usec * ns_per_fraction_;
  (*sink_)(Frame{time, header.len, packet::Bytes(bytes, header.caplen), link_, index_});
}

Drops Live::drops() {
  // libpcap's counters have 32 bits: what was added since the last look has no more.
  pcap_stat stat{};
  if (pcap_stats(handle_.get(), &stat) != 0) return drops_;
  drops_.received += stat.ps_recv - stat_before_.ps_recv;
  drops_.by_kernel += stat.ps_drop - stat_before_.ps_drop;
  drops_.by_interface += stat.ps_ifdrop - stat_before_.ps_ifdrop;
  stat_before_ = stat;
  return drops_;
}

std::vector<InterfaceDescription> list_interfaces() {
  PcapError error{};
  pcap_if_t* first = nullptr;
  if (pcap_findalldevs(&first, error.data()) != 0) {
    throw base::Error(std::string("interfaces: ") + base::printable(error.data()));
  }
  std::vector<InterfaceDescription> interfaces;
  for (const pcap_if_t* device = first; device != nullptr; device = device->next) {
    interfaces.push_back({device->name, device->description != nullptr ? device->description : "",
                          (device->flags & PCAP_IF_UP) != 0, (device->flags & PCAP_IF_RUNNING) != 0,
                          (device->flags & PCAP_IF_LOOPBACK) != 0});
  }
  pcap_freealldevs(first);
  return interfaces;
}

std::string choose_interface() {
  const auto interfaces = list_interfaces();
  for (const bool wants_loopback : {false, true}) {
    for (const auto& interface : interfaces) {
      const bool is_real = interface.name != "any" && interface.is_up && interface.is_running;
      if (is_real && interface.is_loopback == wants_loopback) return interface.name;
    }
  }
  throw base::Error("no interface is up to capture on (tcpstat -D lists them)");
}

}  // namespace capture
