# SPDX-License-Identifier: BSD-2-Clause
"""Connections while they go on: a line when one is over though nothing else comes, the open ones at the end, and
none of two interfaces taken for one."""
import json
import re
import signal
import struct
import time

from frames import IPV4, TCP, UDP, ethernet, ipv4
from harness import check, expect, expect_equal, expect_soon, expect_within
from namespaces import Pair
from program import SMALL_BUFFER, Program

FIN, SYN, RST, ACK = 1, 2, 4, 16
ENDED_S = 5  # how long a closed connection waits for what is late
LATE_MOST_S = 3  # once it has
LINE = r"%{client_endpoint} %{server_endpoint} %{packets_out} %{packets_in} %{payload_out} %{state} %{ended}\n"


def swapped(packet):
    """The way back: the two hosts of frames.ipv4 change places."""
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


def udp(port, data_bytes=26):
    return ethernet(IPV4, ipv4(UDP, struct.pack("!HHHH", port, 9, 8 + data_bytes, 0) + bytes(data_bytes)))


def tcp(port, flags, sequence, acknowledgment, data_bytes=0):
    """From the client; a port of 80 is the server's."""
    ports = (port, 80) if port != 80 else (80, 40000)
    packet = ipv4(TCP, struct.pack("!HHIIBBHHH", *ports, sequence, acknowledgment, 0x50, flags, 1000, 0, 0) +
                  bytes(data_bytes))
    return ethernet(IPV4, swapped(packet) if port == 80 else packet)


HANDSHAKE = [tcp(40000, SYN, 100, 0), tcp(80, SYN | ACK, 500, 101), tcp(40000, ACK, 101, 501)]
REQUEST = [tcp(40000, ACK, 101, 501, 50), tcp(80, ACK, 501, 151)]
CLOSE = [tcp(40000, FIN | ACK, 151, 501), tcp(80, FIN | ACK, 501, 152), tcp(40000, ACK, 152, 502)]
RESET = [tcp(80, RST | ACK, 501, 151)]


def closed_connection(ending, line):
    pair = Pair()
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-c", "--connection-format", LINE], pair.here) as program:
        program.wait_ready()
        _, ended_ns = sender.send(HANDSHAKE + REQUEST + ending)
        program.wait_lines(1, ENDED_S + LATE_MOST_S)
        waited_s = (program.out.times_ns[0] - ended_ns) / 1e9
        expect(waited_s >= ENDED_S - 0.1, "the line after the end, in s", "at least %d" % ENDED_S, waited_s)
        expect_soon(waited_s, ENDED_S + LATE_MOST_S, "the line after the end, in s")
        lines = program.finish_after(program.signal(signal.SIGINT))
    expect_equal(lines, [line], "lines")


@check("connection-closed", "-c: a closed connection's line comes by itself, 5 to 8 s after its last packet")
def connection_closed():
    closed_connection(CLOSE, "192.0.2.1:40000 192.0.2.2:80 5 3 50 CLOSED fin")


@check("connection-reset", "-c: the same of one that is reset")
def connection_reset():
    closed_connection(RESET, "192.0.2.1:40000 192.0.2.2:80 3 3 50 RESET reset")


@check("connections-sigint", "-c: SIGINT prints the open ones, in the order in which they began, within 0.5 s")
def connections_sigint():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-c", "--connection-format", LINE], pair.here) as program:
        program.wait_ready()
        sender.send(HANDSHAKE + [udp(4001), udp(4002), udp(4001)])
        lines = program.finish_after(program.signal(signal.SIGINT))
    expect_equal(lines, ["192.0.2.1:40000 192.0.2.2:80 2 1 0 ESTABLISHED open",
                         "192.0.2.1:4001 192.0.2.2:9 2 0 52 OPEN open",
                         "192.0.2.1:4002 192.0.2.2:9 1 0 26 OPEN open"], "lines")


