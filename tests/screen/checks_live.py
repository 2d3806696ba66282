# SPDX-License-Identifier: BSD-2-Clause
"""What needs packets that come while one looks: live, and a stored capture that is played."""
import re
import socket
from pathlib import Path

import captures
import track
from harness import expect, expect_equal, expect_within
from network import HERE, THERE, Network
from track import Track, check

DATA_BYTES, PERIOD_S, PACE, LENGTH_S = 960, 0.1, 10, 60


def live(network, *words, **options):
    shown = Track("-i", "a0", *words, namespace=network.namespace, **options)
    network.wait_captures()
    return shown


def speed(shown, port):
    """What the row of this server's port has in its last column."""
    return next((re.search(r"(\S+ \S*B/s)$", line).group(1) for line in shown.body() if ":%d " % port in line), None)


@check("pause", "p freezes rows and rates, not the tracking; what has come meanwhile is there afterwards", live=True)
def pause():
    with Network() as network, live(network, "-r", "1000") as shown:
        network.bulk()
        shown.wait_until(lambda: (speed(shown, 80) or "").endswith("kB/s"), "a rate")
        shown.press("p")
        shown.wait_foot("Paused")
        before = shown.lines()
        network.idle(22)
        network.reset(443)
        shown.wait_stays(lambda: shown.lines() == before, 2.5, "the paused screen")
        shown.press("Down")  # one can look around
        shown.wait_until(lambda: shown.lines() == before, "the paused screen with a selected row")
        shown.press("p")
        shown.wait_foot(" 1-3 of 3 +Unpaused")
        states = [line.split()[2] for line in shown.body()]
        expect_equal(states, ["ESTABLISHED", "ESTABLISHED", "RESET"], "states afterwards")
        shown.quit()


@check("linger", "closed connections stay for two seconds, or as long as -r says", live=True)
def linger():
    with Network() as network, live(network) as short, live(network, "-r", "1000") as long:
        network.wait_captures(2)
        network.closed()
        network.idle()
        short.wait_until(lambda: "CLOSED" in "\n".join(short.body()), "a closed connection")
        short.wait_foot(" 1-1 of 1 ")
        long.wait_foot(" 1-2 of 2 ")
        expect("CLOSED" in long.body()[0], "the first row of -r 1000", "closed", long.body())
        short.quit()
        long.quit()


@check("new-only", "-d leaves out what was there before", live=True)
def new_only():
    with Network() as network:
        before = network.connect(22)
        with live(network, "-d") as shown:
            network.send(before)
            network.idle(443)
            shown.wait_until(lambda: ":443 " in shown.body()[0], "the new connection")
            network.send(before)
            shown.wait_stays(lambda: len(shown.body()) == 1, 0.5, "one row")
            shown.quit()


@check("filter", "f changes the filter as packets come: rates of what is left out go to zero and come back", live=True)
def filter_():
    with Network() as network, live(network) as shown:
        network.bulk(80)
        network.bulk(443)
        for text, shown_ports, left_out in (("port 443", [443], [80]), ("port 80", [80], [443]), ("", [80, 443], [])):
            shown.press("f")
            shown.wait_foot("Capture filter:")
            shown.press(*["BSpace"] * 10)
            shown.type(text)
            shown.press("Enter")
            shown.wait_until(lambda: all((speed(shown, port) or "").endswith("kB/s") for port in shown_ports)
                             and all(speed(shown, port) in (None, "0 B/s") for port in left_out),
                             "rates with the filter %r" % text)
        shown.press("f")
        shown.wait_foot("Capture filter:$")
        shown.type("port nothing-such and")
        shown.press("Enter")
        shown.wait_foot("nothing-such")
        shown.press("Home")
        shown.wait_foot(" of 2 ")
        shown.wait_stays(lambda: all(speed(shown, port) != "0 B/s" for port in (80, 443)), 1.5, "rates")
        shown.quit()


