# SPDX-License-Identifier: Apache-2.0
"""check_tar.py SOURCE TAR_BATCH: checks of the comparison itself, one line of TAP each.

rows        docs/tar-differences.md has a row for every rule and no other, and every cell is filled
reasons     docs/tar-rules.md has a row for every reason of tar_oracle.c
bounds      no rule of the reader that decides explains a name or content
lost        when an entry is taken out of our listing, or one of its fields is changed, the comparison with Go fails"""
import copy
import importlib
import pathlib
import re
import subprocess
import sys
import tempfile

from tar_archives import read_archives, read_listing
from tar_compare import compare

READERS = ("go", "python", "gnu")
LETTERS = {letter: flag for flag, letter in importlib.import_module("rules_go").TYPES.items()}


def rules_of(reader):
    return importlib.import_module(f"rules_{reader}").rules.all


def check_rows(source):
    names = {rule.name for reader in READERS for rule in rules_of(reader)}
    rows = re.findall(r"^\| ((?:go|python|gnu): [^|]*?) \|(.*)\|$", (source / "docs/tar-differences.md").read_text(), re.M)
    listed = [name for name, _ in rows]
    problems = [f"no row: {name}" for name in sorted(names - set(listed))]
    problems += [f"no rule, or a second row: {name}" for name in listed if name not in names or listed.count(name) > 1]
    problems += [f"{name}: not five filled cells" for name, rest in rows if len([c for c in rest.split("|") if c.strip()]) != 5]
    return problems + [f"{name}: not of the reader {reader}" for reader in READERS for name in
                       [rule.name for rule in rules_of(reader)] if not name.startswith(reader + ": ")]


def check_reasons(source):
    code = (source / "tests/differential/tar_oracle.c").read_text()
    reasons = set(re.findall(r'^    \{"([^"]+)", \w+\},$', code, re.M))
    section = (source / "docs/tar-rules.md").read_text().split("## The differential test")[1]
    rows = set(re.findall(r"^\| ([^|]+?) \|", section, re.M)) - {"reason"}
    return [f"not in both: {name}" for name in sorted(reasons ^ rows)] + ([] if reasons else ["no reasons were found"])


def check_bounds(_):
    return [f"{rule.name} explains {sorted(rule.fields)}" for rule in rules_of("go") if rule.fields & {"name", "content"}]


def go_listing(ours):
    """What Go would say if it read the archive as the walker did."""
    entries = [{"type": LETTERS[entry["type"]], "name": entry["name"], "link": entry["link"], "size": entry["size"],
                "data": entry["data"], "read": entry["read"], "sum": entry["sum"]} for entry in ours["entries"]]
    return {"entries": entries, "end": "ok" if ours["end"] == "ok" else "archive/tar: invalid tar header"}


def changes(ours):
    """Copies of a listing, each wrong in one place."""
    for i, entry in enumerate(ours["entries"]):
        lost = copy.deepcopy(ours)
        del lost["entries"][i]
        yield f"entry {i} lost", lost
        other = {"name": entry["name"] + "78", "data": entry["data"] + 512, "sum": entry["sum"] ^ 1,
                 "type": "l" if entry["type"] == "f" else "f", "size": entry["size"] + 1, "link": entry["link"] + "78"}
        for field, value in other.items():
            if field not in ("link",) or entry["type"] in "lh":
                changed = copy.deepcopy(ours)
                changed["entries"][i][field] = value
                yield f"entry {i}, other {field}", changed


def check_lost(tar_batch):
    go, problems, tried = importlib.import_module("rules_go"), [], 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/archives", f"{folder}/ours"]
        subprocess.run([tar_batch, "1", "bases", "0", *paths], check=True)
        for index, (archive, ours) in enumerate(zip(read_archives(paths[0]), read_listing(paths[1]))):
            # Remarked entries have rules of their own, and after an error of ours everything may follow.
            if ours["end"] != "ok" or any(entry["flags"] for entry in ours["entries"]):
                continue
            theirs = go_listing(ours)
            if compare(archive, ours, theirs, go).problem:
                problems.append(f"archive {index}: differs from itself")
            for what, changed in changes(ours):
                tried += 1
                if not compare(archive, changed, theirs, go).problem:
                    problems.append(f"archive {index}, {what}: was not noticed")
    return problems + ([] if tried > 20 else [f"only {tried} changes were tried"])


def main():
    source, tar_batch = pathlib.Path(sys.argv[1]), sys.argv[2]
    checks = [("rows", check_rows, source), ("reasons", check_reasons, source), ("bounds", check_bounds, None),
              ("lost", check_lost, tar_batch)]
    failed = 0
    print(f"1..{len(checks)}")
    for number, (name, check, argument) in enumerate(checks, 1):
        problems = check(argument)
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {name}", *problems, sep="\n# ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
