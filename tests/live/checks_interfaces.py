# SPDX-License-Identifier: BSD-2-Clause
"""Interfaces that vanish, are down or unknown, and captures that are not permitted."""
import os
import re
import shutil
import signal
import struct
import tempfile
from contextlib import contextmanager
from pathlib import Path

import program as program_module
from frames import UDP4, UDP4_COUNTS
from harness import Failure, Skipped, check, expect, expect_equal
from lines import FORMAT, expect_counts, expect_end, expect_rates, parse
from namespaces import ENVIRONMENT, Pair, ip
from program import SMALL_BUFFER, Program

LIVE = [*SMALL_BUFFER, "-o", FORMAT]
GONE = r"tcpstat: %s: [^\n]*(down|gone|disappeared)[^\n]*"  # in our words or in libpcap's
PERMISSION = ('tcpstat: %s: no permission to capture: run as root, or once: '
              'setcap cap_net_raw+ep "$(command -v tcpstat)"')
NOBODY = 65534


def lose_interface(words, arguments, captures=1, lost="a0", interval="60"):
    """Sends packets, takes the interface away, and expects the open interval, then the sentence."""
    pair = Pair(links=2)
    with pair.sender() as sender, \
         Program([*LIVE, *arguments, interval], pair.here) as program:
        program.wait_ready(captures)
        before, _ = sender.send([UDP4] * 100)
        ip("-n", pair.here, *words)
        program.finish(status=1, seconds=5, stderr=re.compile(GONE % lost))
        lines = parse(program.out)
    expect_counts(lines, UDP4_COUNTS * 100)
    expect_end(lines, before, program.out.closed_ns)
    expect_rates(lines)
    return lines


@check("deleted", "an interface deleted while running: the open interval with its true length, one sentence, status 1")
def deleted():
    lines = lose_interface(["link", "del", "a0"], ["-i", "a0"])
    expect_equal(len(lines), 1, "lines")


@check("deleted-short-intervals", "the same with intervals of 0.1 s")
def deleted_short_intervals():
    lose_interface(["link", "del", "a0"], ["-i", "a0"], interval="0.1")


@check("deleted-whole", "the same with interval -1")
def deleted_whole():
    lose_interface(["link", "del", "a0"], ["-i", "a0"], interval="-1")


@check("set-down", "an interface set down while running: the same")
def set_down():
    lines = lose_interface(["link", "set", "a0", "down"], ["-i", "a0"])
    expect_equal(len(lines), 1, "lines")


@check("one-of-two", "one of two interfaces deleted, or set down: the same, and the sentence names it")
def one_of_two():
    lose_interface(["link", "del", "a1"], ["-i", "a0", "-i", "a1"], captures=2, lost="a1")
    lose_interface(["link", "set", "a1", "down"], ["-i", "a0", "-i", "a1"], captures=2, lost="a1")


@check("deleted-order", "the open interval is printed before the sentence")
def deleted_order():
    pair = Pair()
    with Program([*SMALL_BUFFER, "-i", "a0", "-o", r"n=%n\n", "60"], pair.here, is_merged=True) as program:
        program.wait_ready()
        with pair.sender() as sender:
            sender.send([UDP4] * 3)
        ip("-n", pair.here, "link", "del", "a0")
        both = "\n".join(program.finish(status=1, seconds=5))
        expect(re.fullmatch("n=3\n" + GONE % "a0", both), "both outputs", "n=3, then the sentence", repr(both))


@check("deleted-accounting", "an interface deleted: -a is printed for what was counted")
def deleted_accounting():
    pair = Pair()
    with Program([*SMALL_BUFFER, "-i", "a0", "-a"], pair.here) as program:
        program.wait_ready()
        ip("-n", pair.here, "link", "del", "a0")
        lines = program.finish(status=1, seconds=5, stderr=re.compile(GONE % "a0"))
        expect_equal([line.partition("\t")[0] for line in lines],
                     ["Bytes/sec", "Bytes/minute", "Bytes/hour", "Bytes/day", "Bytes/month"], "lines")


@check("renamed", "an interface renamed while running is still the same interface: the capture goes on")
def renamed():
    pair = Pair()
    with Program([*LIVE, "-i", "a0", "0.25"], pair.here) as program:
        program.wait_ready()
        try:
            ip("-n", pair.here, "link", "set", "a0", "name", "renamed0")
        except Failure as refused:
            raise Skipped("this kernel renames no interface that is up: %s" % refused) from refused
        program.wait_lines(2)
        with pair.sender() as sender:
            sender.send([UDP4] * 10)
        program.finish_after(program.signal(signal.SIGINT))
        expect_counts(parse(program.out), UDP4_COUNTS * 10)


