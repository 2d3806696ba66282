#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Drives tcptrack on a terminal, as a person does: its screens, its keys, resizing, every way out of it; on stored
captures and on connections between network namespaces of its own.

usage: run.py [--write] [NAME]...

The program is what TCPTRACK names, or tcptrack beside what TCPSTAT names, or build/tcptrack. With names, only the
checks whose name begins with one of them are run. --write writes the screens in tests/golden/ anew: look at the
difference before you commit it.
"""
import importlib
import locale
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is left in the tree

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path += [str(HERE.parent / "live"), str(HERE.parent / "terminal")]

import harness
import namespaces
import screen
import track

NAME = "screen-test"  # of this process on the screens
WORKERS = 4
POLL_S = 0.03  # each look at a screen starts a process


def chosen_program():
    beside = Path(os.environ.get("TCPSTAT", ROOT / "build/tcpstat")).with_name("tcptrack")
    found = Path(os.environ.get("TCPTRACK", beside)).resolve()
    if not os.access(found, os.X_OK):
        sys.exit("screen: %s: not a program (make builds it)" % found)
    return str(found)


def load_checks(prefixes):
    for module in sorted(HERE.glob("checks_*.py")):
        importlib.import_module(module.stem)
    return [check for check in harness.CHECKS if not prefixes or check.name.startswith(tuple(prefixes))]


def start_server():
    """A server of terminals, or why there is none."""
    if not shutil.which("tmux"):
        return None, "no tmux (Debian package tmux)"
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
        return screen.Server(), ""
    except locale.Error:
        return None, "no locale C.UTF-8"
    except (OSError, subprocess.SubprocessError) as error:
        return None, "tmux does not start: %s" % (getattr(error, "stderr", "") or error)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    Path("/proc/self/comm").write_text(NAME, encoding="ascii")
    track.program = chosen_program()
    track.is_writing = "--write" in sys.argv
    track.server, reason = start_server()
    if not track.server:
        print("screen: skipped: " + reason)
        print("screen: 0 passed, 0 failed, 1 skipped")
        return 0
    track.reason_without_network = namespaces.reason_not_to_run()
    if track.reason_without_network:
        print("screen: skipped: live connections: " + track.reason_without_network)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where the parent ignored them
        signal.signal(number, interrupt)
    harness.WORKERS, screen.POLL_S = WORKERS, POLL_S
    tally = harness.Tally()
    try:
        harness.run_checks(load_checks([word for word in sys.argv[1:] if word != "--write"]), tally)
    except KeyboardInterrupt:
        print("screen: interrupted")
        return 1
    finally:
        track.server.close()
        namespaces.clean_up()
    print("screen: %d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
