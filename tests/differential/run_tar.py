# SPDX-License-Identifier: Apache-2.0
"""run_tar.py READER TAR_BATCH COUNT [--program PROGRAM] [--seed N] [--update-table DOCUMENT]

Compares the walker with READER (go, python, gnu) over COUNT mutated archives and the ones they are made from. Prints how
often each rule was needed. Exit 0: every difference has a rule; 1: one has not; 77: the reader is missing."""
import argparse
import collections
import importlib
import pathlib
import subprocess
import sys
import tempfile

from tar_archives import read_archives, read_listing
from tar_compare import compare

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 2000
SHOWN = 5
SKIPPED = 77


def reader_command(name, program):
    """What lists a batch, or None when the reader is missing."""
    if name == "go":
        return [program] if program else None
    if name == "gnu" and not subprocess.run(["tar", "--version"], capture_output=True, check=True).stdout.startswith(b"tar (GNU"):
        return None
    return [sys.executable, str(HERE / f"list_{name}.py")]


class Totals:
    def __init__(self):
        self.archives = self.equal = self.entries = self.problems = 0
        self.rules = collections.Counter()

    def add(self, result):
        self.archives += 1
        self.entries += result.compared
        self.equal += not result.rules and not result.problem
        self.problems += result.problem is not None
        self.rules.update(set(result.rules))


def show_problem(where, result):
    place = result.place
    print(f"no rule explains: {where}, event \"{result.problem}\", fields {sorted(place.fields)}")
    print(f"  ours   {place.ours}\n  theirs {place.theirs}")
    print(f"  our end {place.our_list['end']} {place.our_list['message']!r} at {place.our_list['at']}")
    print("  their end", {key: value for key, value in place.their_list.items() if key != "entries"})


def run_batch(folder, arguments, which, totals):
    """which: ["bases", "0"] or [first, count]"""
    archives, ours, theirs = (str(folder / name) for name in ("archives", "ours", "theirs"))
    subprocess.run([arguments.tar_batch, str(arguments.seed), *which, archives, ours], check=True)
    subprocess.run([*arguments.command, archives, theirs], check=True)
    listings = [list(read_listing(path)) for path in (ours, theirs)]
    for index, archive in enumerate(read_archives(archives)):
        result = compare(archive, listings[0][index], listings[1][index], arguments.rules)
        totals.add(result)
        if result.problem and totals.problems <= SHOWN:
            first = "unchanged" if which[0] == "bases" else f"seed {arguments.seed}"
            show_problem(f"archive {index + (0 if which[0] == 'bases' else int(which[0]))} ({first})", result)
    if index + 1 != len(listings[0]) or index + 1 != len(listings[1]):
        raise ValueError("the listings are not those of the archives")


def run(arguments):
    totals = Totals()
    with tempfile.TemporaryDirectory() as folder:
        run_batch(pathlib.Path(folder), arguments, ["bases", "0"], totals)
        for first in range(0, arguments.count, BATCH):
            count = min(BATCH, arguments.count - first)
            run_batch(pathlib.Path(folder), arguments, [str(first), str(count)], totals)
    return totals


def update_table(document, rules, totals):
    """Writes the counts into the last column of the rules' rows."""
    text = document.read_text().splitlines()
    names = {rule.name for rule in rules.all}
    for i, line in enumerate(text):
        cells = line.split(" | ")
        if cells[0].lstrip("| ") in names:
            text[i] = " | ".join(cells[:-1] + [f"{totals.rules[cells[0].lstrip('| ')]} |"])
    document.write_text("\n".join(text) + "\n")


def print_totals(name, totals):
    explained = totals.archives - totals.equal - totals.problems
    print(f"{name}: {totals.archives} archives, {totals.entries} entries compared; {totals.equal} archives without any "
          f"difference, {explained} with differences that rules explain, {totals.problems} with others")
    for rule, count in totals.rules.most_common():
        print(f"{count:8} {rule}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=["go", "python", "gnu"])
    parser.add_argument("tar_batch")
    parser.add_argument("count", type=int)
    parser.add_argument("--program", help="the program list_go")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--update-table", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.command = reader_command(arguments.reader, arguments.program)
    if arguments.command is None:
        print(f"{arguments.reader}: the reader is not installed")
        return SKIPPED
    arguments.rules = importlib.import_module(f"rules_{arguments.reader}")
    totals = run(arguments)
    print_totals(arguments.reader, totals)
    if arguments.update_table:
        update_table(arguments.update_table, arguments.rules.rules, totals)
    # A comparison that never gets far proves nothing.
    return 1 if totals.problems or totals.entries < totals.archives or totals.equal < totals.archives / 10 else 0


if __name__ == "__main__":
    sys.exit(main())