@check("connections-json", "-c --json: intervals on time, each with its connections, and records at the end")
def connections_json():
    pair = Pair()
    fields = "packets,connections,connections_new,connections_closed,hosts"
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-c", "--json", "--fields", fields, "0.5", "2"], pair.here) as program:
        program.wait_ready()
        sender.send(HANDSHAKE + REQUEST + CLOSE + [udp(4001)])
        program.finish()
    records = [json.loads(line) for line in program.out.lines]
    expect_equal([list(record.values()) for record in records[:2]], [[9, 1, 2, 1, 2], [0, 1, 0, 0, 0]], fields)
    expect_equal([(record["record"], record["client_port"], record["ended"], record["interface"])
                  for record in records[2:]],
                 [("connection", 40000, "fin", "a0"), ("connection", 4001, "open", "a0")], "connections")
    expect_within(records[2]["begin"], time.time() - 60, time.time(), "begin of the connection")


@check("connections-sigusr1", "-c: SIGUSR1 asks for the numbers so far; a connection is new and reset only once")
def connections_sigusr1():
    pair = Pair()
    numbers = r"%{connections} %{connections_new} %{connections_reset}\n"
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-c", "--connection-format", r"%{ended}\n", "-o", numbers, "60"],
                 pair.here) as program:
        program.wait_ready()
        sender.send(HANDSHAKE + [udp(4001)])
        program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        sender.send(REQUEST + RESET)
        program.signal(signal.SIGUSR1)
        program.wait_lines(2)
        sender.send([udp(4001), udp(4002)])
        lines = program.finish_after(program.signal(signal.SIGINT))
    expect_equal(lines, ["2 2 0", "1 0 1", "2 1 0", "reset", "open", "open"], "lines")


@check("connections-interfaces",
       "-c: the same addresses on two interfaces are two connections; -i any takes them for one")
def connections_interfaces():
    show = ["-c", "--connection-format", r"%{interface} %{packets}\n"]
    for arguments, expected in ((["-i", "a0", "-i", "a1"], ["a0 2", "a1 3"]), (["-i", "any"], ["any 5"])):
        pair = Pair(links=2)
        with pair.sender("b0") as one, pair.sender("b1") as other, \
             Program([*SMALL_BUFFER, *arguments, *show], pair.here) as program:
            program.wait_ready(captures=len(expected))
            one.send([udp(4001)] * 2)
            time.sleep(0.1)
            other.send([udp(4001)] * 3)
            lines = program.finish_after(program.signal(signal.SIGINT))
        expect_equal(lines, expected, "lines with %s" % " ".join(arguments))


@check("connections-drops", "-c: packets of connections and packets dropped are all that were sent", heavy=True)
def connections_drops():
    count = 30_000
    pair = Pair()
    with pair.sender() as sender, \
         Program(["-i", "a0", "--buffer-size", "1024", "-c", "--json", "--fields", "packets,dropped", "60"],
                 pair.here) as program:
        program.wait_ready()
        program.signal(signal.SIGSTOP)
        sender.send([udp(4000 + number % 100) for number in range(count)])
        program.signal(signal.SIGCONT)
        program.finish_after(program.signal(signal.SIGINT),
                             stderr=re.compile(r"tcpstat: \d+ packets [^\n]*dropped[^\n]*"))
    interval, *connections = [json.loads(line) for line in program.out.lines]
    expect(interval["dropped"] > 0, "packets dropped", "some", interval["dropped"])
    expect_equal(interval["packets"] + interval["dropped"], count, "packets counted and dropped")
    expect_equal(sum(record["packets_out"] for record in connections), interval["packets"], "packets of connections")
    expect_equal(len(connections), 100, "connections")


@check("connections-evicted", "-c --max-connections: who makes room is printed at once, and how many did at the end")
def connections_evicted():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-c", "--connection-format", r"%{client_port} %{ended}\n",
                  "--max-connections", "2"], pair.here) as program:
        program.wait_ready()
        sender.send([udp(4001), udp(4002), udp(4003)])
        program.wait_lines(1, 1)
        program.finish_after(program.signal(signal.SIGINT),
                             stderr="tcpstat: 1 connection was let go before the end, the longest idle first: the "
                                    "table holds 2 (--max-connections)")
    expect_equal(program.out.lines, ["4001 evicted", "4002 open", "4003 open"], "lines")
