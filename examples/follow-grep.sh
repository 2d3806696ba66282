#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Follows a line with grep: only the seconds with at least 100 packets, or with any ICMP, are worth a line.
# usage: follow-grep.sh [interface | capture [pattern]]   The lines read: Time:1709542807 pps=31.00 bps=... icmp=2
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
pattern=${2:-'pps=[0-9]{3,}\.|icmp=[1-9]'}
option=-i
[ ! -f "$source" ] || option=-r

"${TCPSTAT:-tcpstat}" $option "$source" -o 'Time:%S pps=%p bps=%b icmp=%C\n' 1 | grep -E --line-buffered "$pattern"
