#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every night: keeps the rates of a folder's captures, by day, and prints the bill of their month by 95th percentile.
# usage: billing.sh [folder [ledger [router [interval]]]]   The ledger is a folder; the router is its MAC address.
set -eu

folder=${1:-$(dirname "$0")}
ledger=${2:-$(mktemp -d "${TMPDIR:-/tmp}/billing.XXXXXX")}
router=${3:-00:00:5e:00:53:01}
interval=${4:-300}
tcpstat=${TCPSTAT:-tcpstat}
mkdir -p "$ledger"

# What the router sends came in, what is sent to it goes out. --align: the same five minutes in every night's run.
rates() {
  ls -d "$folder"/*.pcap* |
    "$tcpstat" --read-list - --align -f "$2" -o "%{begin:%F} %{begin:%s} $1 %{b}\n" "$interval"
}
{
  rates in "ether src $router"
  rates out "ether dst $router"
} >"$ledger/new"

# One file for each day, so that a night that runs twice is billed once. A sample without packets begins at 0.
month=$(awk -v ledger="$ledger" '
  $2 > 0 { print $2, $3, $4 >(ledger "/rates-" $1 ".txt"); month = substr($1, 1, 7) }
  END { print month }' "$ledger/new")
rm "$ledger/new"
if [ -z "$month" ]; then
  echo "billing.sh: the captures in $folder have no frames from or to $router" >&2
  exit 1
fi

# Nearest rank: a month has 5 % of its intervals above it, and these are free.
percentile() {
  cat "$ledger/rates-$month"-*.txt | awk -v way="$1" '$2 == way { print $3 }' | LC_ALL=C sort -n |
    awk '{ rate[NR] = $1 } END { print rate[int((95 * NR + 99) / 100)] + 0 }'
}

in=$(percentile in)
out=$(percentile out)
days=$(ls "$ledger/rates-$month"-*.txt | wc -l)
LC_ALL=C awk -v month="$month" -v days="$days" -v interval="$interval" -v incoming="$in" -v outgoing="$out" 'BEGIN {
  printf "%s, %d day%s, 95th percentile in intervals of %s s\n", month, days, days == 1 ? "" : "s", interval
  printf "  in      %12.3f Mbit/s\n  out     %12.3f Mbit/s\n", incoming / 1e6, outgoing / 1e6
  printf "  billed  %12.3f Mbit/s (the larger)\n", (incoming > outgoing ? incoming : outgoing) / 1e6
}'
echo "billing.sh: the rates of each day are in $ledger"
