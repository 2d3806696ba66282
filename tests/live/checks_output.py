# SPDX-License-Identifier: BSD-2-Clause
"""What a live run writes, where, and when: descriptors, -e, -a, -b, -B, -l, and what happens to a failed write."""
import os
import re
import signal
import tempfile
import time
from pathlib import Path

from frames import ETHERNET_BYTES, UDP4, UDP4_COUNTS
from harness import Late, check, expect, expect_equal, expect_soon, expect_within, wait_until
from lines import FORMAT, LATE_MOST_US, SECOND_US, expect_punctual, middles, packets, parse
from namespaces import Pair
from program import PATIENCE_S, SMALL_BUFFER, Program

LIVE = [*SMALL_BUFFER, "-i", "a0"]


@check("lines-at-once", "each line is written at once, whole, and on time: 20 lines through a pipe")
def lines_at_once():
    pair = Pair()
    with Program([*LIVE, "-o", FORMAT, "0.1", "20"], pair.here) as program:
        program.finish()
        expect(all(block.endswith(b"\n") for block in program.out.reads), "reads", "whole lines", program.out.reads)
        # A reader that comes late finds two.
        lines_a_read = [block.count(b"\n") for block in program.out.reads]
        expect(lines_a_read == [1] * 20, "lines a read(2)", "one", lines_a_read, Late)
        expect_punctual(parse(program.out), 100_000)


@check("descriptors",
       "%3 and %5: what follows goes to these descriptors, at the same time as the line on standard output")
def descriptors():
    pair = Pair()
    with tempfile.TemporaryDirectory() as directory, pair.sender() as sender:
        three, five = Path(directory) / "three", Path(directory) / "five"
        script = 'exec 3>"$1" 5>"$2"; shift 2; exec "$@"'
        with Program([*LIVE, "-o", r"n=%n\n%3U=%U\n%5r=%r\n", "0.5", "3"], pair.here,
                     prefix=["sh", "-c", script, "sh", str(three), str(five)]) as program:
            program.wait_ready()
            sender.send([UDP4] * 12)
            for number in range(1, 4):
                program.wait_lines(number)
                for file in (three, five):
                    wait_until(lambda: file.read_text(encoding="ascii").count("\n") == number, LATE_MOST_US / SECOND_US,
                               "line %d on descriptor %s" % (number, file.name))
            expect_equal(program.finish(), ["n=12", "n=0", "n=0"], "standard output")
        expect_equal(three.read_text(encoding="ascii"), "U=12\nU=0\nU=0\n", "descriptor 3")
        expect_equal(five.read_text(encoding="ascii"), "r=0.250000\nr=0.750000\nr=1.250000\n", "descriptor 5")


@check("no-empty", "-e: intervals without packets print nothing, the others as always and on time")
def no_empty():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-e", "-o", FORMAT, "0.25", "12"], pair.here) as program:
        program.wait_ready()
        time.sleep(0.8)
        sender.send([UDP4] * 10)
        time.sleep(1)
        sender.send([UDP4] * 20)
        program.finish()
        lines = parse(program.out)
    expect_equal(packets(lines), [10, 20], "packets")
    expect(all((middle - 0.125) % 0.25 == 0 for middle in middles(lines)), "middles", "0.125 + k · 0.25",
           middles(lines))
    expect(middles(lines)[0] > 0.75, "middle of the first line", "over 0.75", middles(lines)[0])
    expect_punctual(lines, 250_000)


@check("no-empty-interrupt", "-e: SIGINT in an interval without packets prints nothing")
def no_empty_interrupt():
    pair = Pair()
    with Program([*LIVE, "-e", "0.2"], pair.here) as program:
        program.wait_ready()
        time.sleep(0.5)
        expect_equal(program.finish_after(program.signal(signal.SIGINT)), [], "standard output")


def accounting_rate(line):
    """Read back from the first line of -a: bytes a second, fewer than 1024."""
    found = re.fullmatch(r"Bytes/sec\t= +([\d.]+)  B", line)
    expect(found, "first line of -a", "Bytes/sec and a number of bytes", repr(line))
    return float(found[1])


@check("accounting", "-a live: bytes over the time the capture ran, by -s or to SIGINT")
def accounting():
    size = UDP4_COUNTS.N * 20
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-a", "-s", "1.5", "1"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        lines = program.finish()
        expect_equal(lines, ["Bytes/%s\t= %8.1f %s" % row for row in (
            ("sec", size / 1.5, " B"), ("minute", size / 1.5 * 60 / 1024, "KB"),
            ("hour", size / 1.5 * 3600 / 1024 ** 2, "MB"),
            ("day", size / 1.5 * 86400 / 1024 ** 2, "MB"), ("month", size / 1.5 * 30 * 86400 / 1024 ** 3, "GB"))], "-a")
    pair = Pair()
    with pair.sender() as sender:
        asked_to_start = time.monotonic()
        with Program([*LIVE, "-a", "60"], pair.here) as program:
            program.wait_ready()
            ready = time.monotonic()
            sender.send([UDP4] * 10)  # few, to be told in bytes
            time.sleep(0.9)
            shortest = time.monotonic() - ready
            lines = program.finish_after(program.signal(signal.SIGINT))
            longest = time.monotonic() - asked_to_start
            expect_within(accounting_rate(lines[0]), size / 2 / longest - 0.1, size / 2 / shortest + 0.1,
                          "bytes a second")


