#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Shows the main jobs on the capture that ships: intervals, what line they need, connections, accounting.
# usage: demo.sh [capture]   Each command stands before its output.
set -eu

capture=${1:-$(dirname "$0")/sample.pcap}

show() {
  printf '\n$ tcpstat'
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./,:=-]*) printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  printf '\n'
  "${TCPSTAT:-tcpstat}" "$@"
}

show -r "$capture"
show -r "$capture" -t 5
show -r "$capture" -o '%R s: %b bit/s, %T TCP, %U UDP, %C ICMP, %A ARP\n' 10
show -r "$capture" --capacity auto --overhead ethernet 1
show -r "$capture" -b 256k,1M,4M 0.5
show -r "$capture" -c -f 'ip and tcp'
show -r "$capture" -a
