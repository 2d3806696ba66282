# SPDX-License-Identifier: BSD-2-Clause
"""What a plain Ethernet frame counts as, read once more and apart from the program: ARP, IPv4, and IPv6 without
extension headers, behind any VLAN tags. Of other frames nothing is said but whom they are for."""
import struct

ARP, IPV4, IPV6, TAGS = 0x0806, 0x0800, 0x86DD, (0x8100, 0x88A8, 0x9100)
NETWORKS = {ARP: "arp", IPV4: "ipv4", IPV6: "ipv6"}
TRANSPORTS = {1: "icmp", 2: "igmp", 6: "tcp", 17: "udp", 47: "gre", 50: "esp", 58: "icmp", 132: "sctp"}
EXTENSIONS = (0, 43, 44, 60)
TCP_FLAGS = {"tcp_fin": 1, "tcp_syn": 2, "tcp_rst": 4}
PROTOCOLS = ("arp", "ipv4", "ipv6", "other", "tcp", "udp", "icmp", "sctp", "igmp", "gre", "esp")
PACKETS = (*PROTOCOLS, "ip_fragments", *TCP_FLAGS, "vlan")
BYTES = [f"bytes_{name}" for name in PROTOCOLS]


def casts(head):
    """"multicast" or "broadcast", or nothing: by the destination, where all of it was captured."""
    if len(head) < 6 or not head[0] & 1:
        return []
    return ["broadcast" if head[:6] == b"\xff" * 6 else "multicast"]


def kinds(head):
    """The names under which a frame counts, or None for one that is not plain."""
    found, offset = [], 12
    while len(head) >= offset + 2 and head[offset:offset + 2] in [struct.pack(">H", tag) for tag in TAGS]:
        found, offset = ["vlan"], offset + 4
    kind = int.from_bytes(head[offset:offset + 2], "big")
    packet = head[offset + 2:]
    if kind == ARP:
        return [*found, "arp"]
    transport = {IPV4: ipv4, IPV6: ipv6}.get(kind, lambda _: None)(packet)
    return None if transport is None else [*found, NETWORKS[kind], *transport]


def ipv4(packet):
    if len(packet) < 20 or packet[0] >> 4 != 4:
        return None
    header, total, fragment = packet[0] % 16 * 4, *struct.unpack_from(">HxxH", packet, 2)
    if header < 20 or total < header:
        return None
    found = ["ip_fragments"] if fragment & 0x3FFF else []
    segment = b"" if fragment & 0x1FFF else packet[header:total]
    return found + transports(packet[9], segment)


def ipv6(packet):
    if len(packet) < 40 or packet[0] >> 4 != 6 or packet[6] in EXTENSIONS:
        return None
    length = int.from_bytes(packet[4:6], "big")
    return transports(packet[6], packet[40:40 + length] if length else packet[40:])


def transports(protocol, segment):
    if protocol not in TRANSPORTS:
        return []
    flags = segment[13] if protocol == 6 and len(segment) > 13 else 0
    return [TRANSPORTS[protocol], *(name for name, bit in TCP_FLAGS.items() if flags & bit)]


class Sums:
    """What an interval counts by name, over frames as (head, size); `doubt` and `doubt_bytes` are those not plain."""

    def __init__(self, frames):
        self.packets, self.bytes, self.doubt, self.doubt_bytes = {}, {}, 0, 0
        for head, size in frames:
            names = kinds(head)
            if names is None:
                self.doubt, self.doubt_bytes = self.doubt + 1, self.doubt_bytes + size
            for name in (names or []) + casts(head):
                self.packets[name] = self.packets.get(name, 0) + 1
                self.bytes[f"bytes_{name}"] = self.bytes.get(f"bytes_{name}", 0) + size
