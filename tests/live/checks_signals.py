# SPDX-License-Identifier: BSD-2-Clause
"""Signals while capturing: SIGINT and SIGTERM end the run with the open interval, SIGUSR1 asks for it."""
import signal
import threading
import time

from frames import TCP4, TCP4_COUNTS, UDP4, UDP4_COUNTS
from harness import check, expect, expect_equal, expect_soon, expect_within
from lines import (FORMAT, LATE_MOST_US, SECOND_US, expect_counts, expect_end, expect_rates, packets, parse, spans,
                   start_us)
from namespaces import Pair
from program import SMALL_BUFFER, Program

LIVE = [*SMALL_BUFFER, "-i", "a0", "-o", FORMAT]


def interrupt_after_packets(number, interval, prefix=()):
    """Packets, a line or two, packets, and at once the signal."""
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, interval], pair.here, prefix=prefix) as program:
        program.wait_ready()
        sender.send([UDP4] * 500)
        time.sleep(0.3)
        sender.send([TCP4] * 1000)
        sent = program.signal(number)
        program.finish_after(sent)
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 500 + TCP4_COUNTS * 1000)
    expect_end(lines, sent, program.out.closed_ns)
    expect_rates(lines)
    return lines


@check("sigint", "SIGINT: the open interval with its true length and all packets sent before, status 0, within 0.5 s")
def sigint():
    expect_equal(packets(interrupt_after_packets(signal.SIGINT, "60")), [1500], "packets")


@check("sigterm", "SIGTERM: the same")
def sigterm():
    expect_equal(packets(interrupt_after_packets(signal.SIGTERM, "60")), [1500], "packets")


@check("sigint-short-intervals", "SIGINT with intervals of 0.1 s: the last line is a part of one, no packet is lost")
def sigint_short_intervals():
    lines = interrupt_after_packets(signal.SIGINT, "0.1")
    lengths = [span.end_us - span.begin_us for span in spans(lines)]
    expect(all(abs(length - 100_000) <= 2 for length in lengths[:-1]), "all lengths but the last", 100_000, lengths)
    expect_within(lengths[-1], 0, 100_002, "the last length")


@check("sigint-whole", "SIGINT and SIGTERM with interval -1: one line for all")
def sigint_whole():
    for number in (signal.SIGINT, signal.SIGTERM):
        expect_equal(packets(interrupt_after_packets(number, "-1")), [1500], "packets")


@check("sigint-ignored", "SIGINT ends the run even where the parent ignored it, as sh does for a background job")
def sigint_ignored():
    interrupt_after_packets(signal.SIGINT, "60", prefix=["sh", "-c", 'trap "" INT; exec "$@"', "sh"])


@check("background-job", "a background job of a script gets SIGINT")
def background_job():
    script = '"$@" & echo "$!"; wait "$!"; echo "status $?"'
    pair = Pair()
    with Program([*SMALL_BUFFER, "-i", "a0", "-o", r"n=%n\n", "60"], pair.here,
                                 prefix=["sh", "-c", script, "sh"]) as program:
        program.pid = int(program.wait_lines(1)[0])
        program.wait_ready()
        lines = program.finish_after(program.signal(signal.SIGINT))
        expect_equal(lines, [str(program.pid), "n=0", "status 0"], "output")


@check("sigint-empty", "SIGINT without a packet: one empty line, its rate 0.00")
def sigint_empty():
    pair = Pair()
    with Program([*LIVE, "60"], pair.here) as program:
        program.wait_ready()
        sent = program.signal(signal.SIGINT)
        program.finish_after(sent)
        lines = parse(program.out)
        expect_equal((packets(lines), str(lines[0].rate)), ([0], "0.00"), "packets and rate")
        expect_end(lines, sent, program.out.closed_ns)


@check("sigint-twice", "a second SIGINT changes nothing: one line, status 0")
def sigint_twice():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "60"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        time.sleep(0.2)
        sent = program.signal(signal.SIGINT)
        time.sleep(0.02)
        program.signal(signal.SIGINT)
        program.finish_after(sent)
        expect_equal(packets(parse(program.out)), [10], "packets")


@check("sigint-to-the-end", "SIGINT again and again until the program has gone: one line, all packets, status 0")
def sigint_to_the_end():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "60"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        sent = program.signal(signal.SIGINT)
        program.wait_lines(1)
        while program.process.poll() is None:
            program.signal(signal.SIGINT)
            time.sleep(0.002)
        program.finish_after(sent)
        expect_equal(packets(parse(program.out)), [10], "packets")


