#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What filled the line when it was fullest? The five busiest seconds, each with its burst and its protocols.
# usage: json-top.sh [capture [interval [filter]]]   Needs jq.
set -eu

capture=${1:-$(dirname "$0")/sample.pcap}
interval=${2:-1}
filter=${3:-}

command -v jq >/dev/null || {
  echo "json-top.sh: jq is not installed" >&2
  exit 1
}

"${TCPSTAT:-tcpstat}" -r "$capture" -f "$filter" --json \
  --fields begin,bits_per_second,burst:10ms,bytes,bytes_tcp,bytes_udp,bytes_icmp,tcp_syn "$interval" |
  jq -rs '
    def mega: . / 1e5 | round | "\(. / 10 | floor).\(. % 10)";
    def share($all): if $all > 0 then 100 * . / $all | round else 0 end;
    sort_by(-.bits_per_second)[:5][]
    | "\(.begin | floor | todate)  \(.bits_per_second | mega) Mbit/s, up to \(."burst:10ms" | mega) over 10 ms: "
      + (.bytes as $all | "TCP \(.bytes_tcp | share($all)) %, UDP \(.bytes_udp | share($all)) %, "
        + "ICMP \(.bytes_icmp | share($all)) %; \(.tcp_syn) SYN")'
