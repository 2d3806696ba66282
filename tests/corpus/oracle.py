#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Proof 1: wherever tcpstat 1.5 counts right in an Ethernet or PPP capture, ours prints what it prints, to the byte.
What is known to be wrong in 1.5 is in rules.py; what differs for another reason is listed in oracle.exceptions.
usage: CORPUS=folder oracle.py [program]"""
import functools
import itertools
import re
import subprocess
from collections import Counter, namedtuple

import rules
from capture import ETHERNET, PPP, Capture
from common import COUNTS, HERE, ROOT, Run, Tally, corpus, in_parallel, program, read_exceptions, read_truth

NAME = "oracle"
TIMEOUT_S = 10
LETTERS = "AaBbCdIlMmNnpRrSsTUV"
EVERYTHING = "\\t".join("%" + letter for letter in LETTERS) + "\\n"
DEFAULT = re.compile(r"Time:(?P<S>.*)\tn=(?P<n>.*)\tavg=(?P<a>.*)\tstddev=(?P<d>.*)\tbps=(?P<b>.*)")

Options = namedtuple("Options", "format interval flag value", defaults=("", ""))
RUNS = [Options(form, *rest) for rest, form in itertools.product(
    [(i,) for i in ("1", "5", "0.25", "0.015625", "0.1", "-1")] +
    [("1", "-e"), ("1", "-s", "3"), ("1", "-l"), ("1", "-R", "1000"), ("1", "-f", "tcp")], ("default", "everything"))]


def arguments(run):
    return [*([run.flag] if run.flag else []), *([run.value] if run.value else []),
            *(["-o", EVERYTHING] if run.format == "everything" else []), run.interval]


def parse(text, form):
    """Lines as {letter: text}, or None when they do not look like that."""
    result = []
    for line in text.splitlines():
        if form == "default":
            match = DEFAULT.fullmatch(line)
            fields = match.groupdict() if match else {}
        else:
            fields = dict(zip(LETTERS, line.split("\t"))) if line.count("\t") == len(LETTERS) - 1 else {}
        if not fields:
            return None
        result.append(fields)
    return result


def is_right(oracle, path, link, row):
    """Does 1.5 count what tshark counts? Bytes are compared on Ethernet only, where its -l counts whole frames."""
    letters = COUNTS + ("N" if link == ETHERNET else "")
    run = Run([oracle, "-r", path, "-l", "-o", " ".join("%" + letter for letter in letters) + "\\n", "-1"], TIMEOUT_S)
    wanted = [row["bytes" if letter == "N" else letter] for letter in letters]
    return run.status == 0 and run.text().split() == wanted


def difference(ours, theirs, capture, run):
    """Why two runs that did not print the same differ, as (reason to leave it out, failure), one of them empty."""
    if theirs.status is None and run.flag == "-s":
        return "1.5 loops for ever at some limits of -s", ""
    a, b = (parse(r.text(), run.format) for r in (ours, theirs))
    if not a or not b:
        return "", f"{ours.ending()} with {ours.out[:80]!r}, 1.5 {theirs.ending()} with {theirs.out[:80]!r}"
    found = rules.explain(a, b, rules.Slack(capture, run))
    if not found:
        return "", ""
    line, letter = found
    lines = [r.text().splitlines() for r in (ours, theirs)]
    shown = [text[line] if line < len(text) else "" for text in lines]
    return "", f"line {line + 1}, {letter}\n  1.5  {shown[1]!r}\n  ours {shown[0]!r}"


def compare_run(programs, path, capture, run):
    """(how it came out, what to say about it) of one run of both programs."""
    if reason := rules.left_out(capture, run):
        return "left out", reason
    ours, theirs = (Run([p, "-r", path, *arguments(run)], TIMEOUT_S) for p in programs)
    if ours.status != (1 if capture.damaged else 0):
        return "differs", f"{ours.ending()}, and the capture is {capture.damaged or 'whole'}"
    if theirs.status == 0 and ours.out == theirs.out:
        return "same", ""
    reason, failure = difference(ours, theirs, capture, run)
    if reason:
        return "left out", reason
    return ("differs", failure) if failure else ("by rule", "")


def compare(programs, item):
    """What came of every run over one capture, or None where 1.5 does not count right."""
    path, row = item
    capture = Capture(path)
    if capture.link not in (ETHERNET, PPP) or not is_right(programs[1], path, capture.link, row):
        return None
    return [(run, *compare_run(programs, path, capture, run)) for run in RUNS]


def fetch_oracle(tally):
    """The program of 1.5, or the end of this script with the reason why there is none."""
    fetched = subprocess.run([HERE / "fetch-oracle", ROOT / "build" / "oracle"], stdout=subprocess.PIPE, text=True)
    answer = fetched.stdout.strip()
    if fetched.returncode == 77:
        tally.skipped(answer)
        tally.finish()
    fetched.check_returncode()
    return answer


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    excepted = {(name, options): reason
                for name, options, reason in read_exceptions(HERE / "oracle.exceptions", 3)}
    oracle, truth = fetch_oracle(tally), read_truth(folders)
    kinds, met, right = Counter(), set(), 0
    outcomes = in_parallel(functools.partial(compare, (tcpstat, oracle)), truth.items())
    for path, runs in zip(truth, outcomes):
        right += runs is not None
        for run, kind, what in runs or []:
            listed = {(path.name, "*"), (path.name, run.flag or run.interval)} & excepted.keys()
            kinds[kind] += 1
            if kind == "left out":
                tally.skipped(what)
            elif kind != "differs":
                tally.passed()
            elif listed:
                met |= listed
                tally.skipped(f"{path.name}: {excepted[min(listed)]}")
            else:
                words = " ".join("everything" if w == EVERYTHING else w for w in arguments(run))
                tally.failed(f"{path.name}: {words}: {what}")
    for name, options in sorted(excepted.keys() - met):
        tally.failed(f"oracle.exceptions: {name} {options}: no longer an exception: take it out")
    print(f"{NAME}: 1.5 counts right in {right} Ethernet and PPP captures of {len(truth)}; runs that are the same to "
          f"the byte: {kinds['same']}, that differ as rules.py says: {kinds['by rule']}")
    tally.finish()


if __name__ == "__main__":
    main()
