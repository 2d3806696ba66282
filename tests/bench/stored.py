# SPDX-License-Identifier: BSD-2-Clause
"""Commands on stored captures: the files, made once and kept in build/bench, and what a run of a command takes."""
import functools
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from table import NotMeasured

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / os.environ.get("BUILD", "build")
BENCH = BUILD / "bench"
ORACLE = ROOT / "build" / "oracle" / "root" / "usr" / "bin" / "tcpstat"
PROGRAMS = {"tcpstat": BUILD / "tcpstat", "tcptrack": BUILD / "tcptrack", "oracle": ORACLE, "bench": BENCH}


@dataclass(frozen=True)
class Capture:
    """How a file is made: its name, a shell command that may name other captures, and how much of BENCH_MB it has,
    or, whatever BENCH_MB says, how many packets of how many connections."""
    file: str
    command: str
    share: float = 1
    mb_most: int = 1_000_000
    packets: int = 0
    connections: int = 0

    def mb(self):
        return max(1, min(int(size_mb() * self.share), self.mb_most))


MIX = "{bench}/generate mix {mb}M {out}"
SMALL = "{bench}/generate small {mb}M {out}"
WHOLE, HEADERS = 262144, 128  # bytes captured of a packet


def connections(kind, packets, count, snaplen=HEADERS):
    """So many packets of so many TCP connections."""
    return Capture("%s-%d-%d-%d.pcap" % (kind, packets, count, snaplen),
                   "{bench}/connections %s %d %d {out} %d" % (kind, packets, count, snaplen), packets=packets,
                   connections=count)


CAPTURES = {
    "mix": Capture("mix-{mb}.pcap", MIX),
    "mix_quarter": Capture("mix-{mb}.pcap", MIX, 1 / 4),
    "mix_half": Capture("mix-{mb}.pcap", MIX, 1 / 2),
    "mix_double": Capture("mix-{mb}.pcap", MIX, 2),
    "mix_pcapng": Capture("mix-{mb}.pcapng", MIX),
    "small": Capture("small-{mb}.pcap", SMALL),
    "flood": Capture("small-{mb}.pcap", SMALL, mb_most=1),

    "mix_eighth": Capture("mix-{mb}.pcap", MIX, 1 / 8),
    "mix_gz": Capture("mix-{mb}.pcap.gz", "gzip -c {mix_eighth} >{out}", 1 / 8),
    "mix_zst": Capture("mix-{mb}.pcap.zst", "zstd -qc {mix_eighth} >{out}", 1 / 8),
    "mix_lz4": Capture("mix-{mb}.pcap.lz4", "lz4 -qc {mix_eighth} >{out}", 1 / 8),
    "mix_few": Capture("mix-{mb}.pcap", MIX, 1 / 8, mb_most=32),  # xz and bzip2 are slow
    "mix_xz": Capture("mix-{mb}.pcap.xz", "xz -c {mix_few} >{out}", 1 / 8, mb_most=32),
    "mix_bz2": Capture("mix-{mb}.pcap.bz2", "bzip2 -c {mix_few} >{out}", 1 / 8, mb_most=32),

    "connections": connections("mix", 5_000_000, 50_000, WHOLE),
    "connections_tenth": connections("mix", 500_000, 5_000, WHOLE),  # tcptrace and tshark are slow
    "many_50k": connections("mix", 5_000_000, 50_000),
    "many_1m": connections("mix", 10_000_000, 1_000_000),
    "many_4m": connections("mix", 16_000_000, 4_000_000),
    "flood_1m": connections("flood", 1_000_000, 1_000_000),
    "flood_5m": connections("flood", 5_000_000, 5_000_000),
    **{"chosen_" + kind: connections(kind, 4_000_000, 400_000) for kind in ("random", "xor", "prefix64", "ports")},
    "open_100k": connections("open", 1_000_000, 100_000),
    "open_50k": connections("open", 1_000_000, 50_000),
    "handshakes_100k": connections("open", 300_000, 100_000),
    "ipv4_20k": connections("random", 120_000, 20_000),  # so few packets of each: left open
    "prefix64_20k": connections("prefix64", 120_000, 20_000),
}


def setting(name, default):
    text = os.environ.get(name, "")
    if text and not (text.isdecimal() and int(text) > 0):
        sys.exit("bench: %s=%s: a number above 0 is needed" % (name, text))
    return int(text or default)


