# SPDX-License-Identifier: BSD-2-Clause
"""Captures of connections for the golden tests: lists of (microseconds from the begin on, frame). Sequence numbers
and acknowledgments follow from what was sent; checksums are 0."""
import struct

FIN, SYN, RST, ACK = 1, 2, 4, 16
ICMP, TCP, UDP, SCTP, HOP_BY_HOP, FRAGMENT, ICMPV6 = 1, 6, 17, 132, 0, 44, 58


def address(text):
    """192.0.2.1, or the last group of 2001:db8:: in ::1."""
    if ":" in text:
        return bytes.fromhex("20010db8") + bytes(10) + int(text[2:], 16).to_bytes(2, "big")
    return bytes(map(int, text.split(".")))


def packet(source, destination, protocol, payload, fragment=0):
    """`fragment` holds the flag that more follow (0x2000) and the offset, in units of 8 bytes."""
    source, destination = address(source), address(destination)
    if len(source) == 16:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + source + destination + payload
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 7, fragment, 64, protocol, 0) + source + destination + payload


def ethernet(ip, vlan=None):
    tag = b"" if vlan is None else struct.pack(">HH", 0x8100, vlan)
    return bytes.fromhex("020000000002020000000001") + tag + (b"\x86\xdd" if ip[0] >> 4 == 6 else b"\x08\x00") + ip


def udp(source_port, destination_port, data_bytes):
    return struct.pack(">HHHH", source_port, destination_port, 8 + data_bytes, 0) + bytes(data_bytes)


def echo(kind, identifier, sequence):
    return struct.pack(">BBHHH", kind, 0, 0, identifier, sequence) + bytes(56)


def datagram(source, destination, data_bytes, vlan=None):
    """Ends are (address, port)."""
    return ethernet(packet(source[0], destination[0], UDP, udp(source[1], destination[1], data_bytes)), vlan)


class Tcp:
    """A TCP connection between (address, port) and (address, port). `frames` gets what its ends send."""

    def __init__(self, frames, client, server, vlans=(None, None), initial=(1000, 5000), scale=None):
        self.frames, self.ends, self.vlans, self.scale = frames, (client, server), vlans, scale
        self.next = list(initial)
        self.window = [1000, 2000]

    def out(self, ms, data_bytes=0, flags=ACK, **how):
        self._send(0, ms, data_bytes, flags, **how)

    def back(self, ms, data_bytes=0, flags=ACK, **how):
        self._send(1, ms, data_bytes, flags, **how)

    def open(self, ms):
        """A handshake of 30 ms, of which 20 ms are the server's half."""
        self.out(ms, flags=SYN)
        self.back(ms + 20, flags=SYN | ACK)
        self.out(ms + 30)

    def close(self, ms):
        self.out(ms, flags=FIN | ACK)
        self.back(ms + 20, flags=FIN | ACK)
        self.out(ms + 30)

    def lose(self, by_server, data_bytes):
        """Sent, but not captured."""
        self.next[by_server] += data_bytes

    def _send(self, by_server, ms, data_bytes, flags, back=0, unacknowledged=0):
        """`back`: so many bytes before what would be next; `unacknowledged`: of those of the other end."""
        source, destination = self.ends[by_server], self.ends[1 - by_server]
        options = struct.pack(">BBBB", 1, 3, 3, self.scale) if self.scale is not None and flags & SYN else b""
        begin = self.next[by_server] - back
        acknowledgment = self.next[1 - by_server] - unacknowledged if flags & ACK else 0
        header = struct.pack(">HHIIBBHHH", source[1], destination[1], begin, acknowledgment, (20 + len(options)) << 2, flags,
                             self.window[by_server], 0, 0) + options
        frame = ethernet(packet(source[0], destination[0], TCP, header + bytes(data_bytes)), self.vlans[by_server])
        self.frames.append((ms * 1000, frame))
        end = begin + data_bytes + bool(flags & SYN) + bool(flags & FIN)
        self.next[by_server] = max(self.next[by_server], end)


