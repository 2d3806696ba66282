#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""What tcptrack shows are the connections that tcpstat counts: of every capture, the objects of `tcptrack -T FILE
--all --json` are those of `tcpstat -r FILE -c --json`, in whatever order; so are the lines that --log writes; and the
exit statuses are the same. Looking at them again and again, at the pace of the packets, changes nothing: every
fourth capture is also tried with --interval. Without CORPUS, the captures of the tree only.
usage: [CORPUS=folder] tracked.py [tcptrack]"""
import functools
import os
import tempfile
from collections import Counter
from pathlib import Path

import generated
import variants
from common import ROOT, Run, Tally, captures, corpus, in_parallel, program

NAME = "tracked"
TIMEOUT_S = 20
LOOKED_EVERY, SHORTEST_S, LOOKS_MOST = 4, 1, 10_000


def difference(run, wanted):
    """How a run is not what it should be, or nothing."""
    if run.status != wanted.status:
        return f"{run.ending()}, tcpstat has {wanted.ending()}"
    ours, theirs = (Counter(each.out.splitlines()) for each in (run, wanted))
    lines = [f"\n  {sign} {line.decode()[:300]}" for sign, more in (("only tcptrack", ours - theirs), ("only tcpstat", theirs - ours))
             for line in list(more)[:2]]
    return f"{run.out.count(10)} lines, tcpstat has {wanted.out.count(10)}:{''.join(lines)}" if lines else ""


def logged(tcptrack, path, length):
    """A run whose output are the lines of --log, of one that looks at the connections every `length` seconds."""
    with tempfile.TemporaryDirectory(prefix="tracked-") as folder:
        log = Path(folder) / "log"
        run = Run([tcptrack, "-T", path, "--all", "--interval", length, "--log", log], TIMEOUT_S)
        run.out = log.read_bytes() if log.exists() else b""
    return run


def check(tcptrack, tcpstat, item):
    """(checks that passed, failures, connections) of one capture."""
    number, path = item
    wanted = Run([tcpstat, "-r", path, "-c", "--json"], TIMEOUT_S)
    if wanted.status not in (0, 1):
        return 0, [f"{path.name}: tcpstat: {wanted.ending()}"], 0
    runs = [("", Run([tcptrack, "-T", path, "--all", "--json"], TIMEOUT_S))]
    if number % LOOKED_EVERY == 0:
        begins = [line.split(b'"begin":', 1)[1].split(b",", 1)[0] for line in wanted.out.splitlines()]
        length = max(map(float, begins), default=0) - min(map(float, begins), default=0)
        runs.append((", --log", logged(tcptrack, path, max(SHORTEST_S, length / LOOKS_MOST))))
    failures = [f"{path.name}{how}: {what}" for how, run in runs if (what := difference(run, wanted))]
    return len(runs) - len(failures), failures, wanted.out.count(10)


def inputs(folder):
    """Paths of all captures; the generated ones are written to `folder`."""
    for name, data in {**generated.captures(), **variants.captures()}.items():
        (folder / name).write_bytes(data)
    found = sorted(folder.iterdir()) + [ROOT / "examples" / "sample.pcap"]
    return found + (captures(corpus(NAME)) if os.environ.get("CORPUS") else [])


def main():
    tally, connections = Tally(NAME), 0
    task = functools.partial(check, program("tcptrack"), program("tcptrack").with_name("tcpstat"))
    if not os.environ.get("CORPUS"):
        tally.skipped("CORPUS is not set: only the captures of the tree")
    with tempfile.TemporaryDirectory(prefix="tracked-") as folder:
        paths = inputs(Path(folder))
        for passed, failures, count in in_parallel(task, list(enumerate(paths))):
            tally.passed(passed)
            connections += count
            for failure in failures:
                tally.failed(failure)
    print(f"{NAME}: {len(paths)} captures, {connections} connections")
    tally.finish()


if __name__ == "__main__":
    main()
