#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which connections are in trouble right now? Those that have sent something again since the last look, or are slow.
# usage: slow-now.sh [capture | interface [milliseconds [interval]]]   Slow: a round trip of more (40). Needs jq.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
slow=${2:-40}
interval=${3:-1}
option=-i
[ ! -f "$source" ] || option=-T

command -v jq >/dev/null || {
  echo "slow-now.sh: jq is not installed" >&2
  exit 1
}

# Of each look the sums are kept until the next one: what is more then is new.
"${TCPTRACK:-tcptrack}" $option "$source" --batch --json --interval "$interval" \
  --columns time,client_endpoint,server_endpoint,active,rtt_mean,retransmissions,bytes_per_second |
  jq -nr --unbuffered --argjson slow "$slow" '
    foreach inputs as $each ({};
      "\($each.client_endpoint) > \($each.server_endpoint)" as $name
      | if $each.time == .time then . else {time: $each.time, before: .now} end
      | .name = $name
      | .again = $each.retransmissions - (.before[$name] // 0)
      | .now[$name] = $each.retransmissions;
      (($each.rtt_mean // 0) * 1000) as $rtt
      | select($each.active and (.again > 0 or $rtt > $slow))
      | "\($each.time | floor | todate)  \(.name)  \(.again) sent again, round trip \($rtt | round) ms, "
        + "\($each.bytes_per_second / 1000 | round) kB/s")'
