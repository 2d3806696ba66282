# SPDX-License-Identifier: BSD-2-Clause
"""Signals while a stored capture is read: from a pipe that waits, from a pipe that never stops, within a long file."""
import os
import signal
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from frames import PCAP_HEADER, UDP4, UDP4_COUNTS, Counts, pcap_record
from harness import Skipped, check, expect, expect_equal, expect_soon, expect_within, wait_until
from lines import FORMAT, LATE_MOST_US, expect_counts, middles, packets, parse
from program import PATIENCE_S, Program

STORED = ["-r", "-", "-o", FORMAT]
FIRST_US = 1_000_000_000


def records(*offsets_us):
    return b"".join(pcap_record(UDP4, FIRST_US + offset) for offset in offsets_us)


class Piped:
    """tcpstat at the end of a pipe whose writer stays; what is fed has been read when feed() returns."""

    def __init__(self, *arguments):
        self.program = Program([*STORED, *arguments], stdin=subprocess.PIPE)

    def __enter__(self):
        self.program.__enter__()
        self.program.wait_ready(captures=0)
        return self

    def __exit__(self, *error):
        self.program.__exit__(*error)

    def feed(self, data):
        before = self.program.waits()
        self.program.feed(data)
        wait_until(lambda: self.program.waits() > before and self.program.status()["State"].startswith("S"), 5,
                   "a program that has read the pipe and waits again")

    def lines(self):
        return parse(self.program.out)


def interrupt_pipe(number, arguments, data):
    with Piped(*arguments) as piped:
        piped.feed(data)
        piped.program.finish_after(piped.program.signal(number))
        return piped.lines()


@check("pipe-interrupt", "SIGINT and SIGTERM on a pipe that waits: the open interval, status 0, within 0.5 s")
def pipe_interrupt():
    for number in (signal.SIGINT, signal.SIGTERM):
        lines = interrupt_pipe(number, ["1"],
                               PCAP_HEADER + records(0, 400_000, 1_500_000, 2_100_000, 2_200_000, 2_300_000))
        expect_equal((middles(lines), packets(lines)), ([0.5, 1.5, 2.5], [2, 1, 3]), "middles and packets")


@check("pipe-interrupt-whole", "the same with interval -1: its length is the time between the packets")
def pipe_interrupt_whole():
    lines = interrupt_pipe(signal.SIGINT, ["-1"], PCAP_HEADER + records(0, 400_000, 2_000_000))
    expect_equal((middles(lines), packets(lines), str(lines[0].rate)), ([1.0], [3], "1.50"), "middle, packets and rate")


@check("pipe-interrupt-early",
       "SIGINT on a pipe that has given nothing, a part of the header, or no packet: no line, status 0")
def pipe_interrupt_early():
    for data in (b"", PCAP_HEADER[:3], PCAP_HEADER[:20], PCAP_HEADER, PCAP_HEADER + records(0)[:30]):
        with Piped("1") as piped:
            if data:
                piped.feed(data)
            program = piped.program
            expect_equal(program.finish_after(program.signal(signal.SIGINT)), [], "standard output")


@check("pipe-interrupt-ignored", "SIGINT on a pipe that waits, where the parent had it ignored")
def pipe_interrupt_ignored():
    with Program([*STORED, "1"], prefix=["sh", "-c", 'trap "" INT; exec "$@"', "sh"], stdin=subprocess.PIPE) as program:
        program.wait_ready(captures=0)
        program.finish_after(program.signal(signal.SIGINT))


@check("pipe-sigusr1",
       "SIGUSR1 on a pipe that waits: the open interval at once with its true length, and reading goes on")
def pipe_sigusr1():
    with Piped("1") as piped:
        program = piped.program
        piped.feed(PCAP_HEADER + records(0, 100_000, 400_000))
        asked = program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        expect_soon((program.out.times_ns[0] - asked) // 1000, LATE_MOST_US, "line after the signal, in µs")
        piped.feed(records(900_000, 1_000_000, 1_450_000))
        program.close_input()
        program.finish()
        lines = piped.lines()
    # The first interval lasts 0.4 s; the second begins there, at 0.4 s, and the third at 1.4 s.
    expect_equal((middles(lines), packets(lines)), ([0.2, 0.9, 1.9], [3, 2, 1]), "middles and packets")
    expect_equal([str(line.rate) for line in lines], ["7.50", "2.00", "1.00"], "packets a second")


@check("pipe-sigusr1-whole", "SIGUSR1 with interval -1 on a pipe: each line from the last one on")
def pipe_sigusr1_whole():
    with Piped("-1") as piped:
        program = piped.program
        program.signal(signal.SIGUSR1)  # before the first packet there is no interval
        piped.feed(PCAP_HEADER + records(0, 1_000_000))
        program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        piped.feed(records(2_000_000, 3_000_000, 5_000_000))
        program.signal(signal.SIGUSR1)
        program.wait_lines(2)
        program.close_input()
        program.finish()
        lines = piped.lines()
    expect_equal((middles(lines)[:2], packets(lines)[:2]), ([0.5, 3.0], [2, 3]), "middles and packets")
    expect_counts(lines, UDP4_COUNTS * 5)


@check("pipe-slow", "a pipe fed in pieces of 7 bytes: each line as soon as a later packet is there, nothing lost")
def pipe_slow():
    data = PCAP_HEADER + records(*(100_000 * i for i in range(25)))
    with Piped("1") as piped:
        for i in range(0, len(data), 7):
            piped.program.feed(data[i:i + 7])
            time.sleep(0.001)
        piped.program.wait_lines(2)
        expect_equal(packets(piped.lines()), [11, 10], "packets in the lines before the end")
        piped.program.close_input()
        piped.program.finish()
        expect_equal(packets(piped.lines()), [11, 10, 4], "packets")


@check("fifo", "a FIFO without a writer is waited for without spinning, and read when one comes")
def fifo():
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "fifo")
        os.mkfifo(name)
        with Program(["-r", name, "-o", FORMAT, "1"]) as program:
            program.wait_ready(captures=0)
            before = program.waits()
            time.sleep(0.5)
            expect_within(program.waits() - before, 0, 10, "wake-ups in 0.5 s")
            with open(name, "wb") as writer:
                writer.write(PCAP_HEADER + records(0, 10, 20))
            program.finish()
            expect_equal(packets(parse(program.out)), [3], "packets")
        with Program(["-r", name, "-o", FORMAT, "1"]) as program:
            program.wait_ready(captures=0)
            program.finish_after(program.signal(signal.SIGTERM))


