#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Compares tcpstat's speed, memory and losses with those of tcpstat 1.5, tcpdump, dd and a bare read loop, and, where
it tells connections, with those of nfpcapd, softflowd, tcptrace and tshark; and tcptrack with tcptrack 1.4.3.

usage: bench.py [table...]   (without arguments: all of TABLES)

Environment: BENCH_MB, the size of the captures in megabytes (4096, for which the bars are meant; 512 for a quick look;
those of connections always have the packets that their bars are about, but 100 M only with 4096); BENCH_ROUNDS (5);
BUILD, where the programs are (build).

TABLES say what is run, FIGURES what is drawn from them, with the bars that tcpstat should reach. To measure something
else, add a Row or a Table, and a Figure if there is a bar; captures are in stored.py.
"""
import functools
import os
import signal
import sys

sys.dont_write_bytecode = True  # nothing is left in the tree

import live
import stored
import track
from table import (Column, Figure, NotMeasured, Row, Table, difference, median, most, peak_mib, print_summary, ratio,
                   run_table, unevenness_percent)

CPU, WALL, PEAK = Column("CPU s", "cpu_s", 3), Column("wall s", "wall_s", 3), Column("peak MiB", "peak_mib", 1, max)
RATIO = Column("CPU ratio", "cpu_s", is_relative=True)
CPU_NS = Column("CPU ns/packet", "cpu_ns_packet", 0)
SPEED = (CPU_NS, Column("M packets/s", "mpackets_s"), PEAK, Column("CPU ratio", "cpu_ns_packet", is_relative=True))
LOST = (Column("lost, %", "lost_percent"), Column("at most", "lost", 0, max))


def stored_table(name, title, rows, columns=(CPU, WALL, PEAK, RATIO)):
    """Commands on stored captures."""
    return Table(name, title, rows, columns, stored.prepare, stored.run)


def readers(capture):
    """Everything that reads a capture from end to end."""
    return [
        Row("tcpstat", "{tcpstat} -r %s" % capture),
        Row("tcpstat 1.5", "{oracle} -r %s" % capture),
        Row("tcpdump -w /dev/null", "tcpdump -r %s -w /dev/null" % capture),
        Row("dd bs=1M", "dd if=%s of=/dev/null bs=1M status=none" % capture),
        Row("read loop", "{bench}/readloop %s" % capture),
    ]


def compressed(kind, unpack):
    """tcpstat on a compressed capture, and behind the tool that unpacks it."""
    return stored_table(kind, "A real mix of packets, " + kind, [
        Row("tcpstat", "{tcpstat} -r {mix_%s}" % kind),
        Row("unpack | tcpstat", "%s {mix_%s} | {tcpstat} -r -" % (unpack, kind)),
    ])


def live_table(name, title, run, columns):
    """Everything that captures from a line and counts."""
    return Table(name, title, [
        Row("tcpstat", r"{tcpstat} -i a0 -o '%n\n' -1"),
        Row("tcpstat 1.5", r"{oracle} -i a0 -o '%n\n' -1"),
        Row("tcpdump -w /dev/null", "tcpdump -i a0 -w /dev/null"),
    ], (Column("packets/s", "pps", 0), *columns), live.prepare, run)


def statistics_of(name, title, capture):
    """What is only counted when it is asked for, beside the default line."""
    return stored_table(name, title + ", other statistics", [
        Row("default", "{tcpstat} -r %s" % capture),
        Row("default, interval 1", "{tcpstat} -r %s 1" % capture),
        Row("cheap fields, JSON, interval 1", "{tcpstat} -r %s --json --fields {cheap_fields} 1" % capture),
        Row("size_p50, p95, p99, burst:10ms",
            "{tcpstat} -r %s --json --fields size_p50,size_p95,size_p99,burst:10ms" % capture),
        Row("--capacity 100M,1G", "{tcpstat} -r %s --capacity 100M,1G" % capture),
        Row("--capacity auto", "{tcpstat} -r %s --capacity auto" % capture),
    ])


def without_and_with(label, capture, options=""):
    """The default run, and -c."""
    return [Row(label + ", default", "{tcpstat} -r {%s}" % capture),
            Row(label + ", -c", "{tcpstat} -r {%s} -c%s" % (capture, options))]


CHOSEN = {"xor": "source ^ destination is always the same", "prefix64": "clients in one /64",
          "ports": "only the ports differ"}
SHORT = {"10 M": "10000000 1000000", "100 M": "100000000 10000000"}  # packets and connections


def prepare_short(command):
    if SHORT["100 M"] in command and stored.size_mb() < 4096:
        raise NotMeasured("left out: BENCH_MB is below 4096")
    stored.prepare(command)


CONNECTION_TABLES = [
    stored_table("connections", "5 M packets of 50,000 connections", [
        Row("default", "{tcpstat} -r {connections}"),
        Row("-c", "{tcpstat} -r {connections} -c"),
        Row("-c --json", "{tcpstat} -r {connections} -c --json"),
        Row("nfpcapd", "nfpcapd -r {connections} -w {bench}"),
        Row("softflowd", "softflowd -d -6 -m 100000 -r {connections} -p {bench}/softflowd.pid -c none"),
        Row("tcptrace -l, a tenth", "tcptrace -n -l {connections_tenth}"),
        Row("tshark -z conv,tcp, a tenth", "tshark -q -z conv,tcp -r {connections_tenth}"),
    ], SPEED),
    stored_table("many", "Many connections, 128 bytes captured of a packet", [
        *without_and_with("50,000", "many_50k"), *without_and_with("1 M", "many_1m"),
        *without_and_with("4 M", "many_4m", " --max-connections 5000000"),
    ], SPEED),
    stored_table("flood", "A flood of SYNs, each from another end", [
        *without_and_with("1 M", "flood_1m"), *without_and_with("5 M", "flood_5m"),
    ], (*SPEED, Column("evicted", "evicted", 0))),
    stored_table("chosen", "4 M packets of 400,000 connections with chosen ends, -c", [
        Row(kind, "{tcpstat} -r {chosen_%s} -c" % kind) for kind in ("random", *CHOSEN)], SPEED),
    Table("short", "Connections of 10 packets, 100,000 a second, through a pipe, -c; each row is run once", [
        Row("the generator alone", "{bench}/connections short %s - 128" % SHORT["10 M"]),
        *(Row(size + " packets", "{bench}/connections short %s - 128 | {tcpstat} -r - -c" % counts)
          for size, counts in SHORT.items()),
    ], (CPU, WALL, PEAK), prepare_short, functools.cache(stored.run)),
]


# A capture is 100 s long by its timestamps, whatever its size: so many lines at this interval.
JSON_INTERVAL, JSON_LINES = "0.0002", 500_000
JSON_FIELDS = ("begin,end,length,packets,bytes,packets_per_second,bits_per_second,bits_per_second_peak,size_mean,"
               "size_stddev,size_min,size_max,ipv4,ipv6,arp,other,tcp,udp,icmp,load")
FIELDS_MORE = JSON_FIELDS.count(",")  # than one


def json_lines(label, fields):
    return Row(label, "{tcpstat} -r {mix} --json --fields %s %s" % (fields, JSON_INTERVAL))


SIZES = {"1/4": "{mix_quarter}", "1/2": "{mix_half}", "1": "{mix}", "2": "{mix_double}"}

TABLES = [
    stored_table("mix", "A real mix of packets", readers("{mix}")),
    stored_table("small", "Frames of 64 bytes", readers("{small}")),
    stored_table("filter", "A real mix of packets, -f tcp", [
        Row("tcpstat", "{tcpstat} -f tcp -r {mix}"),
        Row("tcpstat 1.5", "{oracle} -f tcp -r {mix}"),
    ]),
    stored_table("pcapng", "A real mix of packets, pcapng and pcap", [
        Row("tcpstat, pcap", "{tcpstat} -r {mix}"),
        Row("tcpstat, pcapng", "{tcpstat} -r {mix_pcapng}"),
        Row("tcpstat 1.5, pcapng", "{oracle} -r {mix_pcapng}"),
    ]),
    compressed("gz", "zcat"),
    compressed("zst", "zstdcat"),
    compressed("lz4", "lz4cat"),
    compressed("xz", "xzcat"),
    compressed("bz2", "bzcat"),
    stored_table("interval", "A real mix of packets, short intervals", [
        Row("tcpstat, interval 1", "{tcpstat} -r {mix} 1"),
        Row("tcpstat, interval 0.001", "{tcpstat} -r {mix} 0.001"),
        Row("tcpstat 1.5, interval 1", "{oracle} -r {mix} 1"),
        Row("tcpstat 1.5, interval 0.001", "{oracle} -r {mix} 0.001"),
    ]),
    statistics_of("statistics", "A real mix of packets", "{mix}"),
    statistics_of("statistics-small", "Frames of 64 bytes", "{small}"),
    stored_table("json", "A real mix of packets, %s lines of JSON" % f"{JSON_LINES:,}", [
        json_lines("1 field", "begin"), json_lines("20 fields", JSON_FIELDS),
    ]),
    stored_table("growth", "A real mix of packets, files of several sizes", [
        row for size, capture in SIZES.items() for row in (
            Row(size, "{tcpstat} -r " + capture), Row(size + ", read loop", "{bench}/readloop " + capture))
    ], (CPU, WALL, PEAK, RATIO, Column("CPU ns/byte", "cpu_ns_byte", 4))),
    live_table("live", "Live: 100,000 frames of 64 bytes a second", live.run_steady("--pps=100000"), (
        CPU_NS, Column("CPU ratio", "cpu_ns_packet", is_relative=True),
        Column("packets/wake-up", "packets_wakeup", 0), *LOST)),
    live_table("stopped", "Live: 400,000 frames of 64 bytes a second, stopped for 0.5 s in the middle",
               live.run_stopped("--pps=400000"), LOST),
    live_table("topspeed", "Live: frames of 64 bytes as fast as tcpreplay can, stopped for 0.5 s in the middle",
               live.run_stopped("--topspeed"), LOST),
    *CONNECTION_TABLES,
    *track.TABLES,
]

ARCHIVES = ("gz", "zst", "lz4", "xz", "bz2")


def own_rows(is_archive):
    """The rows in which tcpstat alone reads stored captures."""
    return [(table.name, row.label) for table in TABLES if (table.name in ARCHIVES) == is_archive for row in table.rows
            if row.command.startswith("{tcpstat} ") and " -r " in row.command and " -c" not in row.command]


def against_unpacking(kind, tool, cpu_bar, wall_bar):
    return [
        Figure("%s: CPU time, to that of %s piped into tcpstat" % (kind, tool),
               ratio(kind, "tcpstat", "unpack | tcpstat"), "x", cpu_bar),
        Figure("%s: wall time, to the same" % kind,
               ratio(kind, "tcpstat", "unpack | tcpstat", "wall_s"), "x", wall_bar),
    ]


def against_default(table, text):
    """The bars of what is only counted when it is asked for."""
    return [
        Figure(text + ", all cheap fields as JSON at interval 1: time, to that of the default line",
               ratio(table, "cheap fields, JSON, interval 1", "default, interval 1"), "x", "<= 1.1"),
        Figure("- percentiles of size and burst:10ms", ratio(table, "size_p50, p95, p99, burst:10ms", "default"), "x",
               "<= 1.5"),
        Figure("- --capacity 100M,1G", ratio(table, "--capacity 100M,1G", "default"), "x", "<= 2"),
        Figure("- --capacity auto", ratio(table, "--capacity auto", "default"), "x", "<= 15"),
    ]


def losses(table, text):
    return [
        Figure(text + ": packets lost", most(table, "tcpstat", "lost"), "", "<= 0"),
        Figure("- by tcpstat 1.5", median(table, "tcpstat 1.5", "lost_percent"), "%"),
        Figure("- by tcpdump -w /dev/null", median(table, "tcpdump -w /dev/null", "lost_percent"), "%"),
    ]


def bytes_of_each(size, count):
    """What a connection takes, by the peaks with and without -c."""
    return difference("many", size + ", -c", size + ", default", count / 2**20, "peak_mib")


CONNECTION_FIGURES = [
    Figure("-c, 5 M packets, 50,000 connections: time, to that of the default run",
           ratio("connections", "-c", "default"), "x", "<= 3.5"),
    Figure("- packets a second", median("connections", "-c", "mpackets_s"), "M", ">= 6"),
    Figure("- with --json", median("connections", "-c --json", "mpackets_s"), "M"),
    *(Figure("- " + label.removesuffix(", a tenth"), median("connections", label, "mpackets_s"), "M")
      for label in ("nfpcapd", "softflowd", "tcptrace -l, a tenth", "tshark -z conv,tcp, a tenth")),
    Figure("-c, 1 M connections: time a packet, to that of 50,000",
           ratio("many", "1 M, -c", "50,000, -c", "cpu_ns_packet"), "x", "<= 4"),
    Figure("- 4 M connections", ratio("many", "4 M, -c", "50,000, -c", "cpu_ns_packet"), "x", "<= 4"),
    Figure("-c, 1 M connections: memory for each", bytes_of_each("1 M", 1e6), "bytes", "<= 350"),
    Figure("- 4 M connections", bytes_of_each("4 M", 4e6), "bytes", "<= 350"),
    Figure("-c, flood of 5 M SYNs: peak memory", most("flood", "5 M, -c", "peak_mib"), "MiB", "<= 400"),
    Figure("- connections let go, as reported", most("flood", "5 M, -c", "evicted"), "", ">= 4000000"),
    Figure("- time a packet, to that of 1 M SYNs", ratio("flood", "5 M, -c", "1 M, -c", "cpu_ns_packet"), "x", "<= 2"),
    *(Figure("-c, %s: time a packet, to random addresses" % what, ratio("chosen", kind, "random", "cpu_ns_packet"), "x",
             "<= 1.3") for kind, what in CHOSEN.items()),
    Figure("-c, 100 M packets of 10 M short connections: peak memory, to that of a tenth",
           ratio("short", "100 M packets", "10 M packets", "peak_mib"), "x", "<= 1.05"),
]

FIGURES = [
    Figure("real mix, default output: faster than tcpstat 1.5", ratio("mix", "tcpstat 1.5", "tcpstat"), "x", ">= 3"),
    Figure("64-byte packets: faster than tcpstat 1.5", ratio("small", "tcpstat 1.5", "tcpstat"), "x", ">= 5"),
    Figure("real mix: time, to that of the read loop", ratio("mix", "tcpstat", "read loop"), "x", "<= 1.5"),
    Figure("64-byte packets: time, to that of the read loop", ratio("small", "tcpstat", "read loop"), "x", "<= 2.5"),
    Figure("-f tcp: faster than tcpstat 1.5 with -f tcp", ratio("filter", "tcpstat 1.5", "tcpstat"), "x", ">= 3"),
    Figure("pcapng: time, to that of the same packets as pcap",
           ratio("pcapng", "tcpstat, pcapng", "tcpstat, pcap"), "x", "<= 1.15"),
    *against_unpacking("gz", "zcat", "<= 0.6", "<= 1"),
    *against_unpacking("zst", "zstdcat", "<= 0.8", "<= 1"),
    *against_unpacking("lz4", "lz4cat", "<= 0.8", "<= 1"),
    *against_unpacking("xz", "xzcat", "", ""),
    *against_unpacking("bz2", "bzcat", "", ""),
    Figure("peak memory, any file size", peak_mib(own_rows(is_archive=False)), "MiB", "<= 16"),
    Figure("peak memory, compressed", peak_mib(own_rows(is_archive=True)), "MiB", "<= 40"),
    Figure("interval 0.001 (100,000 lines): time, to that of interval 1",
           ratio("interval", "tcpstat, interval 0.001", "tcpstat, interval 1"), "x", "<= 1.5"),
    *against_default("statistics", "real mix"),
    *against_default("statistics-small", "64-byte packets"),
    Figure("JSON: CPU for each field of a line",
           difference("json", "20 fields", "1 field", JSON_LINES * FIELDS_MORE / 1e6), "us", "<= 0.5"),
    # Where its pages lie in memory makes a file slower than another, for every reader: hence the read loop.
    Figure("growth, 1/4 to 2 times the size: CPU per byte differs by",
           unevenness_percent(median("growth", size, "cpu_ns_byte") for size in SIZES), "%", "<= 10"),
    Figure("- that of the read loop on the same files",
           unevenness_percent(median("growth", size + ", read loop", "cpu_ns_byte") for size in SIZES), "%"),
    Figure("- the ratio of the two",
           unevenness_percent(ratio("growth", size, size + ", read loop") for size in SIZES), "%", "<= 10"),
    *losses("stopped", "live, 400,000/s, stopped for 0.5 s"),
    *losses("topspeed", "live, as fast as tcpreplay can, stopped for 0.5 s"),
    Figure("live, CPU a packet: to that of tcpdump -w /dev/null",
           ratio("live", "tcpstat", "tcpdump -w /dev/null", "cpu_ns_packet"), "x", "<= 0.7"),
    Figure("live, packets for each wake-up", median("live", "tcpstat", "packets_wakeup"), "", ">= 10"),
    *CONNECTION_FIGURES,
    *track.FIGURES,
]


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    names = sys.argv[1:] or [table.name for table in TABLES]
    unknown = set(names) - {table.name for table in TABLES}
    if unknown:
        sys.exit("bench: no table %s; there are: %s" % (min(unknown), ", ".join(table.name for table in TABLES)))
    for program in (stored.PROGRAMS["tcpstat"], stored.PROGRAMS["tcptrack"],
                    *(stored.BENCH / name for name in ("generate", "connections", "readloop", "measure"))):
        if not program.exists():
            sys.exit("bench: %s is not built: make bench builds it" % program)
    size_mb, rounds = stored.size_mb(), stored.setting("BENCH_ROUNDS", 5)
    print("Captures of %d MB, page cache warm; medians of %d rounds; CPU is user and system;" % (size_mb, rounds))
    print("a ratio is to the first row, paired by round. %d processors." % os.cpu_count())
    signal.signal(signal.SIGTERM, interrupt)
    results = {}
    try:
        for table in TABLES:
            if table.name in names:
                results[table.name] = run_table(table, rounds)
    except KeyboardInterrupt:
        sys.exit("bench: interrupted")
    finally:
        live.clean_up()
    print_summary(FIGURES, results)


if __name__ == "__main__":
    main()
