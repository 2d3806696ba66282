#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares tcpstat's speed and memory with tcpstat 1.5, tcpdump, dd and a bare read loop.

usage: bench.py [table...]   (without arguments: all of TABLES)

Environment: BENCH_MB, the size of each capture in megabytes (1024); BENCH_ROUNDS (5).

The programs of a table run in turn, round after round, on a capture that the page cache holds. The ratio is the
median, over the rounds, of a program's CPU time to the reference's (the table's first row) in the same round, so that
what slows the machine down for a while slows both. To measure something else, add a Row or a Table below.
"""

import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
BENCH = BUILD / "bench"
TCPSTAT = BUILD / "tcpstat"
GENERATOR = ROOT / "tests" / "bench" / "generate.cpp"
ORACLE = BUILD / "oracle" / "root" / "usr" / "bin" / "tcpstat"


# How each capture is made; {out} is the file to write, {size_mb} its size.
CAPTURES = {
    "mix": "{bench}/generate mix {size_mb}M {out}",
    "small": "{bench}/generate small {size_mb}M {out}",
}


@dataclass(frozen=True)
class Row:
    """A command. Its words may hold {tcpstat}, {oracle}, {bench} and the name of a capture, as {mix}.

    The bar is the ratio to the first row that it should reach at least.
    """
    label: str
    command: str
    bar: float = None


@dataclass(frozen=True)
class Table:
    name: str
    title: str
    rows: list


def readers(capture):
    """Everything that reads a capture from end to end, tcpstat first."""
    return [
        Row("tcpstat", "{tcpstat} -r %s" % capture),
        Row("tcpstat 1.5", "{oracle} -r %s" % capture, bar=1.0),
        Row("tcpdump -w /dev/null", "tcpdump -r %s -w /dev/null" % capture),
        Row("dd bs=1M", "dd if=%s of=/dev/null bs=1M status=none" % capture),
        Row("read loop", "{bench}/readloop %s" % capture),
    ]


TABLES = [
    Table("mix", "A real mix of packets", readers("{mix}")),
    Table("small", "Frames of 64 bytes", readers("{small}")),
    Table("filter", "A real mix of packets, -f tcp", [
        Row("tcpstat -f tcp", "{tcpstat} -f tcp -r {mix}"),
        Row("tcpstat 1.5 -f tcp", "{oracle} -f tcp -r {mix}", bar=1.0),
    ]),
    Table("interval", "A real mix of packets, short intervals", [
        Row("tcpstat, interval 1", "{tcpstat} -r {mix} 1"),
        Row("tcpstat, interval 0.001", "{tcpstat} -r {mix} 0.001"),
        Row("tcpstat 1.5, interval 1", "{oracle} -r {mix} 1"),
        Row("tcpstat 1.5, interval 0.001", "{oracle} -r {mix} 0.001"),
    ]),
]


@dataclass(frozen=True)
class Run:
    cpu_s: float
    wall_s: float
    peak_mib: float


def fail(message):
    sys.exit("bench: " + message)


def setting(name, default):
    text = os.environ.get(name, "")
    if text and not (text.isdecimal() and int(text) > 0):
        fail("%s=%s: a number above 0 is needed" % (name, text))
    return int(text or default)


def missing_programs():
    """The placeholders and names in commands that cannot be run here, each with the reason."""
    missing = {}
    if not ORACLE.exists():
        missing["{oracle}"] = "tcpstat 1.5 is not in build/oracle (tests/corpus/fetch-oracle fetches it)"
    elif b"version 1.5" not in subprocess.run([ORACLE, "-h"], capture_output=True, check=False).stderr:
        missing["{oracle}"] = "build/oracle/root/usr/bin/tcpstat does not run here as version 1.5"
    for program in ("tcpdump", "dd"):
        if not shutil.which(program):
            missing[program] = program + " is not installed"
    return missing


def make_capture(name, size_mb):
    """The path of a capture, which is made when it is not there or older than the generator's source."""
    path = BENCH / ("%s-%d.pcap" % (name, size_mb))
    if not path.exists() or path.stat().st_mtime < GENERATOR.stat().st_mtime:
        unfinished = path.with_suffix(".part")
        places = {"bench": BENCH, "size_mb": size_mb, "out": unfinished}
        subprocess.run([word.format_map(places) for word in CAPTURES[name].split()], check=True)
        unfinished.rename(path)
    return path


def warm(path):
    """Brings a file into the page cache."""
    block = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(block):
            pass


def measure(row, places):
    """Runs a row's command once; its standard error is shown, its standard output is thrown away."""
    words = [word.format_map(places) for word in row.command.split()]
    quiet = subprocess.DEVNULL if words[0] == "tcpdump" else None  # which says what it reads
    done = subprocess.run([BENCH / "measure", *words], stdout=subprocess.PIPE, stderr=quiet, check=True)
    cpu_us, wall_us, peak_kib, status = (int(number) for number in done.stdout.split())
    if status != 0:
        fail("%s: exit status %d" % (" ".join(words), status))
    return Run(cpu_us / 1e6, wall_us / 1e6, peak_kib / 1024)


def summarise(rows, runs):
    """One line of cells for each row: medians, and the median of the paired ratios to the first row."""
    reference = runs[rows[0]]
    for row in rows:
        own, bar = runs[row], ""
        # A run too short for the clock counts as one tick of it.
        ratio = statistics.median(max(a.cpu_s, 1e-6) / max(b.cpu_s, 1e-6) for a, b in zip(own, reference))
        if row.bar is not None:
            bar = ">= %.2f %s" % (row.bar, "ok" if ratio >= row.bar else "MISSED")
        yield [row.label,
               "%.3f" % statistics.median(run.cpu_s for run in own),
               "%.3f" % statistics.median(run.wall_s for run in own),
               "%.1f" % max(run.peak_mib for run in own),
               "%.2f" % ratio,
               bar]


def print_table(title, lines):
    head = ["", "CPU s", "wall s", "peak MiB", "CPU ratio", "bar"]
    cells = [head, *lines]
    widths = [max(len(line[column]) for line in cells) for column in range(len(head))]
    print("\n" + title)
    for line in cells:
        middle = "  ".join(cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1]))
        print(("  %s  %s  %s" % (line[0].ljust(widths[0]), middle, line[-1])).rstrip())
    sys.stdout.flush()