@check("pipe-waits-idle", "a pipe that waits costs nothing")
def pipe_waits_idle():
    with Piped("1") as piped:
        piped.feed(PCAP_HEADER + records(0))
        waits, cpu = piped.program.waits(), piped.program.cpu_seconds()
        time.sleep(2)
        expect_within(piped.program.waits() - waits, 0, 10, "wake-ups in 2 s")
        expect_within(piped.program.cpu_seconds() - cpu, 0, 0.05, "seconds of processor time in 2 s")
        piped.program.finish_after(piped.program.signal(signal.SIGINT))


def busy_pipe(program, ended):
    """Writes packets for ever."""
    block = b"".join(pcap_record(UDP4, FIRST_US) for _ in range(1000))
    try:
        program.feed(PCAP_HEADER)
        while not ended.is_set():
            program.feed(block)
    except (BrokenPipeError, OSError, ValueError):
        pass  # it has ended


@check("pipe-busy", "signals on a pipe that never stops: answered while packets come", heavy=True)
def pipe_busy():
    with Program([*STORED, "1"], stdin=subprocess.PIPE) as program:
        program.wait_ready(captures=0)
        ended = threading.Event()
        writer = threading.Thread(target=busy_pipe, args=(program, ended), daemon=True)
        writer.start()
        try:
            time.sleep(0.3)
            program.signal(signal.SIGUSR1)
            program.wait_lines(1, seconds=0.5)
            time.sleep(0.1)
            program.finish_after(program.signal(signal.SIGINT))
        finally:
            ended.set()
            if program.process.poll() is None:
                program.process.kill()
            writer.join()
        lines = parse(program.out)
    expect_equal(len(lines), 2, "lines")
    expect(all(line.counts.n > 0 for line in lines), "packets", "some in each line", packets(lines))


def make_long_capture(name):
    """Two packets half a second apart, then 64 GiB of holes: zeros are records without a byte, stamped 0."""
    head = PCAP_HEADER + records(0, 500_000)
    with open(name, "wb") as file:
        file.write(head)
        try:
            file.truncate(len(head) + (1 << 36))
        except OSError as error:
            raise Skipped("no sparse files here: %s" % error) from error


def read_a_while(program):
    wait_until(program.takes_signals, PATIENCE_S, "start: a program that takes signals")
    time.sleep(0.3)


@check("long-file", "signals within a long file: SIGUSR1 prints and goes on, SIGINT and SIGTERM print and end",
       heavy=True)
def long_file():
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "long.pcap")
        make_long_capture(name)
        for number in (signal.SIGINT, signal.SIGTERM):
            with Program(["-r", name, "-o", FORMAT, "1"]) as program:
                read_a_while(program)
                asked = program.signal(signal.SIGUSR1)
                program.wait_lines(1)
                expect_soon((program.out.times_ns[0] - asked) // 1000, LATE_MOST_US, "line after SIGUSR1, in µs")
                time.sleep(0.1)
                program.finish_after(program.signal(number))
                lines = parse(program.out)
            # From 0 to 0.5 s, the time of the packets so far; then a whole interval from there.
            expect_equal(middles(lines), [0.25, 1.0], "middles of the intervals")
            expect(all(line.counts.n > 2 for line in lines), "packets", "many in each line", packets(lines))
            expect_equal(lines[0].counts, UDP4_COUNTS * 2 + Counts(n=lines[0].counts.n - 2), "counts of the first line")


@check("long-file-accounting", "SIGINT within a long file: -a is printed for what was read", heavy=True)
def long_file_accounting():
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "long.pcap")
        make_long_capture(name)
        with Program(["-r", name, "-a"]) as program:
            read_a_while(program)
            lines = program.finish_after(program.signal(signal.SIGINT))
            rate = 2 * UDP4_COUNTS.N / 0.5
            expect_equal(lines[0], "Bytes/sec\t= %8.1f  B" % rate, "first line")
