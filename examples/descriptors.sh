#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One run, several outputs: the terminal gets the traffic, and two files the rates and the protocols, by %3 and %4.
# usage: descriptors.sh [capture [directory]]
set -eu

capture=${1:-$(dirname "$0")/sample.pcap}
directory=${2:-$(mktemp -d "${TMPDIR:-/tmp}/descriptors.XXXXXX")}
mkdir -p "$directory"

format='%S  %n packets, %N bytes\n'
format="$format"'%3%s %b %p\n'
format="$format"'%4%s %A %C %T %U\n'
"${TCPSTAT:-tcpstat}" -r "$capture" -o "$format" 5 3>"$directory/rates.txt" 4>"$directory/protocols.txt"

echo "descriptors.sh: bits and packets per second are in $directory/rates.txt,"
echo "descriptors.sh: ARP, ICMP, TCP and UDP packets in $directory/protocols.txt"
