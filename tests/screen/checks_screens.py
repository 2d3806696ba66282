# SPDX-License-Identifier: BSD-2-Clause
"""Screens of live connections of every kind, compared with files; and a screen that is resized."""
import contextlib
import difflib
import re
from pathlib import Path

import screen
import track
from checks_keys import open_many
from harness import Failure, expect, expect_equal
from network import LONG_HERE, LONG_THERE, Network, HERE_V6, THERE_V6
from track import Track, check

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
SIZES = ((80, 24), (120, 40), (200, 60), (40, 5))
CONNECTIONS = 9
KEPT = ("", "-", "0 B/s")
# What differs from run to run: where its cells end or begin, and how wide they are.
MASKED = {"Idle": ("left", 4), "Speed": ("left", 12), "Up": ("left", 12), "Down": ("left", 12), "RTT": ("right", 6),
          "Bytes": ("right", 6), "Time": ("right", 6)}


def masked(lines):
    """Times, rates and the numbers of processes as #, but for a rate of nothing; all but the last line."""
    columns = len(lines[0])
    lines = [line.ljust(columns) for line in lines]
    for heading in re.finditer(r"\S+", lines[0]):
        side, width = MASKED.get(heading.group(), ("left", 0))
        begin = heading.start() if side == "left" else heading.end() - width
        for number, line in enumerate(lines[1:-1], 1):
            cell = line[begin:begin + width]
            if cell.strip() not in KEPT:
                lines[number] = line[:begin] + "#" * width + line[begin + width:]
    return "".join(re.sub(r"/\d+", "/#", line.rstrip()) + "\n" for line in lines)


def make_connections(network, before):
    """One of each kind, after the one that was there before has said something."""
    network.send(before)
    network.idle()
    network.bulk()
    network.refused()
    network.half_open()
    network.closed()
    network.reset()
    network.idle(443, here=HERE_V6, there=THERE_V6)
    network.idle(65535, here=LONG_HERE, there=LONG_THERE)


def write(shown, path):
    """As soon as it has not changed for two seconds."""
    shown.wait_foot(" of %d" % CONNECTIONS)
    seen = []

    def is_still():
        now = masked(shown.lines())
        seen[:] = seen + [now] if seen and seen[-1] == now else [now]
        return len(seen) * screen.POLL_S >= 2
    shown.wait_until(is_still, "a screen that stays")
    path.write_text(seen[-1], encoding="utf-8")


def compare(shown, path):
    expected = path.read_text(encoding="utf-8")
    try:
        shown.wait_until(lambda: masked(shown.lines()) == expected, path.name)
    except screen.Failure:
        got = masked(shown.lines())
        raise Failure("\n" + "".join(difflib.unified_diff(expected.splitlines(True), got.splitlines(True),
                                                          path.name, "got"))) from None


@check("screens", "at 80x24, 120x40, 200x60 and 40x5: idle, bulk, refused, half-open, closed, reset, IPv6 connections, "
       "and one that was there before", live=True)
def screens():
    with Network() as network, contextlib.ExitStack() as stack:
        before = network.connect(22)
        every = [stack.enter_context(Track("-i", "a0", "-r", "1000", size=size, namespace=network.namespace))
                 for size in SIZES]
        network.wait_captures(len(SIZES))
        make_connections(network, before)
        for (columns, rows), shown in zip(SIZES, every):
            path = GOLDEN / ("screen-%dx%d.txt" % (columns, rows))
            if track.is_writing:
                write(shown, path)
            else:
                compare(shown, path)
            expect_unwrapped(shown)
        rate = re.search(r":80 +ESTABLISHED +\S+ +\* ([\d.]+) kB/s", "\n".join(every[0].lines()))
        expect(rate and 40 < float(rate.group(1)) < 65, "rate of a sender of 50 kB/s and its headers", "about 55 kB/s",
               rate and rate.group())
        for shown in every:
            shown.quit()


