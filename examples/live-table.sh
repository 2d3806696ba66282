#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A table for the eye while something goes wrong: the rate beside its bursts, new connections, and losses.
# usage: live-table.sh [interface | capture [interval]]   Without a terminal, or of a capture, all rows at once.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
interval=${2:-1}
option=-i
[ ! -f "$source" ] || option=-r

# A burst is shorter than the interval: the largest rate over any 10 ms in it.
exec "${TCPSTAT:-tcpstat}" $option "$source" -t \
  --fields begin,bits_per_second,burst:10ms,tcp_syn,dropped "$interval"
