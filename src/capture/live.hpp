// SPDX-License-Identifier: BSD-2-Clause
// Live captures: the only user of libpcap's live API. Headers only, many packets a wake-up, in
// nanoseconds where the interface has them; a capture whose interface goes away says so and ends.
#pragma once

#include <pcap/pcap.h>

#include <memory>
#include <string>
#include <vector>

#include "capture/source.hpp"

namespace capture {

/// The kernel hands packets over at the latest so long after it saw them; see packet(7).
inline constexpr int live_timeout_ms = 25;

struct LiveOptions {
  std::string filter;  ///< empty: everything
  bool is_promiscuous = true;
  pcap_direction_t direction = PCAP_D_INOUT;
  int snaplen_bytes = 256;                 ///< enough for the headers of every link type here
  std::uint32_t buffer_bytes = 64U << 20;  ///< of the kernel, for each interface
  /// Each takes a block of the buffer, however few packets there are: a short one fills a small buffer.
  int timeout_ms = live_timeout_ms;
};

class Live final : public Source {
 public:
  /// Starts capturing on `interface`. Throws an Error that says what to do.
  Live(const std::string& interface, std::uint32_t index, const LiveOptions& options, Notice notice);

  int descriptor() const override { return pcap_get_selectable_fd(handle_.get()); }
  Progress dispatch(const FrameSink& sink) override;
  const std::optional<base::Error>& fault() const override { return fault_; }
  std::uint64_t packets() const override { return packets_; }
  Drops drops() override;
  void set_filter(const std::string& expression) override;

 private:
  int activate(const LiveOptions& options, std::uint32_t buffer_bytes);
  void start(const LiveOptions& options);
  void choose_link_type();
  int read_packets();
  void read_the_rest();
  bool is_alive() const;
  void on_packet(const pcap_pkthdr& header, const u_char* bytes);

  std::string name_;
  std::uint32_t index_;
  unsigned interface_index_;  // the system's; 0 for `any`
  int timeout_ms_;
  Notice notice_;
  std::unique_ptr<pcap_t, decltype(&pcap_close)> handle_{nullptr, pcap_close};
  const packet::LinkType* link_ = nullptr;
  base::Nanoseconds ns_per_fraction_ = base::ns_per_us;
  std::optional<base::Error> fault_;
  std::uint64_t packets_ = 0;
  Drops drops_;
  pcap_stat stat_before_{};
  const FrameSink* sink_ = nullptr;
};

struct InterfaceDescription {
  std::string name;
  std::string description;
  bool is_up = false;
  bool is_running = false;
  bool is_loopback = false;
};

/// All interfaces that can be captured on, in libpcap's order: the likeliest first. Throws an Error.
std::vector<InterfaceDescription> list_interfaces();

/// The interface to take when none was named: the first that is up, running and no loopback; else a
/// loopback. Throws an Error where there is none.
std::string choose_interface();

}  // namespace capture
