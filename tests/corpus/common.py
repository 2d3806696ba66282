# SPDX-License-Identifier: BSD-2-Clause
"""What the tests over the corpus share: where the captures and the program are, running a program
with bounds on its time and output, and counting what passed."""
import contextlib
import csv
import multiprocessing
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUTPUT_LIMIT = 64 << 20  # bytes of standard output that one run may print
COUNTS = "nACIVTU"

# A finding of a sanitizer must not look like the exit status 1 of a damaged capture.
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":exitcode=99"
os.environ["UBSAN_OPTIONS"] = os.environ.get("UBSAN_OPTIONS", "") + ":halt_on_error=1:exitcode=99"
os.environ["LC_ALL"] = "C"


class Run:
    """A finished run: its exit status, None when it had to be stopped, and what it printed. `feed` are bytes that
    come through a pipe on standard input; `errors` is where standard error goes."""

    def __init__(self, arguments, timeout_s=20, limit=OUTPUT_LIMIT, feed=None, errors=subprocess.DEVNULL):
        self.command = [str(a) for a in arguments]
        with subprocess.Popen(self.command, stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=errors) as process:
            self.why = ""
            if feed is not None:
                threading.Thread(target=self._feed, args=(process.stdin, feed)).start()
            timer = threading.Timer(timeout_s, self._stop, (process, f"still running after {timeout_s} s"))
            timer.start()
            self.out = process.stdout.read(limit + 1)
            if len(self.out) > limit:
                self._stop(process, f"more than {limit} bytes of output")
            process.wait()
            timer.cancel()
        self.status = None if self.why else process.returncode

    @staticmethod
    def _feed(pipe, data):
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(data)

    def _stop(self, process, why):
        self.why = why
        process.kill()

    def text(self):
        return self.out.decode("utf-8", "replace")

    def ending(self):
        if self.status is None:
            return self.why
        return f"signal {-self.status}" if self.status < 0 else f"exit status {self.status}"


def program(name="tcpstat"):
    """The program under test: first argument, else the one of this name beside $TCPSTAT or where make builds it."""
    tcpstat = Path(os.environ.get("TCPSTAT") or ROOT / "build" / "tcpstat")
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else tcpstat if name == "tcpstat" else tcpstat.with_name(name)
    if not os.access(path, os.X_OK) or path.is_dir():
        sys.exit(f"{Path(sys.argv[0]).name}: {path}: there is no such program; run make first")
    return path.resolve()


def corpus(name):
    """The folders below $CORPUS that have a truth.tsv, or the end of this script when it is not set."""
    where = os.environ.get("CORPUS")
    if not where:
        print(f"{name}: skipped: CORPUS is not set (captures with what tshark counts in them)")
        print(f"{name}: 0 passed, 0 failed, 1 skipped")
        sys.exit(0)
    folders = sorted(p.parent for p in Path(where).glob("*/truth.tsv"))
    if not folders:
        sys.exit(f"{name}: {where}: no */truth.tsv in there; set CORPUS to the folder of the captures")
    return folders


def read_truth(folders):
    """Path of a capture -> its row of truth.tsv, numbers as text."""
    rows = {}
    for folder in folders:
        with open(folder / "truth.tsv", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                rows[folder / row["file"]] = row
    return rows


def captures(folders):
    """Every capture, with a row in truth.tsv or without."""
    return sorted(p for folder in folders for p in folder.iterdir()
                  if p.is_file() and p.suffix != ".tsv" and p.name != "LICENSE")


def read_exceptions(path, fields):
    """Lines of `fields` columns separated by tabs; `#` opens a comment."""
    lines = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            columns = line.split("\t")
            if len(columns) != fields or not all(columns):
                sys.exit(f"{path.name}:{number}: not {fields} columns separated by tabs")
            lines.append(columns)
    return lines


def in_parallel(task, items, workers=2):
    """task(item) for every item, by two processes; results in order."""
    with multiprocessing.get_context("fork").Pool(workers) as pool:
        yield from pool.imap(task, items, chunksize=4)


class Tally:
    """Counts what passed, failed and was skipped, and prints the last line."""

    def __init__(self, name):
        self.name, self.counts, self.reasons = name, Counter(), Counter()

    def passed(self, count=1):
        self.counts["passed"] += count

    def failed(self, what):
        self.counts["failed"] += 1
        print(f"{self.name}: FAILED: {what}")

    def skipped(self, reason, count=1):
        self.counts["skipped"] += count
        self.reasons[reason] += count

    def finish(self):
        for reason, count in sorted(self.reasons.items()):
            print(f"{self.name}: skipped: {reason}" + (f" ({count})" if count > 1 else ""))
        print(f"{self.name}: " + ", ".join(f"{self.counts[k]} {k}" for k in ("passed", "failed", "skipped")))
        sys.exit(1 if self.counts["failed"] else 0)
