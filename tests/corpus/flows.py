# SPDX-License-Identifier: BSD-2-Clause
"""Who sends how much to whom in an Ethernet capture, read once more and apart from the program: IPv4, and IPv6 with
its extension headers, behind any VLAN tags; fragments belong to the one with the ports. Sums by both ends; when
connections begin and end is left to others."""
import struct
from collections import Counter, defaultdict
from dataclasses import dataclass
from ipaddress import ip_address

from frames import EXTENSIONS, IPV4, IPV6, TAGS

FRAGMENT = 44
TRANSPORTS = {1: "ICMP", 6: "TCP", 17: "UDP", 33: "DCCP", 58: "ICMPv6", 132: "SCTP", 136: "UDP-Lite"}
ENCAPSULATIONS = (0x8847, 0x8848, 0x8864, 0x88E5, 0x88E7, 0x8926, 0x892F, 0x894F, 0xD28B, 0xF1C1, 0x22F3, 0x6558)
LLC_MOST, LLC_WITH_IP = 1500, (0x06, 0xAA)
WITH_IDENTIFIER = {"ICMP": (0, 8, *range(13, 19)), "ICMPv6": (128, 129)}  # types: queries and their answers
TRANSPORT_LEAST = 4  # bytes that any of them needs to tell whose it is
HEADER_BYTES = {"ICMP": 8, "TCP": 20, "UDP": 8, "DCCP": 12, "ICMPv6": 8, "SCTP": 12, "UDP-Lite": 8}  # at least


@dataclass
class Header:
    """What the network layer says. Offsets count from its first byte; `end` is where the packet ends, 0 where it
    does not say so. `fragment` tells the packets apart of which this is a part."""
    addresses: tuple  # empty where they were not captured
    protocol: int
    offset: int
    end: int
    fragment: tuple = ()
    is_later: bool = False


def network(head):
    """(EtherType, offset of what follows): behind VLAN tags."""
    offset = 12
    while True:
        kind = int.from_bytes(head[offset:offset + 2], "big")
        if kind not in TAGS:
            return kind, offset + 2
        offset += 4


def may_hold_ip(kind, head):
    """Whether there may be IP behind headers that are not read here."""
    return kind in ENCAPSULATIONS or kind <= LLC_MOST and head[:1] and head[0] in LLC_WITH_IP


def addresses(packet, offset, size):
    both = packet[offset:offset + size], packet[offset + size:offset + 2 * size]
    return tuple(map(ip_address, both)) if len(both[1]) == size else ()


def ipv4(packet):
    if len(packet) < 10 or packet[0] >> 4 != 4:
        return None
    offset, (total, number, fragment, protocol) = packet[0] % 16 * 4, struct.unpack_from(">2xHHHxB", packet)
    if offset < 20 or 0 < total < offset:
        return None
    parts = (number,) if fragment & 0x3FFF else ()
    return Header(addresses(packet, 12, 4), protocol, offset, total, parts, bool(fragment & 0x1FFF))


def ipv6(packet):
    if len(packet) < 7 or packet[0] >> 4 != 6:
        return None
    length = int.from_bytes(packet[4:6], "big")
    header = Header(addresses(packet, 8, 16), packet[6], 40, length and 40 + length)
    while header.protocol in EXTENSIONS and not header.is_later:
        if len(packet) < header.offset + 8:
            return None
        kind, header.protocol, words = header.protocol, packet[header.offset], packet[header.offset + 1]
        if kind == FRAGMENT:
            position, number = struct.unpack_from(">2xHI", packet, header.offset)
            header.fragment, header.is_later = (number,) if position & 0xFFF9 else (), position >= 8
        header.offset += 8 if kind == FRAGMENT else 8 * (words + 1)
    return header


def ports(protocol, segment):
    """Of the source and of the destination, None where they were not captured; of ICMP the identifier."""
    queries = WITH_IDENTIFIER.get(protocol)
    if queries and segment and segment[0] not in queries:
        return 0, 0
    if queries:
        return 2 * struct.unpack_from(">H", segment, 4) if len(segment) >= 6 else None
    return struct.unpack_from(">HH", segment) if len(segment) >= 4 else None


def payload_bytes(protocol, segment, count):
    """What is behind the transport's header, of `count` bytes on the wire: nothing where that cannot be right."""
    least = HEADER_BYTES[protocol]
    if protocol in ("TCP", "DCCP"):
        at, unit = (12, 16) if protocol == "TCP" else (4, 1)
        header = segment[at] // unit * 4 if len(segment) > at else 0
    else:
        header = least
    return max(0, count - header) if header >= least else 0


class Flows:
    """sums: (protocol, source, destination) -> [packets, bytes, payload], ends as (address, port); of ICMP the
    identifier, 0 without one. unattributed: packets without ports. unread: frames that may hold more than is read."""

    def __init__(self, capture):
        self.sums, self.unattributed, self.unread = defaultdict(lambda: [0, 0, 0]), Counter(), 0
        self.ports, self.waiting = {}, defaultdict(list)  # of fragmented packets; fragments that came before
        for head, (_, wire) in zip(capture.heads, capture.packets):
            self._add(head, wire)
        for (protocol, *_), parts in self.waiting.items():
            self.unattributed[protocol] += len(parts)

    def _add(self, head, wire):
        kind, offset = network(head)
        header = {IPV4: ipv4, IPV6: ipv6}.get(kind, lambda _: None)(head[offset:])
        if header is None:
            self.unread += bool(may_hold_ip(kind, head[offset:]))
        elif header.protocol in TRANSPORTS:
            self._add_packet(header, TRANSPORTS[header.protocol], head[offset:], wire - offset)

    def _add_packet(self, header, protocol, packet, wire):
        count = min(header.end or wire, wire)
        fragment = (protocol, *header.addresses, *header.fragment) if header.fragment else None
        if header.is_later and header.addresses:
            sums = 1, count, max(0, count - header.offset)
            if fragment in self.ports:
                self._sum(protocol, header.addresses, self.ports[fragment], sums)
            else:
                self.waiting[fragment].append(sums)
            return
        segment = packet[header.offset:count]
        found = header.addresses and count - header.offset >= TRANSPORT_LEAST and ports(protocol, segment)
        if not found:
            self.unattributed[protocol] += 1
            return
        payload = payload_bytes(protocol, segment, count - header.offset)
        self._sum(protocol, header.addresses, found, (1, count, payload))
        if fragment:
            self.ports[fragment] = found
            for sums in self.waiting.pop(fragment, []):
                self._sum(protocol, header.addresses, found, sums)

    def _sum(self, protocol, addresses, port, sums):
        key = protocol, *zip(addresses, port)
        self.sums[key] = [a + b for a, b in zip(self.sums[key], sums)]
