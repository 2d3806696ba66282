# SPDX-License-Identifier: BSD-2-Clause
"""Every way out, and the terminal afterwards; what is refused before there is a screen; what goes where there is no
terminal."""
import os
import re
import signal
import subprocess
import time

import captures
import track
from checks_keys import open_many, wait_first
from harness import expect, expect_equal, wait_until
from track import Track, check

PATIENCE_S = 10
IDLE_S, IDLE_CPU_MOST_S = 2, 0.1
ESCAPE = b"\x1b"


def fed():
    """A capture that does not end: one connection, half a second of it."""
    return captures.Feed(os.path.join(track.server.folder.name, "feed%d" % time.monotonic_ns()))


def send_first(feed):
    connection = captures.Connection(1)
    feed.send([*connection.open(0), *connection.send(5, 100)])


def running(feed, *words, **options):
    return Track("-T", feed.path, *words, **options)


def wait_running(shown):
    shown.wait_foot("^ Connections 1-1 of 1 +Unpaused")


@check("ends", "q, SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGABRT and SIGSEGV give the terminal back as it was")
def ends():
    for number, status in ((0, 0), (signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGQUIT, 0), (signal.SIGHUP, 0),
                           (signal.SIGABRT, 128 + signal.SIGABRT), (signal.SIGSEGV, 128 + signal.SIGSEGV)):
        with fed() as feed, running(feed) as shown:
            send_first(feed)
            wait_running(shown)
            expect_equal(shown.screen.variable("alternate_on"), "1", "the alternate screen")
            expect(shown.text_of("after") == "", "the mode while it runs", "none written", shown.text_of("after"))
            if number:
                shown.signal(number)
            else:
                shown.press("q")
            shown.expect_end(status)


@check("ends-keys", "Ctrl-C and Ctrl-\\ are signals, also while one types")
def ends_keys():
    for keys in (["C-c"], ["C-\\"], ["/", "a", "C-c"]):
        with open_many() as shown:
            wait_first(shown)
            shown.press(*keys)
            shown.expect_end()


@check("ends-file", "at the end of a file the last screen stays, until q")
def ends_file():
    with open_many() as shown:
        shown.wait_foot(" of 60 +Unpaused  Unsorted  At the end")
        shown.wait_stays(lambda: " of 60 " in shown.foot() and "At the end" in shown.foot(), 0.5, "the last screen")
        shown.quit()


@check("stop", "Ctrl-Z and SIGTSTP give the terminal to the shell, fg takes it back, at the size it has then")
def stop():
    with fed() as feed, running(feed) as shown:
        send_first(feed)
        wait_running(shown)
        for begin in (lambda: shown.press("C-z"), lambda: shown.signal(signal.SIGTSTP)):
            begin()
            shown.wait_until(lambda: shown.text_of("stopped"), "the shell")
            shown.expect_given_back("stopped")
            shown.screen.resize(*((100, 30) if shown.screen.columns == 80 else (80, 24)))
            shown.press("C-j")
            wait_running(shown)
            shown.wait_until(lambda: len(shown.lines()) == shown.screen.rows, "all lines of the screen")
            shown.press("p")
            shown.wait_foot("Paused")
            shown.press("p")
            wait_running(shown)
        shown.quit()


@check("stop-kill", "SIGSTOP, which nobody sees, and SIGCONT: the screen is drawn anew")
def stop_kill():
    with open_many() as shown:
        wait_first(shown)
        before = shown.lines()
        shown.signal(signal.SIGSTOP)
        shown.wait_until(lambda: shown.text_of("stopped"), "the shell")
        with open(shown.screen.variable("pane_tty"), "w", encoding="ascii") as terminal:
            terminal.write("\x1b[2J\x1b[?1l\x1b[10;10Hanything\n")
        shown.press("C-j")
        shown.wait_until(lambda: shown.lines() == before, "the screen as before")
        shown.press("Down", "End")
        shown.wait_until(lambda: shown.foot().startswith(" Connections 40-60 "), "arrows that are understood")
        shown.quit()


@check("ends-fault", "a failure while the screen is there is told after it is gone, with status 1")
def ends_fault():
    with fed() as feed, running(feed, "--log", "/dev/full") as shown:
        send_first(feed)
        wait_running(shown)
        feed.send([*captures.Connection(1).reset(6), *captures.Connection(2).open(500)])
        feed.send(captures.Connection(3).open(1000))
        shown.expect_end(1, "tcptrack: --log /dev/full: No space left on device\n")


@check("ends-cut", "what is wrong with a file is told in the last line, its name escaped, until a key; then status 1")
def ends_cut():
    cut = captures.stored(track.server.folder.name, "cut\x1b]2;taken\x07.pcap", captures.many()[:-5])
    with Track("-T", cut, size=(300, 24)) as shown:
        shown.wait_foot(r"/cut\S+taken\S+\.pcap: ")
        expect(shown.screen.variable("pane_title") != "taken", "title of the terminal", "its own", "taken")
        shown.press("Home")
        shown.wait_foot(" of 60 +Unpaused  Unsorted  At the end")
        shown.press("q")
        shown.screen.wait_end(1)
        errors = shown.text_of("errors")
        expect(re.fullmatch(r"tcptrack: \S+/cut[!-~]+\.pcap: [ -~]+\n", errors), "standard error", "a sentence", errors)
        shown.expect_given_back("after")


