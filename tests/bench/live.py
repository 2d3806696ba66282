# SPDX-License-Identifier: BSD-2-Clause
"""Commands on a live line: a veth pair between two network namespaces of this run's own (those of tests/live), and
tcpreplay that sends frames of 64 bytes at its other end. The command captures on a0 until SIGINT and tells how many
packets it has seen: a line with that number alone, or tcpdump's."""
import functools
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "live"))

import namespaces
import stored
from frames import UDP4
from harness import Failure, wait_until
from program import PATIENCE_S, Program
from table import NotMeasured

FLOOD_S = 2  # how long tcpreplay sends
STOP_AFTER_S, STOPPED_S = 0.75, 0.5
SETTLE_S = 0.2
DRAIN_S = 1.2  # tcpdump is woken once a second
END_S = 0.2


@functools.cache
def fault():
    if not shutil.which("tcpreplay", path=namespaces.ENVIRONMENT["PATH"]):
        return "tcpreplay is not installed"
    reason = namespaces.reason_not_to_run()
    return reason and "no network namespaces here: " + reason


@functools.cache
def pair():
    return namespaces.Pair()


def clean_up():
    if shutil.which("ip", path=namespaces.ENVIRONMENT["PATH"]):
        namespaces.clean_up()


def prepare(command):
    stored.require_programs(command)
    if fault():
        raise NotMeasured("left out: " + fault())


def run_steady(speed):
    """A way to run a row: packets at this speed, an option of tcpreplay."""
    return lambda command: _run(command, speed, disturb=lambda program: None)


def run_stopped(speed):
    """The same, and the program is stopped for a while in the middle of the packets."""
    return lambda command: _run(command, speed, disturb=_stop)


def _stop(program):
    time.sleep(STOP_AFTER_S)
    program.signal(signal.SIGSTOP)
    time.sleep(STOPPED_S)
    program.signal(signal.SIGCONT)


def _run(command, speed, disturb):
    path, *arguments = shlex.split(stored.fill(command))
    try:
        before = received()
        with Program(arguments, pair().here, program=path) as program:
            wait_until(lambda: _is_capturing(program), PATIENCE_S, "a capture on a0")
            time.sleep(SETTLE_S)
            spent_ns, waits = _spent_ns(program), program.waits()
            flood = start_flood("flood", "--loop=0", "--duration=%d" % FLOOD_S, speed)
            disturb(program)
            end_flood(flood)
            time.sleep(DRAIN_S)
            spent_ns, waits = _spent_ns(program) - spent_ns, program.waits() - waits
            counted = _count(program)
        sent = received() - before
        if counted > sent:
            raise Failure("%d packets counted, but %d sent" % (counted, sent))
    except Failure as failure:
        raise NotMeasured("failed: %s" % failure) from failure
    return {"pps": sent / FLOOD_S, "lost": sent - counted, "lost_percent": 100 * (sent - counted) / sent,
            "cpu_ns_packet": spent_ns / sent, "packets_wakeup": sent / max(waits, 1)}


def _is_capturing(program):
    if program.process.poll() is not None:
        raise Failure("exit status %d: %s" % (program.process.returncode, program.errors()))
    return program.open_captures() == 1


def received():
    """How many packets have come over the line so far."""
    said = namespaces.ip("-n", pair().here, "-o", "-s", "link", "show", "a0")
    return int(re.search(r"RX:.*?\\ +\d+ +(\d+)", said).group(1))


def _spent_ns(program):
    """Its processor time so far."""
    return int(Path("/proc/%d/schedstat" % program.pid).read_text(encoding="ascii").split()[0])


def _count(program):
    """Interrupts the program; the number of packets that it tells."""
    program.signal(signal.SIGINT)
    if not program.out.wait_closed(END_S):  # tcpstat 1.5 ends with the next packet, which it counts
        with pair().sender() as sender:
            sender.send([UDP4])
    lines = program.finish(stderr=None) + program.err.lines
    for line in lines:
        number = re.fullmatch(r"(\d+)( packets captured)?", line)
        if number:
            return int(number.group(1))
    raise Failure("no number of packets in %r" % lines)


def start_flood(capture, *options):
    """tcpreplay, which sends a capture with these options; to be given to end_flood."""
    return namespaces.start(
        ["ip", "netns", "exec", pair().there, "tcpreplay", "-i", "b0", "--preload-pcap", *options,
         str(stored.make(capture))],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def end_flood(flood):
    said = flood.communicate(timeout=FLOOD_S + PATIENCE_S)[0]
    namespaces.forget(flood)
    if flood.returncode != 0:
        raise Failure("tcpreplay: " + said.strip())
    return said
