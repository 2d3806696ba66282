# SPDX-License-Identifier: BSD-2-Clause
"""Under load: stopped and continued, many packets a wake-up, nothing spent when idle, and losses told."""
import re
import signal
import threading
import time

from checks_counts import tcpreplay
from frames import UDP4, UDP4_COUNTS
from harness import Late, check, expect, expect_equal, expect_within
from lines import FORMAT, SECOND_US, expect_counts, expect_rates, packets, parse, spans, start_us
from namespaces import Pair
from program import SMALL_BUFFER, Program

FLOOD = 200_000  # more than the program takes at a time


def expect_placed(lines, batches):
    """Each line has the packets of its interval: of each batch (count, wall clock ns before and after it was sent) all
    where it lies inside, any number where it touches the border."""
    start_ns, slack_ns = start_us(lines) * 1000, 1_000_000
    for number, (line, span) in enumerate(zip(lines, spans(lines))):
        begin_ns, end_ns = start_ns + span.begin_us * 1000, start_ns + span.end_us * 1000
        inside = sum(count for count, before, after in batches
                     if before > begin_ns + slack_ns and after < end_ns - slack_ns)
        touching = sum(count for count, before, after in batches
                       if after >= begin_ns - slack_ns and before <= end_ns + slack_ns)
        expect_within(line.counts.n, inside, touching, "packets in line %d of %d" % (number + 1, len(lines)))


def send_batches(sender, seconds, size=20):
    """A batch about every millisecond; the batches as expect_placed() wants them."""
    batches = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        batches.append((size, *sender.send([UDP4] * size)))
        time.sleep(0.001)
    return batches


@check("stopped",
       "SIGSTOP for half a second under traffic: nothing is lost, and each packet is in its own interval's line",
       heavy=True)
def stopped():
    pair = Pair()
    with pair.sender() as sender, \
         Program(["-i", "a0", "-o", FORMAT, "0.1"], pair.here) as program:
        program.wait_ready()
        batches = send_batches(sender, 0.55)
        program.signal(signal.SIGSTOP)
        batches += send_batches(sender, 0.5)
        program.signal(signal.SIGCONT)
        batches += send_batches(sender, 0.55)
        program.finish_after(program.signal(signal.SIGINT))
        lines = parse(program.out)
    expect_equal(sum(packets(lines)), sum(count for count, *_ in batches), "packets")
    lengths = [span.end_us - span.begin_us for span in spans(lines)[:-1]]
    expect(all(abs(length - 100_000) <= 2 for length in lengths), "lengths of all but the last", "100000 µs", lengths)
    expect_placed(lines, batches)
    expect_rates(lines)


@check("placed", "under traffic without a pause each packet is in its own interval's line, with intervals of 0.05 s",
       heavy=True)
def placed():
    pair = Pair()
    with pair.sender() as sender, \
         Program(["-i", "a0", "-o", FORMAT, "0.05"], pair.here) as program:
        program.wait_ready()
        batches = send_batches(sender, 1)
        program.finish_after(program.signal(signal.SIGINT))
        lines = parse(program.out)
    expect_equal(sum(packets(lines)), sum(count for count, *_ in batches), "packets")
    expect_placed(lines, batches)


@check("start-under-traffic",
       "a capture that starts under traffic: the first line has the packets of its interval, none from before",
       heavy=True)
def start_under_traffic():
    batches, ended = [], threading.Event()

    def send_until_ended():
        while not ended.is_set():
            batches.extend(send_batches(sender, 0.05))
    pair = Pair(links=2)
    with pair.sender() as sender:
        traffic = threading.Thread(target=send_until_ended)
        traffic.start()
        try:
            time.sleep(0.1)
            with Program(["-i", "a0", "-i", "a1", "-o", FORMAT, "0.1", "4"], pair.here) as program:
                program.finish()
        finally:
            ended.set()
            traffic.join()
    expect_placed(parse(program.out), batches)


