#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# When was the line busiest? The five busiest intervals of all captures in a folder, compressed or not, as one sample.
# usage: busiest.sh [folder [interval]]   The folder of this script and 5 seconds where nothing is said.
set -eu

folder=${1:-$(dirname "$0")}
interval=${2:-5}

ls -d "$folder"/*.pcap* |
  "${TCPSTAT:-tcpstat}" --read-list - -e -o '%b\t%S\t%p\n' "$interval" |
  LC_ALL=C sort -rn | head -n 5 |
  while read -r bits_per_second time packets_per_second; do
    printf '%s  %14s bits/s  %12s packets/s\n' "$(LC_ALL=C date -u -d "@$time" '+%F %T')" "$bits_per_second" "$packets_per_second"
  done