@check("capacity", "-b live: what exceeds is carried on through empty intervals; -B: each interval for itself")
def capacity():
    # 100 packets of 54 bytes are 43,200 bits: at 28,800 bit/s, intervals of 0.5 s, full for two and done in the third.
    expected = {"-b": ["Time exceeding 28800.00 bps:\t1.00 sec.\t(50.00% of the time)"],
                "-B": ["(Raw) Time exceeding 28800.00 bps:\t0.50 sec.\t(25.00% of the time)"]}
    for option, lines in expected.items():
        pair = Pair()
        with pair.sender() as sender, \
             Program([*LIVE, option, "28800", "-s", "2", "0.5"], pair.here) as program:
            program.wait_ready()
            sender.send([UDP4] * 100)
            expect_equal(program.finish(), lines + ["Peak Bandwidth: 86400.00 bps"], option)


@check("capacity-cut", "-B live, -s in the middle of an interval: the last one counts with its true length")
def capacity_cut():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "-B", "28.8k", "-s", "1.25", "0.5"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 100)
        expect_equal(program.finish(), ["(Raw) Time exceeding 28800.00 bps:\t0.50 sec.\t(40.00% of the time)",
                                        "Peak Bandwidth: 86400.00 bps"], "-B")


@check("capacity-interrupt", "-b at SIGINT: the summary is printed, status 0")
def capacity_interrupt():
    pair = Pair()
    with Program([*LIVE, "-b", "28800", "0.5"], pair.here) as program:
        program.wait_ready()
        lines = program.finish_after(program.signal(signal.SIGINT))
        expect_equal(lines,
                     ["Time exceeding 28800.00 bps:\t0.00 sec.\t(0.00% of the time)", "Peak Bandwidth: 0.00 bps"], "-b")


@check("link-header", "-l leaves the Ethernet header in, -p is taken, and --snaplen cuts no sizes")
def link_header():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "-l", "-p", "--snaplen", "64", "-o", FORMAT, "-s", "0.5"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        program.finish()
        expect_equal(parse(program.out)[0].counts.N, 10 * (UDP4_COUNTS.N + ETHERNET_BYTES), "bytes")


@check("bad-filter", "a filter that cannot be compiled: one sentence, status 2")
def bad_filter():
    pair = Pair()
    with Program([*LIVE, "-f", "no such thing", "1"], pair.here) as program:
        lines = program.finish(status=2, stderr=re.compile(r"tcpstat: [^\n]*no such thing[^\n]*"))
        expect_equal(lines, [], "standard output")


@check("full-disk",
       "a write that fails ends the run with one sentence, status 1, after the other descriptors were written")
def full_disk():
    script = 'exec 3>/dev/full; exec "$@"'
    pair = Pair()
    with Program([*LIVE, "-o", r"%3full\n%1n=%n\n", "0.2"], pair.here, prefix=["sh", "-c", script, "sh"]) as program:
        lines = program.finish(status=1, seconds=5, stderr="tcpstat: file descriptor 3: No space left on device")
        expect_equal(lines, ["n=0"], "standard output")


@check("closed-pipe", "a reader that goes away ends the run quietly at the next line")
def closed_pipe():
    pair = Pair()
    with Program([*LIVE, "-o", r"n=%n\n", "0.2"], pair.here,
                                 prefix=["sh", "-c", 'exec 4>&1; { "$@"; echo "status $?" >&4; } | head -n 1',
                                         "sh"]) as program:
        lines = program.finish(status=0)
        expect_equal(lines, ["n=0", "status %d" % (128 + signal.SIGPIPE)], "standard output")


@check("slow-reader", "a reader that reads nothing for a second gets every line then, each packet in one of them")
def slow_reader():
    count, filler = 1000, "x" * 200  # more than a pipe holds
    script = '"$@" | { sleep 1; cat; }'
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "-o", r"%r n=%n " + filler + r"\n", "0.001", str(count)], pair.here,
                 prefix=["sh", "-c", script, "sh"]) as program:
        wait_until(lambda: program.open_captures() == 1, PATIENCE_S, "start")
        time.sleep(0.3)
        sender.send([UDP4] * 100)
        lines = [line.split() for line in program.finish()]
        expect_equal([line[0] for line in lines], ["%.4f00" % (0.0005 + 0.001 * i) for i in range(count)], "middles")
        expect_equal(sum(int(line[1].removeprefix("n=")) for line in lines), 100, "packets")


@check("stuck-reader", "a reader that never reads: SIGTERM and SIGINT still end the run within 0.5 s")
def stuck_reader():
    for number in (signal.SIGTERM, signal.SIGINT):
        with tempfile.TemporaryDirectory() as directory:
            pair = Pair()
            fifo = str(Path(directory) / "fifo")
            os.mkfifo(fifo)
            descriptor = os.open(fifo, os.O_RDWR)
            try:
                with Program([*LIVE, "-o", "x" * 1000 + r"\n", "0.001"], pair.here,
                             prefix=["sh", "-c", 'f=$1; shift; exec "$@" >"$f"', "sh", fifo]) as program:
                    wait_until(lambda: program.open_captures() == 1, PATIENCE_S, "start")
                    time.sleep(0.7)
                    sent = program.signal(number)
                    wait_until(lambda: program.process.poll() is not None, PATIENCE_S, "end")
                    expect_soon((time.time_ns() - sent) / 1e9, 0.5, "time from the signal to the end, in s")
            finally:
                os.close(descriptor)

