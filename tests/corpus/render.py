# SPDX-License-Identifier: BSD-2-Clause
"""The model's output: the lines of a sample, bandwidth modes and accounting, as tcpstat has to print them.
A quotient of two whole numbers is in Python the double nearest to it, which is what has to be printed."""
import math
from decimal import Decimal, localcontext
from fractions import Fraction

from capture import NS
from sample import Counters

LETTERS = "aBbdlMmNnpRrSs"
ALL = "\\t".join("%" + letter for letter in LETTERS) + "\\n"
DEFAULT = "Time:{S}\tn={n}\tavg={a}\tstddev={d}\tbps={b}\n"
EVERYTHING = "\t".join("{" + letter + "}" for letter in LETTERS) + "\n"
EMPTY = Counters()
SUFFIXES = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
PERIODS = (("sec", 1), ("minute", 60), ("hour", 3600), ("day", 86400), ("month", 30 * 86400))


def ratio(numerator, denominator):
    """With two decimals; 0.00 where there is nothing to divide by."""
    return "%.2f" % (numerator / denominator if denominator else 0.0)


def stddev(i):
    """Of the population: sqrt(n * sum of squares - square of sum) / n."""
    if not i.packets:
        return "0.00"
    with localcontext() as context:
        context.prec = 60
        return "%.2f" % float(Decimal(i.packets * i.squares - i.bytes**2).sqrt() / i.packets)


def microseconds(half_ns):
    """A time in half nanoseconds as seconds with six decimals, half a microsecond rounded up."""
    us = (half_ns + 1000) // 2000
    return f"{'-' if us < 0 else ''}{abs(us) // 10**6}.{abs(us) % 10**6:06}"


def whole_seconds(half_ns):
    return (half_ns + NS) // (2 * NS)


class Load:
    """load += (bps - load) * (1 - exp(-T / 60)), printed as a share of the largest bps so far."""

    def __init__(self, length):
        self.length, self.now, self.peak = length, None, 0.0
        self.weight = 1 - math.exp(-(length / NS) / 60)

    def add(self, count):
        if not self.length:
            return
        bps = count * 8 * NS / self.length
        self.now = bps if self.now is None else self.now + (bps - self.now) * self.weight
        self.peak = max(self.peak, bps)

    def skip(self, intervals):
        """That many intervals without packets; after so many that nothing is left, the rest changes nothing."""
        before = None
        while intervals and self.now and self.now != before:
            before = self.now
            self.add(0)
            intervals -= 1

    def text(self):
        return "%.2f" % (self.now / self.peak) if self.peak else "1.00"


def lines(sample, template, relative_to=0, skip_empty=False):
    """What -o prints: a line for each interval."""
    length, load = sample.length, Load(sample.length)
    texts, before = [], 0
    for k in sorted(sample.filled) if skip_empty else range(sample.total):
        i = sample.filled.get(k, EMPTY)
        load.skip(k - before)
        load.add(i.bytes)
        before = k + 1
        since_first = 2 * k * length + length - 2 * relative_to  # half nanoseconds
        middle = 2 * sample.first + since_first
        texts.append(template.format(
            a=ratio(i.bytes, i.packets), B=ratio(i.bytes * NS, length), b=ratio(i.bytes * 8 * NS, length),
            d=stddev(i), l=load.text(), M=i.largest, m=i.smallest, N=i.bytes, n=i.packets,
            p=ratio(i.packets * NS, length), R=whole_seconds(since_first), r=microseconds(since_first),
            S=whole_seconds(middle), s=microseconds(middle)))
    return "".join(texts)


def bits_per_second(text):
    """`28800`, `1.5M` -> the exact number."""
    return Fraction(text[:-1]) * SUFFIXES[text[-1]] if text[-1] in SUFFIXES else Fraction(text)


def drain(carried, capacity, empty):
    """What `empty` intervals without packets do to the bytes carried: how many exceed, and what is left."""
    count = min(empty, math.ceil(carried / capacity) - 1) if carried > capacity else 0
    return count, carried - count * capacity if count == empty else Fraction(0)


def exceeding(sample, capacity, carries):
    """How many intervals have more than `capacity` bytes, the excess carried into the next one or not."""
    count, carried, before = 0, Fraction(0), 0
    for k in [*sorted(sample.filled), sample.total]:
        drained, carried = drain(carried, capacity, k - before) if carries else (0, Fraction(0))
        count += drained
        if k in sample.filled:
            carried += sample.filled[k].bytes
            count += carried > capacity
            carried = max(carried - capacity, Fraction(0))
        before = k + 1
    return count


def bandwidth(sample, limits, carries):
    """What -b and -B print for a list of limits."""
    texts = []
    peak = max((i.bytes for i in sample.filled.values()), default=0)
    for limit in limits.split(","):
        bps = bits_per_second(limit)
        capacity = bps * sample.length / (8 * NS)
        count = exceeding(sample, capacity, carries) if sample.length else 0
        texts.append(f"{'' if carries else '(Raw) '}Time exceeding {float(bps):.2f} bps:\t"
                     f"{ratio(count * sample.length, NS)} sec.\t"
                     f"({ratio(100 * count * sample.length, sample.total * sample.length)}% of the time)\n"
                     f"Peak Bandwidth: {ratio(peak * 8 * NS, sample.length)} bps\n")
    return "".join(texts)


def accounting(sample, interval):
    """What -a prints: bytes over observed time, or over the interval when no time was observed."""
    count = sum(i.bytes for i in sample.filled.values())
    over_ns = sample.observed or (0 if sample.is_whole else interval)
    texts = []
    for period, seconds in PERIODS:
        value = Fraction(count * NS * seconds, over_ns) if over_ns else Fraction(0)
        unit = 0
        while value > 1024 and unit < 5:
            value, unit = value / 1024, unit + 1
        texts.append("Bytes/%s\t= %8.1f %2s\n" % (period, float(value), ("B", "KB", "MB", "GB", "TB", "PB")[unit]))
    return "".join(texts)
