#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who opened how many connections, and how did they end? From the log that tcptrack writes beside its screen.
# usage: connection-log.sh [capture | interface [log]]   An interface is on the screen until q is pressed. Needs jq.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
log=${2:-$(mktemp "${TMPDIR:-/tmp}/connections.XXXXXX")}

command -v jq >/dev/null || {
  echo "connection-log.sh: jq is not installed" >&2
  exit 1
}

# Each run adds its lines to the log; the answer is of all of them.
if [ -f "$source" ]; then
  "${TCPTRACK:-tcptrack}" -T "$source" --all --batch --log "$log" >/dev/null
else
  "${TCPTRACK:-tcptrack}" -i "$source" --all --log "$log"
fi

jq -rs '
  def counts: group_by(.) | map("\(length) \(.[0])") | join(", ");
  group_by(.client)
  | map({client: .[0].client, connections: length, bytes: map(.bytes_out + .bytes_in) | add, ends: map(.ended) | counts})
  | sort_by(-.connections, .client)[]
  | "\(.client): \(.connections) connection\(if .connections == 1 then "" else "s" end) (\(.ends)), \(.bytes) bytes"' "$log"
echo "connection-log.sh: the connections are in $log"