def flood_stopped(pair, arguments, signals, stopped_s=1.0):
    """Stops the program for so long at least, floods it, sends these signals, and lets it go on; returns its lines and
    the flood as a batch."""
    with Program(["-i", "a0", "-o", FORMAT, "--snaplen", "64", *arguments], pair.here) as program:
        program.wait_ready()
        program.signal(signal.SIGSTOP)
        before, go_on = time.time_ns(), time.monotonic() + stopped_s
        tcpreplay(pair.there, [UDP4] * 20_000, "--topspeed", "--loop=%d" % (FLOOD // 20_000))
        flood = (FLOOD, before, time.time_ns())
        time.sleep(max(0, go_on - time.monotonic()))
        for number in signals:
            program.signal(number)
        program.signal(signal.SIGCONT)
        if signal.SIGINT not in signals and "-s" not in arguments:
            time.sleep(0.5)
            program.signal(signal.SIGINT)
        program.finish()
        return parse(program.out), flood


@check("backlog", "200,000 packets that wait when the program goes on: all in the lines of the time when they came",
       heavy=True)
def backlog():
    pair = Pair()
    lines, flood = flood_stopped(pair, ["0.2"], [])
    expect_counts(lines, UDP4_COUNTS * FLOOD)
    expect_placed(lines, [flood])


@check("backlog-interrupt", "the same, and SIGINT waits with them: all are counted, in their lines, and then it ends",
       heavy=True)
def backlog_interrupt():
    for interval in ("60", "0.2"):
        pair = Pair()
        lines, flood = flood_stopped(pair, [interval], [signal.SIGINT])
        expect_counts(lines, UDP4_COUNTS * FLOOD)
        expect_placed(lines, [flood])


@check("backlog-seconds", "the same, and -s is over meanwhile: those that came before are counted", heavy=True)
def backlog_seconds():
    pair = Pair()
    lines, flood = flood_stopped(pair, ["-s", "3", "0.5"], [], stopped_s=3.2)
    start_ns = start_us(lines) * 1000
    expect(flood[2] < start_ns + 3_000_000_000, "flood", "over within 3 s", "%d ns" % (flood[2] - start_ns), Late)
    expect_counts(lines, UDP4_COUNTS * FLOOD)
    expect_placed(lines, [flood])


@check("backlog-sigusr1", "the same with SIGUSR1: all are in the line that was asked for", heavy=True)
def backlog_sigusr1():
    pair = Pair()
    lines, _ = flood_stopped(pair, ["-1"], [signal.SIGUSR1])
    expect_equal(packets(lines), [FLOOD, 0], "packets")


@check("idle-cpu", "5 s without a packet, a line every second: under 0.05 s of processor time, and few wake-ups")
def idle_cpu():
    pair = Pair(links=2)
    with Program([*SMALL_BUFFER, "-i", "a0", "-i", "a1", "-o", FORMAT, "1"], pair.here) as program:
        program.wait_ready(captures=2)
        cpu, waits = program.cpu_seconds(), program.waits()
        time.sleep(5)
        cpu, waits = program.cpu_seconds() - cpu, program.waits() - waits
        expect(cpu < 0.05, "processor time in 5 s", "under 0.05 s", "%.2f s" % cpu)
        expect_within(waits, 1, 100, "wake-ups in 5 s")
        program.finish_after(program.signal(signal.SIGINT))


@check("wake-ups", "20,000 packets a second for two seconds: at least ten packets for each wake-up", heavy=True)
def wake_ups():
    rate, count = 20_000, 40_000
    pair = Pair()
    with pair.sender() as sender, Program(["-i", "a0", "-o", FORMAT, "1"], pair.here) as program:
        program.wait_ready()
        before, begin = program.waits(), time.monotonic()
        sender.send_paced([UDP4] * count, rate)
        waits, seconds = program.waits() - before, time.monotonic() - begin
        program.finish_after(program.signal(signal.SIGINT))
        expect_counts(parse(program.out), UDP4_COUNTS * count)
    if seconds > 2 * count / rate:
        raise Late("pace: expected %d packets/s, got %.0f" % (rate, count / seconds))
    expect_within(waits, 1, count // 10, "wake-ups")


@check("drops",
       "packets that the kernel dropped are told with their share, and they and those counted are all that were sent",
       heavy=True)
def drops():
    count = 50_000
    pair = Pair()
    with pair.sender() as sender, \
         Program(["-i", "a0", "--buffer-size", "1024", "-o", FORMAT, "60"], pair.here) as program:
        program.wait_ready()
        program.signal(signal.SIGSTOP)
        sender.send([UDP4] * count)
        program.signal(signal.SIGCONT)
        program.finish_after(program.signal(signal.SIGINT), stderr=None)
        counted, errors = sum(packets(parse(program.out))), program.errors()
    told = re.fullmatch(r"tcpstat: (\d+) packets \((\d+\.\d\d)%\) were dropped by the kernel: "
                        r"a larger --buffer-size may help", errors)
    expect(told, "stderr", "the packets dropped by the kernel and their share", repr(errors))
    dropped = int(told[1])
    expect(dropped > 0, "packets dropped", "some", dropped)
    expect_equal(counted + dropped, count, "packets counted and packets dropped")
    expect_within(float(told[2]), 100 * dropped / count - 0.006, 100 * dropped / count + 0.006, "share")


@check("drops-two", "the losses of two interfaces are told as one", heavy=True)
def drops_two():
    count = 30_000
    pair = Pair(links=2)
    with pair.sender("b0") as one, pair.sender("b1") as other, \
         Program(["-i", "a0", "-i", "a1", "--buffer-size", "1024", "-o", FORMAT, "60"], pair.here) as program:
        program.wait_ready(captures=2)
        program.signal(signal.SIGSTOP)
        one.send([UDP4] * count)
        other.send([UDP4] * count)
        program.signal(signal.SIGCONT)
        program.finish_after(program.signal(signal.SIGINT), stderr=None)
        counted, errors = sum(packets(parse(program.out))), program.errors()
    told = re.fullmatch(r"tcpstat: (\d+) packets \(\d+\.\d\d%\) were dropped by the kernel: [^\n]*", errors)
    expect(told, "stderr", "one sentence about the packets dropped by the kernel", repr(errors))
    expect_equal(counted + int(told[1]), 2 * count, "packets counted and packets dropped")


@check("no-drops", "without a loss nothing is said on stderr, and a line of one second has a second's packets")
def no_drops():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-o", FORMAT, "1", "2"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 1000)
        program.finish()
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 1000)
    expect_equal([span.end_us for span in spans(lines)], [SECOND_US, 2 * SECOND_US], "ends of the intervals")
