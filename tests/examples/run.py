#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs every script of examples/ without arguments and holds what comes out against direct runs of tcpstat.

usage: run.py

The program is build/tcpstat, or what TCPSTAT names. A script without a test of its own here has to run and say
something.
"""

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SAMPLE = EXAMPLES / "sample.pcap"
SAMPLE_BYTES_MAX = 400_000
TIMEOUT_S = 120


class Failure(Exception):
    """What was expected and what came instead."""


class Skip(Exception):
    """Why a test cannot run here."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(got, expected, what):
    expect(got == expected, "%s: expected %r, got %r" % (what, expected, got))


class Place:
    """A temporary directory to run in, and the environment of the scripts."""

    def __init__(self, directory, program):
        self.directory = Path(directory)
        self.program = program
        self.environment = {**os.environ, "TCPSTAT": program, "TMPDIR": directory, "LC_ALL": "C"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "GNUTERM"):
            self.environment.pop(name, None)

    def run(self, *words):
        """The standard output of a command that has to succeed and to keep quiet on standard error."""
        done = subprocess.run(words, cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=TIMEOUT_S, check=False)
        what = " ".join(str(word) for word in words)
        expect_equal(done.returncode, 0, "exit status of %s (%s)" % (what, done.stderr.strip()))
        expect_equal(done.stderr, "", "standard error of %s" % what)
        return done.stdout

    def script(self, name, *arguments):
        return self.run(EXAMPLES / name, *arguments)

    def tcpstat(self, *arguments):
        return self.run(self.program, "-r", SAMPLE, *arguments)

    def made_file(self, said, name):
        """The file of this name that a script says it has written."""
        found = re.search(r"(\S+/%s)\b" % re.escape(name), said)
        expect(found, "the script does not say where %s is: %r" % (name, said))
        path = Path(found.group(1))
        expect(self.directory in path.parents, "%s is not below TMPDIR" % path)
        expect(path.is_file(), "%s is not there" % path)
        return path


def check_sample(place):
    place.run(EXAMPLES / "make-sample", "again.pcap")
    expect((place.directory / "again.pcap").read_bytes() == SAMPLE.read_bytes(),
           "examples/make-sample does not make the bytes of examples/sample.pcap")
    expect(SAMPLE.stat().st_size < SAMPLE_BYTES_MAX, "examples/sample.pcap has %d bytes" % SAMPLE.stat().st_size)


def check_watch_live(place):
    frames = place.script("watch-live.sh").split("\f")[1:]
    lines = place.tcpstat("-o", "%r %b\\n", "1").splitlines()
    expect_equal(len(frames), len(lines), "plots drawn, one for each second")
    for frame in frames:
        expect("sample.pcap: kbit/s in each second" in frame, "a plot without its title")
    columns = [row for row in frames[-1].splitlines() if "|" in row and "*" in row]
    expect(len(columns) > 5, "the last plot shows nothing:\n" + frames[-1])
    top = max(float(line.split()[1]) for line in lines) / 1000
    scale = [float(found) for found in re.findall(r"^ *(\d+) [+|]", frames[-1], re.MULTILINE)]
    expect(top <= max(scale) <= 2 * top, "a peak of %.0f kbit/s on a scale up to %s" % (top, max(scale)))


def check_protocol_mix(place):
    said = place.script("protocol-mix.sh")
    picture = place.made_file(said, "protocol-mix.png").read_bytes()
    expect(picture.startswith(b"\x89PNG\r\n\x1a\n"), "protocol-mix.png is no PNG")
    expect_equal(struct.unpack("!II", picture[16:24]), (1200, 750), "width and height of protocol-mix.png")
    expect(len(picture) > 10_000, "protocol-mix.png has only %d bytes" % len(picture))
    numbers = place.made_file(said, "protocol-mix.png").with_suffix(".dat").read_text()
    expect_equal(numbers, place.tcpstat("-o", "%s %T %U %C %A %n %b\\n", "1"), "protocol-mix.dat")


