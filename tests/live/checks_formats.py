# SPDX-License-Identifier: BSD-2-Clause
"""Live, for people and programs: JSON, CSV, the table, aligned intervals, losses of each interval, alerts, and what is
told at the end."""
import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import tempfile
import termios
import time
from decimal import Decimal
from pathlib import Path

import program as program_module
from checks_counts import tcpreplay
from checks_stored import make_long_capture, read_a_while
from frames import PCAP_HEADER, UDP4, UDP4_COUNTS, pcap_record, write_pcap
from harness import Failure, Late, check, expect, expect_equal, expect_soon, expect_within, wait_until
from lines import LATE_MOST_US
from namespaces import Pair, forget, start
from program import PATIENCE_S, SMALL_BUFFER, Program

LIVE = [*SMALL_BUFFER, "-i", "a0"]
NS_PER_S = 1_000_000_000


def nanoseconds(seconds):
    return int(Decimal(seconds) * NS_PER_S)


def parse(lines):
    """Each line an object; its numbers exact."""
    def refuse(constant):
        raise ValueError("%s is no JSON" % constant)
    try:
        return [json.loads(line, parse_float=Decimal, parse_constant=refuse) for line in lines]
    except ValueError as error:
        raise Failure("JSON: %s in %r" % (error, lines)) from error


def expect_one_write_a_line(program, lines_first=1):
    """A reader that comes late finds more at a time, but never a part of one."""
    expect(all(block.endswith(b"\n") for block in program.out.reads), "reads", "whole lines", program.out.reads)
    counts = [block.count(b"\n") for block in program.out.reads]
    expect(counts[0] == lines_first and set(counts[1:]) <= {1}, "lines a read(2)", "one", counts, Late)


