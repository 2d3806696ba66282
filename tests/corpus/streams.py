#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""The TCP connections of each real capture (-c) are the streams that tshark sees in it (streams.tsv beside them).
Where both rightly differ stands in streams.exceptions, with the reason; what is excepted in `all` counts in no
percentage, what is in a single figure does.
usage: CORPUS=folder streams.py [program]"""
import csv
import functools
from collections import Counter, defaultdict
from decimal import Decimal
from ipaddress import ip_address

import records
from common import HERE, Run, Tally, corpus, in_parallel, program, read_exceptions, read_truth

NAME = "streams"
FLAGS = ("syn", "fin", "rst")
LEAST_PERCENT = {"stream": 99, "packets": 99, "payload": 99, "times": 99, "initial_rtt": 100, "retransmissions": 95}
SURPLUS = "none"  # number of the streams that tshark does not have
COLUMNS = "packets_out packets_in payload_out payload_in retransmissions out_of_order zero_windows syn fin rst"


class Stream:
    """What both sides tell: ends as (address, port), client first; pairs are (out, in)."""

    def __init__(self, client, server, times, values):
        self.ends, self.times, self.values = (client, server), times, values

    def swapped(self):
        turned = {what: value[::-1] if isinstance(value, tuple) else value for what, value in self.values.items()}
        return Stream(*self.ends[::-1], self.times, turned)

    def __str__(self):
        return " ".join("{}:{}".format(*end) for end in self.ends) + f" {self.times[0]} to {self.times[1]}"


def of_tshark(row):
    number = {column: int(row[column]) for column in COLUMNS.split()}
    values = {what: (number[what + "_out"], number[what + "_in"]) for what in ("packets", "payload")}
    values["initial_rtt"] = Decimal(row["initial_rtt"]) if row["initial_rtt"] else None
    values["retransmissions"] = number["retransmissions"] + number["out_of_order"]
    values |= {what: number[what] for what in ("zero_windows", *FLAGS)}
    client, server = ((ip_address(row[end]), int(row[end + "_port"])) for end in ("client", "server"))
    return Stream(client, server, (Decimal(row["begin"]), Decimal(row["end"])), values)


def of_ours(record):
    def both(what):
        return record[what + "_out"], record[what + "_in"]
    values = {what: both(what) for what in ("packets", "payload")}
    values["initial_rtt"] = record["rtt_handshake"]
    values["retransmissions"] = sum(both("retransmissions") + both("out_of_order"))
    values |= {what: sum(both(what)) for what in ("zero_windows", *FLAGS)}
    client, server = ((ip_address(record[end]), record[end + "_port"]) for end in ("client", "server"))
    return Stream(client, server, (record["begin"], record["end"]), values)


def read_streams(folders, truth):
    """Path of a capture that tshark opens -> its streams."""
    streams = {path: [] for path in truth}
    for folder in folders:
        with open(folder / "streams.tsv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                assert int(row["stream"]) == len(streams[folder / row["file"]]), row
                streams[folder / row["file"]].append(of_tshark(row))
    return streams


def connections(tcpstat, path):
    """The TCP connections of a capture, and how the run ended when it should not have ended so."""
    run = Run([tcpstat, "-r", path, "-c", "--json"])
    if run.status not in (0, 1):
        return [], run.ending()
    try:
        found = records.lines(run.text())
        return [of_ours(record) for record in found if record["protocol"] == "TCP"], ""
    except (KeyError, ValueError) as error:
        return [], f"{type(error).__name__}: {error}"


def pairs(theirs, ours):
    """(number, stream, connection of the same ends, in its directions) for each stream, None for what one side
    lacks: those that begin together, then the others in the order of begin."""
    left, found = defaultdict(list), {}
    for connection in sorted(ours, key=lambda each: each.times):
        left[frozenset(connection.ends)].append(connection)
    in_order = sorted(enumerate(theirs), key=lambda each: each[1].times)
    for begins_together in (True, False):
        for number, stream in in_order:
            same = [each for each in left[frozenset(stream.ends)]
                    if not begins_together or each.times[0] == stream.times[0]]
            if same and number not in found:
                left[frozenset(stream.ends)].remove(same[0])
                found[number] = same[0] if same[0].ends == stream.ends else same[0].swapped()
    for number, stream in enumerate(theirs):
        yield str(number), stream, found.get(number)
    for connection in sum(left.values(), []):
        yield SURPLUS, None, connection


def differences(stream, connection):
    """What differs -> what both say of it."""
    if stream is None or connection is None:
        return {"stream": f"only {'ours' if stream is None else 'of tshark'}: {stream or connection}"}
    values, wrong = connection.values, {}
    if stream.times != connection.times:
        wrong["times"] = " to ".join(map(str, stream.times)) + ", not " + " to ".join(map(str, connection.times))
    for what, exact in stream.values.items():
        if what == "initial_rtt":
            is_same = None in (exact, values[what]) or abs(exact - values[what]) * 1_000_000 < 1
        else:
            is_same = exact == values[what]
        if not is_same:
            wrong[what] = f"{exact}, not {values[what]}"
    return wrong


class Verdicts:
    """One check a stream, and in how many of tshark's streams each figure is equal."""

    def __init__(self, tally):
        self.tally, self.equal, self.compared, self.left_out = tally, Counter(), Counter(), 0
        self.excepted, self.stale = defaultdict(dict), set()
        for name, number, what, reason in read_exceptions(HERE / "streams.exceptions", 4):
            self.excepted[name, number][what] = reason
            self.stale.add((name, number, what))

    def add(self, name, number, stream, connection):
        wrong, excepted = differences(stream, connection), self.excepted[name, "*"] | self.excepted[name, number]
        if "all" in excepted:
            wrong = {"all": str(wrong)} if wrong else {}
        self.stale -= {(name, each, what) for what in wrong for each in ("*", number)}
        if "all" in wrong:
            self.left_out += bool(stream)
        elif stream:
            self._count(wrong, stream, connection)
        failed = [f"\n  {what}: {text}" for what, text in wrong.items() if what not in excepted and what not in FLAGS]
        if failed:
            self.tally.failed(f"{name}: stream {number}: {stream or connection}" + "".join(failed))
        elif wrong.keys() & excepted.keys():
            self.tally.skipped("; ".join(dict.fromkeys(excepted[what] for what in wrong if what in excepted)))
        else:
            self.tally.passed()

    def _count(self, wrong, stream, connection):
        for what in (*LEAST_PERCENT, "zero_windows", *FLAGS):
            sides = [each and each.values["initial_rtt"] for each in (stream, connection)]
            if what != "initial_rtt" or None not in sides:
                self.compared[what] += 1
                self.equal[what] += not wrong.keys() & {"stream", what}

    def finish(self):
        for key in sorted(self.stale):
            self.tally.failed(f"streams.exceptions: {' '.join(key)}: no longer differs: take it out")
        for what, compared in self.compared.items():
            equal, least = self.equal[what], LEAST_PERCENT.get(what, 0)
            print(f"{NAME}: {what}: equal in {equal} of {compared}, {100 * equal / compared:.2f} % (at least {least})")
            if 100 * equal < least * compared:
                self.tally.failed(f"{what}: less than {least} % agree")
        print(f"{NAME}: {self.left_out} streams are not compared: streams.exceptions has the reasons")
        self.tally.finish()


def main():
    folders, tcpstat, verdicts = corpus(NAME), program(), Verdicts(Tally(NAME))
    streams = read_streams(folders, read_truth(folders))
    found = in_parallel(functools.partial(connections, tcpstat), streams)
    for (path, theirs), (ours, ending) in zip(streams.items(), found):
        if ending:
            verdicts.tally.failed(f"{path.name}: {ending}")
        for number, stream, connection in pairs(theirs, ours):
            verdicts.add(path.name, number, stream, connection)
    verdicts.finish()


if __name__ == "__main__":
    main()
