# SPDX-License-Identifier: BSD-2-Clause
"""Captures of the kinds that the corpus has not: patched and old pcap, snoop, and pcapng with several sections,
interfaces that differ, every kind of packet block and blocks that nobody knows."""
import struct

from generated import START, at, noise
from capture import NS, INTERFACE, OLD_PACKET, PACKET, SECTION, SIMPLE_PACKET

PATCHED, MICROSECONDS = 0xA1B2CD34, 0xA1B2C3D4
RAW, SLL, USB = 101, 113, 220


def frame(number, size=60):
    """An Ethernet frame with IPv4 and TCP, the others ARP; its bytes tell it from all others."""
    ethernet = bytes(12) + (b"\x08\x00\x45\x00\x00\x28" if number % 3 else b"\x08\x06")
    return (ethernet + bytes(7) + b"\x06" + bytes([number % 256]) * size)[:size]


def pcap(packets, magic, order="<", version=(2, 4), link=1, lengths="cw"):
    """`lengths` says which length stands first in a record, c(aptured) or w(ire): two letters for each, over and
    over. Before version 2.3 it is the one on the wire, as in the 543.0 of DG/UX; in 2.3 either."""
    parts = [struct.pack(order + "IHHIIII", magic, *version, 0, 0, 65535, link)]
    for number, (t, wire) in enumerate(packets):
        captured = frame(number, min(wire, 60))
        first = lengths[number % (len(lengths) // 2) * 2]
        pair = (len(captured), wire) if first == "c" else (wire, len(captured))
        parts.append(struct.pack(order + "IIII", t // NS, t % NS // 1000, *pair))
        if magic == PATCHED:
            parts.append(struct.pack(order + "IHBB", 1, 0x0800, 0, 0))
        parts.append(captured)
    return b"".join(parts)


def snoop(packets, datalink=4):
    parts = [b"snoop\0\0\0" + struct.pack(">II", 2, datalink)]
    for number, (t, wire) in enumerate(packets):
        captured = frame(number, min(wire, 60))
        padded = captured + bytes(-len(captured) % 4)
        parts.append(struct.pack(">IIIIII", wire, len(captured), 24 + len(padded), 0, t // NS, t % NS // 1000))
        parts.append(padded)
    return b"".join(parts)


class Pcapng:
    """Writes blocks; every function returns its Pcapng, so that calls can follow one another."""

    def __init__(self, order="<"):
        self.order, self.data, self.count = order, b"", 0

    def block(self, kind, body):
        body += bytes(-len(body) % 4)
        length = struct.pack(self.order + "I", len(body) + 12)
        self.data += struct.pack(self.order + "I", kind) + length + body + length
        return self

    def section(self, order="<"):
        self.order = order
        return self.block(SECTION, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))

    def interface(self, link=1, snaplen=65535, resolution=6, offset_s=0):
        options = struct.pack(self.order + "HHB3xHHqHH", 9, 1, resolution, 14, 8, offset_s, 0, 0)
        return self.block(INTERFACE, struct.pack(self.order + "HHI", link, 0, snaplen) + options)

    def packets(self, interface, units, wire=100, count=3, kind=PACKET):
        """Packets at `units` and, each, one unit later."""
        for i in range(count):
            self.count += 1
            data, t = frame(self.count), units + i
            number = "HH" if kind == OLD_PACKET else "I"
            index = (interface, 0) if kind == OLD_PACKET else (interface,)
            self.block(kind, struct.pack(self.order + number + "IIII", *index, t >> 32, t & 0xFFFFFFFF, len(data), wire)
                       + data)
        return self

    def simple(self, size):
        return self.block(SIMPLE_PACKET, struct.pack(self.order + "I", size) + frame(self.count, size))


def pcapng_captures():
    us = START // 1000
    return {
        "pcapng-obsolete-blocks": Pcapng().section().interface().packets(0, us, kind=OLD_PACKET).packets(0, us + 9),
        "pcapng-simple-blocks": Pcapng().section(">").interface().simple(60).simple(31).simple(0),
        "pcapng-simple-blocks-cut": Pcapng().section().interface(snaplen=40).simple(40).simple(33),
        "pcapng-unknown-blocks": Pcapng().section().block(0x0BAD, bytes(40)).interface().block(5, bytes(20))
        .packets(0, us).block(0x80000001, b"").packets(0, us + 5).block(4, bytes(70_000)).packets(0, us + 9),
        "pcapng-two-sections": Pcapng().section("<").interface().packets(0, us)
        .section(">").interface().packets(0, us + 10),
        "pcapng-two-resolutions": Pcapng().section().interface(resolution=0x80 | 20).interface(resolution=3)
        .packets(0, START // NS << 20).packets(1, START // NS * 1000).packets(0, (START // NS << 20) + 5),
        "pcapng-two-offsets": Pcapng().section().interface(resolution=9, offset_s=START // NS).interface()
        .packets(0, 123_456_789).packets(1, us).packets(0, 5),
        "pcapng-two-link-types": Pcapng().section().interface(1).interface(SLL).packets(0, us).packets(1, us)
        .packets(0, us + 5),
        "pcapng-two-snap-lengths": Pcapng().section().interface(1, 65535).interface(1, 96).packets(0, us)
        .packets(1, us),
        "pcapng-sections-that-differ": Pcapng().section("<").interface(1, 96).packets(0, us)
        .section(">").interface(RAW, 0, 9).packets(0, START),
    }


def captures():
    """name -> bytes of the file."""
    packets = at(START, *[(f"{i // 8}.{i % 8 * 125:03}", 60 + i) for i in range(40)])
    files = {f"patched-{name}": pcap(packets, PATCHED, order) for name, order in (("little", "<"), ("big", ">"))}
    files["big-endian"] = pcap(noise(7, 100, NS // 9), MICROSECONDS, ">")
    files["raw"] = pcap(packets, MICROSECONDS, link=RAW)
    files["usb"] = pcap(packets, MICROSECONDS, link=USB)
    files["version-2.2"] = pcap(packets, MICROSECONDS, version=(2, 2), lengths="wc")
    files["version-2.3"] = pcap(packets, MICROSECONDS, version=(2, 3), lengths="cwwc")
    files["version-543.0"] = pcap(packets, MICROSECONDS, version=(543, 0), lengths="wc")
    files["version-1.2"] = pcap(packets, MICROSECONDS, version=(1, 2))
    files["snoop"] = snoop(packets)
    files["snoop-fddi"] = snoop(noise(8, 50, NS), 8)
    files.update((name, writer.data) for name, writer in pcapng_captures().items())
    return files
