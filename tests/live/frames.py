# SPDX-License-Identifier: BSD-2-Clause
"""Frames to send, each kind with what it must count as, and the pcap file to replay them from. They are addressed to
nobody, so that no network stack answers."""
import struct
from dataclasses import dataclass, fields

ETHERNET_BYTES = 14
NOBODY = bytes.fromhex("020000000002") + bytes.fromhex("020000000001")  # destination and source
IPV4, IPV6, ARP, VLAN, QINQ = 0x0800, 0x86DD, 0x0806, 0x8100, 0x88A8
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
HOP_BY_HOP = 0


@dataclass
class Counts:
    """The integer directives, by their letters: packets, ARP, ICMP, IPv4, IPv6, TCP, UDP, bytes."""
    n: int = 0
    A: int = 0
    C: int = 0
    I: int = 0
    V: int = 0
    T: int = 0
    U: int = 0
    N: int = 0

    def __add__(self, other):
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __mul__(self, times):
        return Counts(*(getattr(self, f.name) * times for f in fields(self)))


def ethernet(ethertype, payload, tags=()):
    """`tags` are pairs of tag protocol and VLAN, the outermost first."""
    frame = NOBODY
    for protocol, vlan in tags:
        frame += struct.pack("!HH", protocol, vlan)
    return frame + struct.pack("!H", ethertype) + payload


def ipv4(protocol, payload, fragment_offset=0):
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 7, fragment_offset // 8, 64, protocol, 0,
                       bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])) + payload


def ipv6(next_header, payload):
    network = bytes.fromhex("20010db8") + bytes(11)
    return struct.pack("!IHBB", 6 << 28, len(payload), next_header, 64) + network + b"\1" + network + b"\2" + payload


def transport(protocol, data_bytes):
    """A TCP, UDP, ICMP or ICMPv6 message with so much data."""
    data = bytes(data_bytes)
    if protocol == TCP:
        return struct.pack("!HHIIBBHHH", 4000, 80, 1, 0, 0x50, 0x10, 1000, 0, 0) + data
    if protocol == UDP:
        return struct.pack("!HHHH", 4000, 9, 8 + len(data), 0) + data
    return struct.pack("!BBHHH", 128 if protocol == ICMPV6 else 8, 0, 0, 1, 1) + data


def arp_request():
    return struct.pack("!HHBBH", 1, IPV4, 6, 4,
                       1) + NOBODY[6:] + bytes([192, 0, 2, 1]) + bytes(6) + bytes([192, 0, 2, 2])


def kinds(data_bytes=26):
    """(frame, Counts) of each kind, with so much data in each transport message."""
    hop_by_hop = struct.pack("!BB6x", UDP, 0)
    made = [
        (ethernet(IPV4, ipv4(TCP, transport(TCP, data_bytes))), Counts(I=1, T=1)),
        (ethernet(IPV4, ipv4(UDP, transport(UDP, data_bytes))), Counts(I=1, U=1)),
        (ethernet(IPV4, ipv4(ICMP, transport(ICMP, data_bytes))), Counts(I=1, C=1)),
        (ethernet(IPV4, ipv4(UDP, bytes(8 + data_bytes), fragment_offset=1480)), Counts(I=1, U=1)),
        (ethernet(IPV6, ipv6(TCP, transport(TCP, data_bytes))), Counts(V=1, T=1)),
        (ethernet(IPV6, ipv6(UDP, transport(UDP, data_bytes))), Counts(V=1, U=1)),
        (ethernet(IPV6, ipv6(ICMPV6, transport(ICMPV6, data_bytes))), Counts(V=1, C=1)),
        (ethernet(IPV6, ipv6(HOP_BY_HOP, hop_by_hop + transport(UDP, data_bytes))), Counts(V=1, U=1)),
        (ethernet(ARP, arp_request()), Counts(A=1)),
        (ethernet(IPV4, ipv4(TCP, transport(TCP, data_bytes)), [(VLAN, 5)]), Counts(I=1, T=1)),
        (ethernet(IPV6, ipv6(UDP, transport(UDP, data_bytes)), [(VLAN, 100)]), Counts(V=1, U=1)),
        (ethernet(ARP, arp_request(), [(VLAN, 7)]), Counts(A=1)),
        (ethernet(IPV4, ipv4(UDP, transport(UDP, data_bytes)), [(QINQ, 3), (VLAN, 4)]), Counts(I=1, U=1)),
        (ethernet(0x88B5, bytes(46)), Counts()),  # an experimental protocol: neither
        (ethernet(38, bytes.fromhex("424203") + bytes(43)), Counts()),  # LLC, a spanning tree message
    ]
    return [(frame, counts + Counts(n=1, N=len(frame) - ETHERNET_BYTES)) for frame, counts in made]


UDP4 = ethernet(IPV4, ipv4(UDP, transport(UDP, 26)))
TCP4 = ethernet(IPV4, ipv4(TCP, transport(TCP, 26)))
UDP4_COUNTS = Counts(n=1, I=1, U=1, N=len(UDP4) - ETHERNET_BYTES)
TCP4_COUNTS = Counts(n=1, I=1, T=1, N=len(TCP4) - ETHERNET_BYTES)


MIXTURE_DATA_BYTES = (0, 18, 26, 100, 7, 512, 1400)


def mixture(count):
    """`count` frames of all kinds in turn and of many sizes, and what they add up to."""
    sets = [kinds(data_bytes) for data_bytes in MIXTURE_DATA_BYTES]
    sums = [sum((counts for _, counts in chosen), Counts()) for chosen in sets]
    frames, sum_, turn = [], Counts(), 0
    while count - len(frames) >= len(sets[0]):
        frames += [frame for frame, _ in sets[turn]]
        sum_ += sums[turn]
        turn = (turn + 1) % len(sets)
    rest = sets[turn][:count - len(frames)]
    return frames + [frame for frame, _ in rest], sum((counts for _, counts in rest), sum_)


PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)


def pcap_record(frame, time_us):
    return struct.pack("<IIII", time_us // 1_000_000, time_us % 1_000_000, len(frame), len(frame)) + frame


def write_pcap(path, frames):
    """One frame every 10 µs."""
    with open(path, "wb") as file:
        file.write(PCAP_HEADER)
        for number, frame in enumerate(frames):
            file.write(pcap_record(frame, 1_000_000_000 + 10 * number))
