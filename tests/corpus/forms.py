#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""A capture is the same in every form in which people keep it. Each of the corpus, and some generated ones, is read
compressed in five formats, through a pipe, compressed in two members through a pipe, cut in two files that are read
as one sample in either order, and cut in two parts joined end to end: the lines are those of the capture itself, and
so is the exit status. Every eighth is also tried with its last bytes missing.
usage: CORPUS=folder forms.py [program]"""
import functools
import tempfile
import zlib
from collections import Counter
from pathlib import Path

import compress
import generated
import variants
from common import Run, Tally, captures, corpus, in_parallel, program
from oracle import EVERYTHING
from slices import Sliced

NAME = "forms"
TIMEOUT_S = 20
LARGE = 4 << 20  # bytes of a capture of which only a part of the forms is tried
MANY_LINES = 1 << 20  # bytes of output from which on lines without packets are left out
CUT_EVERY, CUT_BYTES = 8, 3


class Forms:
    """The forms of one capture; each is (name, files to read, bytes to feed)."""

    def __init__(self, path, folder, compressions):
        self.path, self.folder, self.compressions, self.left_out, self.files = path, folder, compressions, [], 0
        self.data = path.read_bytes()
        self.is_large = len(self.data) > LARGE

    def write(self, data):
        """A file of these bytes; its name says nothing about what it is."""
        self.files += 1
        path = self.folder / str(self.files)
        path.write_bytes(data)
        return path

    def all(self):
        yield "piped", ["-"], self.data
        yield from self.compressed()
        yield from self.cut()

    def compressed(self):
        half = len(self.data) // 2
        for kind, member in self.compressions.items():
            yield f"as {kind}", [self.write(member(self.data))], None
            if not self.is_large:
                yield f"as two members of {kind}, piped", ["-"], member(self.data[:half]) + member(self.data[half:])

    def cut(self):
        sliced = Sliced(self.path)
        count = len(sliced.starts)
        if count < 2:
            self.left_out.append("not cut in two: captures of less than two packets, old and patched pcap, snoop")
            return
        number = 1 + zlib.crc32(self.path.name.encode()) % (count - 1)
        parts = sliced.cut(number)
        at = f" at packet {number}"
        yield "cut and joined" + at, [self.write(b"".join(parts))], None
        first, second = sliced.packets[0][0], sliced.packets[number][0]
        files = [self.write(part) for part in parts]
        if second >= first:
            yield "cut in two files" + at, files, None
        else:
            self.left_out.append("not read as two files: the second part begins before the first")
        if second > first:
            yield "cut in two files, the second named first," + at, files[::-1], None
        else:
            self.left_out.append("not read as two files, the second named first: it begins no later than the first")


def read(tcpstat, options, files, feed=None):
    names = [word for file in files for word in ("-r", file)]
    return Run([tcpstat, *names, *options], TIMEOUT_S, feed=feed)


def difference(run, wanted):
    """How a run is not what it should be, or nothing."""
    if run.status != wanted.status:
        return f"{run.ending()}, the capture itself has {wanted.ending()}"
    if run.out == wanted.out:
        return ""
    ours, theirs = run.text().splitlines(), wanted.text().splitlines()
    for number, (a, b) in enumerate(zip(ours, theirs), 1):
        if a != b:
            return f"line {number}\n  the capture itself {b!r}\n  this form          {a!r}"
    return f"{len(ours)} lines, the capture itself has {len(theirs)}"


def check(tcpstat, compressions, item):
    """(forms that passed by name, failures, what was left out) of one capture."""
    path, name = item
    options = ["-o", EVERYTHING, "1"]
    wanted = Run([tcpstat, "-r", path, *options], TIMEOUT_S, MANY_LINES)
    if wanted.status is None:
        options.insert(0, "-e")
        wanted = read(tcpstat, options, [path])
    if wanted.status not in (0, 1):
        return Counter(), [f"{name}: {wanted.ending()}"], []
    passed, failures = Counter(), []
    with tempfile.TemporaryDirectory(prefix="tcpstat-forms-") as folder:
        forms = Forms(path, Path(folder), compressions)
        for form, files, feed in forms.all():
            if what := difference(read(tcpstat, options, files, feed), wanted):
                failures.append(f"{name}, {form}: {what}")
            else:
                passed[form.split(" at packet ")[0].rstrip(",")] += 1
    if forms.is_large:
        forms.left_out.append(f"not tried as two members: captures above {LARGE >> 20} MiB")
    return passed, failures, forms.left_out


def inputs(folders, folder):
    """(path, name) of every capture, the generated ones written to `folder`."""
    paths = captures(folders)
    items = [(path, path.name) for path in paths]
    for name, data in {**generated.captures(), **variants.captures()}.items():
        items.append((folder / name, name))
        items[-1][0].write_bytes(data)
    for path in paths[::CUT_EVERY]:
        cut = folder / f"{path.name}.cut"
        cut.write_bytes(path.read_bytes()[:-CUT_BYTES])
        items.append((cut, f"{path.name} without its last {CUT_BYTES} bytes"))
    return items


def main():
    folders, tcpstat, tally, kinds = corpus(NAME), program(), Tally(NAME), Counter()
    task = functools.partial(check, tcpstat, compress.available(tally))
    with tempfile.TemporaryDirectory(prefix="tcpstat-forms-") as folder:
        items = inputs(folders, Path(folder))
        for passed, failures, left_out in in_parallel(task, items):
            kinds += passed
            tally.passed(passed.total())
            for failure in failures:
                tally.failed(failure)
            for reason in left_out:
                tally.skipped(reason)
    print(f"{NAME}: {len(items)} captures; the same in another form: "
          + ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items())))
    tally.finish()


if __name__ == "__main__":
    main()