@check("any-survives", "-i any goes on when an interface is deleted")
def any_survives():
    pair = Pair(links=2)
    with Program([*LIVE, "-i", "any", "0.5"], pair.here) as program:
        program.wait_ready()
        ip("-n", pair.here, "link", "del", "a1")
        with pair.sender() as sender:
            sender.send([UDP4] * 10)
        program.wait_lines(2)
        program.finish_after(program.signal(signal.SIGINT))
        expect_equal(sum(line.counts.n for line in parse(program.out)), 10, "packets")


@check("down-at-start", "an interface that is down at the start: one sentence that says how to set it up, status 1")
def down_at_start():
    pair = Pair(is_up=False)
    with Program([*LIVE, "-i", "a0", "1"], pair.here) as program:
        lines = program.finish(status=1, stderr="tcpstat: a0: the interface is down: ip link set dev a0 up")
        expect_equal(lines, [], "standard output")


@check("none-up", "no interface up and none named: one sentence, status 1")
def none_up():
    pair = Pair(is_up=False)
    ip("-n", pair.here, "link", "set", "lo", "down")
    with Program(["1"], pair.here) as program:
        lines = program.finish(
            status=1, stderr="tcpstat: no interface is up to capture on (tcpstat -D lists them)")
        expect_equal(lines, [], "standard output")


@check("unknown", "an unknown interface: one sentence, status 1, also as the second of two")
def unknown():
    for arguments in (["-i", "nosuch0"], ["-i", "a0", "-i", "nosuch0"]):
        pair = Pair()
        with Program([*LIVE, *arguments, "1"], pair.here) as program:
            lines = program.finish(status=1, stderr="tcpstat: nosuch0: no such interface (tcpstat -D lists them)")
            expect_equal(lines, [], "standard output")


@check("list", "-D lists the interfaces of the namespace with their states")
def list_interfaces():
    pair = Pair()
    with Program(["-D"], pair.here) as program:
        lines = program.finish()
        expect("a0 [up, running]" in lines, "-D", "a line 'a0 [up, running]'", lines)
        expect(any(line.startswith("lo [") or line.startswith("lo (") for line in lines), "-D", "a line for lo", lines)


@contextmanager
def program_for_nobody():
    """A copy that nobody may run, wherever the build lies."""
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        copy = Path(directory) / "tcpstat"
        shutil.copy(program_module.path, copy)
        os.chmod(copy, 0o755)
        yield copy


def as_nobody():
    if not shutil.which("setpriv", path=ENVIRONMENT["PATH"]):
        raise Skipped("no setpriv: Debian package util-linux")
    return ["setpriv", "--reuid=%d" % NOBODY, "--regid=%d" % NOBODY, "--clear-groups", "--"]


@check("no-permission",
       "as nobody: the sentence with the setcap line, status 1, on a named interface, on any and on none")
def no_permission():
    for arguments, name, first in ((["-i", "a0"], "a0", ""), (["-i", "any"], "any", ""), (["-i", "lo"], "lo", ""),
                                   ([], "a0", "tcpstat: capturing on a0\n")):
        pair = Pair()
        with program_for_nobody() as copy, \
             Program([*arguments, "1"], pair.here, prefix=as_nobody(), program=str(copy)) as program:
            lines = program.finish(status=1, stderr=first + PERMISSION % name)
            expect_equal(lines, [], "standard output")


@check("capability", "as nobody, after what the setcap line does: captures as root does, in promiscuous mode")
def capability():
    with program_for_nobody() as copy:
        pair = Pair()
        version, cap_net_raw = 0x02000001, 1 << 13  # revision 2, effective; linux/capability.h
        try:
            os.setxattr(copy, "security.capability", struct.pack("<5I", version, cap_net_raw, 0, 0, 0))
        except OSError as error:
            raise Skipped("capabilities on files: %s" % error) from error
        with Program([*LIVE, "-i", "a0", "0.5"], pair.here, prefix=as_nobody(), program=str(copy)) as program:
            program.wait_ready()
            with pair.sender() as sender:
                sender.send([UDP4] * 25)
            program.finish_after(program.signal(signal.SIGINT))
            expect_counts(parse(program.out), UDP4_COUNTS * 25)
