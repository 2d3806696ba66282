#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Proof 1, its second half: a slow exact model of the arithmetic (sample.py, render.py) prints what tcpstat prints,
to the byte, for every Ethernet capture and some generated ones, at every interval and in every mode.
usage: CORPUS=folder model.py [program]"""
import functools
import tempfile
from pathlib import Path

import generated
import render
from capture import ETHERNET, Capture
from common import Run, Tally, captures, corpus, in_parallel, program
from sample import Sample, nanoseconds

NAME = "model"
MOST_LINES = 200_000
TIMEOUT_S = 10
ALL = ("-o", render.ALL)

RUNS = [
    (), (*ALL, "1"), (*ALL, "0.1"), (*ALL, "0.25"), (*ALL, "0.015625"), (*ALL, "7"), (*ALL, "-1"), ("-l", "-1"),
    (*ALL, "-e", "1"), (*ALL, "-s", "3", "1"), (*ALL, "-s", "2.5", "-R", "1400000000.25", "1"), (*ALL, "-l", "1"),
    (*ALL, "-R", "1000", "1"), (*ALL, "-s", "0.5", "1"), (*ALL, "-s", "3", "-1"),
    (*ALL, "-e", "-l", "-s", "60", "-R", "1.000001", "0.3"),
    ("-a",), ("-a", "-1"), ("-a", "-l", "-s", "3", "1"),
    ("-b", "28800,1.5M,0.3k"), ("-b", "1000.5", "0.1"), ("-b", "56k", "-1"), ("-b", "300,3G", "-l", "0.015625"),
    ("-b", "9600", "-s", "3", "1"), ("-b", "0.001,1T", "0.25"),
    ("-B", "28800", "1"), ("-B", "0.0096M,2k", "0.25"),
]


def options(arguments):
    """The arguments of a run, as the model needs them: values by letter, None for a flag, and the interval."""
    found, rest = {"interval": "5"}, list(arguments)
    while rest:
        word = rest.pop(0)
        if word in ("-l", "-e", "-a"):
            found[word] = None
        elif word[0] == "-" and word != "-1":
            found[word] = rest.pop(0)
        else:
            found["interval"] = word
    return found


def expected(capture, arguments):
    """What tcpstat has to print and its exit status, or None when it would be more than MOST_LINES lines."""
    given = options(arguments)
    sample = Sample(capture, given["interval"], given.get("-s"), "-l" in given)
    if "-a" in given:
        text = render.accounting(sample, sample.length)
    elif "-b" in given or "-B" in given:
        text = render.bandwidth(sample, given.get("-b") or given["-B"], "-b" in given)
    elif (len(sample.filled) if "-e" in given else sample.total) > MOST_LINES:
        return None
    else:
        template = render.EVERYTHING if "-o" in given else render.DEFAULT
        text = render.lines(sample, template, nanoseconds(given.get("-R", "0")), "-e" in given)
    return text, 1 if sample.met_damage else 0


def first_difference(ours, model):
    ours, model = ours.splitlines(), model.splitlines()
    for number, (a, b) in enumerate(zip(ours, model), 1):
        if a != b:
            return f"line {number}\n  model {b!r}\n  ours  {a!r}"
    return f"{len(ours)} lines, the model has {len(model)}"


def check(tcpstat, path):
    """Every run over one capture: (passed, list of failures, runs left out for their length)."""
    capture = Capture(path)
    passed, failures, too_long = 0, [], 0
    for arguments in RUNS if capture.link == ETHERNET else []:
        wanted = expected(capture, arguments)
        if wanted is None:
            too_long += 1
            continue
        run = Run([tcpstat, "-r", path, *arguments], TIMEOUT_S)
        what = f"{path.name}: {' '.join(arguments) or 'no options'}: "
        if run.status != wanted[1]:
            failures.append(what + f"{run.ending()}, not {wanted[1]}")
        elif run.text() != wanted[0]:
            failures.append(what + first_difference(run.text(), wanted[0]))
        else:
            passed += 1
    return passed, failures, too_long


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    with tempfile.TemporaryDirectory(prefix="tcpstat-model-") as folder:
        paths = captures(folders)
        for name, data in generated.captures().items():
            paths.append(Path(folder, name + ".pcap"))
            paths[-1].write_bytes(data)
        for passed, failures, too_long in in_parallel(functools.partial(check, tcpstat), paths):
            tally.passed(passed)
            for failure in failures:
                tally.failed(failure)
            if too_long:
                tally.skipped(f"runs of more than {MOST_LINES} lines are not tried", too_long)
    tally.finish()


if __name__ == "__main__":
    main()