def run_table(table, size_mb, rounds, missing):
    left_out = {row: reason for row in table.rows for name, reason in missing.items() if name in row.command.split()}
    rows = [row for row in table.rows if row not in left_out]
    captures = {name: make_capture(name, size_mb) for name in CAPTURES
                if any("{%s}" % name in row.command for row in rows)}
    for path in captures.values():
        warm(path)
    places = {"tcpstat": TCPSTAT, "oracle": ORACLE, "bench": BENCH, **captures}
    runs = {row: [] for row in rows}
    for _ in range(rounds):
        for row in rows:
            runs[row].append(measure(row, places))
    print_table(table.title, summarise(rows, runs))
    for row, reason in left_out.items():
        print("  %s: left out: %s" % (row.label, reason))


def main():
    names = sys.argv[1:] or [table.name for table in TABLES]
    unknown = set(names) - {table.name for table in TABLES}
    if unknown:
        fail("no table %s; there are: %s" % (sorted(unknown)[0], ", ".join(table.name for table in TABLES)))
    size_mb, rounds = setting("BENCH_MB", 1024), setting("BENCH_ROUNDS", 5)
    for program in (TCPSTAT, BENCH / "generate", BENCH / "readloop", BENCH / "measure"):
        if not program.exists():
            fail("%s is not built: make bench builds it" % program.relative_to(ROOT))
    missing = missing_programs()
    print("Captures of %d MB, page cache warm; medians of %d rounds; CPU is user and system;" % (size_mb, rounds))
    print("the ratio is to the first row, paired by round. %d processors." % os.cpu_count())
    for table in TABLES:
        if table.name in names:
            run_table(table, size_mb, rounds, missing)


if __name__ == "__main__":
    main()