@check("rates", "s by rate puts the fastest first; the total is the sum, b shows bits", live=True)
def rates():
    with Network() as network, live(network) as shown:
        network.idle(22)
        network.bulk(80)
        shown.press("s")
        shown.wait_foot("Sorted by rate")
        shown.wait_until(lambda: ":80 " in shown.body()[0] and ":22 " in shown.body()[1], "the fastest first")
        shown.wait_until(lambda: (speed(shown, 80) or "").endswith("kB/s") and speed(shown, 22) == "0 B/s", "one rate")
        lines = shown.lines()
        expect_equal(lines[-2].split()[-2:], lines[1].split()[-2:], "the total of one rate")
        shown.press("b")
        shown.wait_until(lambda: re.search(r"4\d\d\.?\d* kbit/s$", shown.lines()[-2]), "bits")
        shown.quit()


@check("protocols-live", "t shows UDP as it comes", live=True)
def protocols_live():
    with Network() as network, live(network) as shown:
        shown.press("t")
        client = network.open_socket(network.namespace, HERE, 41000, socket.SOCK_DGRAM)
        client.sendto(b"hello", (THERE, 9))
        shown.wait_until(lambda: any(line.split()[:3] == [HERE + ":41000", THERE + ":9", "UDP"]
                                     for line in shown.body()), "a row of UDP")
        shown.press("t")
        shown.wait_until(lambda: not shown.body(), "no row")
        shown.quit()


@check("names", "n shows names by reverse DNS, of which nothing reaches the terminal unescaped", live=True)
def names():
    hostile = b"evil\x1b]2;taken\x07\x1b[31m\n.example"
    with Network() as network:
        network.answer_names({THERE: b"server.example", HERE: hostile})
        resolver = Path(track.server.folder.name) / "resolv.conf"
        resolver.write_text("nameserver %s\n" % THERE, encoding="ascii")
        script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
        with live(network, prefix=("unshare", "-m", "sh", "-c", script, resolver), size=(120, 24)) as shown:
            network.idle(22)
            shown.wait_foot(" of 1 ")
            styles = shown.screen.styles()[1]
            shown.press("n")
            shown.wait_until(lambda: "server.example:22 " in shown.body()[0], "the server's name")
            shown.wait_stays(lambda: re.match(r" (192\.0\.2\.1|[!-~]*evil[!-~]*\.example):40000 ", shown.body()[0])
                             and len(shown.body()) == 1, 0.5, "a client whose name is harmless")
            expect(shown.screen.variable("pane_title") != "taken", "title of the terminal", "its own", "taken")
            colours = {number for style in shown.screen.styles()[1] for number in style}
            expect_equal(colours, {number for style in styles for number in style}, "colours of the row")
            shown.press("n")
            shown.wait_until(lambda: shown.body()[0].split()[:2] == [HERE + ":40000", THERE + ":22"], "addresses")
            shown.quit()


def paced_capture():
    """One connection that sends 10 kB/s, headers included, all the time; one that is silent after its begin."""
    silent, steady = captures.Connection(1), captures.Connection(2)
    records = [*silent.open(0), *steady.open(0.01)]
    for number in range(1, round(LENGTH_S / PERIOD_S)):
        records += steady.send(number * PERIOD_S + 0.05, DATA_BYTES)
    return captures.pcap(records)


def idle_s(line):
    """Of a row of 80 columns."""
    number, unit = re.search(r"ESTABLISHED +(\d+)([sm]) ", line).groups()
    return int(number) * (60 if unit == "m" else 1)


@check("pace", "-T with --pace: idle and rates go by the time of the capture, ten times as fast as the clock")
def pace():
    path = captures.stored(track.server.folder.name, "paced.pcap", paced_capture())
    with Track("-T", path, "--pace", PACE) as shown:
        shown.wait_until(lambda: idle_s(shown.body()[0]) >= 15, "15 s of the capture")
        expect("Unpaused" in shown.foot(), "the last line", "running", shown.foot())
        begin, speeds = idle_s(shown.body()[0]), []

        def is_later():
            row = shown.body()[1]
            speeds.append(float(re.search(r"([\d.]+) kB/s$", row).group(1)))
            return idle_s(shown.body()[0]) >= begin + 20
        shown.wait_until(is_later, "20 s more")
        expect_within(min(speeds), 9, 11, "least of the rates in kB/s")
        expect_within(max(speeds), 9, 11, "largest of the rates in kB/s")
        shown.wait_foot("At the end")
        expect_within(idle_s(shown.body()[0]), LENGTH_S - 2, LENGTH_S, "seconds of silence at the end")
        expect_equal(idle_s(shown.body()[1]), 0, "idle of the one that sends")
        shown.quit()
