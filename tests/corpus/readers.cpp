// SPDX-License-Identifier: BSD-2-Clause
// Reads captures twice, with libpcap and with our own reader, and compares each packet: timestamp, length on the
// wire, captured length, bytes and link type. Prints a line for each capture, its columns separated by tabs:
//   ok             NAME  so many packets; what libpcap had to be helped with
//   differs        NAME  the first difference
//   both refuse    NAME  libpcap's reason
//   libpcap/we refuse, libpcap/we stop   NAME  reason: one of the two reads less than the other

#include <pcap/pcap.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>

#include "base/time.hpp"
#include "capture/filter.hpp"
#include "capture/savefile.hpp"

namespace {

using Pcap = std::unique_ptr<pcap_t, decltype(&pcap_close)>;

/// libpcap takes the 32 bits of seconds in a pcap file for a signed number.
constexpr base::Nanoseconds signed_error = (std::int64_t{1} << 32) * base::ns_per_s;

std::string number_of_packets(std::uint64_t count) {
  return std::to_string(count) + (count == 1 ? " packet" : " packets");
}

/// libpcap's packets, one asked for whenever ours has one.
class Comparison {
 public:
  explicit Comparison(pcap_t* theirs)
      : theirs_(theirs), snaplen_(static_cast<std::size_t>(pcap_snapshot(theirs))) {}

  /// To be called for each packet of ours.
  void compare(const capture::Frame& frame) {
    ++ours_count_;
    if (!difference_.empty() || is_at_end_) return;
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    const int status = pcap_next_ex(theirs_, &header, &bytes);
    if (status != 1) return end(status);
    ++theirs_count_;
    compare_time(frame, *header);
    compare_lengths(frame, *header);
    compare_link(frame);
    if (difference_.empty() && !std::equal(bytes, bytes + header->caplen, frame.bytes.data()))
      differ("other bytes");
  }

  /// The line for a capture of which ours has no more packets; `fault` is why, empty at the end of the file.
  std::string verdict(const std::string& name, const std::string& fault) {
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    while (!is_at_end_ && difference_.empty()) {
      const int status = pcap_next_ex(theirs_, &header, &bytes);
      if (status == 1) ++theirs_count_;
      if (status != 1) end(status);
    }
    if (!difference_.empty()) return "differs\t" + name + "\t" + difference_;
    const std::string counts = "libpcap has " + number_of_packets(theirs_count_) + " (" +
                               (reason_.empty() ? "all" : reason_) + "), we have " +
                               number_of_packets(ours_count_) + " (" + (fault.empty() ? "all" : fault) + ")";
    if (ours_count_ < theirs_count_ || (reason_.empty() && !fault.empty())) {
      return "we stop\t" + name + "\t" + counts;
    }
    if (ours_count_ > theirs_count_ && reason_.empty()) return "differs\t" + name + "\t" + counts;
    if (ours_count_ > theirs_count_ || fault.empty() != reason_.empty()) {
      return "libpcap stops\t" + name + "\t" + counts;
    }
    return "ok\t" + name + "\t" + number_of_packets(ours_count_) + remarks();
  }

 private:
  void end(int status) {
    is_at_end_ = true;
    if (status != PCAP_ERROR_BREAK) reason_ = pcap_geterr(theirs_);
  }

  void compare_time(const capture::Frame& frame, const pcap_pkthdr& header) {
    // With nanosecond precision tv_usec has nanoseconds.
    const base::Nanoseconds time = header.ts.tv_sec * base::ns_per_s + header.ts.tv_usec;
    if (time == frame.timestamp) return;
    is_after_2038_ |= time + signed_error == frame.timestamp;
    if (time + signed_error != frame.timestamp) differ("time", time, frame.timestamp);
  }

  void compare_lengths(const capture::Frame& frame, const pcap_pkthdr& header) {
    if (header.len != frame.bytes_wire) differ("length", header.len, frame.bytes_wire);
    const std::size_t captured = frame.bytes.size();
    if (captured == header.caplen) return;
    const bool is_cut = captured > snaplen_ && header.caplen == snaplen_;
    is_above_snaplen_ |= is_cut;
    if (!is_cut) differ("captured length", header.caplen, captured);
  }

  /// A link type that is not in our table is the same where it is not in there under libpcap's number.
  void compare_link(const capture::Frame& frame) {
    const int theirs = pcap_datalink(theirs_), ours = capture::dlt_of_linktype(frame.link->number);
    const bool is_unknown = !packet::link_type(capture::linktype_of_dlt(theirs)).is_decoded;
    if (frame.link->is_decoded ? ours != theirs : !is_unknown) differ("link type", theirs, ours);
  }

  /// The first difference counts.
  void differ(const std::string& what) {
    if (difference_.empty()) difference_ = "packet " + std::to_string(theirs_count_) + ": " + what;
  }
  template <typename Theirs, typename Ours>
  void differ(const std::string& what, Theirs theirs, Ours ours) {
    differ(what + " " + std::to_string(theirs) + ", ours " + std::to_string(ours));
  }

  std::string remarks() const {
    return std::string(is_after_2038_ ? "; after 2038" : "") +
           (is_above_snaplen_ ? "; more than the snap length" : "");
  }

  pcap_t* theirs_;
  std::size_t snaplen_;
  std::uint64_t ours_count_ = 0, theirs_count_ = 0;
  bool is_at_end_ = false, is_after_2038_ = false, is_above_snaplen_ = false;
  std::string reason_;      // why libpcap ended before its time
  std::string difference_;  // the first one
};

struct Ours {
  std::uint64_t packets = 0;
  std::string fault;
};

/// Reads with our own reader, to the end.
template <typename Callable>
Ours read_ours(const std::string& name, const Callable& on_frame) {
  Ours result;
  try {
    capture::Savefile file(name, "", [](const std::string&) {});
    while (file.dispatch(capture::FrameSink(on_frame)) != capture::Progress::end) {
    }
    result.packets = file.packets();
    if (file.fault()) result.fault = file.fault()->what();
  } catch (const base::Error& error) {
    result.fault = error.what();
  }
  return result;
}

std::string compare_file(const std::string& name) {
  char reason[PCAP_ERRBUF_SIZE] = "";
  const Pcap theirs(pcap_open_offline_with_tstamp_precision(name.c_str(), PCAP_TSTAMP_PRECISION_NANO, reason),
                    pcap_close);
  if (!theirs) {
    const Ours ours = read_ours(name, [](const capture::Frame&) {});
    const bool do_both = ours.packets == 0 && !ours.fault.empty();
    return (do_both ? "both refuse\t" : "libpcap refuses\t") + name + "\t" + reason;
  }
  Comparison comparison(theirs.get());
  const auto compare = [&](const capture::Frame& frame) { comparison.compare(frame); };
  const Ours ours = read_ours(name, compare);
  return comparison.verdict(name, ours.fault);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: readers CAPTURE...\n", stderr);
    return 2;
  }
  try {
    for (int i = 1; i < argc; ++i) std::printf("%s\n", compare_file(argv[i]).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "readers: %s\n", error.what());
    return 1;
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
