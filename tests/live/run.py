#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Proves tcpstat on live traffic, in network namespaces of its own.

usage: run.py [PROGRAM [NAME]...]

The program is the first argument, or what TCPSTAT names, or build/tcpstat. With names, only the checks whose name
begins with one of them are run.
"""
import importlib
import os
import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True  # nothing is left in the tree

import harness
import namespaces
import program

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def chosen_program():
    named = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TCPSTAT") or str(ROOT / "build" / "tcpstat")
    found = Path(named).resolve()
    if not os.access(found, os.X_OK):
        sys.exit("live: %s: not a program (make builds it)" % named)
    return str(found)


def load_checks():
    """Every checks_*.py registers its checks."""
    for module in sorted(HERE.glob("checks_*.py")):
        importlib.import_module(module.stem)
    prefixes = tuple(sys.argv[2:])
    return [check for check in harness.CHECKS if not prefixes or check.name.startswith(prefixes)]


def take_precedence():
    """What is measured are the program's times, not those of what else runs on this machine."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:
        os.nice(-15)


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    program.path = chosen_program()
    reason = namespaces.reason_not_to_run()
    if reason:
        print("live: skipped: " + reason)
        print("live: 0 passed, 0 failed, 1 skipped")
        return 0
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # also where the parent ignored them
        signal.signal(number, interrupt)
    take_precedence()
    tally = harness.Tally()
    try:
        harness.run_checks(load_checks(), tally)
    except KeyboardInterrupt:
        print("live: interrupted")
        return 1
    finally:
        namespaces.clean_up()
    print(tally.summary())
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