def size_mb():
    return setting("BENCH_MB", 4096)


def named_captures(command):
    return [name for name in re.findall(r"\{(\w+)\}", command) if name in CAPTURES]


@functools.cache
def cheap_fields():
    """The names of the table of statistics, with commas, but those that look at every packet's size or time, and
    those of connections, which are the last."""
    text = subprocess.run([PROGRAMS["tcpstat"], "-h"], capture_output=True, text=True, check=True).stdout
    table = text.split("\nStatistics ")[1].split("\n     connections ")[0]
    names = dict.fromkeys(re.findall(r"^ {2}(?:%\w| {2}) (\w+)", table, re.MULTILINE))
    return ",".join(name for name in names if name != "burst" and not name.startswith("size_p"))


def fill(command, **more):
    """The command with all its names replaced, for a shell. Its captures are made when they are not there."""
    places = {**PROGRAMS, **{name: make(name) for name in named_captures(command)}, **more}
    if "{cheap_fields}" in command:
        places["cheap_fields"] = cheap_fields()
    return command.format_map({name: shlex.quote(str(place)) for name, place in places.items()})


@functools.cache
def make(name):
    """The path of a capture, which is made when it is not there or older than what it is made of."""
    capture = CAPTURES[name]
    path = BENCH / capture.file.format(mb=capture.mb())
    unfinished = path.with_name("unfinished-" + path.name)
    command = fill(capture.command, mb=capture.mb(), out=unfinished)
    sources = [*(ROOT / "tests" / "bench" / (program + ".cpp")
                 for program in re.findall(r"\{bench\}/(\w+)", capture.command)),
               *(make(source) for source in named_captures(capture.command))]
    if not path.exists() or any(path.stat().st_mtime < source.stat().st_mtime for source in sources):
        print("bench: making %s" % path, file=sys.stderr)
        try:
            done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
            if done.returncode != 0:
                raise NotMeasured("left out: making %s: %s" % (path.name, done.stderr.strip()))
            subprocess.run(["sync", unfinished], check=True)  # not while something is measured
            unfinished.rename(path)
        finally:
            unfinished.unlink(missing_ok=True)
    return path


def warm(path):
    """Brings a file into the page cache."""
    block = bytearray(1 << 20)
    with open(path, "rb", buffering=0) as file:
        while file.readinto(block):
            pass


def oracle_fault():
    if not ORACLE.exists():
        return "tcpstat 1.5 is not in build/oracle (tests/corpus/fetch-oracle fetches it)"
    if b"version 1.5" not in subprocess.run([ORACLE, "-h"], capture_output=True, check=False).stderr:
        return "build/oracle/root/usr/bin/tcpstat does not run here as version 1.5"
    return ""


def require_programs(command):
    """Every program of the command can be run, or it is left out."""
    for program in (part.split()[0] for part in command.split("|")):
        if program == "{oracle}" and oracle_fault():
            raise NotMeasured("left out: " + oracle_fault())
        if not program.startswith("{") and not shutil.which(program):
            raise NotMeasured("left out: %s is not installed" % program)


def prepare(command):
    require_programs(command)
    for name in named_captures(command):
        warm(make(name))


def run(command):
    """Runs it once; its output is thrown away."""
    line = fill(command)
    words = ["sh", "-c", line] if "|" in line else shlex.split(line)
    done = subprocess.run([BENCH / "measure", *words], capture_output=True, text=True, check=True)
    cpu_us, wall_us, peak_kib, status = (int(number) for number in done.stdout.split())
    if status != 0:
        raise NotMeasured("failed: exit status %d: %s" % (status, done.stderr.strip()))
    names = named_captures(command)
    evicted = re.search(r"(\d+) connections were let go", done.stderr)
    taken = {"cpu_s": cpu_us / 1e6, "wall_s": wall_us / 1e6, "peak_mib": peak_kib / 1024,
             "evicted": int(evicted[1]) if evicted else 0}
    if names:
        taken["cpu_ns_byte"] = cpu_us * 1000 / sum(make(name).stat().st_size for name in names)
    if packets := sum(CAPTURES[name].packets for name in names):
        taken |= {"cpu_ns_packet": cpu_us * 1000 / packets, "mpackets_s": packets / wall_us}
    return taken
