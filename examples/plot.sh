#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Draws the rate of a capture, or of an interface as it goes, its 95th percentile and the line's capacity, by gnuplot.
# usage: plot.sh [capture | interface [file.svg | file.png | - [capacity [interval]]]]   -: the terminal; 100M, say.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
output=${2:--}
capacity=${3:-}
interval=${4:-}
tcpstat=${TCPSTAT:-tcpstat}
[ $# -gt 0 ] || capacity=6M
option=-i
[ ! -f "$source" ] || option=-r

size=$(stty size 2>/dev/null </dev/tty) || size='24 80'
across=500
case $output in
  *.svg) terminal='svg size 1000, 500 noenhanced font "sans,14" background "#fcfcfa"' ;;
  *.png) terminal='pngcairo size 1500, 750 noenhanced font "sans,16" background rgb "#fcfcfa"' ;;
  -) across=$((${size#* } - 30)) terminal="dumb size ${size#* }, $((${size% *} - 1)) noenhanced mono" ;;
  *)
    echo "plot.sh: $output: ends neither in .svg nor in .png, nor is it - for the terminal" >&2
    exit 2
    ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/plot.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# Of a capture, the shortest round interval that leaves each its own place across the picture.
if [ -z "$interval" ] && [ $option = -r ]; then
  length=$("$tcpstat" -r "$source" -o '%{length}' -1)
  interval=$(LC_ALL=C awk -v length_s="$length" -v across="$across" 'BEGIN {
    count = split("0.001 0.01 0.1 0.2 0.5 1 2 5 10 30 60 120 300 600 900 1800 3600 7200 21600 86400", steps, " ")
    for (i = 1; i < count && steps[i] * across < length_s; i++);
    print steps[i]
  }')
fi

case $capacity in
  '') capacity=0 ;;
  *[!0-9.kMGT]* | [!0-9.]*)
    echo "plot.sh: $capacity: no capacity in bit/s, as in 100M" >&2
    exit 2
    ;;
  *)
    power='BEGIN { print text * 1000 ^ index("kMGT", substr(text, length(text))) }'
    capacity=$(LC_ALL=C awk -v text="$capacity" "$power")
    ;;
esac

title=$(printf '%s' "${source##*/}" | tr -d '"\\`')

# Draws the lines of $work/rates: begin, end, zone, bits per second.
draw() {
  p95=$(awk '{ print $4 }' "$work/rates" | LC_ALL=C sort -n |
    awk '{ rate[NR] = $1 } END { print rate[int((95 * NR + 99) / 100)] }')
  awk '{ print $1, $4; end = $2 " " $4 } END { print end }' "$work/rates" >"$work/steps"
  read -r _ _ zone _ <"$work/rates"
  gnuplot <<END
set terminal $terminal
set output "$work/picture"
is_dumb = GPVAL_TERM eq "dumb"
set timefmt "%Y-%m-%dT%H:%M:%S"
begin = strptime("%Y-%m-%dT%H:%M:%S", "$(head -n 1 "$work/steps")")
end = strptime("%Y-%m-%dT%H:%M:%S", "$(tail -n 1 "$work/steps")")
stats "$work/steps" using 2 nooutput
top = STATS_max > $capacity ? STATS_max : $capacity
unit = top >= 1e9 ? 1e9 : top >= 1e6 ? 1e6 : top >= 1e3 ? 1e3 : 1
name = unit == 1e9 ? "Gbit/s" : unit == 1e6 ? "Mbit/s" : unit == 1e3 ? "kbit/s" : "bit/s"
top = top > 0 ? 1.06 * top / unit : 1
human(bps) = bps >= 1e9 ? sprintf("%.4g Gbit/s", bps / 1e9) : bps >= 1e6 ? sprintf("%.4g Mbit/s", bps / 1e6) : \\
  bps >= 1e3 ? sprintf("%.4g kbit/s", bps / 1e3) : sprintf("%.4g bit/s", bps)

steps = "0.001 0.01 0.1 0.5 1 2 5 10 15 30 60 120 300 600 900 1800 3600 7200 14400 21600 43200 86400 172800 604800"
step = 1.0 * word(steps, words(steps))
do for [i = words(steps):1:-1] {
  if ((end - begin) / word(steps, i) <= (is_dumb ? $across / 11 : 9)) { step = 1.0 * word(steps, i) }
}
set xdata time
set xrange [begin:end]
set xtics step
set format x (step < 1 ? "%H:%M:%.3S" : step < 60 ? "%H:%M:%S" : step >= 86400 ? "%d %b" : \\
  end - begin > 86400 ? "%a %H:%M" : "%H:%M")
set yrange [0:top]
set border 3 linecolor rgb "#888888"
set tics nomirror out textcolor rgb "#444444"
if (!is_dumb) { set grid ytics back linetype 1 linecolor rgb "#e2e2de" }
set key off
set xlabel "time ($zone)" textcolor rgb "#444444"
is_one_day = strftime("%F", begin) eq strftime("%F", end)
set label 1 "$title, " . strftime("%d %b %Y, %H:%M:%S to ", begin) . \\
  strftime(is_one_day ? "%H:%M:%S" : "%d %b, %H:%M:%S", end) \\
  at graph 0, (is_dumb ? 1.19 : 1.12) textcolor rgb "#222222"
set label 2 name . " in intervals of $interval s" at graph 0, (is_dumb ? 1.12 : 1.045) textcolor rgb "#444444"
set tmargin (is_dumb ? 3 : 4.5)
set rmargin (is_dumb ? 17 : 18)

# Two labels beside lines that are close to each other keep their distance.
p95 = $p95 / unit
capacity = $capacity / unit
least = top * (is_dumb ? 0.2 : 0.15)
apart = capacity > 0 && abs(capacity - p95) < least ? (least - abs(capacity - p95)) / 2 : 0
up = p95 > capacity ? 1 : -1
set label 3 "95th percentile\n" . human($p95) at graph 1.015, first p95 + up * apart textcolor rgb "#c8453b"
if (capacity > 0) {
  set label 4 "capacity\n" . human($capacity) at graph 1.015, first capacity - up * apart textcolor rgb "#222222"
}
set style fill solid noborder
plot "$work/steps" using 1:(\$2 / unit) with fillsteps linetype 1 linecolor rgb "#b5d0e6", \\
  "" using 1:(\$2 / unit) with steps linetype 1 linewidth 1.2 linecolor rgb "#2a78b5", \\
  p95 with lines linetype 7 linewidth 2 dashtype 2 linecolor rgb "#c8453b", \\
  (capacity > 0 ? capacity : 1 / 0) with lines linetype 2 linewidth 2 linecolor rgb "#222222"
END
  if [ "$output" = - ]; then cat "$work/picture"; else mv "$work/picture" "$output"; fi
}

form='%{begin:%FT%T.%6f} %{end:%FT%T.%6f} %{begin:%Z} %b\n'
if [ $option = -r ]; then
  "$tcpstat" -r "$source" -o "$form" "$interval" >"$work/rates"
  draw
else
  interval=${interval:-1}
  echo 0 >"$work/status"
  : >"$work/recent"
  { "$tcpstat" -i "$source" -o "$form" "$interval" || echo $? >"$work/status"; } | while read -r line; do
    echo "$line" | cat "$work/recent" - | tail -n 300 >"$work/rates"
    cp "$work/rates" "$work/recent"
    [ "$output" != - ] || [ ! -t 1 ] || printf '\033[H\033[J'
    draw
  done
  exit "$(cat "$work/status")"
fi