def expect_on_time(ends_ns, times_ns):
    """Each line came after the end of its interval, by 250 ms at most."""
    for number, (end_ns, time_ns) in enumerate(zip(ends_ns, times_ns), 1):
        expect_soon((time_ns - end_ns) // 1000 + 1, LATE_MOST_US, "line %d after its interval's end, in µs" % number)


@check("json", "--json: one object a line, one write a line, on time; intervals without a gap; the last with its true "
               "length")
def json_lines():
    pair = Pair()
    fields = "index,begin,end,length,packets,udp,bytes,bytes_udp,dropped"
    with pair.sender() as sender, Program([*LIVE, "--json", "--fields", fields, "0.2"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 30)
        program.wait_lines(10)
        program.finish_after(program.signal(signal.SIGINT))
        records = parse(program.out.lines)
    expect_one_write_a_line(program)
    expect_equal([list(record) for record in records], [fields.split(",")] * len(records), "keys")
    expect_equal([record["index"] for record in records], list(range(1, len(records) + 1)), "indices")
    expect_equal([nanoseconds(record["length"]) for record in records[:-1]], [NS_PER_S // 5] * (len(records) - 1),
                 "lengths of all but the last")
    expect_within(nanoseconds(records[-1]["length"]), 0, NS_PER_S // 5, "the last length")
    for before, record in zip(records, records[1:]):
        expect_equal(record["begin"], before["end"], "begin of interval %d" % record["index"])
    expect_on_time([nanoseconds(record["end"]) for record in records], program.out.times_ns)
    for name, expected in (("packets", 30), ("udp", 30), ("bytes", 30 * UDP4_COUNTS.N),
                           ("bytes_udp", 30 * UDP4_COUNTS.N), ("dropped", 0)):
        expect_equal(sum(record[name] for record in records), expected, name)


@check("json-sigusr1", "--json: SIGUSR1 asks for a line with its true length, the next interval begins there")
def json_sigusr1():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "--json", "--fields", "begin,end,packets", "-1"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        asked = program.signal(signal.SIGUSR1)
        program.wait_lines(1)
        expect_soon((program.out.times_ns[0] - asked) / 1e9, 0.5, "time from the signal to the line, in s")
        sender.send([UDP4] * 5)
        first, second = parse(program.finish_after(program.signal(signal.SIGINT)))
    expect_equal([first["packets"], second["packets"]], [10, 5], "packets")
    expect_equal(second["begin"], first["end"], "begin of the second")


@check("csv", "--csv: the header comes with the first line, then one write a line")
def csv_lines():
    pair = Pair()
    with Program([*LIVE, "--csv", "--fields", "index,length,packets", "0.2", "5"], pair.here) as program:
        lines = program.finish()
    expect_equal(lines, ["index,length,packets\r"] + ["%d,0.200000000,0\r" % index for index in range(1, 6)], "lines")
    expect_one_write_a_line(program, lines_first=2)


@check("table", "-t: a header with the losses in it, then a line for each interval, at once and on time")
def table():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "-t", "0.5", "4"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 10)
        header, *rows = program.finish()
    expect_equal(header.split(), "time pkt/s bit/s avg tcp udp drop bit/s, last 16".split(), "header")
    expect_equal([row.split()[1:7] for row in rows],
                 [["20.0", "8.6k", "54.0", "0", "10", "0"]] + [["0.0", "0.0", "0.0", "0", "0", "0"]] * 3, "rows")
    expect_equal([row.split()[-1] for row in rows], ["@", "@_", "@__", "@___"], "sparklines")
    expect(all(re.match(r"\d\d:\d\d:\d\d\.\d{3} ", row) for row in rows), "times", "with milliseconds", rows)
    expect_one_write_a_line(program, lines_first=2)


@check("align", "--align: intervals end at multiples of their length since the epoch, lines come on time, the first "
                "interval is what is left of its own")
def align():
    for length in ("0.5", "0.3"):
        length_ns = nanoseconds(length)
        pair = Pair()
        words = ["--align", "--json", "--fields", "begin,end,length,packets", length]
        with pair.sender() as sender, Program([*LIVE, *words], pair.here) as program:
            program.wait_ready()
            sender.send([UDP4] * 10)
            program.wait_lines(5)
            program.finish_after(program.signal(signal.SIGINT))
            records = parse(program.out.lines)
        ends_ns = [nanoseconds(record["end"]) for record in records]
        expect_equal([end_ns % length_ns for end_ns in ends_ns[:-1]], [0] * (len(records) - 1), "ends past a multiple")
        expect_within(nanoseconds(records[0]["length"]), 1, length_ns, "length of the first")
        expect_equal([nanoseconds(record["length"]) for record in records[1:-1]], [length_ns] * (len(records) - 2),
                     "lengths but the first and the last")
        for before, record in zip(records, records[1:]):
            expect_equal(record["begin"], before["end"], "begin")
        expect_on_time(ends_ns, program.out.times_ns)
        expect_equal(sum(record["packets"] for record in records), 10, "packets")


@check("align-together", "--align: two captures begun at different times have the same intervals")
def align_together():
    pair = Pair()
    command = [*LIVE, "--align", "-o", r"%{end:%s.%9f}\n", "0.4", "4"]
    with Program(command, pair.here) as one:
        time.sleep(0.25)
        with Program(command, pair.here) as other:
            ends, others = one.finish(), other.finish()
    common = set(ends) & set(others)
    expect(len(common) >= 3, "ends in both", "at least 3", "%s and %s" % (ends, others))


@check("align-seconds", "--align with -s: the last interval is a part of one")
def align_seconds():
    pair = Pair()
    with Program([*LIVE, "--align", "--csv", "--fields", "length", "-s", "1.3", "0.5"], pair.here) as program:
        lengths = [nanoseconds(line.strip()) for line in program.finish()[1:]]
    # The clock may be adjusted meanwhile: -s goes by the monotonic one, the ends by the other.
    expect_within(sum(lengths), 1_299_000_000, 1_301_000_000, "lengths together")
    expect_equal(lengths[1:-1], [500_000_000] * (len(lengths) - 2), "lengths but the first and the last")


@check("align-seconds-short", "--align with -s shorter than the interval comes to an end")
def align_seconds_short():
    pair = Pair()
    with Program([*LIVE, "--align", "--csv", "--fields", "length", "-s", "0.3", "1"], pair.here,
                 prefix=["sh", "-c", '"$@" | head -n 4', "sh"]) as program:  # a flood fills no disk
        lines = program.finish(stderr=None)
    expect(len(lines) <= 3, "lines", "a header and one or two intervals, or none", lines)


@check("burst", "burst:100ms live: what comes at once is in one window, whatever the interval's length")
def burst():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "--json", "--fields", "burst:100ms,burst:1s,size_p95", "60"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        time.sleep(0.3)
        sender.send([UDP4] * 10)
        (record,) = parse(program.finish_after(program.signal(signal.SIGINT)))
    bits = UDP4_COUNTS.N * 8
    expect_equal(record, {"burst:100ms": 20 * bits * 10, "burst:1s": 30 * bits, "size_p95": UDP4_COUNTS.N}, "record")


def told_drops(errors):
    """The packets that the sentence at the end tells of."""
    told = re.search(r"^tcpstat: (\d+) packets \(\d+\.\d\d%\) were dropped by the kernel", errors, re.M)
    expect(told, "stderr", "the packets dropped by the kernel", repr(errors))
    return int(told[1])


@check("dropped", "dropped: over all intervals as many as are told at the end, in the summary too; each interval that "
                  "lost some alerts, status 3", heavy=True)
def dropped():
    count = 60_000
    pair = Pair()
    with Program(["-i", "a0", "--buffer-size", "1024", "--json", "--fields", "packets,dropped", "--summary", "--alert",
                  "dropped > 0", "0.3"], pair.here) as program:
        program.wait_ready()
        for _ in range(2):
            program.signal(signal.SIGSTOP)
            tcpreplay(pair.there, [UDP4] * (count // 20), "--topspeed", "--loop=10")
            program.signal(signal.SIGCONT)
            time.sleep(1)  # intervals without a loss
        program.signal(signal.SIGINT)
        *intervals, summary = parse(program.finish(status=3, stderr=None))
        errors = program.errors()
    lost = [record["dropped"] for record in intervals]
    expect_equal(sum(lost), told_drops(errors), "dropped over all intervals")
    expect_equal(summary["dropped"], sum(lost), "dropped in the summary")
    expect_equal(sum(record["packets"] for record in intervals) + sum(lost), count, "packets counted and dropped")
    expect_within(len([drops for drops in lost if drops > 0]), 2, len(lost) // 2, "intervals with a loss of %s" % lost)
    expect_equal(re.findall(r"^tcpstat: alert: dropped = (\d+) ", errors, re.M),
                 [str(drops) for drops in lost if drops], "alerts")


@check("dropped-table", "-t: the losses stand in their column", heavy=True)
def dropped_table():
    pair = Pair()
    with Program(["-i", "a0", "--buffer-size", "1024", "-t", "0.3"], pair.here) as program:
        program.wait_ready()
        program.signal(signal.SIGSTOP)
        tcpreplay(pair.there, [UDP4] * 5000, "--topspeed", "--loop=10")
        program.signal(signal.SIGCONT)
        program.wait_lines(6)
        program.signal(signal.SIGINT)
        header, *rows = program.finish(stderr=None)
        told = told_drops(program.errors())
    end = re.search(r"\bdrop\b", header).end()
    shown = [float(row[:end].split()[-1].replace("k", "e3")) for row in rows]
    expect_within(sum(shown), told - 50 * len(rows), told + 50 * len(rows), "losses shown as %s, told" % shown)


@check("alert", "--alert: told on stderr when its interval ends, status 3 at the end; status 0 where none was met")
def alert():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "-o", r"%n\n", "--alert", "bits_per_second > 10k", "0.5", "4"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        sent = time.time_ns()
        lines = program.finish(status=3, stderr=re.compile(
            r"tcpstat: alert: bits_per_second = 17280\.00 \(bits_per_second > 10k\), interval from "
            r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z of 0\.50* s"))
        expect_equal(lines, ["20", "0", "0", "0"], "packets")
        expect_soon((program.err.times_ns[0] - sent) / 1e9, 0.75, "time from the packets to the alert, in s")
    with Program([*LIVE, "-o", r"%n\n", "--alert", "n > 0", "0.2", "3"], pair.here) as program:
        expect_equal(program.finish(), ["0"] * 3, "without traffic")


@check("alert-interrupt", "--alert in an interval that SIGINT ends: told, status 3")
def alert_interrupt():
    pair = Pair()
    told = re.compile(r"tcpstat: alert: udp = 5, tcp = 0 \(udp >= 5 and tcp == 0\), .*")
    with pair.sender() as sender, \
         Program([*LIVE, "-a", "--alert", "udp >= 5 and tcp == 0", "60"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 5)
        lines = program.finish_after(program.signal(signal.SIGINT), status=3, stderr=told)
    expect_equal(len(lines), 5, "lines of -a")


@check("summary", "--summary at SIGINT: packets, bytes, intervals, rates, within 0.5 s of the signal")
def summary():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "--summary", "-o", r"%n\n", "0.5"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        program.wait_lines(3)
        lines = program.finish_after(program.signal(signal.SIGINT))
    counts = [line for line in lines if line.isdigit()]
    told = "\n".join(lines[len(counts):])
    sums = (20 * UDP4_COUNTS.N, len(counts))
    for pattern in (r"^--- 20 packets, %d bytes, 0 dropped, in \d\.\d{3} s$" % sums[0],
                    r"^bit/s of %d intervals, mean/p50/p95/p99/max = [\d.]+k/0\.0/17\.3k/17\.3k/17\.3k$" % sums[1],
                    r"\bipv4\s+20 \(100\.0 %\)", r"\budp\s+20 \(100\.0 %\)"):
        expect(re.search(pattern, told, re.M), "summary", pattern, told)


@check("capacity-auto", "--capacity auto live, ended by SIGINT: the ladder's answers, its step told, within 0.5 s "
                        "of the signal")
def capacity_auto():
    pair = Pair()
    with pair.sender() as sender, Program([*LIVE, "--capacity", "1M,auto", "0.5"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        time.sleep(0.6)
        lines = program.finish_after(program.signal(signal.SIGINT))
    text = "\n".join(lines)
    expect(text.startswith("Capacity for 20 packets, 1.080 kB, in "), "report", "20 packets, 1.080 kB", text)
    expect("of 64 lines from 10 kbit/s on, each 33.4 % faster" in text, "report", "the ladder and its step", text)
    # One interval of 0.5 s has all: 17.28 kbit/s. The last one waits for 19 others, 8208 bits: for 100 ms at 82 kbit/s.
    for words, expected in (("exceeds in no interval (-b)", "17.78 kbit/s  13.34 kbit/s"),
                            ("delays no packet by more than 100 ms", "100.0 kbit/s  74.99 kbit/s"),
                            ("  largest over any 1 s", "8.640 kbit/s")):
        line = next((line for line in lines if words in line), "")
        expect(line.partition(words)[2].split() == expected.split(), words, expected, line, Late)


@check("capacity-json", "--capacity auto --json live: one reading, six answers, each with a rung that is too slow")
def capacity_json():
    pair = Pair()
    with pair.sender() as sender, \
         Program([*LIVE, "--json", "--capacity", "auto", "--overhead", "ethernet", "0.25"], pair.here) as program:
        program.wait_ready()
        sender.send([UDP4] * 20)
        time.sleep(0.3)
        report, *answers = parse(program.finish_after(program.signal(signal.SIGINT)))
    expect_equal([report["record"], report["packets"], report["bytes"], report["rate_max_1s"]],
                 ["capacity", 20, 20 * (UDP4_COUNTS.N + 38), 20 * (UDP4_COUNTS.N + 38) * 8], "report")
    expect_equal([(answer["record"], answer["readings"]) for answer in answers], [("capacity_answer", 1)] * 6,
                 "answers")
    for answer in answers[2:]:
        will_do, will_not = answer["bits_per_second"], answer["bits_per_second_too_slow"]
        expect(will_do > will_not > 0, "answer", "above one that is too slow", answer)


@check("capacity-follow", "--capacity auto on a capture that grows: read once, the ladder's answers")
def capacity_follow():
    with tempfile.TemporaryDirectory() as directory:
        capture = str(Path(directory) / "grows.pcap")
        write_pcap(capture, [UDP4] * 20)
        with Program(["--follow", "-r", capture, "--capacity", "auto", "-1"]) as program:
            time.sleep(0.6)
            lines = program.finish_after(program.signal(signal.SIGINT))
    text = "\n".join(lines)
    expect("Capacity for 20 packets" in text and "of 64 lines" in text, "report", "20 packets, the ladder", text)


@check("capacity-long-file", "--capacity auto, SIGINT while a file is read: what was read is told, and not read again",
       heavy=True)
def capacity_long_file():
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "long.pcap")
        make_long_capture(name)
        with Program(["-r", name, "--capacity", "auto", "--json"]) as program:
            read_a_while(program)
            report, *answers = parse(program.finish_after(program.signal(signal.SIGINT)))
    expect(report["packets"] > 2, "packets", "many", report)
    expect_equal([answer["readings"] for answer in answers], [1] * 6, "readings")


def answers_after(name, what_happens):
    """The answers of --capacity auto for a file that something happens to before it can be read again: the program
    stands still meanwhile, as nobody reads its alerts."""
    process = start([program_module.path, "-r", name, "--json", "--capacity", "auto", "--alert", "n > 0", "1"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        def waits_to_write():
            waiting = fcntl.ioctl(process.stderr, termios.FIONREAD, struct.pack("i", 0))
            state = Path("/proc/%d/stat" % process.pid).read_text(encoding="ascii").rpartition(")")[2].split()[0]
            return struct.unpack("i", waiting)[0] > 32_768 and state == "S"
        wait_until(waits_to_write, PATIENCE_S, "a program that waits to write")
        what_happens()
        output, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        forget(process)
    return [record for record in parse(output.decode("ascii").splitlines()) if record["record"] == "capacity_answer"]


@check("capacity-removed", "--capacity auto on a file that is removed or replaced before it is read again: no answer "
                           "from another sample")
def capacity_removed():
    bursts = [pcap_record(UDP4, (1_000_000_000 + second) * 1_000_000) * 20 for second in range(1500)]
    with tempfile.TemporaryDirectory() as directory:
        name = str(Path(directory) / "day.pcap")

        def replace():
            os.unlink(name)
            Path(name).write_bytes(PCAP_HEADER + b"".join(bursts) + bursts[-1] * 9)
        for what_happens in (lambda: os.unlink(name), replace):
            Path(name).write_bytes(PCAP_HEADER + b"".join(bursts))
            answers = answers_after(name, what_happens)
            # The last of 20 at once waits for 19 others, 8208 bits: for 100, 10, 1 ms at 82 kbit/s, 821 and 8210.
            for answer, exact in zip(answers[3:], (82_080, 820_800, 8_208_000)):
                will_do, will_not = answer["bits_per_second"], answer["bits_per_second_too_slow"]
                expect(will_not < exact <= will_do, "answer", "around %d" % exact, answer)
