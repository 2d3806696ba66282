#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Every figure of --capacity, against a slow exact reference (reference.py), for every Ethernet capture and the
generated ones; on some of them --capacity auto too, on a file and on a pipe.
usage: CORPUS=folder capacity.py [program]"""
import functools
import itertools
import math
import tempfile
import zlib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import generated
import records
import render
from capture import ETHERNET, NS, Capture
from common import Run, Tally, captures, corpus, in_parallel, program
from reference import Intervals, Queue, bytes_of, nearest_rank, window_most
from sample import Sample, nanoseconds

NAME = "capacity"
TIMEOUT_S = 20
AUTO_ONE_IN = 2  # captures
READINGS_MOST = 12
FREE_MOST_NS, SERVICE_MOST_NS = 2**62 + 2**60, 2**60  # queues are exact up to this time, packets taking so long
LAYERS = {(): 0, ("--overhead", "ethernet"): 38, ("--overhead", "4"): 4, ("-l",): 0}
INTERVALS = ("5", "1", "0.1", "-1", "0.25", "7", "0.015625", "60")
WINDOWS = {"1s": NS, "100ms": NS // 10, "10ms": NS // 100, "1ms": NS // 1000}
RATE_LEAST, RATE_MOST = 1000, 10**18  # that auto looks for, in thousandths of bits/s
DEMANDS = (("percent_exceeding_at_most", 5), ("percent_exceeding_at_most", 1), ("percent_exceeding_at_most", 0),
           ("delay_at_most", NS // 10), ("delay_at_most", NS // 100), ("delay_at_most", NS // 1000))
LADDER = [int(round(Decimal(10) ** (Decimal(3) + Decimal(k % 8) / 8))) * 10 ** (4 + k // 8) for k in range(64)]


def chosen(path, number, choices):
    """One of the choices, by the capture's name."""
    return list(choices)[(zlib.crc32(path.name.encode()) >> 4 * number) % len(choices)]


def decimal(rate_milli):
    return f"{rate_milli // 1000}.{rate_milli % 1000:03}"


class Traffic:
    """The packets of a capture as a line carries them."""

    def __init__(self, capture, layer):
        overhead = LAYERS[layer]
        self.packets = [(t, size + overhead) for t, size in Sample(capture, link_header="-l" in layer).counted]
        self.layer, self.overhead, self.bytes = layer, overhead, sum(size for _, size in self.packets)

    def intervals(self, text):
        return Intervals(self.packets, 0 if text == "-1" else nanoseconds(text))

    def rates_milli(self, span):
        """Lines much too slow, too slow at times, hardly and never, for this traffic."""
        mean = Fraction(self.bytes * 8 * NS, span or NS)
        return list(dict.fromkeys(max(1, round(mean * 1000 * share / 4)) for share in (2, 5, 16))) + [10**12]


def is_exact(queue):
    """Whether no time lies where the program promises bounds only."""
    if not queue.stays:
        return True
    free = queue.latest + Fraction(queue.stays[-1], queue.rate_milli)
    return free < FREE_MOST_NS and queue.service_most < SERVICE_MOST_NS * queue.rate_milli


def exceeding(intervals, rate_milli):
    """How many intervals exceed by the rule of -b."""
    room = Fraction(rate_milli * intervals.length, 1000 * 8 * NS)
    return render.exceeding(intervals, room, carries=True) if intervals.length else 0


def backward_steps(packets):
    """How much earlier packets are stamped than the latest one before them."""
    latest = list(itertools.accumulate((t for t, _ in packets), max))
    return [before - t for before, (t, _) in zip(latest, packets) if t < before]


def wrong_in_traffic(record, traffic, intervals, text):
    checked = records.Checked(record, "the traffic's")
    checked.text("record", "capacity")
    checked.same("packets", len(traffic.packets))
    checked.same("bytes", traffic.bytes)
    checked.text("layer", "link" if "-l" in traffic.layer else "network")
    checked.same("overhead_bytes", traffic.overhead)
    checked.time("seconds", intervals.observed)
    checked.time("interval", 0 if text == "-1" else intervals.length)
    steps = backward_steps(traffic.packets)
    checked.same("packets_backwards", len(steps))
    checked.time("backwards_max", max(steps, default=0))
    time = intervals.total * intervals.length
    checked.same("rate_mean", Fraction(traffic.bytes * 8 * NS, time) if time else 0)
    rates, empty = intervals.rates()
    for percent in (50, 95, 99):
        checked.same(f"rate_p{percent}", nearest_rank(rates, percent, empty))
    checked.same("rate_max", rates[-1] if rates else 0)
    for window, length in WINDOWS.items():
        checked.same("rate_max_" + window, Fraction(window_most(traffic.packets, length) * 8 * NS, length))
    return checked.done()


