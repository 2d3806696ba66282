# SPDX-License-Identifier: BSD-2-Clause
"""JSON Lines read back, and compared key by key with exact numbers: every key has to be compared."""
import json
import math
from decimal import Decimal
from fractions import Fraction

from capture import NS


def lines(text):
    """One object a line, numbers as printed. Keys that stand twice, and numbers JSON has no form for, raise a
    ValueError."""
    def only_once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a key stands twice")
        return dict(pairs)

    def no_constant(word):
        raise ValueError(f"{word} is no JSON")

    return [json.loads(line, parse_float=Decimal, parse_constant=no_constant, object_pairs_hook=only_once)
            for line in text.splitlines()]


class Checked:
    """A record whose members are compared one by one; what differs is in `wrong`, as text."""

    def __init__(self, record, name):
        self.record, self.name, self.wrong, self.left = record, name, [], set(record)

    def _take(self, key):
        self.left.discard(key)
        return self.record.get(key)

    def expect(self, key, is_right, wanted):
        value = self._take(key)
        if value is None or not is_right(value):
            self.wrong.append(f"{self.name} {key} is {value}, not {wanted}")

    def same(self, key, exact):
        """The very number, or where it is not whole the double nearest to it."""
        is_whole = isinstance(exact, int)
        self.expect(key, lambda value: value == exact if is_whole and abs(exact) < 2**53
                    else float(value) == float(exact), exact if is_whole else float(exact))

    def text(self, key, text):
        self.expect(key, lambda value: value == text, text)

    def time(self, key, ns):
        """Seconds with nine decimals."""
        self.expect(key, lambda value: self._is_time(value) and value * NS == ns, f"{ns} ns")

    @staticmethod
    def _is_time(value):
        return isinstance(value, Decimal) and value.as_tuple().exponent == -9

    def rounded_time(self, key, exact_ns):
        """The same of a fraction of ns, as a double of it holds it."""
        slack = Fraction(1, 2) + exact_ns / 2**52
        self.expect(key, lambda value: self._is_time(value) and abs(Fraction(value) * NS - exact_ns) <= slack,
                    f"{float(exact_ns)} ns")

    def close(self, key, exact, relative):
        exact = float(exact)
        self.expect(key, lambda value: math.isclose(float(value), exact, rel_tol=relative, abs_tol=0), exact)

    def between(self, key, least, most):
        self.expect(key, lambda value: least <= value <= most, f"{least} to {most}")

    def done(self):
        """What differs; members that nobody compared do."""
        return self.wrong + [f"{self.name} {key}: unknown to the reference" for key in sorted(self.left)]
