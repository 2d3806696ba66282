#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What a reader relies on, checked: the arrows between rooms, the sizes of functions and files, and that
manuals, helps, examples and tables of directives say the same, of every program."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SRC = ROOT / "src"
MANUALS = sorted((ROOT / "man").glob("*.1"))  # each is one program's
BUILD = pathlib.Path(os.environ.get("TCPSTAT", ROOT / "build/tcpstat")).resolve().parent

ARROWS = {
    "base": [],
    "packet": ["base"],
    "capture": ["base", "packet"],
    "stats": ["base", "packet"],
    "flow": ["base", "packet"],
    "names": ["base", "packet"],
    "kernel": ["base", "packet"],
    "layout": ["base"],
    "report": ["base", "packet", "stats", "flow", "names", "layout"],
    "view": ["base", "layout", "report"],
    "record": ["base", "packet", "flow"],
}
FILE_LINES_MOST = 400
FUNCTION_LINES_MOST, FUNCTION_LINES_P90, FUNCTION_LINES_MEDIAN = 70, 40, 10
MAIN_LINES_MOST = 15
MAKEFILE_LINES_MOST = 150


def sources(*folders):
    return sorted(path for folder in folders for kind in ("*.cpp", "*.hpp") for path in (ROOT / folder).rglob(kind))


def check_arrows():
    """A room includes only the rooms named behind it."""
    for path in sources("src"):
        room = path.parent.name
        if room == "tools":
            continue
        for included in re.findall(r'^#include "(\w+)/', path.read_text(), re.M):
            if included != room and included not in ARROWS[room]:
                yield f"{path.relative_to(ROOT)} includes {included}/: {room} may not"


def check_live_api():
    """Only capture/live uses libpcap's live API, only packet/bytes touches raw offsets."""
    for path in sources("src"):
        if re.search(r"\bpcap_(create|activate|dispatch|open_live)\s*\(", path.read_text()) and path.stem != "live":
            yield f"{path.relative_to(ROOT)} uses libpcap's live API"


def check_files():
    """Files are short, say whose they are and, headers, what they own."""
    for path in sources("src", "tests"):
        lines = path.read_text().splitlines()
        name = path.relative_to(ROOT)
        if len(lines) > FILE_LINES_MOST:
            yield f"{name} has {len(lines)} lines"
        if not lines or lines[0] != "// SPDX-License-Identifier: BSD-2-Clause":
            yield f"{name} does not open with the SPDX line"
        comment = 0
        while comment + 1 < len(lines) and lines[comment + 1].startswith("// "):
            comment += 1
        if path.suffix == ".hpp" and SRC in path.parents and not 2 <= comment <= 6:
            yield f"{name} opens with {comment} lines on what it owns, not 2 to 6"
    lines = (ROOT / "Makefile").read_text().count("\n")
    if lines > MAKEFILE_LINES_MOST:
        yield f"Makefile has {lines} lines"


def functions(path):
    """(name, lines) of each function, by indentation as clang-format makes it."""
    lines = path.read_text().splitlines()
    no_function = re.compile(r"^\s*(namespace|struct|class|enum|union|extern|if|for|while|switch|else|do|try|case|return|\}|//|#)")
    for start, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if indent > 2 or not line.strip() or no_function.match(line) or "(" not in line:
            continue
        end = start
        while end < len(lines) and not re.search(r"[;{}]\s*(//.*)?$", lines[end]):
            end += 1
        if end == len(lines) or not re.search(r"\{\s*(//.*)?$", lines[end]) or re.search(r"\]\s*=|= std::|= \{$|\[\]", line):
            continue
        close = next((i for i in range(end, len(lines)) if re.match(rf"^ {{{indent}}}\}}", lines[i])), end)
        yield line.strip(), close - start + 1


