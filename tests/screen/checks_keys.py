# SPDX-License-Identifier: BSD-2-Clause
"""Every key, on a stored capture of which the last screen stays."""
import re

import captures
import track
from captures import COUNT, client
from harness import expect, expect_equal
from track import Track, check

ROWS = 21  # of 24 lines
ALL = range(1, COUNT + 1)


def clients(numbers):
    return [client(number) for number in numbers]


def open_many(words=(), **options):
    """At the end of the capture, nothing sorted."""
    path = captures.stored(track.server.folder.name, "many.pcap", captures.many())
    return Track("-T", path, *words, **options)


def wait_first(shown, order=ALL):
    """The first rows of an order."""
    shown.wait_clients(clients(list(order)[:ROWS]), "the first screenful")


def selected(shown):
    """The rows that are told from the others."""
    kinds = [line for line in shown.screen.styles() if line][1:-2]
    rows = shown.body()
    return [row.split()[0] for row, styles in zip(rows, kinds) if all(7 in style for style in styles)]


def wait_selected(shown, number):
    shown.wait_until(lambda: selected(shown) == [client(number)], "row %d selected" % number)


@check("scroll", "Home, End, PgUp and PgDn go through the rows where none is selected; the last line tells which")
def scroll():
    with open_many() as shown:
        shown.wait_foot(r"Connections 1-21 of 60  +Unpaused  Unsorted  At the end$")
        wait_first(shown)
        for key, first in (("End", 40), ("PPage", 19), ("PPage", 1), ("NPage", 22), ("NPage", 40), ("Home", 1)):
            shown.press(key)
            shown.wait_clients(clients(range(first, first + ROWS)), key)
            shown.wait_foot(r"Connections %d-%d of 60 " % (first, first + ROWS - 1))
        shown.quit()


@check("select", "Down and Up select a row, the screen follows it; Esc lets go of it")
def select():
    with open_many() as shown:
        wait_first(shown)
        expect_equal(selected(shown), [], "selected rows at the begin")
        for key, row, first in (("Down", 1, 1), ("Down", 2, 1), ("Up", 1, 1), ("NPage", 22, 2), ("End", 60, 40),
                                ("Up", 59, 40), ("PPage", 38, 38), ("Home", 1, 1)):
            shown.press(key)
            wait_selected(shown, row)
            expect_equal(shown.clients(), clients(range(first, first + ROWS)), "rows after " + key)
        shown.press("Escape")
        shown.wait_until(lambda: not selected(shown), "no selection")
        shown.quit()


@check("fast-keys", "keys that come faster than the screen is drawn all count, in their order")
def fast_keys():
    for keys, row in (("Down Down Down", 3), ("Down Up NPage", 22), ("End Down Down Up", 40), ("Down End Down Up", 59),
                      ("Down Home Down", 2)):
        with open_many() as shown:
            wait_first(shown)
            shown.screen.send_keys(*keys.split())
            wait_selected(shown, row)
    for keys, first in (("PPage NPage", 22), ("End NPage PPage", 19)):
        with open_many() as shown:
            wait_first(shown)
            shown.screen.send_keys(*keys.split())
            shown.wait_clients(clients(range(first, first + ROWS)), keys)


@check("sort", "s goes through unsorted, rate, bytes, idle; the rows follow, equal ones in the order they came")
def sort():
    by_bytes = sorted(ALL, key=captures.data_bytes, reverse=True)
    by_idle = sorted(ALL, key=captures.sent_s)
    with open_many() as shown:
        wait_first(shown)
        for name, order in (("Sorted by rate", ALL), ("Sorted by bytes", by_bytes), ("Sorted by idle", by_idle),
                            ("Unsorted", ALL)):
            shown.press("s")
            shown.wait_foot(name + "  At the end$")
            wait_first(shown, order)
        shown.press("s", "s", "r")
        shown.wait_foot("Sorted by bytes, reversed  At the end$")
        wait_first(shown, by_bytes[::-1])
        shown.press("r")
        wait_first(shown, by_bytes)
        shown.press("s", "s", "r")
        shown.wait_foot("Unsorted, reversed  At the end$")
        wait_first(shown, ALL[::-1])
        shown.quit()


