#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Every statistic of every interval as JSON, --summary and --alert, plainly and with --align, against a slow exact
reference (reference.py, frames.py), for every Ethernet capture and the generated ones.
usage: CORPUS=folder fields.py [program]"""
import functools
import subprocess
import tempfile
from collections import Counter
from fractions import Fraction
from pathlib import Path

import flows
import frames
import generated
import records
import render
from capacity import chosen
from capture import ETHERNET, NS, Capture
from common import Run, Tally, captures, corpus, in_parallel, program
from reference import Interval, Intervals, burst_bounds, nearest_rank, tenths_most
from sample import Sample, nanoseconds

NAME = "fields"
TIMEOUT_S = 20
LINES_MOST = 1000  # of one run
EXACT_SIZES = 2**16  # smaller sizes are kept exactly, larger ones may be 2^-15 too high
INTERVALS = ("0.1", "1", "0.015625", "5", "0.25", "7", "60", "3600", "1000000", "-1")
WINDOWS = {"100us": 100_000, "1ms": NS // 1000, "10ms": NS // 100, "137us": 137_000, "100ms": NS // 10, "1s": NS}
OPTIONS = ((), ("-l",), ("-e",), ("-R", "1400000000.25"), ("-e", "-l"), ("-R", "-1000"))
PROTOCOLS = ("ipv4", "ipv6", "arp", "other", "tcp", "udp", "icmp")
HOSTS_EXACT = 4096  # more are estimated
EMPTY = Interval()


class Expected:
    """What the intervals of a capture count: `values` by number, as far as an alert may ask for it."""

    def __init__(self, capture, text, options, is_aligned):
        counted = Sample(capture, link_header="-l" in options).counted
        self.intervals = Intervals(counted, 0 if text == "-1" else nanoseconds(text), is_aligned)
        self.heads, self.hides_empty = capture.heads, "-e" in options
        self.relative_ns = nanoseconds(options[1]) if options[:1] == ("-R",) else 0
        self.windows = [(name, length) for name, length in WINDOWS.items()
                        if self.intervals.is_whole or length <= self.intervals.length]

    def numbers(self):
        return range(self.intervals.total)

    def get(self, k):
        return self.intervals.filled.get(k, EMPTY)

    def values(self, k):
        i, sizes = self.get(k), sorted(size for _, size in self.get(k).packets)
        return {"packets": len(sizes), "bytes": i.bytes, "bits_per_second": self.intervals.rate(8 * i.bytes),
                "size_max": sizes[-1] if sizes else 0, "size_p95": nearest_rank(sizes, 95), "index": k + 1,
                "size_mean": i.bytes / len(sizes) if sizes else 0.0}


def alert(path, expected):
    """An expression that some intervals may meet, and what Python thinks of it."""
    values = sorted((expected.values(k) for k in expected.intervals.filled), key=lambda v: v["bits_per_second"])
    middle = values[len(values) // 2] if values else expected.values(0)
    rate, packets, size, index = (middle[key] for key in ("bits_per_second", "packets", "size_p95", "index"))
    mean = middle["size_mean"]
    return chosen(path, 5, (
        (f"bits_per_second > {rate:.2f}", lambda v: v["bits_per_second"] > float(f"{rate:.2f}")),
        (f"bits_per_second>={rate!r} and packets != {packets}",
         lambda v: v["bits_per_second"] >= rate and v["packets"] != packets),
        (f"size_p95 == {size} or index = {index + 1} and bytes>0",
         lambda v: v["size_p95"] == size or v["index"] == index + 1 and v["bytes"] > 0),
        ("bytes > 1T", lambda v: v["bytes"] > 10**12),
        ("packets < 1 or size_max >= 1.4k", lambda v: v["packets"] < 1 or v["size_max"] >= 1400),
        (f"size_mean <= {mean!r} and size_max > 0", lambda v: v["size_mean"] <= mean and v["size_max"] > 0),
    ))


class Running:
    """What depends on the intervals before."""

    def __init__(self, intervals):
        self.intervals, self.load, self.connections = intervals, render.Load(intervals.length), 0
        self.attributable = 0  # packets that may belong to connections

    def add(self, interval):
        self.load.add(interval.bytes)

    def ratio(self):
        return self.load.now / self.load.peak if self.load.peak else 1


def check_times(checked, expected, k):
    intervals, relative = expected.intervals, expected.relative_ns
    end = intervals.end_of(k)
    checked.time("begin", end - intervals.length - relative)
    checked.time("end", end - relative)
    checked.time("length", intervals.length)
    checked.same("index", k + 1)
    twice_the_middle = 2 * (end - relative) - intervals.length
    checked.time("time", (twice_the_middle + 1) // 2)
    checked.time("time_relative", (twice_the_middle - 2 * intervals.first + 1) // 2)


def check_sizes(checked, interval):
    sizes = sorted(size for _, size in interval.packets)
    count = len(sizes)
    checked.same("packets", count)
    checked.same("bytes", interval.bytes)
    checked.same("size_min", sizes[0] if sizes else 0)
    checked.same("size_max", sizes[-1] if sizes else 0)
    checked.same("size_mean", Fraction(interval.bytes, count) if count else 0)
    variance = Fraction(count * sum(size * size for size in sizes) - interval.bytes**2, count**2) if count else 0
    checked.close("size_stddev", float(variance) ** 0.5, 1e-14)
    for percent in (50, 95, 99):
        exact = nearest_rank(sizes, percent)
        most = exact if exact < EXACT_SIZES else min(sizes[-1], exact * (1 + Fraction(1, 2**15)))
        checked.between(f"size_p{percent}", exact, most)


def check_rates(checked, interval, running):
    length = running.intervals.length
    for name, count in (("bits", 8 * interval.bytes), ("bytes", interval.bytes), ("packets", len(interval.packets))):
        checked.same(f"{name}_per_second", Fraction(count * NS, length) if length else 0)
    checked.same("bits_per_second_peak", running.load.peak)
    checked.close("load", running.ratio(), 1e-9)


def check_bursts(checked, interval, windows, begin):
    for name, length in windows:
        most, _ = tenths_most(interval.packets, begin, length)
        checked.same(f"burst:{name}", Fraction(most * 8 * NS, length))
        least, exact = burst_bounds(interval.packets, begin, length)
        if not least <= most <= exact:
            checked.wrong.append(f"burst:{name}: {most} bytes, not {least} to {exact}")


def check_protocols(checked, interval, heads):
    sums = frames.Sums([(heads[number], size) for number, (_, size) in zip(interval.numbers, interval.packets)])
    for name in frames.PACKETS:
        checked.between(name, sums.packets.get(name, 0), sums.packets.get(name, 0) + sums.doubt)
    for name in frames.BYTES:
        checked.between(name, sums.bytes.get(name, 0), sums.bytes.get(name, 0) + sums.doubt_bytes)
    for name in ("multicast", "broadcast"):
        checked.same(name, sums.packets.get(name, 0))
    checked.same("dropped", 0)
    record, networks = checked.record, ("ipv4", "ipv6", "arp", "other")
    for prefix, total in (("", "packets"), ("bytes_", "bytes")):
        if sum(record.get(prefix + name, 0) for name in networks) != record.get(total):
            checked.wrong.append(f"{checked.name}: the networks' {total} are not all {total}")


def check_hosts(checked, interval, heads):
    seen, doubt = set(), 0
    for number in interval.numbers:
        kind, offset = flows.network(heads[number])
        packet = heads[number][offset:]
        if kind == flows.IPV4:
            header = flows.ipv4(packet)
            seen.update(header.addresses if header else ())
        elif kind == flows.IPV6 and packet[:1] and packet[0] >> 4 == 6:
            seen.update(flows.addresses(packet, 8, 16))
        doubt += bool(flows.may_hold_ip(kind, packet))
    most = len(seen) + 2 * doubt
    checked.between("hosts", len(seen) if len(seen) <= HOSTS_EXACT else 0.95 * len(seen),
                    most if most <= HOSTS_EXACT else 1.05 * most)


def check_connections(checked, interval, running):
    """What must hold of any of them; conservation.py holds them against the connections themselves."""
    record, packets = checked.record, len(interval.packets)
    opened, over = record["connections_new"], 0
    checked.between("connections_new", 0, packets)
    for name in ("closed", "reset", "timed_out", "evicted"):
        checked.between(f"connections_{name}", 0, running.connections + opened)
        over += record[f"connections_{name}"]
    running.connections += opened - over
    checked.same("connections", running.connections)
    tcp = record["tcp"]
    for name in ("retransmissions", "out_of_order", "zero_windows"):
        checked.between(name, 0, tcp)
    least = Fraction(record["retransmissions"], tcp) if tcp else 0
    checked.between("retransmission_ratio", least * (1 - Fraction(1, 2**50)), 1)
    checked.between("unattributed", 0, running.attributable + packets)  # fragments wait for their first one
    running.attributable += packets - record["unattributed"]
    if record["rtt_p50"] is None and record["rtt_p95"] is None:
        checked.left -= {"rtt_p50", "rtt_p95"}
    else:
        checked.between("rtt_p50", 0, record["rtt_p95"])
        checked.between("rtt_p95", record["rtt_p50"], 2200)  # s: the longest sample, twice


def wrong_in_intervals(found, expected, windows):
    running, wrong, printed = Running(expected.intervals), [], iter(found)
    for k in expected.numbers():
        interval = expected.get(k)
        running.add(interval)
        if expected.hides_empty and not interval.packets:
            continue
        checked = records.Checked(next(printed, {}), f"interval {k}")
        check_times(checked, expected, k)
        check_sizes(checked, interval)
        check_rates(checked, interval, running)
        check_bursts(checked, interval, windows, expected.intervals.end_of(k) - expected.intervals.length)
        check_protocols(checked, interval, expected.heads)
        check_hosts(checked, interval, expected.heads)
        check_connections(checked, interval, running)
        wrong += checked.done()
    return wrong + [f"a record too many: {record}" for record in printed]


def wrong_in_summary(record, expected, found):
    intervals, checked = expected.intervals, records.Checked(record, "summary")
    checked.text("record", "summary")
    count = sum(i.bytes for i in intervals.filled.values())
    time = intervals.total * intervals.length
    checked.same("packets", len(intervals.packets))
    checked.same("bytes", count)
    checked.time("seconds", intervals.observed_or_length())
    checked.same("intervals", intervals.total)
    checked.same("bits_per_second_mean", Fraction(count * 8 * NS, time) if time else 0)
    rates, empty = intervals.rates()
    for percent in (50, 95, 99):
        checked.same(f"bits_per_second_p{percent}", nearest_rank(rates, percent, empty))
    checked.same("bits_per_second_max", rates[-1] if rates else 0)
    for name in PROTOCOLS:
        checked.same(name, sum(each.get(name, 0) for each in found))
    checked.same("dropped", 0)
    return checked.done()


def wrong_in_run(tcpstat, path, capture, expected, arguments, windows):
    expression, is_met = alert(path, expected)
    matches = sum(bool(is_met(expected.values(k))) for k in expected.numbers())
    status = 1 if capture.damaged else 3 if matches else 0
    names = ",".join(["all", *(f"burst:{name}" for name, _ in windows)])
    arguments = ["--json", "--fields", names, "--summary", "--alert", expression, *arguments]
    run = Run([tcpstat, "-r", path, *arguments], TIMEOUT_S, errors=subprocess.STDOUT)
    if run.status != status:
        return [f"{expression}: {run.ending()}, not {status}"]
    kinds = Counter(line[:16] == "tcpstat: alert: " for line in run.text().splitlines() if line[:1] != "{")
    try:
        found = records.lines("".join(line for line in run.text().splitlines(True) if line[:1] == "{"))
    except ValueError as error:
        return [str(error)]
    wrong = [f"{expression}: {kinds[True]} alerts, not {matches}"] if kinds[True] != matches else []
    wrong += wrong_in_intervals(found[:-1], expected, windows)
    return wrong + wrong_in_summary(found[-1] if found else {}, expected, found[:-1])


def wrong_in(tcpstat, path, capture, is_aligned):
    """What is wrong in a run; None where there is no interval that is long enough."""
    options = chosen(path, 3 + is_aligned, OPTIONS)
    begin = INTERVALS.index(chosen(path, 1 + is_aligned, INTERVALS))
    for text in INTERVALS[begin:] + INTERVALS[:begin]:
        expected = None if is_aligned and text == "-1" else Expected(capture, text, options, is_aligned)
        if expected and expected.intervals.total <= LINES_MOST:
            break
    else:
        return None
    begin = chosen(path, 2, range(len(expected.windows)))
    windows = list(dict.fromkeys(expected.windows[(begin + i) % len(expected.windows)] for i in (0, 1)))
    arguments = [*options, *(["--align"] if is_aligned else []), text]
    what = f"{path.name}: {' '.join(arguments)}: "
    return [what + each for each in wrong_in_run(tcpstat, path, capture, expected, arguments, windows)]


def check(tcpstat, path):
    """Both runs over one capture: (passed, list of failures, why runs were left out)."""
    capture = Capture(path)
    if capture.link != ETHERNET:
        return 0, [], []
    if capture.damaged and not capture.packets:
        return 0, [], ["damaged before the first packet"]
    runs = [wrong_in(tcpstat, path, capture, is_aligned) for is_aligned in (False, True)]
    left_out = [f"runs of more than {LINES_MOST} lines are not tried"] * runs.count(None)
    return runs.count([]), ["\n  ".join(wrong[:20]) for wrong in runs if wrong], left_out


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    with tempfile.TemporaryDirectory(prefix="tcpstat-fields-") as folder:
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
