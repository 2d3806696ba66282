#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who is filling the line? Each minute its rate, how many connections and hosts it had, and the busiest ones.
# usage: top-talkers.sh [capture | interface [count [interval]]]
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
count=${2:-5}
interval=${3:-60}
option=-i
[ ! -f "$source" ] || option=-r

format='%{begin:%F %T}  %{bits_per_second:k}bit/s, %{connections} connections, %{connections_new} new, %{hosts} hosts\n'
exec "${TCPSTAT:-tcpstat}" $option "$source" --align --top "$count" -o "$format" "$interval"