def check_capacity(place):
    said = place.script("capacity-check.sh")
    for speed in (256_000, 512_000, 1_000_000, 2_000_000):
        cells = []
        for option in ("-b", "-B"):
            direct = place.tcpstat(option, str(speed), "0.5")
            cells += re.search(r"([\d.]+) sec\.\s*\(([\d.]+)%", direct).groups()
            peak = re.search(r"Peak Bandwidth: (\d+)", direct).group(1)
        row = r"^ *%d +%s s +%s %% +%s s +%s %%$" % (speed, *map(re.escape, cells))
        expect(re.search(row, said, re.MULTILINE), "no row %d %s in:\n%s" % (speed, cells, said))
    expect(re.search(r"^ *%s +is the peak$" % peak, said, re.MULTILINE), "no peak of %s in:\n%s" % (peak, said))


def check_descriptors(place):
    said = place.script("descriptors.sh")
    direct = place.tcpstat("-o", "%S  %n packets, %N bytes\\n", "5")
    expect(said.startswith(direct), "standard output: expected %r first, got %r" % (direct, said))
    for name, form in (("rates.txt", "%s %b %p\\n"), ("protocols.txt", "%s %A %C %T %U\\n")):
        expect_equal(place.made_file(said, name).read_text(), place.tcpstat("-o", form, "5"), name)


def check_follow_grep(place):
    lines = place.tcpstat("-o", "Time:%S pps=%p bps=%b icmp=%C\\n", "1").splitlines()
    busy = [line for line in lines
            if float(re.search(r"pps=([\d.]+)", line).group(1)) >= 100 or not line.endswith("icmp=0")]
    expect_equal(place.script("follow-grep.sh").splitlines(), busy, "the lines that grep keeps")
    expect(0 < len(busy) < len(lines) / 2, "%d of %d lines kept: not much of an example" % (len(busy), len(lines)))


def check_busiest(place):
    rates = sorted((float(line) for line in place.tcpstat("-o", "%b\\n", "5").splitlines()), reverse=True)
    said = re.findall(r"^2024-03-04 09:0\d:\d\d +([\d.]+) bits/s ", place.script("busiest.sh"), re.MULTILINE)
    expect_equal([float(rate) for rate in said], rates[:5], "the five busiest intervals")


def check_runs(place, name):
    expect(place.script(name), "it says nothing")


TESTS = {
    "make-sample": check_sample,
    "watch-live.sh": check_watch_live,
    "protocol-mix.sh": check_protocol_mix,
    "busiest.sh": check_busiest,
    "capacity-check.sh": check_capacity,
    "descriptors.sh": check_descriptors,
    "follow-grep.sh": check_follow_grep,
}


def check_opening(path):
    """A script opens with its interpreter, its licence, and two lines that explain it."""
    lines = path.read_text().splitlines()
    expect_equal(lines[:2], ["#!/bin/sh", "# SPDX-License-Identifier: BSD-2-Clause"], "the first two lines")
    expect(all(re.match(r"# \w.{20}", line) for line in lines[2:4]) and not lines[4].startswith("#"),
           "not two lines that explain it: %r" % lines[2:5])


def run_test(path, program):
    expect(os.access(path, os.X_OK), "it is not executable")
    if path.suffix == ".sh":
        check_opening(path)
        if "gnuplot" in path.read_text() and not shutil.which("gnuplot"):
            raise Skip("gnuplot is not installed")
    with tempfile.TemporaryDirectory(prefix="examples.") as directory:
        place = Place(os.path.realpath(directory), program)
        if path.name in TESTS:
            TESTS[path.name](place)
        else:
            check_runs(place, path.name)


def main():
    program = os.path.abspath(os.environ.get("TCPSTAT") or ROOT / "build" / "tcpstat")
    if not os.access(program, os.X_OK):
        sys.exit("examples: %s: not there: make builds it" % program)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    scripts = {path.name for path in EXAMPLES.glob("*.sh")} | set(TESTS)
    for name in sorted(scripts):
        try:
            run_test(EXAMPLES / name, program)
            outcome = "passed"
        except Skip as reason:
            outcome = "skipped"
            print("examples: skipped: %s: %s" % (name, reason))
        except (Failure, OSError, subprocess.TimeoutExpired) as reason:
            outcome = "failed"
            print("examples: failed: %s: %s" % (name, reason))
        counts[outcome] += 1
    print("examples: %(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    sys.exit(counts["failed"] > 0)


if __name__ == "__main__":
    main()
