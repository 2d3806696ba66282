#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Would a slower line do? Which share of a stored capture's time is above each of these speeds, in bits per second.
# usage: capacity-check.sh [capture [speeds [interval]]]   Speeds as in 256k,512k,1M,2M.
set -eu

capture=${1:-$(dirname "$0")/sample.pcap}
speeds=${2:-256k,512k,1M,2M}
interval=${3:-0.5}
tcpstat=${TCPSTAT:-tcpstat}

# -b: what does not fit into an interval waits for the next one, as on a line of that speed. -B: each by itself.
queued=$("$tcpstat" -r "$capture" -b "$speeds" "$interval")
raw=$("$tcpstat" -r "$capture" -B "$speeds" "$interval")

echo "${capture##*/}, in intervals of $interval s: time above the speed"
printf '%s\n' "$queued" "$raw" | LC_ALL=C awk -F '\t' '
  / exceeding / {
    split($1, words, " exceeding ")
    share = substr($3, 2, index($3, "%") - 2)
    cell = sprintf("%10.2f s %7.2f %%", $2, share)
    if (words[1] == "Time") { speed[++rows] = words[2] + 0; queued[rows] = cell } else raw[++raws] = cell
  }
  /^Peak / { peak = $0; sub(/.*: /, "", peak) }
  END {
    printf "%14s  %20s  %20s\n", "bits/s", "with a queue (-b)", "without (-B)"
    for (row = 1; row <= rows; row++) printf "%14.0f  %s  %s\n", speed[row], queued[row], raw[row]
    printf "%14.0f  is the peak\n", peak
  }'
