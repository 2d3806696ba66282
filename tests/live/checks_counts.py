# SPDX-License-Identifier: BSD-2-Clause
"""What is sent is what is counted: at full speed, on `any`, `lo`, several interfaces, in each direction."""
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from frames import (IPV4, MIXTURE_DATA_BYTES, QINQ, TCP4, TCP4_COUNTS, UDP, UDP4, UDP4_COUNTS, VLAN, Counts, ethernet,
                    ipv4, kinds,
                    mixture, transport, write_pcap)
from harness import Failure, Late, Skipped, check, expect, expect_equal
from lines import FORMAT, expect_counts, parse, spans
from namespaces import ENVIRONMENT, Pair, forget, inside, ip, start
from program import PATIENCE_S, SMALL_BUFFER, Program

PACKETS = 100_000


def tcpreplay(namespace, frames, *options):
    """Sends the frames from a file; skips the check where there is no tcpreplay."""
    if not shutil.which("tcpreplay", path=ENVIRONMENT["PATH"]):
        raise Skipped("no tcpreplay: Debian package tcpreplay")
    with tempfile.TemporaryDirectory() as directory:
        capture = Path(directory) / "sent.pcap"
        write_pcap(capture, frames)
        process = start(["ip", "netns", "exec", namespace, "tcpreplay", "-i", "b0", "--preload-pcap", *options,
                         str(capture)],
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said = process.communicate(timeout=60)[0].decode("utf-8", "replace")
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
            forget(process)
    if process.returncode != 0:
        raise Failure("tcpreplay: " + said)


def expect_arrived(pair, count):
    """The kernel has handed over every packet that was sent: what is missing now is tcpstat's loss."""
    said = ip("-n", pair.here, "-s", "link", "show", "a0").split("\n")
    received = next(said[i + 1].split()[1] for i, row in enumerate(said) if row.strip().startswith("RX:"))
    expect_equal(int(received), count, "packets that the veth pair carried")


def count_replayed(interval, *speed):
    frames, sent = mixture(PACKETS)
    pair = Pair()
    with Program(["-i", "a0", "-o", FORMAT, interval], pair.here) as program:
        program.wait_ready()
        tcpreplay(pair.there, frames, *speed)
        expect_arrived(pair, PACKETS)
        program.signal(signal.SIGINT)
        program.finish()
        lines = parse(program.out)
        expect_counts(lines, sent)
        widths = {span.end_us - span.begin_us for span in spans(lines)[:-1]}
        expect(all(abs(width - 100_000) <= 2 for width in widths), "lengths of all but the last", "100000 µs", widths)
        return lines


@check("counts-full-speed",
       "100,000 packets of all kinds at full speed: every count is exact, over borders every 0.1 s",
       heavy=True)
def counts_full_speed():
    count_replayed("0.1", "--topspeed")


@check("counts-spread", "100,000 packets over two seconds: nothing is lost or doubled at twenty interval borders",
       heavy=True)
def counts_spread():
    busy = sum(1 for line in count_replayed("0.1", "--pps=50000") if line.counts.n > 0)
    expect(busy >= 15, "intervals with packets", "at least 15", busy, Late)


def run_and_count(pair, arguments, captures, send, expected, stderr=""):
    """Starts tcpstat, sends, interrupts, and holds the sum over its lines against what was sent."""
    with Program([*SMALL_BUFFER, "-o", FORMAT, *arguments, "0.5"], pair.here) as program:
        program.wait_ready(captures)
        send()
        program.finish_after(program.signal(signal.SIGINT), stderr=stderr)
        expect_counts(parse(program.out), expected)


def send_both_ways(pair, come_in, go_out, link=0):
    """UDP comes in, TCP goes out."""
    with pair.sender("b%d" % link) as there, pair.sender("a%d" % link) as here:
        there.send([UDP4] * come_in)
        here.send([TCP4] * go_out)


@check("direction", "-Q in, out and inout count what comes in, what goes out, and both")
def direction():
    for word, expected in (("in", UDP4_COUNTS * 300), ("out", TCP4_COUNTS * 200),
                           ("inout", UDP4_COUNTS * 300 + TCP4_COUNTS * 200)):
        pair = Pair()
        run_and_count(pair, ["-i", "a0", "-Q", word], 1, lambda: send_both_ways(pair, 300, 200), expected)


@check("direction-default", "without -Q both directions count")
def direction_default():
    pair = Pair()
    run_and_count(pair, ["-i", "a0"], 1, lambda: send_both_ways(pair, 30, 20), UDP4_COUNTS * 30 + TCP4_COUNTS * 20)


@check("two-interfaces", "two -i are one sample: the sum of both")
def two_interfaces():
    pair = Pair(links=3)

    def send():
        send_both_ways(pair, 100, 10, link=0)
        send_both_ways(pair, 1000, 5, link=1)
        send_both_ways(pair, 7, 7, link=2)  # on the one that was not asked for
    run_and_count(pair, ["-i", "a0", "-i", "a1"], 2, send, UDP4_COUNTS * 1100 + TCP4_COUNTS * 15)


@check("two-interfaces-direction", "two -i with -Q in: what comes in on both")
def two_interfaces_direction():
    pair = Pair(links=2)

    def send():
        send_both_ways(pair, 100, 10, link=0)
        send_both_ways(pair, 1000, 5, link=1)
    run_and_count(pair, ["-i", "a0", "-i", "a1", "-Q", "in"], 2, send, UDP4_COUNTS * 1100)


def is_tagged(frame, *protocols):
    return int.from_bytes(frame[12:14], "big") in protocols


@check("any", "-i any counts all interfaces, and their protocols, in both directions")
def any_interface():
    pair = Pair(links=2)
    frames, _ = mixture(1500)
    plain = [frame for frame in frames if not is_tagged(frame, VLAN, QINQ)]
    tagged = [frame for frame in frames if is_tagged(frame, VLAN)]
    sums = {frame: counts for data_bytes in MIXTURE_DATA_BYTES for frame, counts in kinds(data_bytes)}
    # A cooked capture has no Ethernet header, and the kernel takes the tag out: sizes are those of the packets.
    expected = sum((sums[frame] for frame in plain + tagged), TCP4_COUNTS * 20 + Counts(N=-4 * len(tagged)))

    def send():
        with pair.sender("b0") as one, pair.sender("b1") as other, pair.sender("a1") as out:
            one.send(plain)
            other.send(tagged)
            out.send([TCP4] * 20)
    run_and_count(pair, ["-i", "any"], 1, send, expected)


@check("any-double-tag", "-i any finds the protocol behind two tags, of which the kernel takes out the outer one")
def any_double_tag():
    pair = Pair()
    frame = ethernet(IPV4, ipv4(UDP, transport(UDP, 26)), [(QINQ, 3), (VLAN, 4)])

    def send():
        with pair.sender() as sender:
            sender.send([frame] * 10)
    run_and_count(pair, ["-i", "any"], 1, send, Counts(n=10, I=10, U=10, N=10 * (len(frame) - 18)))


def exchange_datagrams(namespace, count, data_bytes):
    """UDP from a socket to another over 127.0.0.1."""
    def exchange():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver, \
             socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as source:
            receiver.bind(("127.0.0.1", 0))
            receiver.settimeout(PATIENCE_S)
            for _ in range(count):
                source.sendto(bytes(data_bytes), receiver.getsockname())
                receiver.recv(data_bytes + 1)
    inside(namespace, exchange)


@check("loopback", "-i lo counts each packet once")
def loopback():
    pair = Pair()
    run_and_count(pair, ["-i", "lo"], 1, lambda: exchange_datagrams(pair.here, 500, 100),
                  Counts(n=500, I=500, U=500, N=500 * (20 + 8 + 100)))


@check("any-loopback", "-i any counts a packet over lo once")
def any_loopback():
    pair = Pair()
    run_and_count(pair, ["-i", "any"], 1, lambda: exchange_datagrams(pair.here, 50, 100),
                  Counts(n=50, I=50, U=50, N=50 * (20 + 8 + 100)))


@check("auto", "-i auto, and no -i at all, take the interface that is up and say so on stderr")
def auto():
    for arguments in (["-i", "auto"], []):
        pair = Pair()
        run_and_count(pair, arguments, 1, lambda: send_both_ways(pair, 40, 30),
                      UDP4_COUNTS * 40 + TCP4_COUNTS * 30, stderr="tcpstat: capturing on a0")


@check("auto-loopback", "-i auto takes lo where nothing else is up")
def auto_loopback():
    pair = Pair(is_up=False)
    run_and_count(pair, ["-i", "auto"], 1, lambda: exchange_datagrams(pair.here, 5, 0),
                  Counts(n=5, I=5, U=5, N=5 * 28), stderr="tcpstat: capturing on lo")


@check("filter", "-f udp counts udp only, and -f vlan finds tags that the kernel has taken out of the frame")
def filter_live():
    frames, _ = mixture(1500)
    tagged = [frame for frame in frames if is_tagged(frame, VLAN, QINQ)]
    pair = Pair()
    run_and_count(pair, ["-i", "a0", "-f", "udp"], 1, lambda: send_both_ways(pair, 60, 50), UDP4_COUNTS * 60)
    pair = Pair()
    with pair.sender() as sender, \
         Program([*SMALL_BUFFER, "-i", "a0", "-f", "vlan", "-o", FORMAT, "0.5"], pair.here) as program:
        program.wait_ready()
        sender.send(frames)
        program.finish_after(program.signal(signal.SIGINT))
        expect_equal(sum(line.counts.n for line in parse(program.out)), len(tagged), "tagged packets")