@check("neighbours", "< and > sort by the columns of the screen, around its edges")
def neighbours():
    right = ["Client", "Server", "State", "idle", "A", "rate", "Client"]
    with open_many() as shown:
        wait_first(shown)
        for key, names in ((">", right), ("<", right[-2::-1] + ["rate"])):
            for name in names:
                shown.press(key)
                shown.wait_foot("Sorted by %s  At the end$" % name)
        shown.quit()


@check("text", "/ shows rows with a text while it is typed; Backspace, Enter and Esc do what they say")
def text():
    with open_many() as shown:
        wait_first(shown)
        shown.press("/")
        shown.wait_foot("^ Show rows with:$")
        expect_equal(shown.screen.variable("cursor_flag"), "1", "the cursor while one types")
        shown.type("192.0.2.5")
        fifties = [5, *range(50, 60)]
        shown.wait_clients(clients(fifties), "rows with 192.0.2.5")
        shown.type("7")
        shown.wait_clients(clients([57]), "rows with 192.0.2.57")
        shown.press("BSpace")
        shown.wait_clients(clients(fifties), "rows after Backspace")
        shown.press("Enter")
        shown.wait_foot(r"^ Connections 1-11 of 11 with '192\.0\.2\.5'  +Unpaused  Unsorted  At the end")
        expect_equal(shown.screen.variable("cursor_flag"), "0", "the cursor afterwards")
        shown.press("Escape")
        wait_first(shown)
        shown.press("/")
        shown.wait_foot("^ Show rows with:$")
        shown.type("q no row has this äöü€")  # q is a letter here
        shown.wait_foot("äöü€$")
        expect_equal(shown.body(), [], "rows with what none has")
        shown.press("BSpace", "BSpace")
        shown.wait_foot("äö$")
        shown.press("Escape")
        shown.wait_foot("^ Connections 1-21 of 60 ")
        wait_first(shown)
        shown.quit()


@check("filter-wrong", "f with a filter that is none says so in the last line, and the one before stays")
def filter_wrong():
    with open_many() as shown:
        wait_first(shown)
        shown.press("f")
        shown.wait_foot("^ Capture filter:$")
        shown.type("port eighty-x")
        shown.press("Enter")
        shown.wait_foot("port eighty-x")
        expect("Capture filter: port" not in shown.foot(), "the last line", "the reason", shown.foot())
        shown.press("f")
        shown.wait_foot("^ Capture filter:$")
        shown.type("tcp port 80")
        shown.press("Enter")
        shown.wait_foot("^ Connections 1-21 of 60 ")
        shown.press("f")
        shown.wait_foot("^ Capture filter: tcp port 80$")
        shown.type("81")
        shown.press("Escape")
        shown.wait_foot("^ Connections 1-21 of 60 ")
        shown.press("f")
        shown.wait_foot("^ Capture filter: tcp port 80$")
        shown.press("Escape")
        shown.wait_foot("^ Connections 1-21 of 60 ")
        shown.quit()


@check("bits", "b shows rates in bits, and again in bytes")
def bits():
    with open_many() as shown:
        wait_first(shown)
        for unit in ("bit/s", "B/s"):
            shown.press("b")
            shown.wait_until(lambda: all(line.endswith(" 0 " + unit) for line in shown.body()), "rates in " + unit)
            expect(shown.lines()[-2].endswith(" 0 " + unit), "the total", "in " + unit, shown.lines()[-2])
        shown.quit()


@check("protocols", "t shows all protocols, and again TCP alone; --all begins with all")
def protocols():
    with open_many() as shown:
        shown.wait_foot("1-21 of 60 ")
        shown.press("t")
        shown.wait_foot("1-21 of 61 ")
        shown.press("End")
        shown.wait_until(lambda: shown.body()[-1].split()[:3] == ["192.0.2.200:20000", captures.SERVER + ":53", "UDP"],
                         "a row of UDP")
        shown.press("t")
        shown.wait_foot("40-60 of 60 ")
        shown.quit()
    with open_many(words=("--all",)) as shown:
        shown.wait_foot("1-21 of 61 ")
        shown.quit()


