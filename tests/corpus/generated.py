# SPDX-License-Identifier: BSD-2-Clause
"""Captures that are hard on the arithmetic: packets on a boundary, time that runs backwards, gaps of 40 years."""
import random
import struct

from capture import NS

YEAR_NS = 31556952 * NS
START = 1_700_000_000 * NS
MICROSECONDS, NANOSECONDS = (0xA1B2C3D4, 1000), (0xA1B23C4D, 1)


def pcap(packets, kind=NANOSECONDS, order="<"):
    """Ethernet frames of (time in ns, length on the wire), of which the first 14 bytes at most are captured."""
    magic, unit = kind
    parts = [struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, 65535, 1)]
    for t, wire in packets:
        captured = bytes(min(wire, 14))
        parts.append(struct.pack(order + "IIII", t // NS, t % NS // unit, len(captured), wire) + captured)
    return b"".join(parts)


def pcapng(packets, resolution, offset_s=0, order="<"):
    """The same in a pcapng file; `resolution` as if_tsresol has it: a power of ten, or of two with bit 7 set."""
    units = 2 ** (resolution & 127) if resolution & 128 else 10**resolution

    def block(kind, body):
        body += bytes(-len(body) % 4)
        length = struct.pack(order + "I", len(body) + 12)
        return struct.pack(order + "I", kind) + length + body + length

    options = struct.pack(order + "HHB3xHHqHH", 9, 1, resolution, 14, 8, offset_s, 0, 0)
    parts = [block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1)),
             block(1, struct.pack(order + "HHI", 1, 0, 65535) + options)]
    for t, wire in packets:
        captured, stamp = bytes(min(wire, 14)), (t - offset_s * NS) * units // NS
        parts.append(block(6, struct.pack(order + "IIIII", 0, stamp >> 32, stamp & 0xFFFFFFFF, len(captured), wire)
                           + captured))
    return b"".join(parts)


def at(start, *packets):
    """(seconds as a whole number or a decimal fraction in text, length) after `start`."""
    def ns(seconds):
        whole, _, fraction = str(seconds).partition(".")
        return int(whole) * NS + int(fraction.ljust(9, "0"))
    return [(start + ns(seconds), wire) for seconds, wire in packets]


def noise(seed, packets, spread_ns):
    """Random times, one in ten running backwards, and random lengths."""
    source = random.Random(seed)
    now, result = START + source.randrange(NS), []
    for _ in range(packets):
        now += source.randrange(spread_ns)
        back = source.randrange(spread_ns * 3) if source.random() < 0.1 else 0
        result.append((now - back, source.choice((0, 13, 14, 15, 60, 1514, source.randrange(65536)))))
    return result


def captures():
    """name -> bytes of the file."""
    busy = [(i, 1514) for i in range(1, 50)]
    edges = [(f"{i // 10}.{i % 10}", 100 + i) for i in range(40)]
    files = {
        "edges": pcap(at(START, *edges)),
        "edges-by-1-ns": pcap(at(START, (0, 100), ("0.999999999", 101), (1, 102), ("1.000000001", 103), (7, 104),
                                 ("7.000000001", 105), (14, 106), ("21.000000001", 107))),
        "edges-in-64ths": pcap(at(START + 123456789, *((f"{i * 15625 // 10**6}.{i * 15625 % 10**6:06}", 64 + i)
                                                       for i in range(200)))),
        "backwards": pcap(at(START, (10, 100), (5, 200), (0, 300), (12, 400), (11, 500), ("10.5", 600), (30, 700))),
        "backwards-only": pcap(at(START, (100, 100), (50, 200), (0, 300))),
        "equal": pcap(at(START, *[(3, 60)] * 7)),
        "single": pcap(at(START, ("0.123456789", 1514))),
        "single-in-1970": pcap([(0, 1514)]),
        "from-1970": pcap(at(0, (0, 60), ("0.5", 61), ("1.25", 62))),
        "two-1-ns-apart": pcap(at(START, ("0.999999999", 70), (1, 80))),
        "no-length": pcap(at(START, (0, 0), (1, 0), (2, 0), ("2.5", 14), (9, 13))),
        "empty": pcap([]),
        "largest": pcap(at(START, *[(i, 0xFFFFFFFF) for i in range(5)])),
        "large-and-small": pcap(at(START, *[("0.1", 0xFFFFFFFF - i) for i in range(9)], ("0.2", 0), ("0.3", 1))),
        "nearly-equal": pcap(at(START, *[(f"0.{i:03}", 100_000_000 + i % 2) for i in range(1000)])),
        "halves": pcap(at(START, *[(0, 82), (0, 83)] * 20, *[(2, 82 + (i % 40 == 0)) for i in range(40)])),
        "drains": pcap(at(START, (0, 65535), (100, 60), (2000, 1514), (2001, 60))),
        "carries": pcap(at(START, *busy, (500, 100))),
        "gap-of-40-years": pcap([(t, 60_000) for t in (NS, 2 * NS, 2 * NS + 40 * YEAR_NS, 3 * NS + 40 * YEAR_NS)]),
        "after-2038": pcap(at(2**31 * NS, (0, 100), (1, 200), ("2.000001", 300)), MICROSECONDS),
        "until-2106": pcap(at((2**32 - 5) * NS, (0, 100), ("4.999999", 200)), MICROSECONDS, ">"),
        "past-the-limit": pcap(at(START, (0, 100), (1, 101), (3, 102), ("3.000001", 103), (63, 104), (2, 105),
                                  (64, 106), (2, 107))),
        "cut-in-a-frame": pcap(at(START, (0, 100), (1, 101), (2, 102)))[:-1],
        "cut-in-a-header": pcap(at(START, (0, 100), (1, 101), (2, 102)))[:-25],
        "frame-of-4-GB": pcap(at(START, (0, 100), (1, 101))) + struct.pack("<IIII", 1, 1, 0xFFFFFFFF, 0xFFFFFFFF),
    }
    for resolution in (0, 3, 6, 9, 0x80 | 10, 0x80 | 30):
        files[f"pcapng-{resolution}"] = pcapng(noise(resolution, 50, NS // 3), resolution)
    files["pcapng-offset"] = pcapng(noise(50, 50, NS // 3), 9, 1_000_000_000, ">")
    files["pcapng-picoseconds"] = pcapng(noise(51, 50, NS // 3), 12, 1_699_999_000)
    for seed, spread_ns in enumerate((1000, NS // 100, NS // 2, 3 * NS, 100 * NS)):
        files[f"noise-{seed}"] = pcap(noise(seed, 400, spread_ns))
        files[f"noise-{seed}-us"] = pcap(noise(seed + 100, 400, spread_ns), MICROSECONDS, ">")
    return files
