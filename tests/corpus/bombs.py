#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Small files that hold a lot: gigabytes of zeros in every compression, as they are, as pcap records of no bytes, and
as one block of pcapng that nobody knows; and archives that ask for large windows. Named and piped, all end soon, say
what they are, and take little memory.
usage: bombs.py [program]"""
import lzma
import multiprocessing
import os
import subprocess
import tempfile
import time
from pathlib import Path

import compress
from common import Tally, program
from generated import START
from variants import MICROSECONDS, Pcapng, pcap

NAME = "bombs"
MIB = 1 << 20
MEMORY_MOST = 40 * MIB
TIMEOUT_S = 60
SOON_S = 10  # for what need not be read
ZEROS = 10 << 30  # bytes; as gz 10 MB
RECORDS = {"gz": 1 << 30}  # bytes, 16 of which are a record
RECORDS_ELSE = 128 * MIB
MEMBER = 16 * MIB  # compressed once, written many times
BLOCK = 15 * MIB  # nearly as long as a block may be
HEADER = pcap([], MICROSECONDS)
FORMAT = "%n %N\\n"


class Bounded:
    """A finished run with its peak memory. The kernel keeps the peak over exec: it is never below this script's."""

    def __init__(self, arguments, stdin=subprocess.DEVNULL):
        begin = time.monotonic()
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(["timeout", "-s", "KILL", str(TIMEOUT_S), *map(str, arguments)], stdin=stdin,
                                       stdout=out, stderr=errors)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = self.status = os.waitstatus_to_exitcode(status)
            self.out, self.errors = self._text(out), self._text(errors)
        self.memory, self.seconds = usage.ru_maxrss * 1024, time.monotonic() - begin

    @staticmethod
    def _text(file):
        file.seek(0)
        return file.read(10_000).decode("utf-8", "replace")


def in_child(function, *arguments):
    """Calls it in a process of its own, so that its memory is not ours."""
    child = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    child.start()
    child.join()
    if child.exitcode != 0:
        raise ChildProcessError(f"{function.__name__}{arguments}: exit status {child.exitcode}")


def write_zeros(path, kind, size, before=b"", after=b""):
    """An archive of `before`, so many zeros, and `after`."""
    member = compress.COMPRESS[kind]
    zeros = member(bytes(MEMBER))
    with open(path, "wb") as file:
        file.write(member(before) if before else b"")
        for _ in range(size // MEMBER):
            file.write(zeros)
        file.write(member(after) if after else b"")


def write_block(path, kind):
    """A pcapng block that nobody knows, and a packet after it; as it is where `kind` is none."""
    begin, end = Pcapng().section().interface().data, Pcapng().packets(0, START, 0, 1).data
    length = BLOCK.to_bytes(4, "little")
    before, after = begin + b"\xad\x0b\0\0" + length, bytes(BLOCK - 12) + length + end
    if kind:
        return write_zeros(path, kind, 0, before, after)
    with open(path, "wb") as file:
        file.write(before + after)


def write_wide_xz(path, preset):
    packer = lzma.LZMACompressor(preset=preset)
    with open(path, "wb") as file:
        file.write(packer.compress(HEADER))
        for _ in range(RECORDS_ELSE // MEMBER):
            file.write(packer.compress(bytes(MEMBER)))
        file.write(packer.flush())


def write_wide_zst(path, window, size):
    with open(path, "wb") as file:
        with subprocess.Popen(["zstd", "-q", "-1", "-c", f"--long={window}"], stdin=subprocess.PIPE,
                              stdout=file) as packer:
            packer.stdin.write(HEADER)
            for _ in range(size // MIB):
                packer.stdin.write(bytes(MIB))


class Trial:
    def __init__(self, tcpstat, tally, path):
        self.tcpstat, self.tally, self.path = tcpstat, tally, path
        libraries = subprocess.run(["ldd", tcpstat], stdout=subprocess.PIPE, text=True).stdout
        self.is_sanitized = "libasan" in libraries
        self.highest, self.longest_s = 0, 0.0
        if self.is_sanitized:
            tally.skipped("memory and time with AddressSanitizer, which takes both")

    def run(self, name, packets=None, says="", memory_most=MEMORY_MOST, seconds_most=SOON_S):
        """Reads the file, named and piped: it has to count so many packets of no bytes, or to fail and say so."""
        options = ["-o", FORMAT, "-1"]
        self._judge(name, Bounded([self.tcpstat, "-r", self.path, *options]), packets, says, memory_most, seconds_most)
        with subprocess.Popen(["cat", self.path], stdout=subprocess.PIPE) as cat:
            run = Bounded([self.tcpstat, "-r", "-", *options], cat.stdout)
            cat.stdout.close()
        self._judge(f"{name}, piped", run, packets, says, memory_most, seconds_most)
        self.path.unlink()

    def _judge(self, name, run, packets, says, memory_most, seconds_most):
        wanted = ("", 1) if packets is None else (f"{packets} 0\n", 0)
        if packets is None and run.out.startswith("0 0"):
            run.out = ""  # a line that says that there are none is as good
        problem = ""
        if (run.out, run.status) != wanted or says not in run.errors:
            problem = f"exit status {run.status}, printed {run.out!r}, said {run.errors!r}"
        elif not self.is_sanitized and run.memory > memory_most:
            problem = f"{run.memory >> 20} MiB of memory, at most {memory_most >> 20}"
        elif not self.is_sanitized and run.seconds > seconds_most:
            problem = f"{run.seconds:.1f} s, at most {seconds_most}"
        if memory_most == MEMORY_MOST:
            self.highest = max(self.highest, run.memory)
        self.longest_s = max(self.longest_s, run.seconds)
        if problem:
            self.tally.failed(f"{name}: {problem}")
        else:
            self.tally.passed()


def main():
    tcpstat, tally = program(), Tally(NAME)
    with tempfile.TemporaryDirectory(prefix="tcpstat-bombs-") as folder:
        path = Path(folder, "bomb")
        trial = Trial(tcpstat, tally, path)
        kinds = compress.available(tally)
        for kind in kinds:
            in_child(write_zeros, path, kind, ZEROS)
            trial.run(f"{ZEROS >> 30} GiB of zeros as {kind}", says="not a capture")
            size = RECORDS.get(kind, RECORDS_ELSE)
            in_child(write_zeros, path, kind, size, HEADER)
            trial.run(f"{size >> 20} MiB of empty records as {kind}", packets=size // 16, seconds_most=TIMEOUT_S)
        for kind in (None, "gz"):
            in_child(write_block, path, kind)
            trial.run(f"a pcapng block of {BLOCK >> 20} MiB" + (f" as {kind}" if kind else ""), packets=1)
        # The window is memory that the format itself asks for.
        in_child(write_wide_xz, path, 9)
        trial.run("xz -9", packets=RECORDS_ELSE // 16, memory_most=MEMORY_MOST + 64 * MIB, seconds_most=TIMEOUT_S)
        if "zst" in kinds:
            in_child(write_wide_zst, path, 27, 256 * MIB)
            trial.run("zstd --long=27", packets=16 * MIB, memory_most=MEMORY_MOST + 128 * MIB, seconds_most=TIMEOUT_S)
            in_child(write_wide_zst, path, 31, MIB)
            trial.run("zstd --long=31", says="zstd")
    print(f"{NAME}: the longest took {trial.longest_s:.1f} s, the largest but for windows "
          f"{trial.highest / MIB:.1f} MiB of memory")
    tally.finish()


if __name__ == "__main__":
    main()
