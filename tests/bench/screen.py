# SPDX-License-Identifier: BSD-2-Clause
"""A program on a pseudo-terminal of 80x24 characters, and what stands on its screen, by as much of xterm (ECMA-48) as
curses makes use of. An escape sequence that is not known here is an error: the screen would be wrong."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

COLUMNS, ROWS = 80, 24
ENVIRONMENT = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C",
               "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}
READ_BYTES, READ_S = 1 << 16, 0.1
POLL_S = 0.005
FEED_DESCRIPTOR = 3
SEQUENCE_MOST = 64  # characters
TOKEN = re.compile(r"\x1b\[([<=>?!]?)([\d;]*)([@-~])|\x1b[()][ -~]|\x1b([^\[()])|([\x00-\x1a])|([ -\xff]+)")
IGNORED = "mtlhcp"  # colours, modes, reports


class Broken(Exception):
    """What the program did to its terminal cannot be followed."""


class Screen:
    """What text and escape sequences make of a screen, without colours; it stays as it is when the program leaves
    it for the former one."""

    def __init__(self):
        self._rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self._row = self._column = 0
        self._top, self._bottom = 0, ROWS - 1  # of the rows that scroll
        self._last = " "
        self._rest = ""
        self._is_left = False

    def line(self, row):
        return "".join(self._rows[row]).rstrip()

    def feed(self, text):
        self._rest += text
        while self._rest and not self._is_left:
            token = TOKEN.match(self._rest)
            if not token:
                if len(self._rest) > SEQUENCE_MOST:
                    raise Broken("not known: %r" % self._rest[:SEQUENCE_MOST])
                return
            self._rest = self._rest[token.end():]
            private, numbers, final, escape, control, glyphs = token.groups()
            if final:
                self._obey(private, [int(number or 0) for number in numbers.split(";")], final)
            elif control or escape == "M":
                self._go_by(control or escape)
            for glyph in glyphs or "":
                self._put(glyph)

    def _put(self, glyph):
        if self._column == COLUMNS:
            self._go_by("\n")
            self._column = 0
        self._rows[self._row][self._column] = self._last = glyph
        self._column += 1

    def _go_by(self, control):
        column = min(self._column, COLUMNS - 1)
        if (control, self._row) in (("\n", self._bottom), ("M", self._top)):
            self._scroll(self._top, 1 if control == "\n" else -1)
        else:
            self._row = min(max(self._row + {"\n": 1, "M": -1}.get(control, 0), 0), ROWS - 1)
        self._column = {"\r": 0, "\b": max(column - 1, 0), "\t": min(column // 8 * 8 + 8, COLUMNS - 1)}.get(
            control, self._column)

    def _scroll(self, row, count):
        """The rows below this one go up by so many, or down."""
        for _ in range(abs(count)):
            del self._rows[row if count > 0 else self._bottom]
            self._rows.insert(self._bottom if count > 0 else row, [" "] * COLUMNS)

    def _obey(self, private, numbers, final):
        """Control sequences, by their final character."""
        count, column = max(1, numbers[0]), min(self._column, COLUMNS - 1)
        if (private, numbers, final) == ("?", [1049], "l"):
            self._is_left = True
        elif final in "ABCDGHd":
            self._move(numbers, final, count, column)
        elif final in "JKX":
            self._erase(numbers[0], final, count, column)
        elif final == "b":
            for _ in range(count):
                self._put(self._last)
        elif final in "P@":
            blanks, row = [" "] * count, self._rows[self._row]
            row[column:] = (row[column + count:] + blanks if final == "P" else blanks + row[column:])[:COLUMNS - column]
        elif final in "LMST":
            self._scroll(self._row if final in "LM" else self._top, count if final in "MS" else -count)
        elif final == "r":
            self._top, self._bottom = count - 1, (max(0, 0, *numbers[1:]) or ROWS) - 1
            self._row = self._column = 0
        elif final not in IGNORED:
            raise Broken("not known: %r" % ((private, numbers, final),))

    def _move(self, numbers, final, count, column):
        row = {"A": self._row - count, "B": self._row + count, "H": count - 1, "d": count - 1}.get(final, self._row)
        column = {"C": column + count, "D": column - count, "G": count - 1,
                  "H": max(1, 1, *numbers[1:]) - 1}.get(final, column)
        self._row, self._column = min(max(row, 0), ROWS - 1), min(max(column, 0), COLUMNS - 1)

    def _erase(self, how, final, count, column):
        """To the end (0), from the begin (1), all (2)."""
        begin, end = (0 if how else column), (column + 1 if how == 1 else COLUMNS)
        if final == "X":
            begin, end = column, min(column + count, COLUMNS)
        self._rows[self._row][begin:end] = [" "] * (end - begin)
        if final == "J":
            for row in range({0: self._row + 1}.get(how, 0), self._row if how == 1 else ROWS):
                self._rows[row] = [" "] * COLUMNS


class Terminal:
    """A command on a terminal of its own; to be used in a with statement. Where there is `feed`, a command too, what
    that writes is to be read from descriptor 3, which never comes to an end."""

    def __init__(self, words, feed=()):
        self.screen = Screen()
        self.has_ended = False
        self._feeder = None
        source, sink = os.pipe()
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
                os.dup2(source, FEED_DESCRIPTOR)
                os.set_inheritable(FEED_DESCRIPTOR, True)
                os.execvpe(words[0], words, ENVIRONMENT)
            finally:
                os._exit(127)
        os.close(source)
        self._sink = sink
        if feed:
            self._feeder = subprocess.Popen(feed, stdout=sink)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._feeder:
            self._feeder.kill()
            self._feeder.wait()
        if self.pid:
            self.end(0)
        os.close(self._sink)
        os.close(self._descriptor)

    def type(self, keys):
        os.write(self._descriptor, keys)

    def read(self):
        """Follows what it writes, if it writes soon."""
        if self.has_ended or not select.select([self._descriptor], [], [], READ_S)[0]:
            return
        try:
            written = os.read(self._descriptor, READ_BYTES)
        except OSError:  # EIO: nobody has it open any more
            written = b""
        self.has_ended = not written
        self.screen.feed(written.decode("latin-1"))

    def wait_until(self, condition, seconds):
        """Until condition() is true, but not longer than this or than the program runs."""
        end = time.monotonic() + seconds
        while not condition() and not self.has_ended and time.monotonic() < end:
            self.read()

    def cpu_s(self):
        """Its processor time so far, of all its threads."""
        tasks = Path("/proc/%d/task" % self.pid).glob("*/schedstat")
        return sum(int(task.read_text(encoding="ascii").split()[0]) for task in tasks) / 1e9

    def end(self, seconds):
        """Waits so long for its end, then kills it: (exit status, below 0 for a signal; what it used)."""
        limit = time.monotonic() + seconds
        self.wait_until(lambda: False, seconds)
        while True:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                return os.waitstatus_to_exitcode(status), used
            if time.monotonic() > limit:
                os.kill(self.pid, signal.SIGKILL)
            time.sleep(POLL_S)
