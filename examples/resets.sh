#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which TCP connections were reset: refused at once, or by whom, after how long, and how much had they carried?
# usage: resets.sh [capture | interface [seconds]]   Seconds to watch an interface for.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
seconds=${2:-60}
if [ -f "$source" ]; then set -- -r "$source"; else set -- -i "$source" -s "$seconds"; fi

format='%{protocol} %{ended} %{syn_in} %{rst_out} %{rst_in} %{begin:%F %T} %{duration:.3} %{bytes:k}'
connections=$("${TCPSTAT:-tcpstat}" "$@" -c --connection-format "$format %{client_endpoint} %{server_endpoint}\\n")

printf '%s\n' "$connections" | awk -v source="${source##*/}" '
  $1 == "TCP" { all++ }
  $2 == "reset" {
    reset++
    by = $4 == 0 ? "by the server" : $5 == 0 ? "by the client" : "by both"
    if ($3 == 0 && $4 == 0) by = "refused"
    printf "%s %s  %-13s  after %s s, %s bytes  %s > %s\n", $6, $7, by, $8, $9, $10, $11
  }
  END { printf "%s: %d of %d TCP connections were reset\n", source, reset, all }'
