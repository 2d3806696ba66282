#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: BSD-2-Clause
"""Archives that are cut off or damaged: every packet counts that another decompressor gets out of what is left, then
tcpstat fails. Some of the corpus, each cut at a place of its own in every compression; and with a checksum at the end
that is not right, where all packets count.
usage: CORPUS=folder cuts.py [program]"""
import bz2
import functools
import lzma
import subprocess
import tempfile
import zlib
from pathlib import Path

import compress
from common import Run, Tally, captures, corpus, in_parallel, program
from slices import Sliced

NAME = "cuts"
EVERY, BYTES_LEAST = 8, 3000  # which captures
CHECKSUM_AT = {"gz": -8, "zst": -1, "lz4": -1}  # a byte of it, from the end


def run_tool(tool, data):
    return subprocess.run([tool, "-dcq"], input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


DECOMPRESS = {  # what comes out before the archive ends
    "gz": lambda data: zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(data),
    "bz2": lambda data: bz2.BZ2Decompressor().decompress(data),
    "xz": lambda data: lzma.LZMADecompressor().decompress(data),
    "zst": functools.partial(run_tool, "zstd"),
    "lz4": functools.partial(run_tool, "lz4"),
}


def judge(tcpstat, path, wanted):
    run = Run([tcpstat, "-r", path, "-o", "%n\\n", "-1"])
    found = int(run.text() or 0)
    return "" if (found, run.status) == (wanted, 1) else f"{found} packets, not {wanted}; {run.ending()}"


def check(tcpstat, compressions, path):
    """The outcome of each trial with one capture, empty where it is right."""
    sliced, outcomes = Sliced(path), []
    ends = sliced.starts[1:] + [len(sliced.data)] if sliced.starts and not sliced.damaged else []
    with tempfile.TemporaryDirectory(prefix="tcpstat-cuts-") as folder:
        target = Path(folder, "archive")
        for kind, member in compressions.items() if ends else ():
            archive = member(sliced.data)
            size = 10 + zlib.crc32(f"{path.name}.{kind}".encode()) % (len(archive) - 11)
            target.write_bytes(archive[:size])
            left = len(DECOMPRESS[kind](archive[:size]))
            what = judge(tcpstat, target, sum(end <= left for end in ends))
            outcomes.append(what and f"{path.name} as {kind}, {size} bytes of {len(archive)}: {what}")
            if kind in CHECKSUM_AT:
                damaged = bytearray(archive)
                damaged[CHECKSUM_AT[kind]] ^= 1
                target.write_bytes(damaged)
                what = judge(tcpstat, target, len(ends))
                outcomes.append(what and f"{path.name} as {kind}, its checksum wrong: {what}")
    return outcomes


def main():
    folders, tcpstat, tally = corpus(NAME), program(), Tally(NAME)
    paths = [path for path in captures(folders) if path.stat().st_size >= BYTES_LEAST][::EVERY]
    task = functools.partial(check, tcpstat, compress.available(tally))
    for outcomes in in_parallel(task, paths):
        for problem in outcomes:
            if problem:
                tally.failed(problem)
            else:
                tally.passed()
    tally.finish()


if __name__ == "__main__":
    main()
