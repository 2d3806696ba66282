# SPDX-License-Identifier: BSD-2-Clause
"""What tcpstat 1.5 is known to get wrong, as rules: which runs cannot be compared with it at all, and how far a
line of its may be from one of ours. A rule asks what is in the capture and in the options, never for a name."""
import math
from fractions import Fraction

from capture import NS, PPP
from sample import HEADER, Sample, nanoseconds

COUNTED = "ACInNTUV"  # add up over intervals
SIZES = "aMmd"
RATES = "Bbp"
US = 1000
MOST_LINES = 200_000


def left_out(capture, run):
    """Why this run is not compared, or nothing. `run` has interval, flag (-e, -s, ... or nothing) and value."""
    sample = Sample(capture, run.interval, run.value if run.flag == "-s" else None)
    first, last, largest = sample.first, capture.packets[-1][0], max(t for t, _ in capture.packets)
    if max(largest, first + sample.total * sample.length) >= 2**31 * NS:
        return "1.5 takes times after 2038 for negative ones"
    if run.flag != "-l" and any(wire < HEADER[capture.link] for _, wire in capture.packets):
        return "1.5 counts a frame shorter than its header as 4294967292 bytes"
    if run.flag != "-l" and capture.link == PPP and not all(is_four_byte_ppp(head) for head in capture.heads):
        return "1.5 takes every PPP header for 4 bytes"
    if run.interval == "-1" and largest // US == first // US:
        return "samples without length at -1"
    if run.interval == "-1" and largest != last:
        return "1.5 takes the time of the last packet for the largest at -1"
    if run.flag == "-s" and any(t <= first + nanoseconds(run.value) for t, _ in sample.unread):
        return "1.5 reads on when a packet is more than 60 s past the limit of -s"
    if run.flag == "-s" and lines_under_s(sample, run) != sample.total:
        return "1.5 prints one line too few with -s when the last packet is on a boundary"
    if sample.total > MOST_LINES:
        return f"runs of more than {MOST_LINES} lines are not tried"
    if run.flag in ("-e", "-f") and has_fractions_of_us(capture):
        return "1.5 cuts times to microseconds; which line is which is not known with -e and -f"
    return ""


def is_four_byte_ppp(head):
    """Address, control and two bytes of protocol, the first of which is even."""
    return len(head) == 4 and head[:2] == b"\xff\x03" and head[2] % 2 == 0


def has_fractions_of_us(capture):
    return any(t % US for t, _ in capture.packets)


def lines_under_s(sample, run):
    """How many lines 1.5 prints: after the last packet's interval, one each whole length after that packet."""
    rest = nanoseconds(run.value) - (sample.counted[-1][0] - sample.first)
    return max(sample.filled) + 1 + max(0, -(-rest // sample.length) - 1)


class Slack:
    """How far 1.5 may be off in one run over a capture.
    It adds the interval to a double, so that 0.1 drifts by what is computed here, and rounds times to microseconds from
    the double; where a time is half a microsecond, or known in nanoseconds, its last digit may be another."""

    def __init__(self, capture, run):
        self.sample = Sample(capture, run.interval, run.value if run.flag == "-s" else None, run.flag == "-l")
        self.whole = run.interval == "-1"
        self.exact = not (self.whole or run.interval == "0.1" or has_fractions_of_us(capture))
        self.ties = self.sample.length % (2 * US) != 0  # half an interval is not whole microseconds
        self.moved = set()  # intervals of which the packets may be in the next or the one before
        if not self.exact and not self.whole:
            self._drift(capture, run)

    def _drift(self, capture, run):
        first, length = self.sample.first, self.sample.length
        begin, self.drift = first // NS + first % NS // US / 1e6, []
        for k in range(self.sample.total + 1):
            self.drift.append(abs(Fraction(begin) * NS - first - k * length))
            begin += float(run.interval)
        for t, _ in capture.packets:
            k = round(Fraction(t - first, length))  # the boundary that is nearest
            if 0 < k <= self.sample.total and abs(t - first - k * length) <= US + self.drift[k]:
                self.moved |= {k - 1, k}

    def time_us(self, k):
        """Microseconds by which the time of line k may differ."""
        if self.whole or self.exact:
            return 1 if self.whole or self.ties else 0
        return 1 + math.ceil(self.drift[min(k, len(self.drift) - 1)] / US)

    def is_half_second(self, letter, k, slack_us):
        """May the middle of interval k be rounded to this second or to the next?"""
        middle = Fraction((2 * k + 1) * self.sample.length, 2 * US) + (self.sample.first // US if letter == "S" else 0)
        return slack_us > 0 and (middle + 500_000 + slack_us) % 1_000_000 <= 2 * slack_us

    def rate_range(self, count):
        """What `count` per second may be at interval -1, the length within a microsecond."""
        length = self.sample.length
        low = count * NS / (length + US)
        high = count * NS / (length - US) if length > US else math.inf
        return low - 0.01, high + 0.01


def us(text):
    """`-1.000001` -> -1000001"""
    return int(text.replace(".", ""))


def explain_time(ours, theirs, k, slack):
    """The letter of a time in line k whose difference no rule explains, or nothing."""
    slack_us = slack.time_us(k)
    for letter in "rs":
        if letter in ours and abs(us(ours[letter]) - us(theirs[letter])) > slack_us:
            return letter
    for letter in "RS":
        a, b = int(ours.get(letter, 0)), int(theirs.get(letter, 0))
        cut = a < 0 and b == a + 1  # 1.5 cuts negative times towards zero
        if a != b and not cut and not (abs(a - b) == 1 and slack.is_half_second(letter, k, slack_us)):
            return letter
    return ""


def explain_line(ours, theirs, k, slack):
    """The letter of a difference in line k that no rule explains, or nothing."""
    letters = set(ours)
    if wrong := explain_time(ours, theirs, k, slack):
        return wrong
    for letter in sorted(letters & set(COUNTED + SIZES + RATES + "l")):
        if ours[letter] == theirs[letter]:
            continue
        if letter == "l" and slack.moved and k >= min(slack.moved):
            continue
        if slack.whole and letter in RATES:
            i = slack.sample.filled[0]
            low, high = slack.rate_range({"B": i.bytes, "b": 8 * i.bytes, "p": i.packets}[letter])
            if low <= float(ours[letter]) <= high and low <= float(theirs[letter]) <= high:
                continue
        return letter
    return ""


def explain(ours, theirs, slack):
    """Where two outputs, as lists of {letter: text}, differ for a reason that no rule knows: (line, letter), or
    None. Intervals whose packets may have moved are compared by what they count together."""
    shorter = min(len(ours), len(theirs))
    if len(ours) != len(theirs) and not (abs(len(ours) - len(theirs)) == 1 and shorter in slack.moved):
        return shorter, f"{len(ours)} lines, 1.5 has {len(theirs)}"
    k = 0
    while k < max(len(ours), len(theirs)):
        if k not in slack.moved:
            if wrong := explain_line(ours[k], theirs[k], k, slack):
                return k, wrong
            k += 1
            continue
        begin = k
        while k in slack.moved:
            k += 1
        for letter in sorted(set(ours[0]) & set(COUNTED)):
            if sum(int(i[letter]) for i in ours[begin:k]) != sum(int(i[letter]) for i in theirs[begin:k]):
                return begin, f"{letter} added up over moved packets"
    return None
