#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs every line of tests/golden/list and compares what a person would see with NAME.out, and the
exit status with NAME.status. `run.py --write` writes them anew: look at the difference before you
commit it."""
import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIMEOUT_S = 20


def read_list():
    for line in (HERE / "list").read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            name, command = line.split(None, 1)
            yield name, command


def run(command, folder):
    """What the command prints, stdout first, each line of stderr marked; and its exit status."""
    program = pathlib.Path(os.environ.get("TCPSTAT", ROOT / "build/tcpstat")).resolve()
    environment = {"PATH": f"{folder}/bin:{os.environ['PATH']}", "LC_ALL": "C", "TZ": "UTC"}
    (folder / "bin").mkdir(exist_ok=True)
    link = folder / "bin/tcpstat"
    if not link.exists():
        link.symlink_to(program)
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=TIMEOUT_S)
    text = done.stdout.decode(errors="backslashreplace")
    errors = done.stderr.decode(errors="backslashreplace").splitlines()
    return text + "".join(f"stderr| {line}\n" for line in errors), f"{done.returncode}\n"


def compare(name, text, status):
    for kind, got in (("out", text), ("status", status)):
        path = HERE / f"{name}.{kind}"
        expected = path.read_text() if path.exists() else ""
        if got != expected:
            sys.stdout.writelines(difflib.unified_diff(expected.splitlines(True), got.splitlines(True),
                                                       f"{path.name} (expected)", f"{path.name} (got)"))
            return False
    return True


def main():
    is_writing = sys.argv[1:] == ["--write"]
    passed = failed = 0
    names = set()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        subprocess.run([sys.executable, HERE / "make-inputs", ROOT / "examples/sample.pcap", folder], check=True)
        for name, command in read_list():
            names.add(name)
            try:
                text, status = run(command, folder)
            except subprocess.TimeoutExpired:
                text, status = "hangs\n", "hangs\n"
            if is_writing:
                (HERE / f"{name}.out").write_text(text)
                (HERE / f"{name}.status").write_text(status)
            if compare(name, text, status):
                passed += 1
            else:
                failed += 1
                print(f"golden: FAILED: {name}: {command}")
    for path in HERE.glob("*.out"):
        if path.stem not in names:
            failed += 1
            print(f"golden: FAILED: {path.name} belongs to no line of the list")
    print(f"golden: {passed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