def wrong_in_line(record, queue, intervals):
    checked = records.Checked(record, f"at {decimal(queue.rate_milli)} bits/s")
    checked.text("record", "capacity_line")
    checked.same("bits_per_second", Fraction(queue.rate_milli, 1000))
    checked.same("backlog_bytes_max", bytes_of(max(queue.waits, default=0)))
    checked.same("buffer_bytes_max", bytes_of(max(queue.stays, default=0)))
    checked.rounded_time("delay_mean", queue.delay_mean_ns())
    delays = queue.delays()
    for percent in (50, 95, 99):
        exact = nearest_rank(delays, percent)
        checked.between(f"delay_p{percent}", Fraction(exact, NS), Fraction(exact * 1001, 1000 * NS))
    checked.time("delay_max", delays[-1] if delays else 0)
    checked.same("packets_delayed", queue.delayed())
    checked.same("percent_delayed", Fraction(100 * queue.delayed(), max(1, len(delays))))
    span = intervals.observed
    busy = math.floor(queue.busy(intervals.first + span) + Fraction(1, 2))
    checked.same("percent_busy", Fraction(100 * busy, span) if span else 0)
    checked.time("busy_longest", math.ceil(Fraction(queue.stretch_most, queue.rate_milli)))
    count = exceeding(intervals, queue.rate_milli)
    checked.time("seconds_exceeding", count * intervals.length)
    checked.same("percent_exceeding", Fraction(100 * count, intervals.total) if intervals.length else 0)
    return checked.done()


def reports(run, status, what):
    """The records of a run, or why there are none."""
    if run.status != status:
        return None, [f"{what}: {run.ending()}, not {status}"]
    try:
        return records.lines(run.text()), []
    except ValueError as error:
        return None, [f"{what}: {error}"]


def wrong_in_lines(tcpstat, path, capture, traffic, text, left_out):
    span = Intervals(traffic.packets, 0).observed
    rates = traffic.rates_milli(span)
    arguments = ["--json", "--capacity", ",".join(map(decimal, rates)), *traffic.layer, text]
    what = f"{path.name}: {' '.join(arguments)}"
    found, wrong = reports(Run([tcpstat, "-r", path, *arguments], TIMEOUT_S), 1 if capture.damaged else 0, what)
    if found is None:
        return wrong
    if len(found) != 1 + len(rates):
        return [f"{what}: {len(found)} records"]
    intervals = traffic.intervals(text)
    wrong = wrong_in_traffic(found[0], traffic, intervals, text)
    for record, rate_milli in zip(found[1:], rates):
        queue = Queue(traffic.packets, rate_milli)
        if is_exact(queue):
            wrong += wrong_in_line(record, queue, intervals)
        else:
            left_out.append("a line on which a packet takes 36 years, or that is busy after 2152")
    return [f"{what}: {each}" for each in wrong]


def meets(traffic, intervals, rate_milli, demand):
    kind, most = demand
    if kind == "delay_at_most":
        return Queue(traffic.packets, rate_milli).keeps(most)
    return 100 * exceeding(intervals, rate_milli) <= most * intervals.total or not intervals.length


def answers(found):
    """[(slowest that will do, fastest that will not)], in thousandths of bits/s; 0 for none."""
    return [tuple(round((record[key] or 0) * 1000) for key in ("bits_per_second", "bits_per_second_too_slow"))
            for record in found[1:]]


def wrong_in_answer(traffic, intervals, demand, answer, too_slow):
    """Of any --capacity auto: the one does, the other does not."""
    wrong = []
    if answer and not meets(traffic, intervals, answer, demand):
        wrong.append(f"{decimal(answer)} bits/s does not")
    if too_slow and meets(traffic, intervals, too_slow, demand):
        wrong.append(f"{decimal(too_slow)} bits/s does")
    return wrong


