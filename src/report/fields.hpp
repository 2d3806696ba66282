// SPDX-License-Identifier: BSD-2-Clause
// Statistics by their names, as formats, lists of fields and alerts ask for them. What a run has to collect
// for them is gathered while they are looked up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "report/directives.hpp"

namespace report {

/// A statistic that some output asks for.
struct Field {
  const Directive* directive;
  std::string name;  ///< as in the table; of a burst with its window
  std::size_t window = 0;

  Value value(const Record& record) const { return directive->get.value(record, window); }
};

/// What the outputs of a run ask for, and what they may ask for.
struct Wishes {
  Subject subject = Subject::interval;
  stats::Collect collect = {};
  bool drops = false;                                 ///< IntervalRecord::dropped
  bool connections = false;                           ///< IntervalRecord::tally and connections
  std::optional<base::Nanoseconds> window_most = {};  ///< no window is longer: the interval's length
};

/// The statistic of this name or letter, with a window behind a colon where it needs one (`burst:10ms`). Adds
/// what it needs to `wishes`. Throws a usage Error, with the nearest name where one is near.
Field find_field(std::string_view text, Wishes& wishes);

/// Names with commas between them; `all` is every one that needs no window. Throws a usage Error.
std::vector<Field> find_fields(std::string_view names, Wishes& wishes);

/// What JSON and CSV show of an interval where nothing is asked for: all that is counted anyway.
inline constexpr std::string_view default_fields =
    "begin,length,packets,bytes,packets_per_second,bits_per_second,size_mean,size_stddev,size_min,size_max,"
    "ipv4,"
    "ipv6,arp,other,tcp,udp,icmp,load";

/// The same of a connection.
inline constexpr std::string_view default_connection_fields =
    "client,client_port,server,server_port,protocol,service,state,ended,guessed,begin,end,duration,"
    "packets_out,packets_in,bytes_out,bytes_in,payload_out,payload_in,rtt_handshake,rtt_mean,rtt_min,"
    "retransmissions_out,retransmissions_in,out_of_order_out,out_of_order_in,"
    "zero_windows_out,zero_windows_in,syn_out,syn_in,fin_out,fin_in,rst_out,rst_in,vlan,interface";

/// The same of a connection as it is at the moment.
inline constexpr std::string_view default_tracked_fields =
    "time,client,client_port,server,server_port,protocol,state,idle,duration,bytes_per_second_out,"
    "bytes_per_second_in,packets_out,packets_in,bytes_out,bytes_in,rtt_mean,retransmissions,client_name,"
    "server_name,process";

/// The row of a name or a letter; nullptr where there is none. Of rows of the same name the first.
const Directive* find_row(std::string_view name, Subject subject = Subject::interval);

}  // namespace report
