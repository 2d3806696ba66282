#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Looks at tcpstat on a terminal, as a person does: columns under their headings, nothing wrapped, the right glyphs,
colour only where it is wanted, a header on every screenful.

usage: run.py

The program is what TCPSTAT names, or build/tcpstat.
"""
import locale
import os
import re
import shlex
import shutil
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is left in the tree

from screen import Failure, Server

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(os.environ.get("TCPSTAT", ROOT / "build/tcpstat")).resolve())
SAMPLE = str(ROOT / "examples/sample.pcap")

BEGIN_S, INTERVALS = 1_000_000_000, 60  # 2001-09-09 01:46:40
SIZE_BYTES = 100
BLOCKS, ASCII = "▁▂▃▄▅▆▇█", "_+xoXOM@"
SPARK_VALUES = 16
NARROW = ["time", "pkt/s", "bit/s", "avg", "tcp", "udp", "icmp", "bit/s, last 16"]
WIDE = [*NARROW[:-1], "arp", "ipv6", "other", "max", "stddev", "bytes", "peak", NARROW[-1]]
SIZES = {(80, 24): NARROW, (200, 50): WIDE}


def packets_in(interval):
    """From 1 to 20, to give the sparkline something to show."""
    return 1 + interval * interval * 7 % 20


def packet(time_us):
    """A UDP datagram."""
    addresses = bytes([192, 0, 2, 1, 192, 0, 2, 2])
    ip = struct.pack(">BBHHHBBH8s", 0x45, 0, SIZE_BYTES, 7, 0, 64, 17, 0, addresses)
    frame = (bytes(12) + b"\x08\x00" + ip).ljust(14 + SIZE_BYTES, b"\0")
    return struct.pack("<IIII", time_us // 1_000_000, time_us % 1_000_000, len(frame), len(frame)) + frame


def interval_packets(interval):
    """Of one second; the first of all begins it, no other lies on a boundary."""
    begin_us = (BEGIN_S + interval) * 1_000_000
    return b"".join(packet(begin_us + (1000 * i if interval == 0 else 10_000 + 1000 * i))
                    for i in range(packets_in(interval)))


PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)


def expect(condition, what, expected, got):
    if not condition:
        raise Failure("%s: expected %s, got %s" % (what, expected, got))


def expect_equal(got, expected, what):
    expect(got == expected, what, repr(expected), repr(got))


def is_header(line):
    return "bit/s, last 16" in line


def spark(intervals, glyphs):
    """The sparkline after so many intervals; of an independent mind about how tall a glyph is."""
    rates = [packets_in(i) for i in range(intervals)][-SPARK_VALUES:]
    return "".join(glyphs[min(7, 8 * rate // max(rates))] for rate in rates).rjust(SPARK_VALUES)


def expect_unwrapped(screen):
    """No line was longer than the screen is wide."""
    shown, unwrapped = screen.all(), screen.unwrapped()
    wrapped = sorted(set(line.rstrip() for line in unwrapped) - set(shown))
    expect(len(shown) == len(unwrapped), "lines on %d columns" % screen.columns, "none longer",
           "\n" + "\n".join(wrapped))


def expect_aligned(header, row):
    """Each cell ends where its heading ends; the sparkline begins where its heading begins."""
    headings = list(re.finditer(r"\S+(?: \S+)*", header))
    numbers, sparkline = row[:headings[-1].start()], row[headings[-1].start():]
    cells = list(re.finditer(r"\S+", numbers))
    expect_equal([cell.end() for cell in cells], [heading.end() for heading in headings[:-1]],
                 "where the cells end in %r under %r" % (row, header))
    expect_equal(len(sparkline), SPARK_VALUES, "columns of the sparkline in %r" % row)


def expect_row(row, interval, glyphs):
    count = packets_in(interval)
    bits = count * SIZE_BYTES * 8
    rate = "%.1fk" % (bits / 1000) if bits >= 1000 else "%.1f" % bits
    clock = time.strftime("%H:%M:%S", time.gmtime(BEGIN_S + interval))
    expect_equal(row.split()[:6], [clock, "%.1f" % count, rate, "100.0", "0", str(count)], "begin of row %d" % interval)
    expect_equal(row[-SPARK_VALUES:], spark(interval + 1, glyphs), "sparkline of row %d" % interval)


def expect_table(lines, headings, screen_rows, glyphs):
    """A header, as many rows as leave it on the screen, and again."""
    block = screen_rows - 1
    intervals = 0
    for number, line in enumerate(lines):
        if number % block == 0:
            expect_equal(re.split(r" {2,}", line.strip()), headings, "line %d, a header" % number)
            header = line
        else:
            expect_aligned(header, line)
            expect_row(line, intervals, glyphs)
            intervals += 1
    expect_equal(intervals, INTERVALS, "rows")


def expect_colours(screen, are_wanted):
    """Headings bold, sparklines cyan, nothing else; or nothing at all."""
    bold, cyan, plain = frozenset({1}), frozenset({36}), frozenset()
    for line, styles in zip(screen.all(), screen.styles()):
        last = 0 if is_header(line) else len(line[-SPARK_VALUES:].replace(" ", ""))
        first = len(styles) - last
        coloured = [bold if is_header(line) else plain] * first + [cyan] * last
        expected = coloured if are_wanted else [plain] * len(styles)
        expect_equal(styles, expected, "styles of %r" % line)


def command_of(*words):
    return shlex.join([PROGRAM, *words])


def capture_file(server):
    """INTERVALS seconds of traffic."""
    path = Path(server.folder.name) / "table.pcap"
    if not path.exists():
        path.write_bytes(PCAP_HEADER + b"".join(map(interval_packets, range(INTERVALS))))
    return str(path)


class Feed:
    """A capture that comes through a pipe: the line of an interval comes out with the packets of the next one."""

    def __init__(self, server):
        self.path = Path(server.folder.name) / "feed"
        os.mkfifo(self.path)
        self._pipe = os.open(self.path, os.O_RDWR)  # opens without a reader
        self._intervals = 0
        os.write(self._pipe, PCAP_HEADER)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._pipe)
        self.path.unlink()

    def send(self, screen, intervals=1):
        """Waits until their lines are on the screen."""
        for _ in range(intervals):
            os.write(self._pipe, interval_packets(self._intervals))
            self._intervals += 1
            if self._intervals > 1:
                last = time.strftime("%H:%M:%S", time.gmtime(BEGIN_S + self._intervals - 2))
                screen.wait_until(lambda: last in "\n".join(screen.visible()[-1:]), "the line of " + last)


def table(server, size, charset, no_color):
    variables = {"LC_ALL": charset} | ({"NO_COLOR": "1"} if no_color else {})
    with server.screen(command_of("-r", capture_file(server), "-t", "1"), *size, **variables) as screen:
        screen.wait_end()
        expect_unwrapped(screen)
        expect_table(screen.all(), SIZES[size], size[1], BLOCKS if charset == "C.UTF-8" else ASCII)
        expect_equal(sum(map(is_header, screen.visible())), 1, "headers on the screen")
        expect_colours(screen, not no_color)


def tables():
    for size in SIZES:
        for charset in ("C", "C.UTF-8"):
            for no_color in (False, True):
                yield ("-t at %dx%d in locale %s%s" % (*size, charset, ", NO_COLOR" if no_color else ""),
                       lambda server, what=(size, charset, no_color): table(server, *what))


def plain(server):
    """Not on a terminal, on a dumb one: no colours; NO_COLOR counts only where it is not empty (no-color.org)."""
    for command, variables, is_coloured in (
            (command_of("-r", capture_file(server), "-t") + " | cat", {}, False),
            (command_of("-r", capture_file(server), "-t"), {"TERM": "dumb"}, False),
            (command_of("-r", capture_file(server), "-t"), {"NO_COLOR": ""}, True),
            (command_of("-r", capture_file(server), "--json", "--summary"), {}, False),
            (command_of("-r", capture_file(server), "--capacity", "auto"), {}, False)):
        with server.screen(command, 200, 50, LC_ALL="C.UTF-8", **variables) as screen:
            screen.wait_end()
            styles = [style for line in screen.styles() for style in line]
            expect_equal(any(styles), is_coloured, "colours of %s with %s" % (command, variables))


def piped(server):
    """For a file or a program the header comes once, the table is 80 columns wide."""
    command = command_of("-r", capture_file(server), "-t", "1") + " | cat"
    with server.screen(command, 200, 24, LC_ALL="C") as screen:
        screen.wait_end()
        header, *rows = screen.all()
        expect_equal(re.split(r" {2,}", header.strip()), NARROW, "header")
        expect_equal(len(rows), INTERVALS, "rows")
        for interval, row in enumerate(rows):
            expect_aligned(header, row)
            expect_row(row, interval, ASCII)


def returning_header(server):
    """Line by line, as when live."""
    with Feed(server) as feed, server.screen(command_of("-r", str(feed.path), "-t", "1"), 80, 10, LC_ALL="C") as screen:
        feed.send(screen)  # nothing is over yet
        for _ in range(25):
            feed.send(screen)
            expect_equal(sum(map(is_header, screen.visible())), 1, "headers on the screen: %r" % screen.visible())


def resized(server):
    """The table follows: to more columns, to fewer, to fewer lines."""
    with Feed(server) as feed, server.screen(command_of("-r", str(feed.path), "-t", "1"), 80, 24, LC_ALL="C") as screen:
        feed.send(screen, 4)
        for columns, rows, headings in ((200, 24, WIDE), (80, 24, NARROW), (80, 8, NARROW)):
            screen.resize(columns, rows)
            feed.send(screen, 3)
            header = [line for line in screen.all() if is_header(line)][-1]
            expect_equal(re.split(r" {2,}", header.strip()), headings, "header at %d columns" % columns)
            expect_aligned(header, screen.visible()[-1])
        for _ in range(20):
            feed.send(screen)
            expect_equal(sum(map(is_header, screen.visible())), 1, "headers on 8 lines: %r" % screen.visible())


def narrow(server):
    """Fewer columns where there is less room; what is left is whole."""
    for columns in (30, 40, 60, 79, 81, 120):
        with server.screen(command_of("-r", capture_file(server), "-t", "1"), columns, 24, LC_ALL="C.UTF-8") as screen:
            screen.wait_end()
            expect_unwrapped(screen)
            header, row = screen.all()[:2]
            headings = re.split(r" {2,}", header.strip())
            expect_equal(headings[:-1], WIDE[:len(headings) - 1], "headings at %d columns" % columns)
            expect(columns < 80 or len(headings) >= len(NARROW), "headings at %d columns" % columns, "all", headings)
            expect_aligned(header, row)


def tiny(server):
    """Where not even the time and the sparkline fit, lines are no longer than these two."""
    for columns in (5, 17, 18, 20):
        with server.screen(command_of("-r", capture_file(server), "-t", "1"), columns, 24, LC_ALL="C") as screen:
            screen.wait_end()
            longest = max(map(len, screen.unwrapped()))
            expect(longest <= 8 + 2 + SPARK_VALUES, "longest line at %d columns" % columns, "at most 26", longest)


def chosen_fields(server):
    words = ["-r", SAMPLE, "-t", "--fields", "index,begin,size_p95,burst:10ms,tcp_syn"]
    with server.screen(command_of(*words), 80, 24, LC_ALL="C.UTF-8") as screen:
        screen.wait_end()
        expect_unwrapped(screen)
        header, *rows = screen.all()
        expect_equal(header.split()[:5], ["index", "time", "size_p95", "burst:10ms", "tcp_syn"], "headings")
        expect_equal(len(rows), 12, "rows")
        for row in rows:
            expect_aligned(header, row)


def report(server, size, words):
    """What is told of a sample fits the screen, and its columns stand straight."""
    with server.screen(command_of("-r", SAMPLE, *words), *size, LC_ALL="C") as screen:
        screen.wait_end()
        expect_unwrapped(screen)
        blocks = "\n".join(screen.all()).split("\n\n")
        for block in blocks:
            lines = block.split("\n")
            if re.match(r"(The traffic|A line of|The slowest)", lines[0]):
                ends = {len(line) for line in lines[1:] if line.startswith("  ") and "(" not in line[:3]}
                expect_equal(len(ends), 1, "right edges of %r" % block)


def reports():
    for size in SIZES:
        for words in (["--capacity", "100k,1M,10M", "1"], ["--capacity", "auto", "1"],
                      ["--capacity", "1M,auto", "--overhead", "ethernet", "1"],
                      ["-l", "--capacity", "auto", "-1"], ["--summary", "5"], ["-t", "--summary"], ["-a", "-b", "1M"]):
            yield "%s at %dx%d" % (" ".join(words), *size), lambda server, what=(size, words): report(server, *what)


def connections(server, words, columns, mark):
    """Nothing is wrapped, and `mark` stands in the same column wherever it stands, below each interval anew."""
    with server.screen(command_of("-r", SAMPLE, *words), columns, 24, LC_ALL="C") as screen:
        screen.wait_end()
        expect_unwrapped(screen)
        for block in re.split(r"\n(?=Time:)", "\n".join(screen.all())):
            places = {line.index(mark) for line in block.split("\n") if mark in line}
            expect_equal(len(places), 1, "columns of %r in\n%s\n" % (mark, block))


def tables_of_connections():
    for words, columns, mark in ((["-c", "-f", "ip"], 100, " > "), (["--top", "5", "-f", "ip", "20"], 100, "  n="),
                                 (["--by", "host"], 80, " %"), (["--by", "port"], 80, " %")):
        yield ("%s at %d columns" % (" ".join(words), columns),
               lambda server, what=(words, columns, mark): connections(server, *what))


def help_text(server):
    with server.screen(command_of("--help"), 80, 24, LC_ALL="C") as screen:
        screen.wait_end()
        expect_unwrapped(screen)


CHECKS = [
    *tables(),
    ("no colours where there is no terminal, on a dumb one, and in what is no table", plain),
    ("into a pipe: one header, 80 columns", piped),
    ("the header comes again on every screenful, line by line", returning_header),
    ("the table follows a resize: more columns, fewer, fewer lines", resized),
    ("30 to 120 columns: as many as fit, nothing wrapped", narrow),
    ("5 to 20 columns: no line longer than time and sparkline", tiny),
    ("--fields: each under its name", chosen_fields),
    *reports(),
    *tables_of_connections(),
    ("--help at 80 columns", help_text),
]


def reason_not_to_run():
    """Why there is no terminal here; empty where there is."""
    if not shutil.which("tmux"):
        return "no tmux (Debian package tmux)"
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError as error:
        return "no pseudo-terminal: %s" % error
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "no locale C.UTF-8"
    return ""


def run_checks(server):
    passed = failed = 0
    for sentence, function in CHECKS:
        try:
            function(server)
            passed += 1
        except (Failure, subprocess.SubprocessError) as error:
            failed += 1
            print("terminal: FAILED: %s\n  %s" % (sentence, str(error).replace("\n", "\n  ")), flush=True)
    return passed, failed


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    reason = reason_not_to_run()
    if reason:
        print("terminal: skipped: " + reason)
        print("terminal: 0 passed, 0 failed, 1 skipped")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        server = Server()
    except (OSError, subprocess.SubprocessError) as error:
        print("terminal: skipped: tmux does not start: %s" % (getattr(error, "stderr", "") or error))
        print("terminal: 0 passed, 0 failed, 1 skipped")
        return 0
    try:
        passed, failed = run_checks(server)
    except KeyboardInterrupt:
        print("terminal: interrupted")
        return 1
    finally:
        server.close()
    print("terminal: %d passed, %d failed, 0 skipped" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
