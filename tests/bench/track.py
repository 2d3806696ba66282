# SPDX-License-Identifier: BSD-2-Clause
"""tcptrack on a screen of 80x24 beside tcptrack 1.4.3: how many connections there are, as its last line says, and what
that takes. The peak is never less than that of Python, whose child the program was (see measure.cpp)."""
import functools
import re
import shlex
import time

import live
import stored
from harness import Failure
from screen import ROWS, Broken, Terminal
from table import Column, Figure, NotMeasured, Row, Table, least, median, most, ratio

OTHER = "/usr/bin/tcptrack"  # a name alone could be our own
LIMIT_S = 120  # until a screen shows everything
PATIENCE_S = 5
LOG = stored.BENCH / "tcptrack.log"
IDLE_S = 10
SEE_S = 1.5  # the screen shows what is new once a second

CPU, WALL = Column("CPU s", "cpu_s", 3), Column("wall s", "wall_s", 3)
PEAK, SHOWN = Column("peak MiB", "peak_mib", 1, max), Column("shown", "shown", 0, min)
IDLE = Column("% of a core", "idle_percent")


def words(command):
    return shlex.split(stored.fill(command, log=LOG))


def shown(terminal):
    """How many connections there are, says its last line."""
    count = re.search(r"Connections \d+-\d+ of (\d+)", terminal.screen.line(ROWS - 1))
    return int(count[1]) if count else 0


def end(terminal):
    """Ends it by its key; what it took."""
    if not terminal.has_ended:
        terminal.type(b"q")
    status, used = terminal.end(PATIENCE_S)
    if status != 0:
        raise NotMeasured("failed: exit status %d" % status)
    return {"cpu_s": used.ru_utime + used.ru_stime, "peak_mib": used.ru_maxrss / 1024}


def measured(run):
    """What can go wrong with a terminal or a line is told as that of a row."""
    @functools.wraps(run)
    def run_row(*arguments):
        try:
            return run(*arguments)
        except (Failure, Broken, OSError) as reason:
            raise NotMeasured("failed: %s" % reason) from reason
    return run_row


@measured
def show(command):
    """A stored capture, until the footer says that it is at its end, or until the program ends; one that comes
    through a pipe, which stays open, until all its connections are there."""
    feed, _, program = command.rpartition("|")
    count = sum(stored.CAPTURES[name].connections for name in stored.named_captures(command))
    begin = time.monotonic()
    with Terminal(words(program), words(feed)) as terminal:
        def is_over():
            return shown(terminal) == count if feed else "At the end" in terminal.screen.line(ROWS - 1)
        terminal.wait_until(is_over, LIMIT_S)
        return {"wall_s": time.monotonic() - begin, "shown": shown(terminal), **end(terminal)}


show_once = functools.cache(show)


def run_screen(command):
    """Through a pipe 1.4.3 is slow: once is enough."""
    return show_once(command) if "|" in command else show(command)


def replay(terminal, capture, speed):
    """Sends a capture over the line, once; packets per second."""
    before = live.received()
    flood = live.start_flood(capture, speed)
    terminal.wait_until(lambda: flood.poll() is not None, LIMIT_S)
    rated = re.search(r"([\d.]+) pps", live.end_flood(flood))
    received, packets = live.received() - before, stored.CAPTURES[capture].packets
    if received != packets:
        raise Failure("%d packets on the line: %d expected" % (received, packets))
    terminal.wait_until(lambda: shown(terminal) == stored.CAPTURES[capture].connections, PATIENCE_S)
    terminal.wait_until(lambda: False, SEE_S)
    return float(rated[1])


def is_capturing(terminal):
    with open("/proc/%d/net/packet" % terminal.pid, encoding="ascii") as file:
        return any(line.split()[5] == "1" for line in list(file)[1:])


def idle_percent(terminal):
    """Its share of a core while nothing comes."""
    begin, spent_s = time.monotonic(), terminal.cpu_s()
    terminal.wait_until(lambda: False, IDLE_S)
    return 100 * (terminal.cpu_s() - spent_s) / (time.monotonic() - begin)


def logged_packets():
    """Those of all connections of its log."""
    text = LOG.read_text(encoding="utf-8")
    return sum(int(count) for count in re.findall(r'"packets_(?:out|in)":(\d+)', text))


