#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Our reader's packets are libpcap's, for every capture of the corpus and some generated ones: build/readers
(readers.cpp) reads each with both. Where the two rightly differ, readers.exceptions says why.
usage: CORPUS=folder readers.py [program]"""
import functools
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

import generated
import variants
from common import HERE, Tally, captures, corpus, in_parallel, program, read_exceptions

NAME = "readers"
AT_A_TIME = 64
TIMEOUT_S = 60


def read_both(readers, paths):
    """(path, verdict, what it says about it) of each."""
    run = subprocess.run([readers, *paths], stdout=subprocess.PIPE, text=True, errors="replace", timeout=TIMEOUT_S)
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    if run.returncode != 0 or len(lines) != len(paths):
        where = paths[len(lines)].name if len(lines) < len(paths) else "the end"
        return [(path, "ended early", f"exit status {run.returncode} at {where}") for path in paths]
    return [(path, verdict, what) for path, (verdict, _, what) in zip(paths, lines)]


def deviations(verdict, what):
    """What has to be listed: the verdict, or what libpcap had to be helped with."""
    return what.split("; ")[1:] if verdict == "ok" else [verdict]


def main():
    folders, readers, tally = corpus(NAME), program("readers"), Tally(NAME)
    excepted = {(name, kind): why for name, kind, why in read_exceptions(HERE / "readers.exceptions", 3)}
    kinds, met = Counter(), set()
    with tempfile.TemporaryDirectory(prefix="tcpstat-readers-") as folder:
        paths = captures(folders)
        for name, data in {**generated.captures(), **variants.captures()}.items():
            paths.append(Path(folder, name))
            paths[-1].write_bytes(data)
        batches = [paths[i:i + AT_A_TIME] for i in range(0, len(paths), AT_A_TIME)]
        for batch in in_parallel(functools.partial(read_both, readers), batches):
            for path, verdict, what in batch:
                found = {(path.name, kind) for kind in deviations(verdict, what)}
                kinds.update(kind for _, kind in found)
                met |= found
                if found <= excepted.keys():
                    tally.passed()
                else:
                    tally.failed(f"{path.name}: {verdict}: {what}")
    for name, kind in sorted(excepted.keys() - met):
        tally.failed(f"readers.exceptions: {name}: {kind}: no longer an exception: take it out")
    print(f"{NAME}: {len(paths)} captures read by libpcap and by us; what differs for a reason that is listed: "
          + ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items())))
    tally.finish()


if __name__ == "__main__":
    main()
