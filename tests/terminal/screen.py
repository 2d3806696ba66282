# SPDX-License-Identifier: BSD-2-Clause
"""A terminal of a size of our choice, by tmux: what a person would see of a program, with its colours. The server is
our own, on a socket in a folder of our own, and ends with Server.close()."""
import itertools
import os
import re
import shlex
import subprocess
import tempfile
import time
from pathlib import Path

PATIENCE_S = 10  # a machine may be slow, a program must not hang
POLL_S = 0.005
CONFIGURATION = "set -g status off\nset -g history-limit 5000\nset -g exit-empty off\n"
SHOWN_MOST = 30  # lines of a screen in a message


class Failure(Exception):
    """What was expected and what came instead."""


def after(styles, number):
    """What holds after the SGR escape of this number (ECMA-48)."""
    if number == 0:
        return set()
    ended = {39: range(30, 38), 49: range(40, 48)}.get(number, ())
    return styles - set(ended) if ended else styles | {number}


class Server:
    """Raises OSError or CalledProcessError where there is no tmux or no terminal to be had."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tcpstat-terminal-")
        configuration = Path(self.folder.name) / "tmux.conf"
        configuration.write_text(CONFIGURATION, encoding="ascii")
        self._command = ["tmux", "-u", "-L", "tcpstat", "-f", str(configuration)]
        self._environment = {name: value for name, value in os.environ.items() if name not in ("TMUX", "NO_COLOR")}
        self._environment |= {"TMUX_TMPDIR": self.folder.name, "LC_ALL": "C.UTF-8", "SHELL": "/bin/sh", "TZ": "UTC"}
        self._sessions = itertools.count(1)
        try:
            self.run("start-server")
        except BaseException:
            self.close()
            raise

    def run(self, *words):
        """What a tmux command says."""
        return subprocess.run([*self._command, *words], env=self._environment, stdin=subprocess.DEVNULL, text=True,
                              encoding="utf-8", capture_output=True, timeout=PATIENCE_S, check=True).stdout

    def close(self):
        try:
            subprocess.run([*self._command, "kill-server"], env=self._environment, capture_output=True,
                           timeout=PATIENCE_S, check=False)
        except FileNotFoundError:
            pass
        self.folder.cleanup()

    def screen(self, command, columns, rows, **environment):
        return Screen(self, "s%d" % next(self._sessions), command, columns, rows, environment)


class Screen:
    """A shell command on a terminal; to be used in a with statement."""

    def __init__(self, server, name, command, columns, rows, environment):
        self._server, self._name = server, name
        self.columns, self.rows = columns, rows
        self._status = Path(server.folder.name) / (name + ".status")
        self._is_closed = False
        variables = ["%s=%s" % variable for variable in environment.items()]
        program = shlex.join(["env", *variables, "sh", "-c", command])
        server.run("new-session", "-d", "-s", name, "-x", str(columns), "-y", str(rows),
                   "%s; echo $? >%s; exec sleep 60" % (program, shlex.quote(str(self._status))))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()

    def hang_up(self):
        """The terminal goes away; a program on it gets SIGHUP."""
        if not self._is_closed:
            self._is_closed = True
            self._server.run("kill-session", "-t", self._name)

    def send_keys(self, *keys):
        """By their names in tmux: a character, Up, PPage, Escape, C-l."""
        self._server.run("send-keys", "-t", self._name, *keys)

    def send_text(self, text):
        """As if somebody typed it."""
        self._server.run("send-keys", "-t", self._name, "-l", text)

    def variable(self, name):
        """What tmux knows of the terminal: cursor_flag, alternate_on, pane_title."""
        return self._server.run("display-message", "-p", "-t", self._name, "#{%s}" % name).rstrip("\n")

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self._server.run("resize-window", "-t", self._name, "-x", str(columns), "-y", str(rows))
        with open(self.variable("pane_tty"), encoding="ascii") as terminal:
            self.wait_until(lambda: tuple(os.get_terminal_size(terminal.fileno())) == (columns, rows), "the new size")

    def _capture(self, *options):
        lines = self._server.run("capture-pane", "-p", "-t", self._name, *options).split("\n")
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def visible(self):
        """The lines on the screen."""
        return self._capture()

    def all(self):
        """These and those that have left it at the top."""
        return self._capture("-S", "-")

    def unwrapped(self):
        """The same, those that were too long for the screen as one."""
        return self._capture("-S", "-", "-J")

    def styles(self):
        """For each line of all() the numbers of the SGR escapes that hold for each of its characters, without blanks;
        0, 39 and 49 end others."""
        lines, now = [], set()
        for line in self._capture("-S", "-", "-e"):
            styles = []
            for code, character in re.findall(r"\x1b\[([\d;]*)m|(.)", line):
                if not character:
                    for number in (code or "0").split(";"):
                        now = after(now, int(number))
                elif character != " ":
                    styles.append(frozenset(now))
            lines.append(styles)
        return lines

    def wait_until(self, condition, what):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > end:
                raise Failure("%s: not within %s s; %s" % (what, PATIENCE_S, self._shown()))
            time.sleep(POLL_S)

    def wait_end(self, expected=0):
        """Until the command has ended, as it has to, with this status."""
        def status():
            return self._status.read_text(encoding="ascii") if self._status.exists() else ""
        self.wait_until(lambda: status().endswith("\n"), "end")
        if status() != "%d\n" % expected:
            raise Failure("exit status: expected %d, got %s; %s" % (expected, status().strip(), self._shown()))

    def _shown(self):
        return "the screen shows:\n" + "\n".join(self.all()[-SHOWN_MOST:])
