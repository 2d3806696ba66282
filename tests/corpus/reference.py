# SPDX-License-Identifier: BSD-2-Clause
"""Slow references for the figures beyond the classic ones, as plain as they can be: intervals by division, queues
by Lindley's recursion, windows moved packet by packet, percentiles from sorted lists. Packets are (time in ns, size
in bytes) in the order of the capture; whole numbers and fractions only."""
import math
from fractions import Fraction

from capture import NS

BITS_MILLI = 8 * 1000 * NS  # what a byte is in thousandths of bits/s times ns, the unit of work


def forward(packets):
    """A time that runs backwards counts as the latest so far."""
    result, latest = [], None
    for t, size in packets:
        latest = t if latest is None else max(latest, t)
        result.append((latest, size))
    return result


def nearest_rank(values, percent, zeros=0):
    """Of sorted values, none below 0, and so many zeros besides; 0 where there is nothing."""
    total = len(values) + zeros
    rank = max(1, math.ceil(Fraction(percent * total, 100)))
    return 0 if rank <= zeros or not values else values[rank - zeros - 1]


class Interval:
    """`numbers` are the places of its packets in the capture."""

    def __init__(self):
        self.packets, self.numbers, self.bytes = [], [], 0

    def add(self, number, t, size):
        self.packets.append((t, size))
        self.numbers.append(number)
        self.bytes += size


class Intervals:
    """Interval k is (begin + k length, begin + (k + 1) length]; `filled` has those with packets, `total` is how many
    there are. Aligned ones end at multiples of the length. Length 0: the whole sample is one interval."""

    def __init__(self, packets, length, is_aligned=False):
        self.packets = forward(packets)
        self.first = self.packets[0][0] if packets else 0
        self.observed = self.packets[-1][0] - self.first if packets else 0
        self.is_whole = length == 0
        self.length = length or self.observed
        self.begin = self.first
        if is_aligned and packets:
            self.begin = (math.ceil(Fraction(self.first, length)) - 1) * length
        self.filled = {}
        for number, (t, size) in enumerate(self.packets):
            self.filled.setdefault(self._place(t), Interval()).add(number, t, size)
        self.total = max(self.filled, default=0) + 1
        self.empty = self.total - len(self.filled)

    def _place(self, t):
        if self.is_whole:
            return 0
        return max(0, math.ceil(Fraction(t - self.begin, self.length)) - 1)  # the first packet opens the first one

    def end_of(self, k):
        return self.begin + (k + 1) * self.length

    def observed_or_length(self):
        """How long the sample was; where no time has passed, an interval."""
        return self.observed or (0 if self.is_whole else self.length)

    def rate(self, count):
        """`count` in one interval -> a second, as the nearest double."""
        return count * NS / self.length if self.length else 0.0

    def rates(self):
        """Sorted, in bits/s, of the intervals with packets; and how many there are besides."""
        if not self.length:
            return [], 0
        return sorted(self.rate(8 * i.bytes) for i in self.filled.values()), self.empty


class Queue:
    """A line of so many thousandths of bits/s, packet by packet. Waits and stays (with the own transmission) are in
    work: what the line transmits in a nanosecond is `rate_milli`."""

    def __init__(self, packets, rate_milli):
        self.rate_milli, self.waits, self.stays = rate_milli, [], []
        self.work, self.stretch, self.stretch_most, self.service_most, self.latest = 0, 0, 0, 0, None
        stay = 0
        for t, size in forward(packets):
            passed = rate_milli * (t - self.latest) if self.waits else 0
            if passed > stay:
                self.stretch = 0  # the line was idle before this packet
            wait = max(0, stay - passed)
            service = size * BITS_MILLI
            stay = wait + service
            self.waits.append(wait)
            self.stays.append(stay)
            self.work += service
            self.stretch += service
            self.stretch_most = max(self.stretch_most, self.stretch)
            self.service_most = max(self.service_most, service)
            self.latest = t

    def delays(self):
        """Sorted, each rounded up to ns."""
        return sorted(math.ceil(Fraction(wait, self.rate_milli)) for wait in self.waits)

    def delay_mean_ns(self):
        return Fraction(sum(self.waits), self.rate_milli * len(self.waits)) if self.waits else Fraction(0)

    def delayed(self):
        return sum(wait > 0 for wait in self.waits)

    def busy(self, end):
        """Until then, not before the last packet, exactly in ns."""
        if not self.stays:
            return Fraction(0)
        left = max(0, self.stays[-1] - self.rate_milli * (end - self.latest))
        return Fraction(self.work - left, self.rate_milli)

    def keeps(self, delay):
        """Whether no packet waits longer than so many ns."""
        return max(self.waits, default=0) <= delay * self.rate_milli


def bytes_of(work):
    return math.ceil(Fraction(work, BITS_MILLI))


def window_most(packets, window):
    """The most bytes of any (t - window, t], moved packet by packet."""
    packets = forward(packets)
    first = held = most = 0
    for t, size in packets:
        held += size
        while packets[first][0] <= t - window:
            held -= packets[first][1]
            first += 1
        most = max(most, held)
    return most


def tenths_most(packets, begin, window):
    """The same of windows that move by a tenth of themselves, over an interval that begins there; and the fullest
    tenth. A packet before the tenth of the one before it counts in that tenth."""
    tenth, last, held, most = window // 10, 0, {}, 0
    for t, size in packets:
        last = max(last, math.ceil(Fraction(t - begin, tenth)) - 1)
        held[last] = held.get(last, 0) + size
        most = max(most, sum(held.get(k, 0) for k in range(last - 9, last + 1)))
    return most, max(held.values(), default=0)


def burst_bounds(packets, begin, window):
    """Between what the largest rate over any window in the interval has to be, in bytes: never too high, too low by the
    fullest tenth at most. What is stamped with the interval's begin, or earlier, counts just after it."""
    exact = window_most([(max(t, begin + 1), size) for t, size in packets], window)
    return exact - tenths_most(packets, begin, window)[1], exact

