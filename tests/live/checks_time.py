# SPDX-License-Identifier: BSD-2-Clause
"""Lines come on time, packets or none, and a sample ends when it should."""
import signal
import time

from frames import UDP4, UDP4_COUNTS
from harness import check, expect, expect_equal, expect_soon, expect_within
from lines import (FORMAT, LATE_MOST_US, SECOND_US, expect_counts, expect_end, expect_punctual, expect_rates, middles,
                   packets,
                   parse, spans, start_us)
from namespaces import Pair, ip
from program import SMALL_BUFFER, Program

LIVE = [*SMALL_BUFFER, "-i", "a0", "-o", FORMAT]


def expect_end_of_sample(program, lines, seconds):
    """The last line came at the end of the sample, and the program ended with it."""
    end_us = start_us(lines) + round(seconds * SECOND_US)
    expect_soon(lines[-1].arrival_us - end_us + 1, LATE_MOST_US, "last line after the end of the sample, in µs")
    expect_soon((program.out.closed_ns // 1000 - lines[-1].arrival_us) / SECOND_US, 0.5,
                "time from the last line to the end, in s")


def empty_intervals(length, count):
    pair = Pair()
    with Program([*LIVE, str(length), str(count)], pair.here) as program:
        program.finish(seconds=length * count + 5)
        lines = parse(program.out)
    expect_equal(middles(lines), [round((k + 0.5) * length, 6) for k in range(count)], "middles of the intervals")
    expect_equal(packets(lines), [0] * count, "packets")
    expect_equal({line.wall_us - line.middle_us for line in lines}, {start_us(lines)}, "where the times count from")
    expect_punctual(lines, round(length * SECOND_US))


@check("empty-intervals",
       "20 intervals of 0.5 s without a packet: each line within 250 ms of its end, none early, no drift")
def empty_half_seconds():
    empty_intervals(0.5, 20)


@check("empty-intervals-short", "50 intervals of 0.1 s without a packet: the same")
def empty_tenths():
    empty_intervals(0.1, 50)


@check("punctual-with-packets", "lines come on time with packets too, and the rates are right")
def punctual_with_packets():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "0.25", "12"], pair.here) as program:
        program.wait_ready()
        for _ in range(25):
            sender.send([UDP4] * 20)
            time.sleep(0.1)
        program.finish()
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 500)
    expect_punctual(lines, 250_000)
    expect_rates(lines)


@check("default-interval", "without an interval it is 5 s, and the classic line")
def default_interval():
    pair = Pair()
    with pair.sender() as sender, Program([*SMALL_BUFFER, "-i", "a0"], pair.here) as program:
        program.wait_ready()
        ready = time.time()
        sender.send([UDP4] * 100)
        line = program.wait_lines(1)[0]
        stamp, *rest = line.split("\t")
        expect_equal(rest, ["n=100", "avg=54.00", "stddev=0.00", "bps=%.2f" % (100 * 54 * 8 / 5)], "line")
        expect_within(int(stamp.partition("Time:")[2]), round(ready + 2.5) - 2, round(ready + 2.5) + 1,
                      "middle of the interval")


@check("seconds", "-s 2.5 with interval 1: the third line has its true length of 0.5 s, and there the run ends")
def seconds_cut_last():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-s", "2.5", "1"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        program.wait_lines(2)  # within 250 ms of 2 s
        sender.send([UDP4] * 50)
        program.finish()
        lines = parse(program.out)
    expect_equal(middles(lines), [0.5, 1.5, 2.25], "middles of the intervals")
    expect_equal(packets(lines), [10, 0, 50], "packets")
    expect_equal([str(line.rate) for line in lines], ["10.00", "0.00", "100.00"], "packets a second")
    expect_punctual(lines[:2], SECOND_US)
    expect_end_of_sample(program, lines, 2.5)


