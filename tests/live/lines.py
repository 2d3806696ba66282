# SPDX-License-Identifier: BSD-2-Clause
"""What tcpstat printed, read back: one Line for each line of FORMAT, in integer microseconds."""
from collections import namedtuple
from decimal import Decimal, InvalidOperation

from frames import Counts
from harness import Failure, expect, expect_equal, expect_soon

FORMAT = r"%r %s %n %A %C %I %V %T %U %N %p\n"
LATE_MOST_US = 250_000  # how long after its interval's end a line may come
SECOND_US = 1_000_000

# middle: of the interval, from the start on; wall: the same since the epoch; arrival: of the line, since the epoch
Line = namedtuple("Line", "middle_us wall_us counts rate arrival_us")
# begin, end: from the start on; true to a microsecond or two, as they are computed from printed middles
Span = namedtuple("Span", "begin_us end_us")


def microseconds(text):
    return int(Decimal(text) * SECOND_US)


def parse(stream):
    """The lines of a stream of FORMAT."""
    parsed = []
    for text, time_ns in zip(stream.lines, stream.times_ns):
        try:
            middle, wall, *counts, rate = text.split(" ")
            parsed.append(Line(microseconds(middle), microseconds(wall), Counts(*map(int, counts)), Decimal(rate),
                               time_ns // 1000))
        except (ValueError, TypeError, InvalidOperation) as error:
            raise Failure("line: expected %s, got %r" % (FORMAT, text)) from error
    return parsed


def total(lines):
    return sum((line.counts for line in lines), Counts())


def packets(lines):
    return [line.counts.n for line in lines]


def middles(lines):
    """As seconds, to compare with what is expected."""
    return [line.middle_us / SECOND_US for line in lines]


def spans(lines):
    """Begin and end of each interval, from the middles: the first begins at 0, each at the end of the one before."""
    found, begin = [], 0
    for line in lines:
        end = begin + 2 * (line.middle_us - begin)
        found.append(Span(begin, end))
        begin = end
    return found


def start_us(lines):
    """When the capture began, since the epoch."""
    return lines[0].wall_us - lines[0].middle_us


def expect_rates(lines):
    """Each rate is the packets over the true length."""
    for line, span in zip(lines, spans(lines)):
        length_us = span.end_us - span.begin_us
        if length_us < 100:  # too short to be known from a middle of six decimals
            continue
        expected = Decimal(line.counts.n) * SECOND_US / length_us
        # Of the digits of the rate, and of the middles.
        tolerance = Decimal("0.0051") + expected * (2 * len(lines) + 2) / length_us
        expect(abs(line.rate - expected) <= tolerance, "rate of %d packets in %d µs" % (line.counts.n, length_us),
               "%.2f" % expected, line.rate)


def expect_punctual(lines, length_us):
    """Each line came after its interval's end, by 250 ms at most."""
    for number, line in enumerate(lines):
        late = line.arrival_us - (line.wall_us + length_us // 2) + 1  # a microsecond for rounding
        expect_soon(late, LATE_MOST_US, "line %d after its interval's end, in µs" % (number + 1))


def expect_end(lines, earliest_ns, latest_ns):
    """The last interval ended between these two times (wall clock)."""
    end_us = start_us(lines) + spans(lines)[-1].end_us
    slack_us = 1000 + 2 * len(lines)  # a clock being adjusted, and rounding
    expect(earliest_ns // 1000 - slack_us <= end_us <= latest_ns // 1000 + slack_us, "end of the last interval",
           "%d to %d µs" % (earliest_ns // 1000, latest_ns // 1000), end_us)


def expect_counts(lines, expected):
    expect_equal(total(lines), expected, "sum over all lines")
