# SPDX-License-Identifier: BSD-2-Clause
"""Rows, the tables that they stand in, and the figures that are drawn from them.

The rows of a table run in turn, round after round. A ratio is the median of the ratios of two rows in the same round,
so that what slows the machine down for a while slows both. A row that cannot be measured says why and stops no other.
"""
import operator
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass

TINY = 1e-6  # what a measurement too short for the clock counts as


class NotMeasured(Exception):
    """One word, a colon, and the reason: "left out: …" (cannot be run here), "failed: …"."""


class NotRun(Exception):
    """The table was not asked for."""


@dataclass(frozen=True)
class Row:
    """A command. Its words may hold {tcpstat}, {oracle}, {bench}, {cheap_fields} and the name of a capture:
    {mix}."""
    label: str
    command: str


@dataclass(frozen=True)
class Column:
    """A quantity of a row over all rounds; relative: its ratio to that of the table's first row."""
    heading: str
    quantity: str
    digits: int = 2
    choose: Callable = statistics.median
    is_relative: bool = False

    def cell(self, runs, first_runs):
        if self.is_relative:
            value = paired_ratio(runs, first_runs, self.quantity) if first_runs else None
        else:
            value = self.choose(run[self.quantity] for run in runs)
        return "-" if value is None else "%.*f" % (self.digits, value)


@dataclass(frozen=True)
class Table:
    """Rows that are run in one way: prepare(command) once for each, then run(command) gives {quantity: number}."""
    name: str
    title: str
    rows: list
    columns: list
    prepare: Callable
    run: Callable


@dataclass(frozen=True)
class Figure:
    """A line of the summary: what measure(results) gives, in `unit`, and the bar: ">= 3", "<= 1.5", or none.

    Results are {name of a table: {label of a row: a list of runs, or NotMeasured}}.
    """
    text: str
    measure: Callable
    unit: str
    bar: str = ""

    def cells(self, results):
        bar = ("%s %s" % (self.bar, self.unit)).strip() if self.bar else ""
        try:
            value = self.measure(results)
        except NotMeasured as reason:
            return [self.text, bar, "-", str(reason).split(":")[0]]
        measured = ("%d %s" if isinstance(value, int) else "%.2f %s") % (value, self.unit)
        return [self.text, bar, measured.strip(), self.verdict(value)]

    def verdict(self, value):
        if not self.bar:
            return ""
        sign, limit = self.bar.split()
        is_reached = {">=": operator.ge, "<=": operator.le}[sign](value, float(limit))
        return "ok" if is_reached else "MISSED"


def paired_ratio(runs, other_runs, quantity):
    return statistics.median(max(run[quantity], TINY) / max(other[quantity], TINY)
                             for run, other in zip(runs, other_runs))


def _runs(results, table, label):
    if table not in results:
        raise NotRun()
    runs = results[table][label]
    if isinstance(runs, NotMeasured):
        raise runs
    return runs


# What a Figure measures.

def ratio(table, upper, lower, quantity="cpu_s"):
    """The paired ratio of two rows of a table."""
    return lambda results: paired_ratio(_runs(results, table, upper), _runs(results, table, lower), quantity)


def difference(table, upper, lower, share, quantity="cpu_s"):
    """That of two rows of a table, in the same round, as one of so many shares."""
    def measure(results):
        pairs = zip(_runs(results, table, upper), _runs(results, table, lower))
        return statistics.median(run[quantity] - other[quantity] for run, other in pairs) / share
    return measure


def median(table, label, quantity):
    return lambda results: statistics.median(run[quantity] for run in _runs(results, table, label))


def least(table, label, quantity):
    return lambda results: min(run[quantity] for run in _runs(results, table, label))


def most(table, label, quantity):
    return lambda results: max(run[quantity] for run in _runs(results, table, label))


def peak_mib(rows):
    """The most of all `rows`, pairs of a table and a label, as far as these tables were run."""
    def measure(results):
        there = [(table, label) for table, label in rows if table in results]
        if not there:
            raise NotRun()
        return max(run["peak_mib"] for table, label in there for run in _runs(results, table, label))
    return measure


def unevenness_percent(measures):
    """By how much the largest of what these measure exceeds the smallest."""
    measures = list(measures)

    def measure(results):
        values = [one(results) for one in measures]
        return 100 * (max(values) / min(values) - 1)
    return measure


def run_table(table, rounds):
    """Runs and prints a table; returns what it found, as Figure has it."""
    found = {}
    for row in table.rows:
        try:
            table.prepare(row.command)
            found[row.label] = []
        except NotMeasured as reason:
            found[row.label] = reason
    for _ in range(rounds):
        for row in table.rows:
            if isinstance(found[row.label], list):
                try:
                    found[row.label].append(table.run(row.command))
                except NotMeasured as reason:
                    found[row.label] = reason
    _print_table(table, found)
    return found


def _print_table(table, found):
    measured = {label: runs for label, runs in found.items() if isinstance(runs, list)}
    first_runs = measured.get(table.rows[0].label)
    lines = [["", *(column.heading for column in table.columns)]]
    lines += [[label, *(column.cell(runs, first_runs) for column in table.columns)] for label, runs in measured.items()]
    print("\n" + table.title)
    if measured:
        _print_aligned(lines, "  ", "  ")
    for label, reason in found.items():
        if isinstance(reason, NotMeasured):
            print("  %s: %s" % (label, reason))
    sys.stdout.flush()


def _print_aligned(lines, begin, between, end=""):
    """The first cell of each line to the left, the others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*lines)]
    for first, *others in lines:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:]))]
        print((begin + between.join(cells) + end).rstrip())


def print_summary(figures, results):
    """The figures whose tables were run, as a table for the README."""
    lines = [["figure", "bar", "measured", ""], ["---", "---:", "---:", "---:"]]
    for figure in figures:
        try:
            lines.append(figure.cells(results))
        except NotRun:
            pass
    print()
    _print_aligned(lines, "| ", " | ", " |")
