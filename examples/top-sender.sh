#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who sends most? A line for each minute: the address, its rate, and its share of all that was sent. UDP counts too.
# usage: top-sender.sh [capture | interface [interval]]   Needs jq. A line comes with the look after its own.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
interval=${2:-60}
option=-i
[ ! -f "$source" ] || option=-T

command -v jq >/dev/null || {
  echo "top-sender.sh: jq is not installed" >&2
  exit 1
}

# Connections that have ended stay for an interval, so that the next look still sees them.
"${TCPTRACK:-tcptrack}" $option "$source" --batch --json --all --interval "$interval" -r "$interval" \
  --columns time,client,server,bytes_per_second_out,bytes_per_second_in |
  jq -nr --unbuffered '
    def add($host; $rate): .rates[$host] += $rate | .all += $rate;
    def told:
      (.rates | to_entries | max_by(.value)) as {key: $host, value: $rate}
      | "\(.time | floor | todate)  \($host)  \($rate / 100 | round / 10) kB/s, \(1000 * $rate / .all | round / 10) %";
    foreach (inputs, null) as $each ({};
      .told = null
      | if $each.time != .time and .all > 0 then .told = told else . end
      | if $each.time != .time then {time: $each.time, told} else . end
      | if $each then add($each.client; $each.bytes_per_second_out) | add($each.server; $each.bytes_per_second_in)
        else . end;
      .told // empty)'
