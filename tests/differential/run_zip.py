# SPDX-License-Identifier: Apache-2.0
"""run_zip.py READER ZIP_LIST COUNT [--seed N] [--update-table DOCUMENT] [--java JAVA]

Compares our reader of zip archives with READER (java, python, libarchive, unzip) over COUNT mutated archives. Each
difference must have a rule (rules_zip.py, docs/zip-differences.md). Prints how often each was needed. Exit 0: every
difference has a rule; 1: one has not; 77: the reader is missing."""
import argparse
import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from tar_archives import read_listing, write_archives
from rules_zip import RULES, compare
from zip_archives import archive, bases

HERE = pathlib.Path(__file__).resolve().parent
BATCH, SHOWN, SKIPPED = 2000, 3, 77


def reader_command(arguments):
    if arguments.reader == "java":
        java = shutil.which(arguments.java)
        javac = java and shutil.which("javac", path=str(pathlib.Path(java).resolve().parent))
        return [java, str(HERE / "ListZip.java")] if javac else None
    if arguments.reader == "unzip" and not shutil.which("unzip"):
        return None
    if arguments.reader == "libarchive":
        return [arguments.zip_list, "libarchive"]
    return [sys.executable, str(HERE / "list_zip.py"), arguments.reader]


def run_batch(folder, arguments, archives, counts):
    paths = [str(folder / name) for name in ("archives", "ours", "theirs")]
    write_archives(paths[0], archives)
    subprocess.run([arguments.zip_list, "ours", *paths[:2]], check=True)
    subprocess.run([*arguments.command, paths[0], paths[2]], check=True)
    ours, theirs = (list(read_listing(path)) for path in paths[1:])
    if not len(ours) == len(theirs) == len(archives):
        raise ValueError("the listings are not those of the archives")
    for data, our, their in zip(archives, ours, theirs):
        rules, problem, members = compare(arguments.reader, data, our, their)
        counts.update(set(rules))
        counts["archives"] += 1
        counts["members"] += members
        counts["equal"] += not rules and not problem
        if problem:
            counts["problems"] += 1
            if counts["problems"] <= SHOWN:
                print(f"no rule explains: {problem}\n  ours   {our}\n  theirs {their}\n  archive {data.hex()}")


def update_table(document, reader, counts):
    text = document.read_text().splitlines()
    for i, line in enumerate(text):
        cells = line.split(" | ")
        name = cells[0].lstrip("| ")
        if name.startswith(reader + ": "):
            text[i] = " | ".join(cells[:-1] + [f"{counts[name]} |"])
    document.write_text("\n".join(text) + "\n")


def check_rows(reader):
    """The document has a row for every rule of the reader and no other."""
    listed = re.findall(r"^\| (\w+: [^|]*?) \|", (HERE / "../../docs/zip-differences.md").read_text(), re.M)
    return sorted({name for name in listed if name.startswith(reader + ": ")} ^
                  {name for name, _ in RULES if name.startswith(reader + ": ")})


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", choices=["java", "python", "libarchive", "unzip"])
    parser.add_argument("zip_list")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--java", default="java")
    parser.add_argument("--update-table", type=pathlib.Path)
    arguments = parser.parse_args()
    arguments.command = reader_command(arguments)
    if arguments.command is None:
        print(f"{arguments.reader}: the reader is not installed")
        return SKIPPED
    counts = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        run_batch(pathlib.Path(folder), arguments, bases(), counts)
        for first in range(0, arguments.count, BATCH):
            indexes = range(first, min(first + BATCH, arguments.count))
            run_batch(pathlib.Path(folder), arguments, [archive(arguments.seed, i) for i in indexes], counts)
    totals = {key: counts.pop(key, 0) for key in ("archives", "members", "equal", "problems")}
    print(f"{arguments.reader}: {totals['archives']} archives, {totals['members']} members compared; {totals['equal']} archives "
          f"without any difference, {totals['problems']} with differences that no rule explains")
    for rule, count in counts.most_common():
        print(f"{count:8} {rule}")
    if arguments.update_table:
        update_table(arguments.update_table, arguments.reader, counts)
    rows = check_rows(arguments.reader)
    if rows:
        print(f"docs/zip-differences.md: a rule without a row, or a row without a rule: {rows}")
    # A comparison that never gets far proves nothing.
    return 1 if rows or totals["problems"] or totals["equal"] < totals["archives"] / 10 or totals["members"] < totals["archives"] else 0


if __name__ == "__main__":
    sys.exit(main())