def over_the_line(capture, speed, is_idle=False):
    """A way to run a row: it captures what tcpreplay sends, and then nothing. CPU is that before its end."""
    @measured
    def run(command):
        stored.make(capture)
        LOG.unlink(missing_ok=True)
        with Terminal(["ip", "netns", "exec", live.pair().here, *words(command)]) as terminal:
            terminal.wait_until(lambda: is_capturing(terminal), PATIENCE_S)
            taken = {"pps": replay(terminal, capture, speed), "shown": shown(terminal)}
            if is_idle:
                taken["idle_percent"] = idle_percent(terminal)
            cpu_s = terminal.cpu_s()
            taken |= {**end(terminal), "cpu_s": cpu_s}
        if "{log}" in command:
            taken["lost"] = stored.CAPTURES[capture].packets - logged_packets()
        return taken
    return run


def screen_table(name, title, rows, columns=(CPU, WALL, PEAK, SHOWN)):
    return Table(name, title, rows, columns, stored.prepare, run_screen)


def live_table(name, title, run, columns, options=""):
    return Table(name, title, [Row("tcptrack", "{tcptrack} -i a0" + options), Row("tcptrack 1.4.3", OTHER + " -i a0")],
                 (*columns, SHOWN, PEAK), live.prepare, run)


def piped(capture):
    """1.4.3 ends with its file, whatever it has shown by then; a pipe that stays open shows what it can."""
    return "cat {%s} | %s -T /dev/fd/3" % (capture, OTHER)


TABLES = [
    screen_table("track", "tcptrack -T: 1 M packets of 100,000 connections, on a screen of 80x24", [
        Row("tcptrack", "{tcptrack} -T {open_100k}"),
        Row("tcptrack 1.4.3", OTHER + " -T {open_100k}"),
        Row("tcptrack 1.4.3, through a pipe", piped("open_100k")),
    ]),
    screen_table("track-prefix", "tcptrack -T: 20,000 connections, on a screen of 80x24; 1.4.3 is run once", [
        Row("IPv4", "{tcptrack} -T {ipv4_20k}"),
        Row("IPv6, clients in one /64", "{tcptrack} -T {prefix64_20k}"),
        Row("1.4.3, IPv4", piped("ipv4_20k")),
        Row("1.4.3, IPv6, clients in one /64", piped("prefix64_20k")),
    ]),
    live_table("track-idle", "tcptrack -i: 100,000 open connections, %d s without packets" % IDLE_S,
               over_the_line("handshakes_100k", "--pps=100000", is_idle=True), [IDLE]),
    live_table("track-live", "tcptrack -i: 200,000 packets a second, 1 M in all, of 50,000 connections",
               over_the_line("open_50k", "--pps=200000"), [Column("packets/s", "pps", 0), CPU], " --log {log}"),
]

FIGURES = [
    Figure("tcptrack -T, 1 M packets, 100,000 connections: CPU", median("track", "tcptrack", "cpu_s"), "s", "<= 0.4"),
    Figure("- connections on the screen", least("track", "tcptrack", "shown"), "", ">= 100000"),
    Figure("- peak memory", most("track", "tcptrack", "peak_mib"), "MiB", "<= 60"),
    Figure("- connections on the screen of tcptrack 1.4.3", least("track", "tcptrack 1.4.3", "shown"), ""),
    Figure("- CPU of 1.4.3, through a pipe", median("track", "tcptrack 1.4.3, through a pipe", "cpu_s"), "s"),
    Figure("tcptrack, 20,000 IPv6 connections, clients in one /64: CPU, to that of IPv4",
           ratio("track-prefix", "IPv6, clients in one /64", "IPv4"), "x", "<= 1.1"),
    Figure("- connections on the screen", least("track-prefix", "IPv6, clients in one /64", "shown"), "", ">= 20000"),
    Figure("- tcptrack 1.4.3, ended after %d s" % LIMIT_S,
           ratio("track-prefix", "1.4.3, IPv6, clients in one /64", "1.4.3, IPv4"), "x"),
    Figure("tcptrack, 100,000 open connections, no packets: share of a core",
           median("track-idle", "tcptrack", "idle_percent"), "%", "<= 3"),
    Figure("- tcptrack 1.4.3", median("track-idle", "tcptrack 1.4.3", "idle_percent"), "%"),
    Figure("tcptrack, live, 200,000 packets/s, 50,000 connections: shown", least("track-live", "tcptrack", "shown"), "",
           ">= 50000"),
    Figure("- packets lost", most("track-live", "tcptrack", "lost"), "", "<= 0"),
    Figure("- shown by tcptrack 1.4.3", least("track-live", "tcptrack 1.4.3", "shown"), ""),
]
