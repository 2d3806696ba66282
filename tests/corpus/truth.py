#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Proof 2: what tcpstat counts in each real capture is what tshark counts in it (truth.tsv beside them).
Exceptions, each with the reason why ours is right, are listed in truth.exceptions.
usage: CORPUS=folder truth.py [program]"""
import functools

from common import COUNTS, HERE, Run, Tally, corpus, in_parallel, program, read_exceptions, read_truth

NAME = "truth"
COLUMNS = [*COUNTS, "bytes"]
FORMAT = "%n %A %C %I %V %T %U %N\\n"
LEAST_PERCENT = 99


def count(tcpstat, path):
    """What tcpstat counts in `path`, as text by column, and how it ended when it should not have ended so."""
    run = Run([tcpstat, "-r", path, "-l", "-o", FORMAT, "-1"])
    if run.status not in (0, 1):
        return {}, run.ending()
    numbers = run.text().split()
    if len(numbers) != len(COLUMNS):
        return {}, f"{run.ending()}, printed {run.text()[:80]!r}"
    return dict(zip(COLUMNS, numbers)), ""


def show(row):
    return " ".join(f"{column}={row[column]}" for column in COLUMNS)


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    truth = read_truth(folders)
    excepted = dict(read_exceptions(HERE / "truth.exceptions", 2))
    unknown = excepted.keys() - {path.name for path in truth}
    for name in sorted(unknown):
        tally.failed(f"truth.exceptions: {name}: no such capture in a truth.tsv")
    agree = 0
    for (path, row), (ours, ending) in zip(truth.items(), in_parallel(functools.partial(count, tcpstat), truth)):
        same = not ending and all(ours[column] == row[column] for column in COLUMNS)
        agree += same
        if ending:
            tally.failed(f"{path.name}: {ending}")
        elif same and path.name in excepted:
            tally.failed(f"{path.name}: no longer an exception: take it out of truth.exceptions")
        elif same:
            tally.passed()
        elif path.name in excepted:
            tally.skipped(f"{path.name}: {excepted[path.name]}")
        else:
            tally.failed(f"{path.name}\n  tshark {show(row)}\n  ours   {show(ours)}")
    percent = 100 * agree / len(truth)
    print(f"{NAME}: tshark and tcpstat agree on {agree} of {len(truth)} captures, {percent:.2f} %")
    if percent < LEAST_PERCENT:
        tally.failed(f"less than {LEAST_PERCENT} % agree")
    tally.finish()


if __name__ == "__main__":
    main()
