#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Nothing is lost or counted twice on the way from packets to connections: in every capture the sums over the
connections are the interval totals of the same packets, in intervals and when connections are let go too; of
Ethernet captures they are those of a slow reference (flows.py) for each pair of ends.
usage: CORPUS=folder conservation.py [program]"""
import functools
import subprocess
from collections import Counter, defaultdict
from ipaddress import ip_address

import records
from capture import ETHERNET, NS, Capture
from common import Run, Tally, captures, corpus, in_parallel, program
from flows import Flows

NAME = "conservation"
LINES_MOST = 1000  # of intervals
INTERVALS = ("0.1", "1", "60", "3600", "1000000", "100000000")
FEW = 3  # connections at a time
TRANSPORTS = {"tcp": ("TCP",), "udp": ("UDP",), "icmp": ("ICMP", "ICMPv6"), "sctp": ("SCTP",)}
ENDS = {"fin": "closed", "reset": "reset", "timeout": "timed_out", "evicted": "evicted"}
CHANGES = [f"connections_{end}" for end in ENDS.values()]
QUALITY = ("retransmissions", "out_of_order", "zero_windows")
SUMS = ("packets", *TRANSPORTS, "unattributed", "connections_new", *CHANGES, *QUALITY)
PAIRED = ("packets", "bytes", "payload", *QUALITY)  # members with _out and _in


class Output:
    """What a run prints: records of connections and of intervals, and the sums over both."""

    def __init__(self, tcpstat, path, *arguments):
        names = ",".join(("length", "connections", *SUMS))
        run = Run([tcpstat, "-r", path, "-c", "--json", "--fields", names, *arguments], errors=subprocess.STDOUT)
        self.arguments, self.wrong = " ".join(arguments), []
        if run.status not in (0, 1):
            self.wrong.append(run.ending())
        lines = run.text().splitlines(True)
        found = records.lines("".join(line for line in lines if line[:1] == "{"))
        self.told_evicted = sum(int(line.split()[1]) for line in lines if " let go " in line and line[:1] != "{")
        self.connections = [record for record in found if record.get("record") == "connection"]
        self.intervals = [record for record in found if "record" not in record]
        self.totals = {name: sum(interval[name] for interval in self.intervals) for name in SUMS}
        self.flows = flows_of(self.connections)
        self.packets = Counter()
        for (protocol, _, _), (packets, _, _) in self.flows.items():
            self.packets[protocol] += packets

    def expect(self, what, value, exact):
        if value != exact:
            self.wrong.append(f"{what}: {value}, not {exact}")

    def expect_all(self, what, values, exact):
        """The same for each key of two dictionaries."""
        for key in sorted(values.keys() | exact.keys(), key=str):
            self.expect(f"{what} {' '.join(map(str, key))}", values.get(key), exact.get(key))


def flows_of(connections):
    """(protocol, source, destination) -> [packets, bytes, payload], as Flows.sums."""
    sums = defaultdict(lambda: [0, 0, 0])
    for record in connections:
        ends = [(ip_address(record[end]), record[end + "_port"]) for end in ("client", "server")]
        for direction, (source, destination) in (("_out", ends), ("_in", ends[::-1])):
            if record["packets" + direction]:
                key = record["protocol"], source, destination
                sums[key] = [total + record[what + direction] for total, what in zip(sums[key], PAIRED)]
    return sums


def check_records(output):
    for record in output.connections:
        wrong = []
        for direction in ("_out", "_in"):
            values = [record[what + direction] for what in PAIRED]
            packets, count, payload, *quality = values
            if not all(isinstance(value, int) and value >= 0 for value in values):
                wrong.append("negative")
            if payload > count or max(quality) > packets or count and not packets:
                wrong.append("more than there is")
        if record["duration"] != record["end"] - record["begin"] or record["duration"] < 0:
            wrong.append("its duration is not from begin to end")
        if not record["packets_out"] + record["packets_in"]:
            wrong.append("no packets")
        output.wrong += [f"{each}: {record}" for each in wrong]


def check_totals(output, flows):
    """Connections against intervals: packets by transport, how many began, how they ended, what went wrong."""
    missing = {name: output.totals[name] - sum(output.packets[each] for each in protocols)
               for name, protocols in TRANSPORTS.items()}
    if flows:
        exact = {name: sum(flows.unattributed[each] for each in protocols) for name, protocols in TRANSPORTS.items()}
        output.expect("packets without a connection", missing, exact)
        output.expect("unattributed", output.totals["unattributed"], flows.unattributed.total())
    else:
        output.expect("unattributed", output.totals["unattributed"], sum(missing.values()))
        output.expect("least without a connection", min(missing.values()) >= 0, True)
    ended = Counter(record["ended"] for record in output.connections)
    output.expect("connections_new", output.totals["connections_new"], len(output.connections))
    for end, name in ENDS.items():
        output.expect(f"connections_{name}", output.totals[f"connections_{name}"], ended[end])
    for what in QUALITY:
        counted = sum(record[f"{what}_out"] + record[f"{what}_in"] for record in output.connections)
        output.expect(what, output.totals[what], counted)
    output.expect("told as let go", output.told_evicted, ended["evicted"])
    is_open = 0
    for number, interval in enumerate(output.intervals, 1):
        is_open += interval["connections_new"] - sum(interval[name] for name in CHANGES)
        output.expect(f"interval {number}: connections", interval["connections"], is_open)
    output.expect("open in the end", is_open, ended["open"])


def check_few(output, whole):
    """With too little room the sums stay, and it is told when a connection was let go."""
    output.expect_all("flow", output.flows, whole.flows)
    for name in (*TRANSPORTS, "packets", "unattributed"):
        output.expect(name, output.totals[name], whole.totals[name])
    lasting = [record for record in whole.connections if record["ended"] in ("open", "timeout")]
    together = max((sum(a["begin"] < b["begin"] < a["end"] for a in lasting) for b in lasting), default=0)
    if together >= FEW and not output.totals["connections_evicted"]:
        output.wrong.append(f"{together + 1} connections at a time and none is let go")
    if len(whole.connections) <= FEW:
        output.expect("evicted", output.totals["connections_evicted"], 0)


def check_intervals(output, whole):
    """Intervals add up to the one that is as long as the capture; connections are the same, maybe told earlier."""
    for name, total in whole.totals.items():
        output.expect(name, output.totals[name], total)
    here, there = (Counter(map(str, each.connections)) for each in (output, whole))
    output.wrong += [f"only with intervals: {record}" for record in here - there]


def interval_of(output):
    """The shortest one that makes no more than LINES_MOST lines."""
    length_ns = int(output.intervals[0]["length"] * NS)
    return next(text for text in INTERVALS if length_ns <= float(text) * NS * LINES_MOST)


def check(tcpstat, path):
    """Every run over one capture: (passed, list of failures, why runs were left out)."""
    try:
        return check_runs(tcpstat, path)
    except (KeyError, ValueError) as error:
        return 0, [f"{path.name}: {type(error).__name__}: {error}"], []


def check_runs(tcpstat, path):
    capture = Capture(path)
    flows = Flows(capture) if capture.link == ETHERNET else None
    whole = Output(tcpstat, path, "-1")
    if not whole.intervals:
        return 0, whole.wrong, [] if whole.wrong else ["not a capture that can be read"]
    left_out = ["there may be more in its frames than the reference reads"] if flows and flows.unread else []
    if left_out:
        flows = None
    if flows:
        whole.expect_all("flow", whole.flows, flows.sums)
    few = Output(tcpstat, path, "--max-connections", str(FEW), "-1")
    check_few(few, whole)
    several = Output(tcpstat, path, interval_of(whole))
    check_intervals(several, whole)
    for output in (whole, few, several):
        check_records(output)
        check_totals(output, flows)
    outputs = [output for output in (whole, few, several) if output.wrong]
    failures = ["\n  ".join([f"{path.name}: {output.arguments}", *output.wrong[:20]]) for output in outputs]
    return 3 - len(failures), failures, left_out


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    for passed, failures, left_out in in_parallel(functools.partial(check, tcpstat), captures(folders)):
        tally.passed(passed)
        for failure in failures:
            tally.failed(failure)
        for reason in left_out:
            tally.skipped(reason)
    tally.finish()


if __name__ == "__main__":
    main()