@check("sigusr1", "SIGUSR1: the open interval at once with its true length; the next one begins there and is whole")
def sigusr1():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "1"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 100)
        time.sleep(0.3)
        asked = program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        answered = program.out.times_ns[0]
        sender.send([TCP4] * 50)
        program.wait_lines(2)
        program.finish_after(program.signal(signal.SIGINT))
        lines = parse(program.out)
    expect_soon((answered - asked) // 1000, LATE_MOST_US, "line after the signal, in µs")
    expect_end(lines[:1], asked, answered)
    expect_equal([line.counts for line in lines[:2]], [UDP4_COUNTS * 100, TCP4_COUNTS * 50], "counts")
    length = spans(lines)[1].end_us - spans(lines)[1].begin_us
    expect_within(length, SECOND_US - 3, SECOND_US + 3, "length of the interval after the signal")
    expect_rates(lines)


@check("sigusr1-whole", "SIGUSR1 with interval -1: each asks for the numbers since the one before")
def sigusr1_whole():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-1"], pair.here) as program:
        program.wait_ready()
        for number, count in enumerate((100, 0, 7)):
            sender.send([UDP4] * count)
            asked = program.signal(signal.SIGUSR1)
            program.wait_lines(number + 1)
            expect_soon((program.out.times_ns[number] - asked) // 1000, LATE_MOST_US, "line after the signal, in µs")
            expect_end(parse(program.out), asked, program.out.times_ns[number])
        sender.send([UDP4] * 5)
        program.finish_after(program.signal(signal.SIGINT))
        lines = parse(program.out)
    expect_equal(packets(lines), [100, 0, 7, 5], "packets")
    expect_rates(lines)


@check("sigusr1-many", "ten SIGUSR1 under traffic, intervals and all: every packet in exactly one line, no gap in time")
def sigusr1_many():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "0.2"], pair.here) as program:
        program.wait_ready()
        for number in range(10):
            sender.send([UDP4] * 100)
            program.signal(signal.SIGUSR1)
            sender.send([TCP4] * 100)
            time.sleep(0.07 if number % 2 else 0.3)
        program.finish_after(program.signal(signal.SIGINT))
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 1000 + TCP4_COUNTS * 1000)
    expect(all(span.end_us >= span.begin_us - 2 * len(lines) for span in spans(lines)), "lengths", "none negative",
           spans(lines))
    expect_rates(lines)
    expect(len(lines) >= 16, "lines", "one for each signal, one for each 0.2 s without, one at the end", len(lines))


@check("sigusr1-count", "a line that was asked for counts as one of COUNT")
def sigusr1_count():
    pair = Pair()
    with Program([*LIVE, "0.5", "2"], pair.here) as program:
        program.wait_ready()
        program.signal(signal.SIGUSR1)
        program.finish(seconds=2)
        expect_equal(len(parse(program.out)), 2, "lines")


@check("sigusr1-seconds", "SIGUSR1 does not move the end that -s sets")
def sigusr1_seconds():
    pair = Pair()
    with Program([*LIVE, "-s", "1", "-1"], pair.here) as program:
        program.wait_ready()
        time.sleep(0.3)
        program.signal(signal.SIGUSR1)
        program.finish(seconds=3)
        lines = parse(program.out)
        expect_equal(len(lines), 2, "lines")
        expect_within(spans(lines)[-1].end_us, SECOND_US - 4, SECOND_US + 4, "end of the sample, µs from the start")


def start_with_blocked_signals(arguments, namespace):
    """Starts the program from a thread that blocks the signals, so that they wait for it however early they come."""
    made = {}

    def begin():
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGUSR1})
        made["program"] = Program(arguments, namespace)
    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    return made["program"]


@check("signal-pending", "a signal that waits from before the start: SIGINT and SIGTERM end the run with an empty line")
def signal_pending():
    for number in (signal.SIGINT, signal.SIGTERM):
        pair = Pair()
        with start_with_blocked_signals([*LIVE, "60"], pair.here) as program:
            program.signal(number)
            program.finish(seconds=5)
            expect_equal(packets(parse(program.out)), [0], "packets")


@check("signal-at-once", "a signal sent as soon as the program takes it: an empty line, status 0, within 0.5 s")
def signal_at_once():
    for number in (signal.SIGINT, signal.SIGTERM):
        pair = Pair()
        with Program([*LIVE, "60"], pair.here) as program:
            while not program.takes_signals():
                pass
            program.finish_after(program.signal(number))
            expect_equal(packets(parse(program.out)), [0], "packets")


@check("signal-during-start", "SIGINT at any moment of the start: the end within 0.5 s, with status 0 or by the signal")
def signal_during_start():
    pair = Pair()
    for delay_ms in (1, 3, 5, 8, 12, 20, 30, 50):
        with Program([*LIVE, "60"], pair.here) as program:
            time.sleep(delay_ms / 1000)
            sent = program.signal(signal.SIGINT)
            expect(program.out.wait_closed(5), "end", "within 5 s", "still running")
            status = program.process.wait()
            expect(status in (0, -signal.SIGINT), "status", "0, or the signal's", status)
            expect_soon((program.out.closed_ns - sent) / 1e9, 0.5, "time from the signal to the end, in s")
            expect_equal((len(program.out.lines), program.errors()), (1 if status == 0 else 0, ""), "lines and stderr")


@check("start-is-soon", "the capture's time begins when the program is started, not seconds later")
def start_is_soon():
    pair = Pair()
    begin_us = time.time_ns() // 1000
    with Program([*LIVE, "0.2", "1"], pair.here) as program:
        program.finish()
        expect_soon(start_us(parse(program.out)) - begin_us, 2 * SECOND_US, "start, µs after it was asked for")
