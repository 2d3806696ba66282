# SPDX-License-Identifier: BSD-2-Clause
"""Stored captures of connections, made to know what a screen has to say of them."""
import ipaddress
import os
import struct
import threading
from pathlib import Path

from frames import IPV4, PCAP_HEADER, TCP, UDP, ethernet, pcap_record

SERVER = "198.51.100.1"
BEGIN_S = 1_000_000_000
HEADERS_BYTES = 40
COUNT = 60  # connections of many()
SYN, RST, ACK, PUSH_ACK = 0x02, 0x04, 0x10, 0x18


def client(number):
    """As the screen shows it."""
    return "192.0.2.%d:%d" % (number, 10000 + number)


def datagram(protocol, source, destination, message):
    addresses = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(message), 7, 0, 64, protocol, 0)
    return ethernet(IPV4, header + addresses + message)


class Connection:
    """Of one client; its packets by their time in seconds after BEGIN_S."""

    def __init__(self, number):
        self._number = number
        self._sent = 1

    def _record(self, time_s, is_client, flags, sequence, acknowledged, data=b""):
        ends = [("192.0.2.%d" % self._number, 10000 + self._number), (SERVER, 80)]
        (source, source_port), (destination, port) = ends if is_client else ends[::-1]
        segment = struct.pack("!HHIIBBHHH", source_port, port, sequence, acknowledged, 0x50, flags, 1000, 0, 0) + data
        return round(time_s * 1e6), datagram(TCP, source, destination, segment)

    def open(self, time_s):
        yield self._record(time_s, True, SYN, 0, 0)
        yield self._record(time_s + 0.001, False, SYN | ACK, 0, 1)
        yield self._record(time_s + 0.002, True, ACK, 1, 1)

    def send(self, time_s, data_bytes):
        yield self._record(time_s, True, PUSH_ACK, self._sent, 1, bytes(data_bytes))
        self._sent += data_bytes

    def reset(self, time_s):
        yield self._record(time_s, False, RST, 1, 0)


def pcap(records):
    """The packets in the order of their times."""
    return PCAP_HEADER + b"".join(pcap_record(frame, BEGIN_S * 1_000_000 + time_us)
                                  for time_us, frame in sorted(records, key=lambda record: record[0]))


def data_bytes(number):
    """Of a connection of many(); no two have the same."""
    return 10 * (1 + number * 37 % (COUNT + 1))


def sent_s(number):
    """When it sends them: the order is one more."""
    return 2 + number * 23 % (COUNT + 1)


def many():
    """COUNT connections, open, in the order of their numbers, from 1; and a datagram by UDP at the end."""
    records = []
    for number in range(1, COUNT + 1):
        connection = Connection(number)
        records += connection.open(number * 0.01)
        records += connection.send(sent_s(number), data_bytes(number))
    udp = struct.pack("!HHHH", 20000, 53, 8, 0)
    return pcap([*records, (70_000_000, datagram(UDP, "192.0.2.200", SERVER, udp))])


def stored(folder, name, content):
    path = Path(folder) / name
    if not path.exists():
        part = path.with_name("%s.%d" % (name, threading.get_ident()))
        part.write_bytes(content)
        part.rename(path)
    return path


class Feed:
    """A capture that comes through a named pipe, as it is sent; it does not end before the with statement."""

    def __init__(self, path):
        self.path = path
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR)  # opens without a reader
        os.write(self._pipe, PCAP_HEADER)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._pipe)

    def send(self, records):
        os.write(self._pipe, pcap(records)[len(PCAP_HEADER):])
