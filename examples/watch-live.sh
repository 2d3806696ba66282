#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Watches a line in gnuplot: its rate second by second, the last minute of it, in a window or in the terminal.
# usage: watch-live.sh [interface | capture]   A capture is shown as if it were live, but ten times as fast.
set -eu

source=${1:-$(dirname "$0")/sample.pcap}
option=-i
[ ! -f "$source" ] || option=-r

# Standard output becomes gnuplot's pipe below, so ask now where the picture will appear.
is_terminal=no
colour=mono
[ ! -t 1 ] || { is_terminal=yes colour=ansirgb; }

# gnuplot's own window where there is a display and gnuplot can open one, characters everywhere else.
window=$(gnuplot -e 'set print "-"; print GPVAL_TERM')
case ${DISPLAY:-}${WAYLAND_DISPLAY:-}/$window in
  ?*/qt | ?*/wxt | ?*/x11)
    terminal="$window noraise"
    style="boxes fill solid"
    clear=
    ;;
  *)
    size=$(stty size 2>/dev/null </dev/tty) || size='24 80'
    terminal="dumb size ${size#* }, $((${size% *} - 1)) noenhanced $colour"
    style=impulses
    clear='set print "-"; print "\033[H\033[J"'
    ;;
esac

draw() {
  cat <<END
set terminal $terminal
set title "${source##*/}: kbit/s in each second"
set border 3
set tics nomirror
set xlabel "seconds"
set yrange [0:*]
set linetype 1 linecolor rgb "#2a78b5"
unset key
END
  set --
  while read -r line; do
    set -- "$@" "$line"
    [ $# -le 60 ] || shift
    seconds=${line%%.*}
    [ "$seconds" -ge 60 ] || seconds=60
    [ $is_terminal = no ] || printf '%s\n' "$clear"
    echo "set xrange [$seconds - 60:$seconds + 1]"
    # The invisible line at 1 kbit/s keeps the scale from collapsing while nothing arrives.
    echo "plot '-' using 1:(\$2 / 1000) with $style, 1 linetype nodraw"
    printf '%s\n' "$@" e
    [ $option$is_terminal != -ryes ] || sleep 0.1
  done
}

"${TCPSTAT:-tcpstat}" $option "$source" -o '%r %b\n' 1 | draw | gnuplot