@check("no-alternate", "a terminal without an alternate screen: the last picture stays, the prompt comes below")
def no_alternate():
    with open_many(TERM="vt100") as shown:
        wait_first(shown)
        shown.press("q")
        shown.screen.wait_end(0)
        shown.expect_mode("after")
        text = "\n".join(shown.lines())
        expect("TOTAL" in text and text.rstrip().split("\n")[-1].startswith(" Connections"), "the screen afterwards",
               "the last picture", text)


@check("refused", "no TERM, an unknown one, one that cannot, a screen too small: one sentence and status 1, no screen")
def refused():
    path = captures.stored(track.server.folder.name, "many.pcap", captures.many())
    for size, variables, words in (((80, 24), {"TERM": ""}, "TERM is not set"),
                                   ((80, 24), {"TERM": "no-such"}, "TERM is 'no-such'"),
                                   ((80, 24), {"TERM": "dumb"}, "TERM is 'dumb'"),
                                   ((39, 24), {}, "39x24"), ((80, 4), {}, "80x4")):
        with Track("-T", path, size=size, **variables) as shown:
            shown.screen.wait_end(1)
            errors = shown.text_of("errors")
            expect(errors.startswith("tcptrack: ") and errors.count("\n") == 1 and words in errors,
                   "standard error with %s at %s" % (variables, size), "a sentence with " + words, errors)
            expect_equal(shown.lines(), ["before"], "what stands on the screen")
            shown.expect_mode("after")


@check("keys-elsewhere", "a capture or nothing on standard input: keys come from the terminal")
def keys_elsewhere():
    path = captures.stored(track.server.folder.name, "many.pcap", captures.many())
    for words, suffix in ((("-T", "-"), "<'%s'" % path), (("-T", path), "</dev/null"), (("-T", path), "<&-")):
        with Track(*words, suffix=suffix) as shown:
            wait_first(shown)
            shown.press("End")
            shown.wait_foot("^ Connections 40-60 of 60 ")
            shown.quit()


def run(*words, **options):
    return subprocess.run([track.program, *words], capture_output=True, timeout=PATIENCE_S, check=False, **options)


@check("no-terminal", "where standard output is no terminal, or with --batch, there is no escape")
def no_terminal():
    path = captures.stored(track.server.folder.name, "many.pcap", captures.many())
    for words in ((), ("--json",), ("--interval", "10")):
        done = run("-T", str(path), *words, stdin=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm"})
        expect_equal(done.returncode, 0, "exit status with %s" % (words,))
        expect(ESCAPE not in done.stdout + done.stderr, "the output with %s" % (words,), "no escape", done.stdout)
        expect(done.stdout.count(captures.SERVER.encode()) >= captures.COUNT, "the output", "all connections", done)
    with Track("-T", path, "--batch", suffix="| head -3", size=(200, 24)) as shown:
        shown.screen.wait_end(0)
        expect_equal([line.split()[0] for line in shown.lines()[1:4]],
                     ["Client", captures.client(1), captures.client(2)], "lines on the terminal")


@check("idle", "a screen where nothing happens needs no processor time, running, paused or at the end", heavy=True)
def idle():
    with fed() as feed, running(feed) as live, open_many() as ended:
        send_first(feed)
        wait_running(live)
        ended.wait_foot("At the end")
        for wanted in (False, True):
            if wanted:
                live.press("p")
                live.wait_foot("Paused")
            before = [shown.cpu_seconds() for shown in (live, ended)]
            time.sleep(IDLE_S)
            for shown, used_s in zip((live, ended), before):
                used_s = shown.cpu_seconds() - used_s
                expect(used_s < IDLE_CPU_MOST_S, "processor time of %d s" % IDLE_S, "below %s s" % IDLE_CPU_MOST_S,
                       used_s)


def is_gone(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@check("hang-up", "a terminal that is closed ends the program, with and without SIGHUP")
def hang_up():
    with fed() as feed, running(feed) as shown:
        send_first(feed)
        wait_running(shown)
        pid = shown.pid
        shown.screen.hang_up()
        wait_until(lambda: is_gone(pid), PATIENCE_S, "the end of the program after SIGHUP")
    with fed() as feed:  # not its controlling terminal: no signal comes
        ours, its = os.openpty()
        program = subprocess.Popen([track.program, "-T", str(feed.path)], stdin=its, stdout=its,
                                   stderr=subprocess.DEVNULL, env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        try:
            os.close(its)
            send_first(feed)
            wait_until(lambda: b"TOTAL" in os.read(ours, 1 << 16), PATIENCE_S, "a screen")
            os.close(ours)
            program.wait(PATIENCE_S)
        finally:
            program.kill()
            program.wait()