def every_kind():
    """A connection of each kind that a line of -c tells from others."""
    frames = []
    page = Tcp(frames, ("192.0.2.1", 40000), ("198.51.100.1", 443))  # one segment is lost and sent again
    page.window = [5000, 5000]
    page.open(0)
    page.out(40, 100)
    page.back(70, 1000)
    page.lose(True, 1000)
    page.back(71, 400)
    page.out(80, unacknowledged=1400)
    page.out(81, unacknowledged=1400)
    page.back(130, 1000, back=1400)
    page.close(200)
    login = Tcp(frames, ("192.0.2.1", 40001), ("198.51.100.2", 22))
    login.open(300)
    login.back(340, 21)
    login.out(350, flags=RST | ACK)
    refused = Tcp(frames, ("192.0.2.1", 40002), ("198.51.100.2", 23))
    refused.out(400, flags=SYN)
    refused.back(420, flags=RST | ACK)
    silent = Tcp(frames, ("192.0.2.1", 40003), ("203.0.113.200", 8443))
    silent.out(500, flags=SYN)
    silent.out(1500, flags=SYN, back=1)
    middle = Tcp(frames, ("192.168.100.200", 50000), ("198.51.100.1", 80))
    middle.back(600, 1460)
    middle.back(601, 1460)
    middle.out(610)
    half = Tcp(frames, ("192.0.2.3", 40004), ("198.51.100.1", 80))
    half.open(700)
    half.out(740, 50, FIN | ACK)
    half.back(760, 700)
    half.out(770)
    slow = Tcp(frames, ("::1", 40005), ("::2", 25), scale=3)
    slow.open(800)
    slow.window[1] = 0
    slow.back(900)
    slow.window[1] = 3000
    slow.back(1900)
    slow.out(1910, 5)
    frames += [
        (1_000_000, datagram(("192.0.2.1", 33333), ("192.0.2.53", 53), 40)),
        (1_012_345, datagram(("192.0.2.53", 53), ("192.0.2.1", 33333), 200)),
        (1_100_000, ethernet(packet("::1", "::53", HOP_BY_HOP, struct.pack(">BB6x", UDP, 0) + udp(33334, 53, 40)))),
        (1_130_000, datagram(("::53", 53), ("::1", 33334), 120)),
        (1_200_000, ethernet(packet("192.0.2.1", "192.0.2.9", ICMP, echo(8, 77, 1)))),
        (1_210_000, ethernet(packet("192.0.2.9", "192.0.2.1", ICMP, echo(0, 77, 1)))),
        (1_300_000, ethernet(packet("::1", "::9", ICMPV6, echo(128, 78, 1)))),
        (1_400_000, datagram(("192.0.2.1", 5353), ("224.0.0.251", 5353), 30)),
        (1_500_000, ethernet(packet("192.0.2.1", "192.0.2.9", SCTP, struct.pack(">HHII", 3000, 3868, 1, 0) + bytes(20)))),
        (1_600_000, bytes(12) + b"\x08\x06" + bytes(28)),
    ]
    return frames


def parts():
    """Datagrams in fragments: the first one first, and last; one whose first is missing."""
    datagram_ = udp(4000, 9, 1992)
    v4 = lambda begin, end, more, to: ethernet(
        packet("192.0.2.1", to, UDP, datagram_[begin:end], more << 13 | begin // 8))
    v6 = lambda begin, end, more: ethernet(
        packet("::1", "::2", FRAGMENT, struct.pack(">BBHI", UDP, 0, begin | more, 99) + datagram_[begin:end]))
    frames = [v4(0, 1000, 1, "192.0.2.2"), v4(1000, 2000, 0, "192.0.2.2"), v6(1000, 2000, 0), v6(0, 1000, 1),
              v4(1000, 2000, 0, "192.0.2.3")]
    return [(1000 * number, frame) for number, frame in enumerate(frames)]


def twins():
    """The same addresses and ports in two VLANs, and a mirror that tags each direction differently."""
    frames = []
    for number, vlan in enumerate((10, 20)):
        twin = Tcp(frames, ("192.0.2.1", 40000), ("192.0.2.2", 80), (vlan, vlan))
        twin.open(10 * number)
        twin.out(100 + 10 * number, 100)
    mirrored = Tcp(frames, ("192.0.2.1", 40001), ("192.0.2.2", 80), (30, None))
    mirrored.open(200)
    return frames


def five():
    """Five datagrams of five connections, a second apart, and the first connection once more."""
    return [(1_000_000 * number, datagram(("192.0.2.1", 4000 + number % 5), ("192.0.2.2", 9), 10)) for number in range(6)]


def many():
    """5,000 connections of a datagram each: more text than a pipe holds."""
    return [(number, datagram(("192.0.2.1", 1024 + number), ("192.0.2.2", 9), 10)) for number in range(5000)]


def idle():
    """Silences that end connections, of ICMP and of UDP, not of TCP; and a connection whose ports are used again."""
    frames = []
    held = Tcp(frames, ("192.0.2.1", 40000), ("192.0.2.2", 80))
    held.open(0)
    held.out(200_000, 10)
    for begin_ms in (1000, 3000):
        reused = Tcp(frames, ("192.0.2.1", 40001), ("192.0.2.2", 80), initial=(begin_ms, 5000))
        reused.open(begin_ms)
        reused.close(begin_ms + 100)
    frames += [(0, ethernet(packet("192.0.2.1", "192.0.2.9", ICMP, echo(8, 77, 1)))),
               (61_000_000, ethernet(packet("192.0.2.1", "192.0.2.9", ICMP, echo(8, 77, 2)))),
               (1_000_000, datagram(("192.0.2.1", 4000), ("192.0.2.2", 9), 10))]
    return frames


def halves():
    """A connection in two captures: till its request, and from its answer on."""
    frames = []
    both = Tcp(frames, ("192.0.2.1", 40000), ("192.0.2.2", 80))
    both.open(0)
    both.out(1000, 100)
    first = list(frames)
    both.back(2000, 900)
    both.close(3000)
    return {"first-half.pcap": first, "second-half.pcap": frames[len(first):]}


def captures():
    made = {"every-kind.pcap": every_kind(), "parts.pcap": parts(), "twins.pcap": twins(), "five.pcap": five(),
            "many.pcap": many(), "idle.pcap": idle(), **halves()}
    return {name: sorted(frames, key=lambda each: each[0]) for name, frames in made.items()}
