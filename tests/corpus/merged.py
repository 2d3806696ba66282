#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""What other programs make of captures counts as the captures themselves do: Wireshark's editcap writes some of every
link type in other formats, mergecap makes one pcapng of captures of different link types. And captures joined end to
end by cat, or read by one -r each, count as much as they do one by one.
usage: CORPUS=folder merged.py [program]"""
import functools
import itertools
import shutil
import subprocess
import tempfile
from pathlib import Path

from capture import Capture
from common import COUNTS, Run, Tally, corpus, in_parallel, program, read_truth

NAME = "merged"
FORMAT = " ".join("%" + letter for letter in COUNTS + "N") + "\\n"
FORMATS = ("pcap", "nsecpcap", "modpcap", "pcapng", "snoop")
IN_SNOOP = (1, 10)  # Ethernet, FDDI
EACH = 3  # captures of each link type that editcap writes anew
GROUPS = 12


def count(tcpstat, *paths):
    """The numbers of COUNTS and all bytes, link-layer headers included; or how it ended."""
    run = Run([tcpstat, *[word for path in paths for word in ("-r", path)], "-l", "-o", FORMAT, "-1"])
    return [int(number) for number in run.text().split()] if run.status == 0 else run.ending()


def sort_out(paths):
    """Link type -> captures with packets that are whole, as capture.py reads them."""
    whole = {}
    for path in paths:
        capture = Capture(path)
        if capture.packets and not capture.damaged:
            whole.setdefault(capture.link, []).append(path)
    return whole


def make(*command):
    """Runs a program of Wireshark's; what it says where it fails."""
    run = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return f"{command[0]}: {run.stderr.strip()}" if run.returncode else ""


def join(paths, target):
    with open(target, "wb") as joined:
        for path in paths:
            joined.write(path.read_bytes())


def compare(found, wanted, what):
    return "" if found == wanted else f"{what}\n  one by one {wanted}\n  here       {found}"


def check_written(tcpstat, item):
    """A capture in other formats: the outcome of each, empty where it counts the same."""
    path, link = item
    with tempfile.TemporaryDirectory(prefix="tcpstat-merged-") as folder:
        for kind in FORMATS:
            if kind == "snoop" and link not in IN_SNOOP:
                continue
            target = Path(folder, kind)
            problem = make("editcap", "-F", kind, path, target)
            yield problem or compare(count(tcpstat, target), count(tcpstat, path), f"{path.name} as {kind}")


def check_together(tcpstat, group):
    """Captures as one: the outcome of each way, empty where it counts as much as they do one by one."""
    names = f"{len(group)} captures, {group[0].name} to {group[-1].name}"
    each = [count(tcpstat, path) for path in group]
    if problems := [path.name for path, numbers in zip(group, each) if isinstance(numbers, str)]:
        return [f"{name}: not read" for name in problems]
    wanted = [sum(column) for column in zip(*each)]
    with tempfile.TemporaryDirectory(prefix="tcpstat-merged-") as folder:
        target = Path(folder, "merged")
        join(group, target)
        outcomes = [compare(count(tcpstat, target), wanted, f"{names}, joined"),
                    compare(count(tcpstat, *group), wanted, f"{names}, read by one -r each")]
        for how in ((), ("-a",), ("-a", "-I", "none")) if shutil.which("mergecap") else ():
            problem = make("mergecap", *how, "-F", "pcapng", "-w", target, *group)
            outcomes.append(problem or compare(count(tcpstat, target), wanted, f"{names}, mergecap {' '.join(how)}"))
    return outcomes


def check(tcpstat, item):
    """`item` is a group of captures, or a capture and its link type."""
    return check_together(tcpstat, item) if isinstance(item, list) else list(check_written(tcpstat, item))


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    whole = sort_out(read_truth(folders))  # what Wireshark can read
    # The first capture of every link type, then the second of each, and so on; and all of them.
    rounds = [[path for path in group if path] for group in itertools.zip_longest(*whole.values())]
    items = [*rounds[:GROUPS], list(itertools.chain(*rounds))[:1000]]
    if shutil.which("editcap"):
        items += [(path, link) for link, paths in whole.items() for path in paths[:EACH]]
    else:
        tally.skipped("editcap and mergecap are not installed")
    for outcomes in in_parallel(functools.partial(check, tcpstat), items):
        for problem in outcomes:
            if problem:
                tally.failed(problem)
            else:
                tally.passed()
    print(f"{NAME}: {sum(map(len, whole.values()))} captures of {len(whole)} link types")
    tally.finish()


if __name__ == "__main__":
    main()
