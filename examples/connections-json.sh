#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Which services had how many connections, bytes and waits? Connections as JSON into jq, and DuckDB where it is there.
# usage: connections-json.sh [capture | interface [directory [seconds]]]   Needs jq. Seconds to watch an interface for.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
directory=${2:-$(mktemp -d "${TMPDIR:-/tmp}/connections.XXXXXX")}
seconds=${3:-60}
if [ -f "$source" ]; then set -- -r "$source"; else set -- -i "$source" -s "$seconds"; fi

command -v jq >/dev/null || {
  echo "connections-json.sh: jq is not installed" >&2
  exit 1
}
mkdir -p "$directory"
"${TCPSTAT:-tcpstat}" "$@" -c --json --connection-fields all >"$directory/connections.json"

jq -rs '
  def name: .service // if .protocol | startswith("ICMP") then .protocol else "\(.protocol) \(.server_port)" end;
  def median: map(select(. != null)) | sort | .[(length - 1) / 2 | floor];
  def milli: if . == null then "none seen" else "\(. * 1e4 | round / 10) ms" end;
  group_by(name)
  | map({name: .[0] | name, connections: length, bytes: map(.bytes) | add, first_byte: map(.first_byte) | median})
  | sort_by(-.bytes)[]
  | "\(.name): \(.bytes) bytes in \(.connections) connection\(if .connections == 1 then "" else "s" end); "
    + "first byte of the server, median: \(.first_byte | milli)"' "$directory/connections.json"
echo "connections-json.sh: all that is known of each connection is in $directory/connections.json"

if command -v duckdb >/dev/null; then
  cd "$directory"
  duckdb -c "SELECT server, count(*) AS connections, sum(bytes) AS bytes, sum(retransmissions_in) AS retransmissions
    FROM read_json_auto('connections.json') GROUP BY server ORDER BY bytes DESC LIMIT 10"
else
  echo "connections-json.sh: DuckDB is not installed; to it that would be a table: SELECT * FROM 'connections.json'"
fi
