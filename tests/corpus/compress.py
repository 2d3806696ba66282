# SPDX-License-Identifier: BSD-2-Clause
"""The five compressions, fast rather than small: bytes in, one member of an archive out."""
import bz2
import functools
import gzip
import lzma
import shutil
import subprocess


def run_filter(command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


TOOLS = {"zst": "zstd", "lz4": "lz4"}
COMPRESS = {
    "gz": functools.partial(gzip.compress, compresslevel=1),
    "bz2": functools.partial(bz2.compress, compresslevel=1),
    "xz": functools.partial(lzma.compress, preset=0),
    "zst": functools.partial(run_filter, ("zstd", "-q", "-1", "-c")),
    "lz4": functools.partial(run_filter, ("lz4", "-q", "-1", "-c")),
}


def available(tally):
    """COMPRESS without those whose tools are missing, which are told."""
    missing = {kind for kind, tool in TOOLS.items() if not shutil.which(tool)}
    for kind in sorted(missing):
        tally.skipped(f"{TOOLS[kind]} is not installed")
    return {kind: compress for kind, compress in COMPRESS.items() if kind not in missing}