@check("seconds-short", "-s shorter than the interval: one line, as long as the sample")
def seconds_short():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-s", "0.7", "5"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 70)
        program.finish()
        lines = parse(program.out)
    expect_equal(middles(lines), [0.35], "middles of the intervals")
    expect_equal((packets(lines), str(lines[0].rate)), ([70], "100.00"), "packets and packets a second")
    expect_end_of_sample(program, lines, 0.7)


@check("seconds-whole", "interval -1 with -s: one line, as long as the sample, also without a packet")
def seconds_whole():
    pair = Pair()
    with Program([*LIVE, "-s", "1.5", "-1"], pair.here) as program:
        program.finish()
        lines = parse(program.out)
    expect_equal((middles(lines), packets(lines)), ([0.75], [0]), "middles and packets")
    expect_end_of_sample(program, lines, 1.5)


@check("seconds-multiple", "-s a multiple of the interval: no line of length 0 follows")
def seconds_multiple():
    pair = Pair()
    with Program([*LIVE, "-s", "0.6", "0.2"], pair.here) as program:
        program.finish()
        lines = parse(program.out)
    expect_equal(middles(lines), [0.1, 0.3, 0.5], "middles of the intervals")
    expect_end_of_sample(program, lines, 0.6)


@check("seconds-late-packets", "packets sent after the end of the sample do not count")
def seconds_late_packets():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-s", "1", "0.5"], pair.here) as program:
        program.wait_ready()
        batches = []
        while program.process.poll() is None:
            batches.append(sender.send([UDP4] * 10))
            time.sleep(0.02)
        program.finish()
        lines = parse(program.out)
    end_ns = (start_us(lines) + SECOND_US) * 1000
    inside = 10 * sum(1 for _, after in batches if after < end_ns - 1_000_000)
    touching = 10 * sum(1 for before, _ in batches if before <= end_ns + 1_000_000)
    expect(touching < 10 * len(batches), "packets after the end", "some", "none: the test was too slow")
    expect_within(sum(packets(lines)), inside, touching, "packets within the sample")


@check("count", "1 3 prints three lines, one a second, and ends")
def count_of_intervals():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "1", "3"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 30)
        program.finish()
        lines = parse(program.out)
    expect_equal((middles(lines), packets(lines)), ([0.5, 1.5, 2.5], [30, 0, 0]), "middles and packets")
    expect_punctual(lines, SECOND_US)
    expect_end_of_sample(program, lines, 3)


@check("count-and-seconds", "a count and -s: whichever is over first ends the run")
def count_and_seconds():
    for arguments, expected in ((["-s", "5", "0.3", "2"], [0.15, 0.45]),
                                (["-s", "0.8", "0.3", "9"], [0.15, 0.45, 0.7])):
        pair = Pair()
        with Program([*LIVE, *arguments], pair.here) as program:
            program.finish()
            expect_equal(middles(parse(program.out)), expected, "middles of the intervals")


@check("whole-sample", "interval -1 is one line at SIGINT, as long as the capture ran")
def whole_sample():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-1"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 100)
        time.sleep(1.2)
        sender.send([UDP4] * 23)
        sent = program.signal(signal.SIGINT)
        program.finish_after(sent)
        lines = parse(program.out)
    expect_equal(packets(lines), [123], "packets")
    expect(spans(lines)[0].end_us >= 1_200_000, "length", "1.2 s and more", "%s µs" % spans(lines)[0].end_us)
    expect_end(lines, sent, program.out.closed_ns)
    expect_rates(lines)


@check("no-carrier", "a line whose other end goes down and comes back is not the end of the capture")
def no_carrier():
    pair = Pair()
    with Program([*LIVE, "0.25"], pair.here) as program:
        program.wait_ready()
        ip("-n", pair.there, "link", "set", "b0", "down")
        program.wait_lines(4)
        ip("-n", pair.there, "link", "set", "b0", "up")
        with pair.sender() as sender:
            sender.send([UDP4] * 40)
        sent = program.signal(signal.SIGINT)
        program.finish_after(sent)
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 40)
    expect_punctual(lines[:-1], 250_000)
