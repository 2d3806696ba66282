#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs every line of tests/golden/list and compares what a person would see with NAME.out, and the
exit status with NAME.status. `run.py --write` writes them anew: look at the difference before you
commit it. Where a command has --json, each line of its standard output has to be an object that jq
and Python read; where it has --csv, Python's csv has to read it back."""
import csv
import difflib
import io
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT_S = 20

# What there may be nothing of, by the "record" of the object; of intervals None. The empty fields of CSV are the same.
OF_CONNECTION = {"service", "rtt_handshake", "rtt_mean", "rtt_min", "rtt_out", "rtt_in", "first_byte", "vlan", "vlan_out",
                 "vlan_in", "active", "bytes_per_second", "bytes_per_second_out",
                 "bytes_per_second_in", "client_name", "server_name", "process"}
MAY_BE_NULL = {None: {"rtt_p50", "rtt_p95"}, "connection": OF_CONNECTION, "top": {"service", "rtt"},
               "ranking": {"rank", "protocol", "service"}}
FLAGS = {"guessed", "one_way", "active"}
WORDS = {"client", "server", "protocol", "service", "state", "ended", "interface", "client_endpoint", "direction",
         "server_endpoint", "by", "key"}  # of CSV, where they are not told from numbers by quotes


def read_list():
    for line in (HERE / "list").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, command = line.split(None, 1)
            yield name, command


def run(command, folder):
    """What the command prints, stdout first, each line of stderr marked; and its exit status."""
    tcpstat = pathlib.Path(os.environ.get("TCPSTAT", ROOT / "build/tcpstat")).resolve()
    environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "LC_ALL": "C", "TZ": "UTC"}
    (folder / "bin").mkdir(exist_ok=True)
    for program in (tcpstat, tcpstat.with_name("tcptrack")):
        link = folder / "bin" / program.name
        if not link.exists():
            link.symlink_to(program)
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT_S)
    text = done.stdout.decode(errors="backslashreplace")
    errors = done.stderr.decode(errors="backslashreplace").splitlines()
    return done.stdout, text + "".join(f"stderr| {line}\n" for line in errors), f"{done.returncode}\n"


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def unique(members):
    if len({key for key, _ in members}) != len(members):
        raise ValueError(f"a key twice: {members}")
    return dict(members)


def is_plain(record, key, value):
    """A text, a finite number, true or false, or null where there may be nothing, as no line that would do."""
    if value is None:
        return "readings" in record or key in MAY_BE_NULL.get(record.get("record"), ())
    if isinstance(value, bool) or key in FLAGS:
        return isinstance(value, bool) and key in FLAGS
    return isinstance(value, str) or isinstance(value, (int, float)) and math.isfinite(value)


def json_problem(line):
    """Why this line is not one object of finite numbers and texts; empty where it is."""
    try:
        record = json.loads(line.decode(), parse_constant=refuse, object_pairs_hook=unique)
    except ValueError as error:
        return str(error)
    if not isinstance(record, dict) or not record:
        return "not an object"
    strange = [key for key, value in record.items() if not is_plain(record, key, value)]
    return f"neither text nor a finite number: {strange}" if strange else ""


def jq_problem(output):
    """The same by jq, which has to find as many objects as lines."""
    done = subprocess.run(["jq", "-R", "-c", 'fromjson | if type == "object" then 1 else error("no object") end'],
                          input=output, capture_output=True, timeout=TIMEOUT_S)
    if done.returncode != 0:
        return done.stderr.decode(errors="replace").strip()
    found, lines = done.stdout.count(b"\n"), output.count(b"\n")
    return "" if found == lines else f"jq finds {found} objects on {lines} lines"


def json_problems(output):
    """What is wrong with the standard output of a command with --json."""
    if output and not output.endswith(b"\n"):
        yield "the last line does not end"
    for number, line in enumerate(output.split(b"\n")[:-1], 1):
        problem = json_problem(line)
        if problem:
            yield f"line {number}: {problem}"
    if output and shutil.which("jq"):
        problem = jq_problem(output)
        if problem:
            yield f"jq: {problem}"


def is_csv_field(name, field):
    if name in FLAGS:
        return field in ("true", "false")
    if field == "":
        return any(name in names for names in MAY_BE_NULL.values())
    try:
        return name in WORDS or math.isfinite(float(field))
    except ValueError:
        return False


def csv_problems(output):
    """What is wrong with the standard output of a command with --csv (RFC 4180)."""
    text = output.decode()
    if text.count("\n") != text.count("\r\n") or not text.endswith("\r\n"):
        yield "not all lines end with CR LF"
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    if len(set(header)) != len(header) or not all(name and not name[0].isdigit() for name in header):
        yield f"no header: {header}"
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            yield f"line {number} has {len(row)} fields, not {len(header)}"
        for name, field in zip(header, row):
            if not is_csv_field(name, field):
                yield f"line {number}: {name} is '{field}'"


def problems(command, output):
    """What a program that reads the output would stumble over. A command that is refused prints nothing."""
    if not output:
        return []
    found = list(json_problems(output)) if "--json" in command.split() else []
    return found + (list(csv_problems(output)) if "--csv" in command.split() else [])


def compare(name, text, status):
    for kind, got in (("out", text), ("status", status)):
        path = HERE / f"{name}.{kind}"
        expected = path.read_bytes().decode() if path.exists() else ""  # with the line ends of CSV
        if got != expected:
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), got.splitlines(True),
                                                       f"{path.name} (expected)", f"{path.name} (got)"))
            return False
    return True


def main():
    is_writing = sys.argv[1:] == ["--write"]
    passed = failed = skipped = 0
    names = set()
    if not shutil.which("jq"):
        skipped = 1
        print("golden: skipped: no jq (Debian package jq): only Python reads the JSON")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([sys.executable, HERE / "make-inputs", ROOT / "examples/sample.pcap", folder], check=True)
        for name, command in read_list():
            names.add(name)
            try:
                output, text, status = run(command, folder)
            except subprocess.TimeoutExpired:
                output, text, status = b"", "hangs\n", "hangs\n"
            if is_writing:
                (HERE / f"{name}.out").write_bytes(text.encode())
                (HERE / f"{name}.status").write_text(status)
            is_same = compare(name, text, status)
            found = problems(command, output)
            if is_same and not found:
                passed += 1
            else:
                failed += 1
                print(f"golden: FAILED: {name}: {command}", *found, sep="\n  ")
    for path in HERE.glob("*.out"):
        if path.stem not in names:
            failed += 1
            print(f"golden: FAILED: {path.name} belongs to no line of the list")
    print(f"golden: {passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


sys.exit(main())
