#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# For cron: was this line ever full? Silent, with status 0, if not; else the seconds in which it was, and status 3.
# usage: line-full.sh [capture | interface [speed [seconds]]]   Speed as 95M; seconds to watch an interface for.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
speed=${2:-2M}
seconds=${3:-3600}

if [ -f "$source" ]; then set -- -r "$source"; else set -- -i "$source" -s "$seconds"; fi
status=0
said=$("${TCPSTAT:-tcpstat}" "$@" --alert "bits_per_second > $speed" 1 2>&1 >/dev/null) || status=$?
case $status in
  0) exit 0 ;;
  3) ;;
  *)
    printf '%s\n' "$said" >&2
    exit $status
    ;;
esac

# The line of an alert: tcpstat: alert: bits_per_second = 2101600.00 (...), interval from 2024-03-04T09:00:07Z of 1 s
printf '%s\n' "$said" | LC_ALL=C awk -v source="${source##*/}" -v speed="$speed" '
  match($0, /alert: bits_per_second = [0-9.]+/) {
    rate = substr($0, RSTART + 25, RLENGTH - 25)
    match($0, /from [0-9T:.Z-]+/)
    lines[++full] = sprintf("  %s  %9.3f Mbit/s", substr($0, RSTART + 5, 19), rate / 1e6)
    next
  }
  { print }
  END {
    sub(/[kMGT]?$/, " &", speed)
    printf "%s: above %sbit/s in %d second%s (UTC):\n", source, speed, full, full == 1 ? "" : "s"
    for (i = 1; i <= full; i++) print lines[i]
  }'
exit 3