@check("details", "Enter shows the selected connection by direction with the history of its rate; Esc goes back")
def details():
    with open_many() as shown:
        wait_first(shown)
        for row in (1, 2, 3):
            shown.press("Down")
            wait_selected(shown, row)
        shown.press("Enter")
        shown.wait_until(lambda: client(3) in shown.lines()[1], "the title of the third row")
        lines = shown.lines()
        expect_equal(lines[1].split(), [client(3), ">", captures.SERVER + ":80", "TCP", "ESTABLISHED"], "title")
        expect(re.match(r" rate [▁▂▃▄▅▆▇█]{16}  now 0 B/s", lines[2]), "history", "16 values", lines[2])
        rows = {line.split()[0]: line.split()[1:] for line in lines[3:] if line}
        expect_equal(rows["packets"], ["3", "1"], "packets by direction")
        expect_equal(rows["payload"], [str(captures.data_bytes(3)), "0"], "payload by direction")
        expect_equal(rows["bytes"], [str(captures.data_bytes(3) + 3 * captures.HEADERS_BYTES),
                                     str(captures.HEADERS_BYTES)], "bytes by direction")
        for key, place in (("End", r"\d+-(\d+) of \1"), ("Home", r"1-22 of \d+"), ("Down", r"2-23 of \d+"),
                           ("Up", r"1-22 of \d+")):
            shown.press(key)
            shown.wait_foot("lines %s$" % place)
        shown.press("Escape")
        shown.wait_foot("^ Connections 1-21 of 60 ")
        wait_selected(shown, 3)
        shown.quit()


@check("columns", "c shows or hides columns, from where the arrows lead")
def columns():
    with open_many(size=(120, 24)) as shown:
        wait_first(shown)
        before = shown.lines()[0]
        shown.press("c")
        shown.wait_until(lambda: shown.lines()[0] == " Columns", "the choice")
        names = [re.match(r" \[([ x])\] (\w+)", line).groups() for line in shown.body()]
        place = next(number for number, (_, name) in enumerate(names) if name == "state")
        expect_equal(names[place][0], "x", "mark of a column that is shown")
        shown.press(*["Down"] * place, "Space")
        shown.wait_until(lambda: "[ ] state " in shown.lines()[1 + place], "state is marked no more")
        shown.press("Up", "Enter")
        name = names[place - 1][1]
        shown.wait_until(lambda: "[x] %s " % name in shown.lines()[place], name + " is marked")
        shown.press("Escape")
        shown.wait_until(lambda: shown.lines()[0].startswith(" Client"), "the list")
        headings = shown.lines()[0].split()
        expect("State" not in headings, "headings without State", before.split(), headings)
        expect_equal(headings[-1], "Service" if name == "service" else name, "the last heading")
        shown.quit()


@check("help", "h and ? show the keys, all of them; any key goes back")
def help_():
    with open_many() as shown:
        wait_first(shown)
        for key in "h?":
            shown.press(key)
            shown.wait_until(lambda: shown.lines()[0] == " Keys", "help")
            named = " ".join(line[:20] for line in shown.body()).split()
            for each in ["q", "p", "t", "n", "f", "s", "<", ">", "r", "/", "c", "b", "h", "?", "Up", "Down", "PgUp",
                         "PgDn", "Home", "End", "Enter", "Esc"]:
                expect(each in named, "keys in the help", each, named)
            shown.press("Space")
            shown.wait_foot("^ Connections 1-21 of 60 ")
        shown.quit()


@check("redraw", "Ctrl-L draws everything anew, whatever another program has written")
def redraw():
    with open_many() as shown:
        wait_first(shown)
        before = shown.lines()
        with open(shown.screen.variable("pane_tty"), "w", encoding="ascii") as terminal:
            terminal.write("\x1b[5;10Hnobody asked for this\x1b[2;1H\x1b[2K\x1b[24;1Hnor for this")
        shown.wait_until(lambda: "nobody asked" in "\n".join(shown.lines()), "what another program writes")
        shown.press("C-l")
        shown.wait_until(lambda: shown.lines() == before, "the screen as before")
        shown.quit()


@check("unknown-keys", "keys that mean nothing, and whole sequences of them, change nothing")
def unknown_keys():
    with open_many() as shown:
        wait_first(shown)
        before = shown.lines()
        shown.press("x", "F5", "M-x", "C-a", "IC", "Tab", "C-Right", "ä", "C-s", "C-q")
        shown.press("Down")
        wait_selected(shown, 1)
        expect_equal(shown.lines(), before, "the screen")
        shown.quit()
