# SPDX-License-Identifier: BSD-2-Clause
"""A capture that grows while it is read (--follow), and the progress of a long read on a terminal."""
import contextlib
import os
import pty
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from checks_stored import make_long_capture, records
from frames import PCAP_HEADER, UDP4, UDP4_COUNTS, pcap_record
from harness import check, expect, expect_equal, expect_soon, expect_within, wait_until
from lines import (FORMAT, LATE_MOST_US, expect_counts, expect_end, expect_punctual, expect_rates, middles, packets,
                   parse, spans, total)
from program import PATIENCE_S, Program

WRITTEN_S = 0.2  # until what is written has been read: the file is looked at every 50 ms


class Growing:
    """tcpstat that follows a file, and the file."""

    def __init__(self, *arguments, content=PCAP_HEADER):
        self.arguments = arguments
        self.content = content
        self.sent = 0

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.name = str(Path(self.directory.name) / "day.pcap")
        self.file = open(self.name, "wb", buffering=0)
        self.file.write(self.content)
        self.program = Program(["--follow", "-r", self.name, "-o", FORMAT, *self.arguments])
        self.program.wait_ready(captures=0)
        return self

    def __exit__(self, *error):
        self.program.__exit__(*error)
        self.file.close()
        self.directory.cleanup()

    def packet(self, ago_s=0):
        """Writes one that was captured now, or so long ago."""
        self.file.write(pcap_record(UDP4, time.time_ns() // 1000 - int(ago_s * 1e6)))
        self.sent += 1

    def lines(self):
        return parse(self.program.out)

    def interrupt(self, **expected):
        """SIGINT: the lines with the last one, whose end is the signal."""
        before = self.program.signal(signal.SIGINT)
        self.program.finish_after(before, **expected)
        lines = self.lines()
        if lines:
            expect_end(lines, before, self.program.out.closed_ns)
        expect_counts(lines, UDP4_COUNTS * self.sent)
        return lines


@check("follow-on-time", "--follow: each line within 250 ms of its interval's end, with packets and without, none lost")
def follow_on_time():
    with Growing("0.5") as growing:
        for _ in range(40):
            growing.packet()
            time.sleep(0.05)
        time.sleep(1.2)
        growing.packet()
        time.sleep(WRITTEN_S)
        lines = growing.interrupt()
    expect(len(lines) > 5, "lines", "more than 5", len(lines))
    expect_punctual(lines[:-1], 500_000)
    expect_rates(lines)


@check("follow-history", "--follow: what is in the file already is printed at once, by its times; then lines on time")
def follow_history():
    now_us = time.time_ns() // 1000
    history = b"".join(pcap_record(UDP4, now_us - ago_us) for ago_us in range(10_000_000, 0, -100_000))
    started = time.time_ns()
    with Growing("1", content=PCAP_HEADER + history) as growing:
        growing.sent = 100
        growing.program.wait_lines(9)
        expect_soon((growing.program.out.times_ns[8] - started) / 1e9, 2, "time to the history, in s")
        expect_equal(packets(growing.lines())[:9], [11] + [10] * 8, "packets in each second")
        growing.program.wait_lines(12)
        lines = growing.interrupt()
    expect_punctual(lines[10:-1], 1_000_000)


@check("follow-idle", "--follow: a file that does not grow costs little, and its lines come all the same", heavy=True)
def follow_idle():
    with Growing("1") as growing:
        growing.packet()
        growing.program.wait_lines(1)
        waits, cpu = growing.program.waits(), growing.program.cpu_seconds()
        time.sleep(2)
        expect_within(growing.program.waits() - waits, 0, 60, "wake-ups in 2 s")
        expect_within(growing.program.cpu_seconds() - cpu, 0, 0.05, "seconds of processor time in 2 s")
        expect_punctual(growing.interrupt()[:-1], 1_000_000)


@check("follow-interrupt", "--follow: SIGINT and SIGTERM print the open interval with its true length, status 0")
def follow_interrupt():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Growing("5") as growing:
            growing.packet()
            time.sleep(0.4)
            growing.packet()
            time.sleep(WRITTEN_S)
            before = growing.program.signal(number)
            growing.program.finish_after(before)
            lines = growing.lines()
            expect_equal(packets(lines), [2], "packets")
            expect_end(lines, before, growing.program.out.closed_ns)
            expect_rates(lines)


@check("follow-interrupt-early", "--follow: SIGINT before there is a packet, a header or a byte: no line, status 0")
def follow_interrupt_early():
    for content in (b"", PCAP_HEADER[:3], PCAP_HEADER[:20], PCAP_HEADER, PCAP_HEADER + records(0)[:30]):
        with Growing("0.1", content=content) as growing:
            time.sleep(0.3)
            expect_equal(growing.interrupt(), [], "lines")


@check("follow-just-written", "--follow: what was written right before SIGINT is counted")
def follow_just_written():
    with Growing("5") as growing:
        growing.packet()
        time.sleep(WRITTEN_S)
        for _ in range(10):
            growing.packet()
        expect_equal(packets(growing.interrupt()), [11], "packets")


@check("follow-sigusr1", "--follow: SIGUSR1 prints the open interval at once with its true length, reading goes on")
def follow_sigusr1():
    for arguments in (["5"], ["-1"]):
        with Growing(*arguments) as growing:
            growing.packet()
            time.sleep(0.5)
            growing.packet()
            asked = growing.program.signal(signal.SIGUSR1)
            growing.program.wait_lines(1)
            expect_soon((growing.program.out.times_ns[0] - asked) // 1000, LATE_MOST_US, "line after SIGUSR1, in µs")
            expect_equal(packets(growing.lines()), [2], "packets")
            expect_end(growing.lines(), asked, growing.program.out.times_ns[0])
            growing.packet()
            time.sleep(WRITTEN_S)
            lines = growing.interrupt()
            expect_equal(packets(lines), [2, 1], "packets")
            expect_rates(lines)


@check("follow-partial", "--follow: a header and records that come in pieces are waited for, none counts twice")
def follow_partial():
    data = PCAP_HEADER + records(*(100_000 * i for i in range(30)))
    with Growing("1", content=b"") as growing:
        for i in range(0, len(data), 97):
            growing.file.write(data[i:i + 97])
            time.sleep(0.01)
        growing.program.wait_lines(2)
        time.sleep(WRITTEN_S)
        growing.program.finish_after(growing.program.signal(signal.SIGINT))
        expect_counts(growing.lines(), UDP4_COUNTS * 30)
        expect_equal(packets(growing.lines())[:2], [11, 10], "packets in the first lines")


@check("follow-old", "--follow: an old capture that is written slowly prints no more lines than time passes")
def follow_old():
    begin = time.monotonic()
    with Growing("0.2") as growing:
        for i in range(10):
            growing.file.write(records(50_000 * i))
            time.sleep(0.25)
        growing.program.finish_after(growing.program.signal(signal.SIGINT), stderr=None)
        lines = growing.lines()
    expect_within(len(lines), 3, (time.monotonic() - begin) / 0.2 + 2, "lines")
    expect_counts(lines, UDP4_COUNTS * 10)
    expect(spans(lines)[-1].end_us < 10_000_000, "end of the last interval", "within 10 s of the first packet",
           spans(lines)[-1])


@check("follow-late", "--follow: packets that come when their line is out count in a later one, and it is told")
def follow_late():
    with Growing("0.5") as growing:
        growing.packet()
        growing.program.wait_lines(3)
        growing.packet(ago_s=1.2)
        growing.packet(ago_s=1.2)
        time.sleep(WRITTEN_S)
        growing.interrupt(stderr=re.compile("tcpstat: 2 packets reached the file .*"))


@check("follow-cut-short", "--follow: a file that is cut short ends the run: what was counted, a reason, status 1")
def follow_cut_short():
    with Growing("5") as growing:
        for _ in range(3):
            growing.packet()
        time.sleep(WRITTEN_S)
        os.truncate(growing.name, len(PCAP_HEADER))
        growing.program.finish(status=1, stderr=re.compile(
            r"tcpstat: .*day\.pcap: ended after 3 packets \(the file was cut short while it was followed\)"))
        expect_counts(growing.lines(), UDP4_COUNTS * 3)


@check("follow-damaged", "--follow: what is no record ends the run: what was counted, a reason, status 1")
def follow_damaged():
    with Growing("5") as growing:
        growing.packet()
        growing.file.write(b"\xff" * 100)
        growing.program.finish(status=1, stderr=re.compile(r"tcpstat: .*day\.pcap: damaged after 1 packet \(.*\)"))
        expect_counts(growing.lines(), UDP4_COUNTS)


@check("follow-joined", "--follow: a second capture that is appended whole is read on with")
def follow_joined():
    with Growing("5") as growing:
        growing.packet()
        growing.file.write(PCAP_HEADER)
        growing.packet()
        time.sleep(WRITTEN_S)
        expect_equal(packets(growing.interrupt()), [2], "packets")


@check("follow-seconds", "--follow: -s ends the run by the clock, and the last interval where it ends")
def follow_seconds():
    with Growing("-s", "1.3", "0.5") as growing:
        growing.packet()
        begin = time.time_ns()
        growing.program.finish()
        expect_soon((growing.program.out.closed_ns - begin) / 1e9 - 1.25, 0.5, "time after the end, in s")
        expect_equal([round(middle, 3) for middle in middles(growing.lines())], [0.25, 0.75, 1.15], "middles")


@check("follow-count", "--follow: a count of intervals ends the run on time, packets or none")
def follow_count():
    with Growing("0.3", "4") as growing:
        growing.packet()
        growing.program.finish()
        expect_equal(packets(growing.lines()), [1, 0, 0, 0], "packets")
        expect_punctual(growing.lines(), 300_000)


@contextlib.contextmanager
def followed_pipe(*arguments):
    with Program(["--follow", "-r", "-", "-o", FORMAT, *arguments], stdin=subprocess.PIPE) as program:
        program.wait_ready(captures=0)
        yield program


@check("follow-pipe", "--follow of a pipe: lines on time while it gives nothing; SIGUSR1 and SIGINT are answered")
def follow_pipe():
    with followed_pipe("0.5") as program:
        program.feed(PCAP_HEADER + pcap_record(UDP4, time.time_ns() // 1000))
        program.wait_lines(3, seconds=3)
        expect_punctual(parse(program.out), 500_000)
        program.signal(signal.SIGUSR1)
        program.wait_lines(4, seconds=0.4)
        program.feed(pcap_record(UDP4, time.time_ns() // 1000))
        time.sleep(WRITTEN_S)
        program.finish_after(program.signal(signal.SIGINT))
        expect_counts(parse(program.out), UDP4_COUNTS * 2)


@check("follow-pipe-early", "--follow of a pipe that has given nothing: SIGINT ends it")
def follow_pipe_early():
    with followed_pipe("0.5") as program:
        time.sleep(0.2)
        expect_equal(program.finish_after(program.signal(signal.SIGINT)), [], "lines")


@check("follow-pipe-ends", "--follow of a pipe ends with its writer")
def follow_pipe_ends():
    with followed_pipe("0.5") as program:
        program.feed(PCAP_HEADER + records(0, 100_000, 900_000))
        program.close_input()
        program.finish()
        expect_equal(packets(parse(program.out)), [2, 1], "packets")


@check("follow-fifo", "--follow of a FIFO without a writer: a signal does no harm, and what a writer writes is read")
def follow_fifo():
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "fifo")
        os.mkfifo(name)
        with Program(["--follow", "-r", name, "-o", FORMAT, "1"]) as program:
            program.wait_ready(captures=0)
            program.signal(signal.SIGUSR1)
            time.sleep(WRITTEN_S)
            with open(name, "wb") as writer:
                writer.write(PCAP_HEADER + records(0, 10, 20))
            program.finish()
            expect_equal(total(parse(program.out)), UDP4_COUNTS * 3, "counts")


class Terminal:
    """A terminal in the place of standard error, and what has been written to it."""

    def __enter__(self):
        self.person, self.screen = pty.openpty()
        os.set_blocking(self.person, False)
        self.prefix = ["sh", "-c", 'exec "$@" 2>%s' % os.ttyname(self.screen), "sh"]
        self.text = ""
        return self

    def __exit__(self, *_):
        os.close(self.person)
        os.close(self.screen)

    def read(self):
        with contextlib.suppress(BlockingIOError):
            self.text += os.read(self.person, 1 << 16).decode()
        return self.text


PROGRESS = r"\rtcpstat: \d+% of 68\.7 GB, [\d.]+ [MG]B/s, [\d:]+ left *"


def read_long_capture(arguments, look):
    """Calls look(program, terminal) while a capture of 64 GiB is read that nobody waits for the end of."""
    with tempfile.TemporaryDirectory() as directory, Terminal() as terminal:
        name = str(Path(directory) / "long.pcap")
        make_long_capture(name)
        with Program(["-r", name, "-o", FORMAT, *arguments], prefix=terminal.prefix) as program:
            look(program, terminal)
            program.finish_after(program.signal(signal.SIGINT))
            return terminal.read()


@check("progress", "a long read tells its progress on a terminal after a second; the line is gone at the end",
       heavy=True)
def progress():
    begin = time.monotonic()

    def look(_, terminal):
        wait_until(terminal.read, PATIENCE_S, "progress on the terminal")
        expect_soon(time.monotonic() - begin - 1, 1, "first progress, in s after the first second")
        time.sleep(0.7)
        expect_within(terminal.read().count("\r"), 2, 2 + (time.monotonic() - begin - 1) / 0.2, "times it was drawn")
    text = read_long_capture(["1"], look)
    expect(re.fullmatch("(?:%s)+\r +\r" % PROGRESS, text), "terminal", PROGRESS, repr(text))


@check("progress-makes-room", "progress is gone before a line is printed, and comes again after it", heavy=True)
def progress_makes_room():
    def look(program, terminal):
        wait_until(terminal.read, PATIENCE_S, "progress on the terminal")
        program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        expect(terminal.read().endswith(" \r"), "terminal, when the line is there", "blanks", repr(terminal.text))
        before = len(terminal.text)
        wait_until(lambda: len(terminal.read()) > before, 2, "progress after the line")
    read_long_capture(["-1"], look)


@check("progress-none", "--no-progress shows nothing, and a short read neither", heavy=True)
def progress_none():
    expect_equal(read_long_capture(["--no-progress", "1"], lambda *_: time.sleep(1.6)), "", "terminal")
    with tempfile.TemporaryDirectory() as directory, Terminal() as terminal:
        name = str(Path(directory) / "short.pcap")
        Path(name).write_bytes(PCAP_HEADER + records(0, 1, 2))
        with Program(["-r", name, "1"], prefix=terminal.prefix) as program:
            program.finish()
            expect_equal(terminal.read(), "", "terminal")