def check_functions():
    """Functions are short: median, 90th percentile and longest."""
    sizes = []
    for path in sources("src", "tests"):
        for name, lines in functions(path):
            if SRC in path.parents:
                sizes.append(lines)
            if lines > FUNCTION_LINES_MOST:
                yield f"{path.relative_to(ROOT)}: {name} has {lines} lines"
            if name.startswith("int main(") and SRC in path.parents and lines > MAIN_LINES_MOST:
                yield f"{path.relative_to(ROOT)}: main has {lines} lines"
    sizes.sort()
    median, p90 = sizes[len(sizes) // 2], sizes[len(sizes) * 9 // 10]
    print(f"lint: {len(sizes)} functions: median {median}, 90th percentile {p90}, longest {sizes[-1]} lines")
    if median > FUNCTION_LINES_MEDIAN or p90 > FUNCTION_LINES_P90:
        yield f"functions grow: median {median}, 90th percentile {p90} lines"


def directive_rows(file_name):
    """(letter or none, name, unit, meaning) of each row, and how many rows there are."""
    text = (SRC / "report" / file_name).read_text()
    table = text[text.index("table = std::to_array<Directive>"):]
    rows = re.findall(r"^    \{(?:'(.)'|0),\s*\"([^\"]+)\",\s*\"([^\"]*)\",\s*\"([^\"]+)\"", table, re.M)
    return rows, len(re.findall(r"^    \{", table, re.M))


def manual_rows(program):
    manual = (ROOT / "man" / (program + ".1")).read_text()
    rows = re.findall(r'^\.It (?:Ic \\&%(.)|"") Ta (\S+) Ta (\S+) Ta (.+)$', manual, re.M)
    return [(letter, name, "" if unit == '""' else unit, meaning) for letter, name, unit, meaning in rows]


def help_rows(program):
    """The same of --help, where a long meaning is folded."""
    table = re.search(r"\nStatistics.*?(?=\n(?:In formats|Keys:))", help_text(program), re.S).group()
    rows = re.findall(r"^ +(?:%(.) )?([a-z]\w*) +(.+)$", re.sub(r"\n {8,}", " ", table), re.M)
    for letter, name, meaning in rows:
        unit = re.search(r" \[(.+)\]$", meaning)
        yield letter, name, unit.group(1) if unit else "", meaning[:unit.start()] if unit else meaning


def golden_names(table):
    """The members of JSON in golden outputs: of tcptrack, and of tcpstat's records of connections and intervals."""
    paths = [path for path in sorted((ROOT / "tests/golden").glob("json-*.out"))
             if path.name.startswith("json-track") == (table == "tracked")]
    lines = "".join(path.read_text() for path in paths).splitlines()
    opening = '{"record":"connection"' if table != "interval" else '{"(?!record":)'
    return set(re.findall(r'[{,]"(\w+)[":]', "\n".join(line for line in lines if re.match(opening, line))))


# Of each table its file, how many rows it has at least, and the golden case whose format has its letters.
TABLES = {
    "interval": ("directives.cpp", 40, "every-directive"),
    "connection": ("connection_directives.cpp", 40, "connections-every-directive"),
    "tracked": ("tracked_directives.cpp", 10, "json-track-every-directive"),
}


def check_directives():
    """Each row of a table stands in a manual, in --help and in a golden test; these have no others."""
    golden = (ROOT / "tests/golden/list").read_text().splitlines()
    tables = {}
    for table, (file_name, rows_least, case) in TABLES.items():
        tables[table], rows_written = directive_rows(file_name)
        names = golden_names(table)
        if len(tables[table]) < rows_least or len(tables[table]) != rows_written:
            yield f"{rows_written - len(tables[table])} of {rows_written} rows of {file_name} are written in another way"
        letters = next((line for line in golden if line.startswith(case)), "")
        for letter, name, *_ in tables[table]:
            if letter and "%" + letter not in letters:
                yield f"no golden line has %{letter} of {file_name}"
            if name not in names:
                yield f"no golden output has {name} of {file_name}"
    of_connection = [("", *row[1:]) for row in tables["connection"]]  # where there are no formats are no letters
    intervals = tables["interval"] + tables["connection"]
    for place, found, expected in (
            ("man/tcpstat.1", manual_rows("tcpstat"), intervals),
            ("tcpstat --help", list(help_rows("tcpstat")), intervals),
            ("man/tcptrack.1", manual_rows("tcptrack"), tables["tracked"]),
            ("tcptrack --help", list(help_rows("tcptrack")), of_connection + tables["tracked"])):
        if found != expected:
            differing = sorted(set(expected) ^ set(found)) or "the order of the rows"
            yield f"{place} has other tables of statistics: {differing}"


def help_text(program):
    return subprocess.run([BUILD / program, "--help"], capture_output=True, text=True, check=True).stdout


def check_options():
    """Each manual has the options of its program's --help, and no others."""
    for path in MANUALS:
        text = help_text(path.stem)
        in_help = set()
        for line in re.findall(r"^  +(-.*)$", text, re.M):
            names = re.match(r"((?:--?[\w?-]+(?:, )?)+)", line).group(1)
            in_help |= set(names.split(", "))
        in_manual = set()
        for line in re.findall(r"^\.It (Fl .*)$", path.read_text(), re.M):
            in_manual |= {"-" + name.removeprefix("\\&") for name in re.findall(r"Fl (\S+)", line)}
        for name in sorted(in_help ^ in_manual):
            yield f"{path.stem}: {name} stands only in " + ("--help" if name in in_help else "the manual")
        for line in text.splitlines():
            if len(line) > 80:
                yield f"{path.stem}: --help is wider than 80 columns: {line}"


def check_manual():
    """mandoc finds nothing to complain of."""
    if shutil.which("mandoc") is None:
        yield "mandoc is not installed"
        return
    for path in MANUALS:
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", path], capture_output=True, text=True)
        yield from (f"mandoc: {line}" for line in done.stdout.splitlines())


def check_documents():
    """README names every room and example; every script says what it is."""
    readme = (ROOT / "README.md").read_text()
    for room in sorted(path.name for path in SRC.iterdir()):
        if f"src/{room}/" not in readme:
            yield f"README.md does not name src/{room}/"
    for path in MANUALS:
        if f"man/{path.name}" not in readme:
            yield f"README.md does not name man/{path.name}"
    for path in sorted((ROOT / "examples").glob("*.sh")):
        if path.name not in readme:
            yield f"README.md does not name examples/{path.name}"


def main():
    passed = failed = 0
    checks = [check_arrows, check_live_api, check_files, check_functions, check_directives, check_options, check_manual,
              check_documents]
    for check in checks:
        problems = list(check())
        for problem in problems:
            print(f"lint: FAILED: {problem}")
        passed, failed = passed + (not problems), failed + bool(problems)
    print(f"lint: {passed} passed, {failed} failed, 0 skipped")
    return failed > 0


sys.exit(main())
