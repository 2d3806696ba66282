# SPDX-License-Identifier: BSD-2-Clause
"""The model's packets and intervals: which packets of a capture count, and in which interval. Whole numbers
only: times and lengths in nanoseconds, sizes in bytes."""
from fractions import Fraction

from capture import ETHERNET, NS, PPP

WHOLE = -1  # the interval that is as long as the sample
GRACE_NS = 60 * NS  # with -s, reading goes on for so long past the limit
HEADER = {ETHERNET: 14, PPP: 4}  # bytes of link-layer header


def nanoseconds(seconds):
    """Decimal text of seconds -> nanoseconds, exactly."""
    value = Fraction(seconds) * NS
    assert value.denominator == 1, seconds
    return int(value)


class Counters:
    """What one interval counts."""

    def __init__(self):
        self.packets = self.bytes = self.squares = self.largest = self.smallest = 0

    def count(self, size):
        self.smallest = min(self.smallest, size) if self.packets else size
        self.largest = max(self.largest, size)
        self.packets += 1
        self.bytes += size
        self.squares += size * size


class Sample:
    """The packets of a capture that count, in their intervals. Interval k is (first + k length, first +
    (k + 1) length]; `filled` has those with packets, `total` is how many there are, empty ones included."""

    def __init__(self, capture, interval="5", seconds=None, link_header=False):
        self.first = capture.packets[0][0] if capture.packets else 0
        self.length = WHOLE if interval == "-1" else nanoseconds(interval)
        limit = None if seconds is None else nanoseconds(seconds)
        if limit is not None and limit < self.length:
            self.length = WHOLE
        header = 0 if link_header else HEADER[capture.link]
        self.counted = [(t, max(0, wire - header))
                        for t, wire in self._until(capture, limit)]
        self.observed = max((t for t, _ in self.counted), default=0) - self.first
        self.is_whole = self.length == WHOLE
        if self.is_whole:
            self.length = max(0, self.observed)
        self._fill(limit)

    def _until(self, capture, limit):
        """The packets that count under -s; sets what is not read any more, and whether reading met the damage
        there may be."""
        self.unread, self.met_damage = [], bool(capture.damaged)
        if limit is None:
            return capture.packets
        for number, (t, _) in enumerate(capture.packets):
            if t > self.first + limit + GRACE_NS:
                self.unread, self.met_damage = capture.packets[number:], False
                break
        read = capture.packets[:len(capture.packets) - len(self.unread)]
        return [(t, wire) for t, wire in read if t <= self.first + limit]

    def _fill(self, limit):
        self.filled, now = {}, 0
        for t, size in self.counted:
            if not self.is_whole and t > self.first + (now + 1) * self.length:
                now = -((self.first - t) // self.length) - 1  # a packet on the boundary belongs to the earlier one
            self.filled.setdefault(now, Counters()).count(size)
        self.total = now + 1  # a sample without packets is one interval from 0 on
        if limit is not None and not self.is_whole:
            self.total = max(self.total, -(-limit // self.length))
