# SPDX-License-Identifier: BSD-2-Clause
"""One run of tcpstat: started, read line by line as the lines come, signalled, measured, and ended."""
import errno
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

from harness import Failure, Late, expect, expect_equal, expect_soon, wait_until
from namespaces import forget, start

PATIENCE_S = 10  # for what has no limit of its own: a machine may be slow, a program must not hang
SMALL_BUFFER = ["--buffer-size", "4096"]  # many captures at a time: no 64 MiB for each

path = ""  # of the program; set by run.py


class Stream:
    """Reads a pipe in a thread: when (wall clock, ns) each line came, and when the pipe was closed."""

    def __init__(self, pipe):
        self.lines = []
        self.times_ns = []
        self.reads = []  # what each read(2) gave
        self.closed_ns = None
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe):
        tail = b""
        with pipe:
            while True:
                block = os.read(pipe.fileno(), 1 << 16)
                now = time.time_ns()
                with self._changed:
                    if not block:
                        if tail:
                            self.lines.append(tail.decode("utf-8", "replace"))
                            self.times_ns.append(now)
                        self.closed_ns = now
                        self._changed.notify_all()
                        return
                    self.reads.append(block)
                    *whole, tail = (tail + block).split(b"\n")
                    self.lines += [line.decode("utf-8", "replace") for line in whole]
                    self.times_ns += [now] * len(whole)
                    self._changed.notify_all()

    def wait_for(self, count, seconds):
        """Waits until `count` lines are there, the pipe is closed, or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: len(self.lines) >= count or self.closed_ns, seconds)
            return len(self.lines) >= count

    def wait_closed(self, seconds):
        with self._changed:
            return bool(self._changed.wait_for(lambda: self.closed_ns, seconds))


class Program:
    """tcpstat with `arguments`, within a namespace if one is named; to be used in a with statement.

    `prefix` is put before the program (setpriv, sh); `is_merged` gives both outputs one pipe, to see their order."""

    def __init__(self, arguments, namespace="", prefix=(), stdin=None, is_merged=False, program=""):
        command = ["ip", "netns", "exec", namespace] if namespace else []
        self.process = start([*command, *prefix, program or path, *arguments],
                             stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT if is_merged else subprocess.PIPE, bufsize=0)
        self.pid = self.process.pid  # of tcpstat itself; another one where the prefix does not exec it
        self.out = Stream(self.process.stdout)
        self.err = None if is_merged else Stream(self.process.stderr)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.out.wait_closed(PATIENCE_S)
        if self.process.stdin:
            self.close_input()
        forget(self.process)

    def errors(self):
        """Standard error so far, as text."""
        return "\n".join(self.err.lines)

    def takes_signals(self):
        """It has begun to read its signals from a descriptor."""
        if self.process.poll() is not None:
            raise Failure("start: expected a running program, got status %s: %s"
                          % (self.process.returncode, self.errors() if self.err else self.out.lines))
        blocked = int(self.status().get("SigBlk", "0"), 16)
        return all(blocked >> (number - 1) & 1 for number in (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1))

    def wait_ready(self, captures=1):
        """Until the program takes signals, has its captures open and waits: what is sent now is counted."""
        def is_ready():
            return (self.takes_signals() and self.status().get("State", "").startswith("S")
                    and self.open_captures() >= captures)
        wait_until(is_ready, PATIENCE_S, "start: a program that waits for packets")

    def open_captures(self):
        """Running packet sockets in the program's namespace."""
        rows = self._proc("net/packet").splitlines()[1:]
        return sum(1 for row in rows if row.split()[5] == "1")

    def status(self):
        """/proc/PID/status as a dictionary."""
        rows = (row.split(":", 1) for row in self._proc("status").splitlines() if ":" in row)
        return {name: value.strip() for name, value in rows}

    def _proc(self, name):
        try:
            return Path("/proc/%d/%s" % (self.pid, name)).read_text(encoding="utf-8")
        except OSError:
            return ""

    def waits(self):
        """How often the program has gone to sleep so far."""
        return int(self.status()["voluntary_ctxt_switches"])

    def cpu_seconds(self):
        """Processor time so far."""
        after_name = self._proc("stat").rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def signal(self, number):
        """Sends a signal; returns the wall clock (ns) right before."""
        now = time.time_ns()
        if self.pid == self.process.pid:
            self.process.send_signal(number)
        else:
            os.kill(self.pid, number)
        return now

    def feed(self, data):
        """Writes to its standard input."""
        view = memoryview(data)
        while view:
            view = view[os.write(self.process.stdin.fileno(), view):]

    def close_input(self):
        try:
            self.process.stdin.close()
        except OSError as error:
            if error.errno != errno.EPIPE:
                raise

    def wait_lines(self, count, seconds=PATIENCE_S):
        """The first `count` lines of standard output, as text."""
        if not self.out.wait_for(count, seconds):
            raise Late("output within %s s: expected %d lines, got %r (stderr: %s)"
                       % (seconds, count, self.out.lines, self.errors() if self.err else "merged"))
        return self.out.lines[:count]

    def finish(self, status=0, seconds=PATIENCE_S, stderr=""):
        """Waits for the end, which must come within `seconds` with this exit status and this standard error (text, or a
        pattern for all of it, or None: the caller looks at it). Returns all lines of standard output."""
        what = "%s: " % " ".join(self.process.args[-3:])
        if not self.out.wait_closed(seconds):
            raise Late(what + "end: expected within %s s, still running; output so far %r" % (seconds, self.out.lines))
        self.process.wait()
        errors = ""
        if self.err:
            self.err.wait_closed(PATIENCE_S)
            errors = self.errors()
        expect(self.process.returncode == status, what + "exit status", status,
               "%s (stdout %r, stderr %r)" % (self.process.returncode, self.out.lines, errors))
        if isinstance(stderr, re.Pattern):
            expect(stderr.fullmatch(errors), what + "standard error", stderr.pattern, repr(errors))
        elif self.err and stderr is not None:
            expect_equal(errors, stderr, what + "standard error")
        return self.out.lines

    def finish_after(self, signal_ns, seconds=0.5, **expected):
        """finish(), the end being due so long after a signal sent at `signal_ns`."""
        lines = self.finish(**expected)
        expect_soon((self.out.closed_ns - signal_ns) / 1e9, seconds, "time from the signal to the end, in s")
        return lines
