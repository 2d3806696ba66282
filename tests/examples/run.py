#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs every script of examples/ without arguments and holds what comes out against direct runs of tcpstat.

usage: run.py

The program is build/tcpstat, or what TCPSTAT names, and tcptrack beside it. A script without a test of its own here has
to run and say something.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SAMPLE = EXAMPLES / "sample.pcap"
SAMPLE_BYTES_MAX = 400_000
TIMEOUT_S = 120


class Failure(Exception):
    """What was expected and what came instead."""


class Skip(Exception):
    """Why a test cannot run here."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(got, expected, what):
    expect(got == expected, "%s: expected %r, got %r" % (what, expected, got))


class Place:
    """A temporary directory to run in, and the environment of the scripts."""

    def __init__(self, directory, program):
        self.directory = Path(directory)
        self.program = program
        self.tracker = os.path.join(os.path.dirname(program), "tcptrack")
        self.environment = {**os.environ, "TCPSTAT": program, "TCPTRACK": self.tracker, "TMPDIR": directory,
                            "LC_ALL": "C", "TZ": "UTC"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "GNUTERM"):
            self.environment.pop(name, None)

    def run(self, *words, status=0, error=""):
        """The standard output of a command that has to end with this status and this text on standard error."""
        done = subprocess.run(words, cwd=self.directory, env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=TIMEOUT_S, check=False)
        what = " ".join(str(word) for word in words)
        expect_equal(done.returncode, status, "exit status of %s (%s)" % (what, done.stderr.strip()))
        expect_equal(done.stderr, error, "standard error of %s" % what)
        return done.stdout

    def script(self, name, *arguments, **ending):
        return self.run(EXAMPLES / name, *arguments, **ending)

    def tcpstat(self, *arguments):
        return self.run(self.program, "-r", SAMPLE, *arguments)

    def tcptrack(self, *arguments):
        """The objects that it prints of the sample."""
        said = self.run(self.tracker, "-T", SAMPLE, "--batch", "--json", *arguments)
        return [json.loads(line) for line in said.splitlines()]

    def made_file(self, said, name):
        """The file of this name that a script says it has written."""
        found = re.search(r"(\S+/%s)\b" % re.escape(name), said)
        expect(found, "the script does not say where %s is: %r" % (name, said))
        path = Path(found.group(1))
        expect(self.directory in path.parents, "%s is not below TMPDIR" % path)
        expect(path.is_file(), "%s is not there" % path)
        return path


def check_sample(place):
    place.run(EXAMPLES / "make-sample", "again.pcap")
    expect((place.directory / "again.pcap").read_bytes() == SAMPLE.read_bytes(),
           "examples/make-sample does not make the bytes of examples/sample.pcap")
    expect(SAMPLE.stat().st_size < SAMPLE_BYTES_MAX, "examples/sample.pcap has %d bytes" % SAMPLE.stat().st_size)


def percentile_95(values):
    """By nearest rank."""
    return sorted(values)[(95 * len(values) + 99) // 100 - 1]


def check_plot_in_terminal(place):
    said = place.script("plot.sh")
    rates = [float(line) for line in place.tcpstat("-o", "%b\\n", "2").splitlines()]
    for text in ("sample.pcap, 04 Mar 2024, 09:00:00 to 09:01:00", "Mbit/s in intervals of 2 s", "time (UTC)",
                 "09:00:30", "6 Mbit/s", "%.4g Mbit/s" % (percentile_95(rates) / 1e6)):
        expect(text in said, "no %r in:\n%s" % (text, said))
    top = max(float(found) for found in re.findall(r"^ *(\d+) \+-", said, re.MULTILINE))
    expect_equal(top, 6, "the scale goes up to the capacity")
    bars = {column for line in said.splitlines() if "|" in line
            for column, sign in enumerate(line) if sign == "*"}
    expect(len(bars) > 30, "the rate takes %d columns:\n%s" % (len(bars), said))


def svg_labels(path):
    """The texts of a picture, each with its place: {text: y}."""
    places = {}
    for group in xml.etree.ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}g"):
        found = re.match(r"translate\([\d.]+,([\d.]+)\)", group.get("transform", ""))
        text = "".join(group.itertext()).strip()
        if found and text:
            places[text] = float(found.group(1))
    return places


def check_plot_pictures(place):
    place.script("plot.sh", SAMPLE, "plot.png", "6M")
    picture = (place.directory / "plot.png").read_bytes()
    expect(picture.startswith(b"\x89PNG\r\n\x1a\n"), "plot.png is no PNG")
    expect_equal(struct.unpack("!II", picture[16:24]), (1500, 750), "width and height of plot.png")
    expect(len(picture) > 20_000, "plot.png has only %d bytes" % len(picture))
    rates = [float(line) for line in place.tcpstat("-o", "%b\\n", "0.2").splitlines()]
    p95 = percentile_95(rates)
    for capacity in (6e6, 2.5e6, 2.4e6, 2e6):  # also close to the percentile
        place.script("plot.sh", SAMPLE, "plot.svg", "%gM" % (capacity / 1e6))
        labels = svg_labels(place.directory / "plot.svg")
        for text in ("%.4g Mbit/s" % (p95 / 1e6), "%.4g Mbit/s" % (capacity / 1e6), "95th percentile", "capacity",
                     "Mbit/s in intervals of 0.2 s", "time (UTC)", "09:00:30"):
            expect(text in labels, "no %r in %s" % (text, sorted(labels)))
        between = abs(labels["capacity"] - labels["95th percentile"])
        expect(between > 38, "at a capacity of %g the labels are %.0f pixels apart" % (capacity, between))
        expect((labels["capacity"] < labels["95th percentile"]) == (capacity >= p95), "the labels have changed places")


def check_plot_live(place):
    """An interface that is a capture: what tcpstat is given for -i is read instead."""
    stand_in = place.directory / "stand-in"
    stand_in.write_text('#!/bin/sh\n[ "$1 $2" = "-i eth7" ] || exit 9\nshift 2\nexec "%s" -r "%s" "$@"\n'
                        % (place.program, SAMPLE))
    stand_in.chmod(0o755)
    place.environment["TCPSTAT"] = str(stand_in)
    said = place.script("plot.sh", "eth7", "-", "1M", "10")
    place.environment["TCPSTAT"] = place.program
    expect_equal(said.count("eth7, 04 Mar 2024"), 6, "pictures drawn, one for each interval")
    expect("09:00:00 to 09:01:00" in said.split("eth7,")[-1], "the last picture does not hold all intervals")
    error = "tcpstat: eth7: no such interface (tcpstat -D lists them)\n"
    place.script("plot.sh", "eth7", status=1, error=error)


def check_plot(place):
    check_plot_in_terminal(place)
    check_plot_pictures(place)
    check_plot_live(place)
    error = "plot.sh: plot.gif: ends neither in .svg nor in .png, nor is it - for the terminal\n"
    place.script("plot.sh", SAMPLE, "plot.gif", status=2, error=error)
    place.script("plot.sh", SAMPLE, "-", "fast", status=2, error="plot.sh: fast: no capacity in bit/s, as in 100M\n")
    left = [path.name for path in place.directory.iterdir() if path.name.startswith("plot.")]
    expect_equal(sorted(left), ["plot.png", "plot.svg"], "files that are left")


def check_protocol_mix(place):
    said = place.script("protocol-mix.sh")
    picture = place.made_file(said, "protocol-mix.png").read_bytes()
    expect(picture.startswith(b"\x89PNG\r\n\x1a\n"), "protocol-mix.png is no PNG")
    expect_equal(struct.unpack("!II", picture[16:24]), (1200, 750), "width and height of protocol-mix.png")
    expect(len(picture) > 10_000, "protocol-mix.png has only %d bytes" % len(picture))
    numbers = place.made_file(said, "protocol-mix.png").with_suffix(".dat").read_text()
    expect_equal(numbers, place.tcpstat("-o", "%s %T %U %C %A %n %b\\n", "1"), "protocol-mix.dat")


def check_capacity(place):
    said = place.script("capacity-check.sh")
    for speed in (256_000, 512_000, 1_000_000, 2_000_000):
        cells = []
        for option in ("-b", "-B"):
            direct = place.tcpstat(option, str(speed), "0.5")
            cells += re.search(r"([\d.]+) sec\.\s*\(([\d.]+)%", direct).groups()
            peak = re.search(r"Peak Bandwidth: (\d+)", direct).group(1)
        row = r"^ *%d +%s s +%s %% +%s s +%s %%$" % (speed, *map(re.escape, cells))
        expect(re.search(row, said, re.MULTILINE), "no row %d %s in:\n%s" % (speed, cells, said))
    expect(re.search(r"^ *%s +is the peak$" % peak, said, re.MULTILINE), "no peak of %s in:\n%s" % (peak, said))


def check_descriptors(place):
    said = place.script("descriptors.sh")
    direct = place.tcpstat("-o", "%S  %n packets, %N bytes\\n", "5")
    expect(said.startswith(direct), "standard output: expected %r first, got %r" % (direct, said))
    for name, form in (("rates.txt", "%s %b %p\\n"), ("protocols.txt", "%s %A %C %T %U\\n")):
        expect_equal(place.made_file(said, name).read_text(), place.tcpstat("-o", form, "5"), name)


def check_follow_grep(place):
    lines = place.tcpstat("-o", "Time:%S pps=%p bps=%b icmp=%C\\n", "1").splitlines()
    busy = [line for line in lines
            if float(re.search(r"pps=([\d.]+)", line).group(1)) >= 100 or not line.endswith("icmp=0")]
    expect_equal(place.script("follow-grep.sh").splitlines(), busy, "the lines that grep keeps")
    expect(0 < len(busy) < len(lines) / 2, "%d of %d lines kept: not much of an example" % (len(busy), len(lines)))


def check_busiest(place):
    rates = sorted((float(line) for line in place.tcpstat("-o", "%b\\n", "5").splitlines()), reverse=True)
    said = re.findall(r"^2024-03-04 09:0\d:\d\d +([\d.]+) bits/s ", place.script("busiest.sh"), re.MULTILINE)
    expect_equal([float(rate) for rate in said], rates[:5], "the five busiest intervals")


def check_billing(place):
    router = "00:00:5e:00:53:01"
    said = [place.script("billing.sh", EXAMPLES, "ledger", router, "5") for _ in range(2)]
    expect_equal(said[0], said[1], "a night that runs twice")
    bills, lines = [], []
    for name, way in (("in", "src"), ("out", "dst")):
        lines_of_way = ["--align", "-f", "ether %s %s" % (way, router), "-o", "%{begin:%s} %b\\n", "5"]
        rows = place.tcpstat(*lines_of_way).splitlines()
        lines += ["%s %s %s" % (row.split()[0], name, row.split()[1]) for row in rows]
        bills.append(percentile_95([float(row.split()[1]) for row in rows]) / 1e6)
    ledger = (place.directory / "ledger" / "rates-2024-03-04.txt").read_text().splitlines()
    expect_equal(ledger, lines, "the rates of the day")
    told = [float(found) for found in re.findall(r"([\d.]+) Mbit/s", said[0])]
    expect_equal(told, [float("%.3f" % bill) for bill in (*bills, max(bills))], "in, out and billed")
    expect(said[0].startswith("2024-03, 1 day, 95th percentile in intervals of 5 s\n"), "no month: %r" % said[0])
    error = "billing.sh: the captures in %s have no frames from or to 00:00:5e:00:53:77\n" % EXAMPLES
    place.script("billing.sh", EXAMPLES, "other", "00:00:5e:00:53:77", status=1, error=error)


def check_line_full(place):
    rows = [row.split() for row in place.tcpstat("-o", "%{begin:%FT%T} %b\\n", "1").splitlines()]
    full = ["  %s  %9.3f Mbit/s" % (begin, float(rate) / 1e6) for begin, rate in rows if float(rate) > 2e6]
    expect(0 < len(full) < len(rows) / 2, "%d seconds of %d are full: not much of an example" % (len(full), len(rows)))
    said = place.script("line-full.sh", status=3).splitlines()
    expect_equal(said, ["sample.pcap: above 2 Mbit/s in %d seconds (UTC):" % len(full), *full], "the seconds")
    expect_equal(place.script("line-full.sh", SAMPLE, "6M"), "", "what is said of a line that never was full")
    place.script("line-full.sh", "nowhere.pcap", status=1,
                 error="tcpstat: nowhere.pcap: no such interface (tcpstat -D lists them)\n")


def check_live_table(place):
    said = place.script("live-table.sh").splitlines()
    header = ["time", "bit/s", "burst:10ms", "tcp_syn", "drop", "bit/s,", "last", "16"]
    expect_equal(said[0].split(), header, "the header")
    expect(max(map(len, said)) <= 80, "a row is %d columns wide" % max(map(len, said)))
    rows = place.tcpstat("-o", "%{begin:%T} %{b:k} %{burst:10ms:k} %{tcp_syn} 0\\n", "1").splitlines()
    expect_equal([row.split()[:5] for row in said[1:]], [row.split() for row in rows], "the rows")


def check_json_top(place):
    names = "begin,bits_per_second,burst:10ms,bytes,bytes_tcp,bytes_udp,bytes_icmp,tcp_syn"
    records = [json.loads(line) for line in place.tcpstat("--json", "--fields", names, "1").splitlines()]
    records.sort(key=lambda record: -record["bits_per_second"])
    said = place.script("json-top.sh").splitlines()
    expect_equal(len(said), 5, "lines")
    for line, record in zip(said, records):
        shares = tuple(100 * record["bytes_" + name] / record["bytes"] for name in ("tcp", "udp", "icmp"))
        found = re.match(r"2024-03-04T09:(\d\d):(\d\d)Z  ([\d.]+) Mbit/s, up to ([\d.]+) over 10 ms: "
                         r"TCP (\d+) %, UDP (\d+) %, ICMP (\d+) %; (\d+) SYN$", line)
        expect(found, "not of its form: %r" % line)
        minute, second, rate, burst, *percent, syn = map(float, found.groups())
        expect_equal(60 * minute + second, int(record["begin"]) % 3600, "when, of %r" % line)
        expect_equal(syn, record["tcp_syn"], "SYN, of %r" % line)
        near = abs(rate - record["bits_per_second"] / 1e6) <= 0.051 and abs(burst - record["burst:10ms"] / 1e6) <= 0.051
        expect(near and all(abs(a - b) <= 0.51 for a, b in zip(percent, shares)), "%r is not %r" % (line, record))


def sample_connections(place):
    """What -c tells of the sample: a dict for each connection."""
    return [json.loads(line) for line in place.tcpstat("-c", "--json", "--connection-fields", "all").splitlines()]


def check_slowest_servers(place):
    servers = {}
    for each in sample_connections(place):
        if each["rtt_mean"] is not None:
            servers.setdefault((each["server_endpoint"], each["service"] or ""), []).append(each["rtt_mean"] * 1000)
    expect(max(map(len, servers.values())) >= 3, "no server has three connections: not much of an example")
    expected = [(sorted(rtts)[(len(rtts) - 1) // 2], max(rtts), len(rtts), " ".join(server).strip())
                for server, rtts in servers.items()]
    expected.sort(reverse=True)
    head, columns, *rows = place.script("slowest-servers.sh").splitlines()
    expect_equal(head, "sample.pcap: round trips of TCP connections, in ms", "the first line")
    expect_equal(columns.split(), ["median", "slowest", "connections", "server"], "the header")
    expect_equal(len(rows), len(expected), "servers")
    for row, (median, slowest, count, server) in zip(rows, expected):
        told = row.split(maxsplit=3)
        near = abs(float(told[0]) - median) < 0.0011 and abs(float(told[1]) - slowest) < 0.0011
        expect(near and told[2:] == [str(count), server], "%r is not %r" % (row, (median, slowest, count, server)))
    expect_equal(len(place.script("slowest-servers.sh", SAMPLE, "3").splitlines()), 5, "lines of the three slowest")
    place.script("slowest-servers.sh", "nowhere", status=1,
                 error="tcpstat: nowhere: no such interface (tcpstat -D lists them)\n")


def tcp_frame(ports, sequence, acknowledgment, flags):
    """Without payload, between 192.0.2.1 and 192.0.2.2: the sender has the address of its parity of port."""
    addresses = [bytes([192, 0, 2, 1 + port % 2]) for port in ports]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, 6, 0, *addresses)
    tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledgment, 0x50, flags, 8192, 0, 0)
    return bytes(12) + b"\x08\0" + ip + tcp


def resets():
    """A capture of a connection that is refused, two that are reset by their server and by their client, one that
    is closed, and one whose RST does not fit."""
    fin, syn, rst, ack = 1, 2, 4, 16
    frames = [tcp_frame((2001, 80), 100, 0, syn), tcp_frame((80, 2001), 0, 101, rst | ack)]
    for client in (2003, 2005, 2007, 2009):
        frames += [tcp_frame((client, 80), 100, 0, syn), tcp_frame((80, client), 500, 101, syn | ack),
                   tcp_frame((client, 80), 101, 501, ack)]
    frames += [tcp_frame((80, 2003), 501, 101, rst), tcp_frame((2005, 80), 101, 501, rst | ack),
               tcp_frame((2007, 80), 101, 501, fin | ack), tcp_frame((80, 2007), 501, 102, fin | ack),
               tcp_frame((2007, 80), 102, 502, ack), tcp_frame((80, 2009), 900_000, 101, rst)]
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 96, 1)
    for number, frame in enumerate(frames):
        capture += struct.pack("<IIII", 1_700_000_000, number * 1000, len(frame), len(frame)) + frame
    return capture


def check_resets(place):
    count = sum(each["protocol"] == "TCP" for each in sample_connections(place))
    said = place.script("resets.sh")
    expect_equal(said, "sample.pcap: 0 of %d TCP connections were reset\n" % count, "what is said of the sample")
    (place.directory / "resets.pcap").write_bytes(resets())
    said = place.script("resets.sh", "resets.pcap").splitlines()
    ends = "192.0.2.2:%d > 192.0.2.1:80"
    expected = [("refused", "0.001", 80, 2001), ("by the server", "0.012", 160, 2003),
                ("by the client", "0.010", 160, 2005)]
    rows = ["2023-11-14 22:13:20  %-13s  after %s s, %d bytes  %s" % (how, after, size, ends % port)
            for how, after, size, port in expected]
    expect_equal(said, rows + ["resets.pcap: 3 of 5 TCP connections were reset"], "what was reset")
    place.script("resets.sh", "nowhere", status=1,
                 error="tcpstat: nowhere: no such interface (tcpstat -D lists them)\n")


def check_top_talkers(place):
    """The sample is less than a minute, so that its busiest connections are those with most bytes at the end."""
    connections = sample_connections(place)
    busiest = sorted(connections, key=lambda each: -each["bytes"])[:5]
    hosts = {each[end] for each in connections for end in ("client", "server")}
    head, *rows = place.script("top-talkers.sh").splitlines()
    found = re.match(r"2024-03-04 09:00:00  [\d.]+kbit/s, (\d+) connections, (\d+) new, (\d+) hosts$", head)
    expect(found, "not of its form: %r" % head)
    still_open = sum(each["state"] not in ("CLOSED", "RESET") for each in connections)
    expect_equal([int(number) for number in found.groups()], [still_open, len(connections), len(hosts)], "counts")
    expected = [[each["protocol"], each["client_endpoint"], ">", each["server_endpoint"], "n=%d" % each["packets"]]
                for each in busiest]
    expect_equal([row.split()[:5] for row in rows], expected, "the five busiest")
    lines = place.script("top-talkers.sh", SAMPLE, "2", "20").splitlines()
    expect_equal(len(lines), 9, "lines of three intervals and two connections in each")


def check_connections_json(place):
    services = {}
    for each in sample_connections(place):
        port = "" if each["protocol"].startswith("ICMP") else " %d" % each["server_port"]
        services.setdefault(each["service"] or each["protocol"] + port, []).append(each)
    expected = {}
    for name, some in services.items():
        waits = sorted(each["first_byte"] for each in some)
        expected[name] = (sum(each["bytes"] for each in some), len(some), waits[(len(waits) - 1) // 2] * 1000)
    said = place.script("connections-json.sh", SAMPLE, "new")
    rows = re.findall(r"^(.+): (\d+) bytes in (\d+) connections?; first byte of the server, median: ([\d.]+) ms$",
                      said, re.M)
    expect_equal([row[0] for row in rows], sorted(expected, key=lambda name: -expected[name][0]), "the services")
    for name, size, count, wait in rows:
        near = (int(size), int(count)) == expected[name][:2] and abs(float(wait) - expected[name][2]) <= 0.051
        expect(near, "%s is not %r" % (name, expected[name]))
    saved = (place.directory / "new" / "connections.json").read_text()
    expect_equal(saved, place.tcpstat("-c", "--json", "--connection-fields", "all"), "connections.json")
    if not shutil.which("duckdb"):
        expect("DuckDB is not installed" in said, "it does not say that DuckDB is not there:\n%s" % said)
    check_duckdb(place, saved)


def check_duckdb(place, saved):
    """A stand-in shows what it is asked and where; every name in the question is a member of each object."""
    stand_in = place.directory / "duckdb"
    stand_in.write_text('#!/bin/sh\n[ "$1" = -c ] && [ -f connections.json ] && echo "asked: $2" | tr "\\n" " "\n')
    stand_in.chmod(0o755)
    place.environment["PATH"] = "%s:%s" % (place.directory, place.environment["PATH"])
    asked = re.search(r"asked: (.*)", place.script("connections-json.sh"))
    expect(asked, "DuckDB was not asked")
    question = re.sub(r" AS \w+|ORDER BY \w+|FROM \S+", "", asked.group(1))
    names = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b(?!\()", question))
    expect(names and names <= set(json.loads(saved.splitlines()[0])), "%s are not all members" % sorted(names))


def check_slow_now(place):
    looks = place.tcptrack("--interval", "1", "--columns", "client_endpoint,server_endpoint,active,rtt_mean")
    expected = [(each["client_endpoint"], each["server_endpoint"], "%d" % (each["rtt_mean"] * 1000 + 0.5))
                for each in looks if each["active"] and (each["rtt_mean"] or 0) > 0.040]
    expect(0 < len(expected) < len(looks) / 2, "%d of %d are slow: not much of an example" % (len(expected), len(looks)))
    row = r"^2024-03-04T09:00:\d\dZ  (\S+) > (\S+)  0 sent again, round trip (\d+) ms, \d+ kB/s$"
    said = place.script("slow-now.sh")
    expect_equal(re.findall(row, said, re.M), expected, "the slow connections")
    expect_equal(place.script("slow-now.sh", SAMPLE, "1000"), "", "what is said where none is slow")
    tries = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 96, 1)
    for second in (0, 1, 3, 7):  # a SYN that nobody answers
        frame = tcp_frame((2001, 80), 100, 0, 2)
        tries += struct.pack("<IIII", 1_700_000_000 + second, 500 * second, len(frame), len(frame)) + frame
    (place.directory / "tries.pcap").write_bytes(tries)
    again = place.script("slow-now.sh", "tries.pcap", "1000", "2").splitlines()
    row = "2023-11-14T22:13:%sZ  192.0.2.2:2001 > 192.0.2.1:80  1 sent again, round trip 0 ms, 0 kB/s"
    expect_equal(again, [row % second for second in ("22", "24", "27")], "what was sent again")


def check_connection_log(place):
    connections = sample_connections(place)
    clients = {}
    for each in connections:
        clients.setdefault(each["client"], []).append(each)
    expected = []
    for client, some in sorted(clients.items(), key=lambda item: (-len(item[1]), item[0])):
        ends = sorted(each["ended"] for each in some)
        counts = ", ".join("%d %s" % (ends.count(end), end) for end in sorted(set(ends)))
        plural = "" if len(some) == 1 else "s"
        expected.append("%s: %d connection%s (%s), %d bytes" % (client, len(some), plural, counts,
                                                                sum(each["bytes"] for each in some)))
    said = place.script("connection-log.sh", SAMPLE, "log").splitlines()
    expect_equal(said, expected + ["connection-log.sh: the connections are in log"], "who opened what")
    log = sorted((place.directory / "log").read_text().splitlines())
    expect_equal(log, sorted(place.tcpstat("-c", "--json").splitlines()), "the log")
    place.script("connection-log.sh", SAMPLE, "log")
    expect_equal(len((place.directory / "log").read_text().splitlines()), 2 * len(log), "lines of two runs")
    place.script("connection-log.sh", "nowhere", status=1,
                 error="tcptrack: nowhere: no such interface (tcpstat -D lists them)\n")


def check_top_sender(place):
    sent = {}
    for each in sample_connections(place):
        for end, way in (("client", "out"), ("server", "in")):
            sent[each[end]] = sent.get(each[end], 0) + each["bytes_" + way]
    host = max(sent, key=sent.get)
    share = 100 * sent[host] / sum(sent.values())
    found = re.match(r"2024-03-04T09:00:59Z  (\S+)  ([\d.]+) kB/s, ([\d.]+) %\n$", place.script("top-sender.sh"))
    expect(found and found.group(1) == host and abs(float(found.group(3)) - share) < 0.11,
           "%r is not %s with %.1f %%" % (found and found.group(), host, share))
    rate = sent[host] / 59.4e3  # the sample ends before its minute is over
    expect(abs(float(found.group(2)) / rate - 1) < 0.02, "%s kB/s is not %.1f kB/s" % (found.group(2), rate))
    expect_equal(len(place.script("top-sender.sh", SAMPLE, "10").splitlines()), 6, "lines of six intervals")


def check_picture(place):
    if not shutil.which("tmux"):
        raise Skip("tmux is not installed")
    place.run(EXAMPLES / "make-picture", "again.svg")
    expect((place.directory / "again.svg").read_bytes() == (EXAMPLES / "tcptrack.svg").read_bytes(),
           "examples/make-picture does not make the bytes of examples/tcptrack.svg")


def check_demo(place):
    said = place.script("demo.sh")
    for text in ("Time:1709542803\tn=283\t", "bit/s, last 16", "The slowest line that", "Bytes/month", "0.0255 fin\n",
                 "$ tcpstat -r %s --capacity auto --overhead ethernet 1\n" % SAMPLE):
        expect(text in said, "no %r in what it shows:\n%s" % (text, said))


def shown_outputs(text):
    """What stands behind a line of `$ command` in a document: (command, output)."""
    for block in re.findall(r"^```\n(.*?)^```$", text, re.M | re.S):
        for command, output in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.M):
            yield command, output


def check_readme(place):
    """README.md shows what the program prints. A line of … stands for any more lines."""
    if not shutil.which("jq"):
        raise Skip("jq is not installed")
    (place.directory / "bin").mkdir()
    for program in (place.program, place.tracker):
        (place.directory / "bin" / os.path.basename(program)).symlink_to(program)
    (place.directory / "examples").symlink_to(EXAMPLES)
    place.environment["PATH"] = "%s:%s" % (place.directory / "bin", os.environ["PATH"])
    place.environment["LC_ALL"] = "C.UTF-8"
    shown = list(shown_outputs((ROOT / "README.md").read_text()))
    expect(len(shown) >= 7, "README.md shows the output of %d commands" % len(shown))
    for command, output in shown:
        ending = {"status": 3} if "--alert" in command else {}
        said = place.run("sh", "-c", command, **ending)
        if output.endswith("…\n"):
            output = output.removesuffix("…\n")
            said = said[:len(output)]
        expect_equal(said.splitlines(), output.splitlines(), "what README.md shows of %s" % command)


def check_runs(place, name):
    expect(place.script(name), "it says nothing")


TESTS = {
    "make-sample": check_sample,
    "make-picture": check_picture,
    "plot.sh": check_plot,
    "protocol-mix.sh": check_protocol_mix,
    "busiest.sh": check_busiest,
    "capacity-check.sh": check_capacity,
    "descriptors.sh": check_descriptors,
    "follow-grep.sh": check_follow_grep,
    "billing.sh": check_billing,
    "line-full.sh": check_line_full,
    "live-table.sh": check_live_table,
    "json-top.sh": check_json_top,
    "slowest-servers.sh": check_slowest_servers,
    "resets.sh": check_resets,
    "top-talkers.sh": check_top_talkers,
    "connections-json.sh": check_connections_json,
    "slow-now.sh": check_slow_now,
    "connection-log.sh": check_connection_log,
    "top-sender.sh": check_top_sender,
    "demo.sh": check_demo,
    "../README.md": check_readme,
}


def check_opening(path):
    """A script opens with its interpreter, its licence, and two lines that explain it."""
    lines = path.read_text().splitlines()
    expect_equal(lines[:2], ["#!/bin/sh", "# SPDX-License-Identifier: BSD-2-Clause"], "the first two lines")
    expect(all(re.match(r"# \w.{20}", line) for line in lines[2:4]) and not lines[4].startswith("#"),
           "not two lines that explain it: %r" % lines[2:5])


def run_test(name, program):
    path = EXAMPLES / name
    expect(os.access(path, os.X_OK) or path.suffix == ".md", "it is not executable")
    if path.suffix == ".sh":
        check_opening(path)
        for tool in ("gnuplot", "jq"):
            if re.search(r"\b%s\b" % tool, path.read_text()) and not shutil.which(tool):
                raise Skip("%s is not installed" % tool)
    with tempfile.TemporaryDirectory(prefix="examples.") as directory:
        place = Place(os.path.realpath(directory), program)
        if name in TESTS:
            TESTS[name](place)
        else:
            check_runs(place, name)


def main():
    program = os.path.abspath(os.environ.get("TCPSTAT") or ROOT / "build" / "tcpstat")
    if not os.access(program, os.X_OK):
        sys.exit("examples: %s: not there: make builds it" % program)
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    scripts = {path.name for path in EXAMPLES.glob("*.sh")} | set(TESTS)
    for name in sorted(scripts):
        try:
            run_test(name, program)
            outcome = "passed"
        except Skip as reason:
            outcome = "skipped"
            print("examples: skipped: %s: %s" % (name, reason))
        except (Failure, OSError, subprocess.TimeoutExpired) as reason:
            outcome = "failed"
            print("examples: failed: %s: %s" % (name, reason))
        counts[outcome] += 1
    print("examples: %(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts)
    sys.exit(counts["failed"] > 0)


if __name__ == "__main__":
    main()
