# SPDX-License-Identifier: BSD-2-Clause
"""Connections of every kind between two network namespaces, by real sockets: clients `here`, where tcptrack looks at
a0, servers `there`. Clients have ports of our choice, so that the same screen comes each time."""
import itertools
import socket
import struct
import threading

from harness import expect, wait_until
from namespaces import Pair, inside, ip

PATIENCE_S = 10
HERE, THERE, NOBODY = "192.0.2.1", "192.0.2.2", "192.0.2.9"
HERE_V6, THERE_V6 = "2001:db8::1", "2001:db8::2"
LONG_HERE, LONG_THERE = ("2001:db8:1111:2222:3333:4444:5555:" + end for end in ("6661", "6662"))
CLOSED_PORT = 81
BULK_BYTES, BULK_PERIOD_S = 1000, 0.02


class Network:
    """To be used in a with statement: sockets are closed at the end."""

    def __init__(self):
        self.pair = Pair()
        self.namespace = self.pair.here
        self._sockets = []
        self._ports = itertools.count(40000)
        self._is_over = threading.Event()
        self._threads = []
        for namespace, device, addresses in ((self.pair.here, "a0", (HERE, HERE_V6, LONG_HERE)),
                                             (self.pair.there, "b0", (THERE, THERE_V6, LONG_THERE))):
            inside(namespace, lambda device=device: self._allow_ipv6(device))
            ip("-n", namespace, lines=["address add %s dev %s" % (address + ("/64 nodad" if ":" in address else "/24"),
                                                                  device) for address in addresses])
        # Who has this address does not answer.
        ip("-n", self.namespace, "neighbor", "add", NOBODY, "lladdr", "02:00:00:00:00:09", "dev", "a0")

    @staticmethod
    def _allow_ipv6(device):
        with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % device, "w", encoding="ascii") as setting:
            setting.write("0")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        for each in self._sockets:
            each.close()

    def open_socket(self, namespace, address, port, kind=socket.SOCK_STREAM):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET

        def make():
            made = socket.socket(family, kind)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((address, port))
            return made
        made = inside(namespace, make)
        made.settimeout(PATIENCE_S)
        self._sockets.append(made)
        return made

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def client(self, address=HERE):
        """A socket with the next port."""
        return self.open_socket(self.namespace, address, next(self._ports))

    def connect(self, port, here=HERE, there=THERE):
        """Both ends of a connection."""
        listener = self.open_socket(self.pair.there, there, port)
        listener.listen()
        client = self.client(here)
        client.connect((there, port))
        served, _ = listener.accept()
        listener.close()
        self._sockets.append(served)
        return client, served

    def send(self, ends, data_bytes=1):
        client, served = ends
        client.sendall(bytes(data_bytes))
        served.recv(data_bytes, socket.MSG_WAITALL)

    def idle(self, port=22, **ends):
        return self.connect(port, **ends)

    def bulk(self, port=80):
        """Sends at a steady rate until the end."""
        client, served = self.connect(port)

        def work():
            while not self._is_over.wait(BULK_PERIOD_S):
                client.sendall(bytes(BULK_BYTES))
                served.recv(BULK_BYTES, socket.MSG_WAITALL)
        self._start(work)

    def refused(self):
        number = self.client().connect_ex((THERE, CLOSED_PORT))
        expect(number != 0, "a connection to a closed port", "none", "one")

    def half_open(self):
        """One SYN: the client gives up before it sends it again."""
        client = self.client()
        client.setblocking(False)
        client.connect_ex((NOBODY, 443))
        client.close()

    def closed(self, port=80):
        client, served = self.connect(port)
        client.close()
        served.recv(1)
        served.close()

    def reset(self, port=80):
        client, served = self.connect(port)
        served.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        served.close()

    def answer_names(self, names):
        """A server of DNS (RFC 1035) there, which knows these names (bytes) of addresses, and no others."""
        server = self.open_socket(self.pair.there, THERE, 53, socket.SOCK_DGRAM)
        server.settimeout(0.1)

        def work():
            while not self._is_over.is_set():
                try:
                    question, sender = server.recvfrom(512)
                except TimeoutError:
                    continue
                server.sendto(answer(question, names), sender)
        self._start(work)

    def wait_captures(self, count=1):
        """Until so many programs look at the packets."""
        def captures():
            def rows():
                with open("/proc/thread-self/net/packet", encoding="ascii") as table:
                    return table.read().splitlines()[1:]
            return sum(row.split()[5] == "1" for row in inside(self.namespace, rows))
        wait_until(lambda: captures() >= count, PATIENCE_S, "%d captures" % count)


def answer(question, names):
    """To a question for the name of an IPv4 address."""
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1:at + 1 + question[at]])
        at += 1 + question[at]
    asked = question[12:at + 5]
    name = names.get(".".join(label.decode("latin-1") for label in labels[3::-1]), None) if len(labels) == 6 else None
    code = 0x8180 if name else 0x8183
    header = question[:2] + struct.pack("!HHHHH", code, 1, 1 if name else 0, 0, 0)
    if not name:
        return header + asked
    data = b"".join(bytes([len(label)]) + label for label in name.split(b".")) + b"\0"
    return header + asked + struct.pack("!HHHIH", 0xC00C, 12, 1, 60, len(data)) + data
