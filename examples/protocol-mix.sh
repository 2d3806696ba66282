#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Draws which protocols a capture holds over time: a stacked plot of packets per second above its rate, as a PNG.
# usage: protocol-mix.sh [capture [interval [directory]]]
set -eu

capture=${1:-$(dirname "$0")/sample.pcap}
interval=${2:-1}
directory=${3:-$(mktemp -d "${TMPDIR:-/tmp}/protocol-mix.XXXXXX")}
mkdir -p "$directory"

"${TCPSTAT:-tcpstat}" -r "$capture" -o '%s %T %U %C %A %n %b\n' "$interval" >"$directory/protocol-mix.dat"

cd "$directory"
gnuplot <<END
set terminal pngcairo size 1200, 750 noenhanced font "sans,12" background rgb "#fcfcfa"
set output "protocol-mix.png"
stats "protocol-mix.dat" using 7 nooutput
rate_max = STATS_max > 1000 ? STATS_max / 1000 : 1
decade = 10 ** floor(log10(rate_max))
stats "protocol-mix.dat" using 1 nooutput

set multiplot
set style fill solid noborder
set boxwidth $interval * (STATS_records > 200 ? 1 : 0.92)
set xdata time
set timefmt "%s"
set xrange [STATS_min - $interval / 2.0 : STATS_max + $interval / 2.0]
set yrange [0:*]
set border 1 linecolor rgb "#888888"
set tics nomirror scale 0 textcolor rgb "#444444"
set grid ytics back linetype 1 linecolor rgb "#e2e2de" linewidth 1
set lmargin at screen 0.075
set rmargin at screen 0.965

set label 1 "${capture##*/}" at screen 0.035, 0.955 font "sans,18" textcolor rgb "#222222"
set label 2 strftime("%d %B %Y, %H:%M:%S", STATS_min) . strftime(" to %H:%M:%S UTC", STATS_max) \\
  at screen 0.965, 0.955 right textcolor rgb "#666666"
set label 3 "packets per second" at screen 0.035, 0.905 textcolor rgb "#666666"
set key at screen 0.985, 0.916 right horizontal Left reverse samplen 1 textcolor rgb "#444444"
set tmargin at screen 0.86
set bmargin at screen 0.38
set format x ""

# Each layer is drawn from the ground, the highest first, so that what is seen of it is its own share.
plot "protocol-mix.dat" \\
     using 1:(\$6 / $interval) with boxes linecolor rgb "#b8b8b8" title "other", \\
  "" using 1:((\$2 + \$3 + \$4 + \$5) / $interval) with boxes linecolor rgb "#7b5ea7" title "ARP", \\
  "" using 1:((\$2 + \$3 + \$4) / $interval) with boxes linecolor rgb "#c8453b" title "ICMP", \\
  "" using 1:((\$2 + \$3) / $interval) with boxes linecolor rgb "#f0a73a" title "UDP", \\
  "" using 1:(\$2 / $interval) with boxes linecolor rgb "#2a78b5" title "TCP"

unset label 1
unset label 2
set label 3 "kbit/s" at screen 0.035, 0.335
unset key
set ytics decade * (rate_max < 2 * decade ? 0.5 : rate_max < 5 * decade ? 1 : 2)
set tmargin at screen 0.295
set bmargin at screen 0.075
set format x "%H:%M:%S"
plot "protocol-mix.dat" using 1:(\$7 / 1000) with boxes linecolor rgb "#5d6d7e"
END
echo "protocol-mix.sh: the plot is $directory/protocol-mix.png, its numbers are protocol-mix.dat beside it"