def expect_unwrapped(shown):
    expect_equal(len(shown.screen.unwrapped()), len(shown.lines()), "lines, wrapped ones as one")


def expect_whole(shown):
    """Headings, total and last line are where they belong, and no line is longer than the screen."""
    columns, rows = shown.screen.columns, shown.screen.rows
    if columns < 40 or rows < 5:
        shown.wait_until(lambda: shown.lines() == ["too small: 40x5 are needed"[:columns]],
                         "no more than that at %dx%d" % (columns, rows))
        return
    shown.wait_until(lambda: len(shown.lines()) == rows and shown.lines()[0].startswith(" Client ")
                     and shown.lines()[-2].startswith(" TOTAL ") and shown.lines()[-2].endswith(" 0 B/s")
                     and shown.foot().startswith(" Connections 1-%d of 60" % min(60, rows - 3)),
                     "a whole screen of %dx%d" % (columns, rows))
    expect_unwrapped(shown)
    expect(max(map(len, shown.lines())) <= columns, "the longest line", "at most %d" % columns, shown.lines())


@check("resize", "to any size and back, also below 40x5: TOTAL is the last line but one, nothing is wrapped")
def resize():
    with open_many() as shown:
        shown.wait_foot("1-21 of 60 ")
        for size in ((120, 40), (200, 60), (40, 5), (39, 24), (80, 4), (10, 3), (40, 5), (41, 6), (200, 5),
                     (40, 60), (79, 23), (81, 25), (300, 100), (80, 24)):
            shown.screen.resize(*size)
            expect_whole(shown)
        shown.quit()


@check("resize-fast", "many sizes at once: the last one counts")
def resize_fast():
    with open_many() as shown:
        shown.wait_foot("1-21 of 60 ")
        for step in range(20):
            shown.screen.resize(40 + 7 * step, 40 - step)
        expect_whole(shown)
        shown.press("q")
        shown.screen.wait_end()
        shown.expect_mode("after")  # of what stood there tmux may lose lines


@check("resize-pages", "help, details, the choice of columns and a prompt follow a resize too")
def resize_pages():
    for keys, first in (("?", " Keys"), ("c", " Columns"), ("Enter", " Connections"), ("/", " Client")):
        with open_many() as shown:
            shown.wait_foot("1-21 of 60 ")
            shown.press(keys)
            shown.wait_until(lambda: not shown.foot().startswith(" Connections"), "another page")
            for columns, rows in ((120, 40), (40, 5), (20, 4), (60, 10)):
                shown.screen.resize(columns, rows)
                if columns < 40:
                    continue
                shown.wait_until(lambda: len(shown.lines()) == rows and shown.lines()[0].startswith(first),
                                 "%r at %dx%d" % (first, columns, rows))
                expect_unwrapped(shown)
            shown.press("Escape")
            shown.wait_foot("^ Connections 1-7 of 60")
            shown.quit()


def colours(shown):
    """The numbers of SGR escapes on the screen."""
    return {number for line in shown.screen.styles() for style in line for number in style}


@check("colours", "16 colours, none with NO_COLOR, --no-color or a terminal that has none; the rest is the same")
def colours_():
    lines = None
    for words, variables, is_coloured in (((), {}, True), (("--no-color",), {}, False), ((), {"NO_COLOR": "1"}, False),
                                          ((), {"NO_COLOR": ""}, True), ((), {"TERM": "xterm-mono"}, False)):
        with open_many(words=words, **variables) as shown:
            shown.wait_foot("1-21 of 60 ")
            found = colours(shown) & set(range(30, 108))
            expect_equal(bool(found), is_coloured, "colours with %s %s" % (words, variables))
            expect(found <= set(range(30, 38)), "colours", "of the first 16", found)
            lines = lines or shown.lines()
            expect_equal(shown.lines(), lines, "the text with %s %s" % (words, variables))
            shown.quit()
