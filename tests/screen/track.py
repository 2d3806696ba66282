# SPDX-License-Identifier: BSD-2-Clause
"""One run of tcptrack on a terminal: keys go in, what a person would see comes out; and whether the terminal is
afterwards as it was before."""
import functools
import itertools
import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

import harness
import screen
from harness import Failure, Late, expect, expect_equal

# The terminal's mode before, each time the program has stopped, and at the end. A job of its own, as in a shell.
SCRIPT = r"""
set -m
echo before; stty -a >%(name)s.before
sh -c 'echo $$ >%(name)s.pid; exec "$@"' sh %(command)s 2>%(name)s.errors
status=$?
while [ $status -eq %(stopped)d ]; do
  stty -a >%(name)s.part; mv %(name)s.part %(name)s.stopped
  read line; rm %(name)s.stopped; fg >/dev/null; status=$?
done
stty -a >%(name)s.after
exit $status
"""

# Set by run.py:
program = ""
server = None
is_writing = False
reason_without_network = ""
_numbers = itertools.count(1)


def check(name, sentence, heavy=False, live=False):
    """Registers a check, like harness.check; a live one needs network namespaces."""
    def register(function):
        @functools.wraps(function)
        def run():
            if live and reason_without_network:
                raise harness.Skipped(reason_without_network)
            try:
                function()
            except screen.Failure as failure:  # nothing came within its patience
                raise Late(str(failure)) from failure
            except subprocess.SubprocessError as error:
                raise Failure("%s: %s" % (error, getattr(error, "stderr", ""))) from error
        return harness.check(name, sentence, heavy)(run)
    return register


class Track:
    """tcptrack with `words`, within a namespace if one is named; to be used in a with statement. `prefix` is put before
    it, `suffix` is the shell's (a redirection); variables go into its environment."""

    def __init__(self, *words, size=(80, 24), namespace="", prefix=(), suffix="", **variables):
        prefix = (*(("ip", "netns", "exec", namespace) if namespace else ()), *prefix)
        self._name = str(Path(server.folder.name) / ("track%d" % next(_numbers)))
        command = shlex.join(map(str, [*prefix, program, *words])) + " " + suffix
        script = SCRIPT % {"name": self._name, "command": command, "stopped": 128 + signal.SIGSTOP}
        environment = {"LC_ALL": "C.UTF-8",  # the sanitizer is not to take crashes away from the program
                       "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0"} | variables
        self.screen = server.screen(script, *size, **environment)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.screen.hang_up()

    def text_of(self, what):
        """What the script has written: before, stopped, after, errors, pid; empty as long as it is not there."""
        path = Path("%s.%s" % (self._name, what))
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @functools.cached_property
    def pid(self):
        self.screen.wait_until(lambda: self.text_of("pid").endswith("\n"), "start of the program")
        return int(self.text_of("pid"))

    def signal(self, number):
        os.kill(self.pid, number)

    def cpu_seconds(self):
        after_name = Path("/proc/%d/stat" % self.pid).read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")

    def lines(self):
        return self.screen.visible()

    def body(self):
        """The rows between the headings and the total."""
        return [line for line in self.lines()[1:-2] if line]

    def foot(self):
        return (self.lines() or [""])[-1]

    def clients(self, lines=None):
        """The first column of each row."""
        return [line.split()[0] for line in (self.body() if lines is None else lines)]

    def press(self, *keys):
        for key in keys:
            self.screen.send_keys(key)

    def type(self, text):
        self.screen.send_text(text)

    def wait_until(self, condition, what):
        def holds():
            try:
                return condition()
            except IndexError:  # a line that is not there yet
                return False
        self.screen.wait_until(holds, what)

    def wait_foot(self, pattern):
        self.wait_until(lambda: re.search(pattern, self.foot()), "a last line with %r" % pattern)
        return self

    def wait_clients(self, clients, what):
        self.wait_until(lambda: self.clients() == list(clients), what + ": rows of %s" % " ".join(clients))

    def wait_stays(self, condition, seconds, what):
        """What is so has to stay so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            expect(condition(), what, "to stay", "\n".join(self.lines()))
            time.sleep(0.1)

    def expect_mode(self, what):
        """The terminal's mode is what it was; its size may be another one."""
        before, now = (re.sub(r"rows \d+; columns \d+", "", self.text_of(each)) for each in ("before", what))
        expect_equal(now, before, "stty -a, " + what)

    def expect_given_back(self, what):
        """The terminal is as it was: its mode, its screen, its cursor."""
        self.expect_mode(what)
        expect_equal(self.screen.variable("alternate_on"), "0", "the alternate screen, " + what)
        expect_equal(self.screen.variable("cursor_flag"), "1", "the cursor, " + what)
        expect_equal(self.lines()[0], "before", "what stood on the screen, " + what)
        expect("TOTAL" not in "\n".join(self.lines()), "the screen, " + what, "nothing of the table", self.lines())

    def expect_end(self, status=0, errors=""):
        """It ends so, and the terminal is as it was."""
        self.screen.wait_end(status)
        said_by_shell = signal.strsignal(status - 128) + "\n" if status > 128 else ""
        expect_equal(self.text_of("errors").removesuffix(said_by_shell), errors, "standard error")
        self.expect_given_back("after")

    def quit(self):
        self.press("q")
        self.expect_end()