def wrong_on_file(traffic, intervals, demand, answer, too_slow):
    wrong = wrong_in_answer(traffic, intervals, demand, answer, too_slow)
    less = answer * 99 // 100
    if not answer and meets(traffic, intervals, RATE_MOST, demand):
        wrong.append("there is a line that does")
    if answer > RATE_LEAST and meets(traffic, intervals, max(1, less), demand):
        wrong.append(f"{decimal(less)} bits/s does too, 1 % below the answer {decimal(answer)}")
    return wrong


def wrong_on_pipe(traffic, intervals, demand, answer, too_slow, on_file):
    wrong = wrong_in_answer(traffic, intervals, demand, answer, too_slow)
    rungs = [0, *LADDER, 0]
    if (too_slow, answer) not in zip(rungs, rungs[1:]):
        wrong.append(f"{decimal(too_slow)} and {decimal(answer)} bits/s are no neighbours")
    if on_file[0] <= too_slow or answer and on_file[1] >= answer:
        wrong.append(f"{decimal(too_slow)} to {decimal(answer)} bits/s leaves {decimal(on_file[0])} out")
    return wrong


def wrong_in_auto(tcpstat, path, capture, traffic, text):
    arguments = ["--json", "--capacity", "auto", *traffic.layer, text]
    what, status = f"{path.name}: {' '.join(arguments)}", 1 if capture.damaged else 0
    on_file, wrong = reports(Run([tcpstat, "-r", path, *arguments], TIMEOUT_S), status, what)
    piped = Run([tcpstat, "-r", "-", *arguments], TIMEOUT_S, feed=path.read_bytes())
    on_pipe, wrong_too = reports(piped, status, what + " (pipe)")
    if on_file is None or on_pipe is None:
        return wrong + wrong_too
    if len(on_file) != 1 + len(DEMANDS) or len(on_pipe) != 1 + len(DEMANDS):
        return [f"{what}: {len(on_file)} and {len(on_pipe)} records"]
    intervals = traffic.intervals(text)
    wrong = wrong_in_traffic(on_file[0], traffic, intervals, text)
    for number, (demand, a, b) in enumerate(zip(DEMANDS, answers(on_file), answers(on_pipe)), 1):
        for record, readings in ((on_file[number], READINGS_MOST), (on_pipe[number], 1)):
            checked = records.Checked(record, f"answer {number}")
            checked.text("record", "capacity_answer")
            checked.time(*demand) if demand[0] == "delay_at_most" else checked.same(*demand)
            checked.between("readings", 1, readings)
            checked.left -= {"bits_per_second", "bits_per_second_too_slow"}
            wrong += checked.done()
        wrong += [f"answer {number}: {each}" for each in wrong_on_file(traffic, intervals, demand, *a)]
        wrong += [f"answer {number} (pipe): {each}" for each in wrong_on_pipe(traffic, intervals, demand, *b, a)]
    return [f"{what}: {each}" for each in wrong]


def check(tcpstat, path):
    """Every run over one capture: (passed, list of failures, why runs were left out)."""
    capture = Capture(path)
    if capture.link != ETHERNET:
        return 0, [], []
    if capture.damaged and not capture.packets:
        return 0, [], ["damaged before the first packet"]
    traffic, left_out = Traffic(capture, chosen(path, 0, LAYERS)), []
    first = chosen(path, 1, INTERVALS)
    runs = [wrong_in_lines(tcpstat, path, capture, traffic, text, left_out)
            for text in (first, chosen(path, 2, [text for text in INTERVALS if text != first]))]
    if chosen(path, 3, range(AUTO_ONE_IN)) == 0:
        runs.append(wrong_in_auto(tcpstat, path, capture, traffic, chosen(path, 1, INTERVALS)))
    return runs.count([]), ["\n  ".join(wrong) for wrong in runs if wrong], left_out


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    with tempfile.TemporaryDirectory(prefix="tcpstat-capacity-") as folder:
        paths = captures(folders)
        for name, data in generated.captures().items():
            paths.append(Path(folder, name + ".pcap"))
            paths[-1].write_bytes(data)
        for passed, failures, left_out in in_parallel(functools.partial(check, tcpstat), paths):
            tally.passed(passed)
            for failure in failures:
                tally.failed(failure)
            for reason in left_out:
                tally.skipped(reason)
    tally.finish()


if __name__ == "__main__":
    main()
