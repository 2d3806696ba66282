#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which servers are far away, or slow? By the median of the mean round trips of their TCP connections, slowest first.
# usage: slowest-servers.sh [capture | interface [count [seconds]]]   Seconds to watch an interface for.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
count=${2:-10}
seconds=${3:-60}
if [ -f "$source" ]; then set -- -r "$source"; else set -- -i "$source" -s "$seconds"; fi

connections=$("${TCPSTAT:-tcpstat}" "$@" -c --connection-format '%{rtt_mean} %{server_endpoint} %{service}\n')

# Only TCP has round trips; what has none, or no service, is a -. Of two in the middle the lower one is the median.
printf '%s\n' "$connections" | LC_ALL=C sort -k 2,3 -k 1,1n | LC_ALL=C awk '
  function tell() {
    if (n > 0) printf "%9.3f  %9.3f  %11d  %s\n", rtt[int((n + 1) / 2)] * 1000, rtt[n] * 1000, n, server
    n = 0
  }
  $1 + 0 == 0 { next }
  $2 " " $3 != server { tell(); server = $2 " " $3 }
  { rtt[++n] = $1 }
  END { tell() }' | LC_ALL=C sort -rn | head -n "$count" | awk -v source="${source##*/}" '
  NR == 1 { print source ": round trips of TCP connections, in ms\n   median    slowest  connections  server" }
  { sub(/ -$/, ""); print }
  END { if (NR == 0) print source ": no round trips of TCP connections" }'
