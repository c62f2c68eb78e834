# SPDX-License-Identifier: Apache-2.0
"""The tree: licence lines, final newlines, no tabs or invisible characters in sources, no unfinished marks, no paths of
one machine."""
import re

from common import ROOT, finish

FOLDERS = ["libimgassure", "include", "tools", "tests", "fuzz", "benchmarks", "examples", "bindings", "scripts", "docs",
           "pkgconfig"]
TEXT = {".c", ".h", ".py", ".go", ".md", ".build", ".sh", ".yaml", ".json", ".map", ".toml", ".tsv", ".txt", ""}
SOURCE = {".c", ".h"}
UNFINISHED = re.compile("|".join(["TO" + "DO", "FIX" + "ME", r"\bX" + r"XX\b", "HA" + "CK\\b"]))
MACHINE = re.compile("/" + "(work|root|home/[a-z]+)/")
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def check(path, problems):
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        problems.append(f"{path}: not UTF-8")
        return
    name = path.relative_to(ROOT)
    if text and not text.endswith("\n"):
        problems.append(f"{name}: no final newline")
    if "\r" in text or INVISIBLE.search(text):
        problems.append(f"{name}: carriage return or invisible character")
    if MACHINE.search(text):
        problems.append(f"{name}: names a path of one machine")
    if path.suffix in SOURCE | {".py", ".go"}:
        if "SPDX-License-Identifier: Apache-2.0" not in text[:200]:
            problems.append(f"{name}: no licence line")
        if UNFINISHED.search(text):
            problems.append(f"{name}: unfinished mark")
    if path.suffix in SOURCE and ("\t" in text or re.search(r" +$", text, re.M)):
        problems.append(f"{name}: tab or trailing blank")


def main():
    problems, checked = [], 0
    paths = [p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*"))]
    paths += [p for p in sorted(ROOT.glob("*")) if p.is_file()]
    for path in paths:
        parts = set(path.relative_to(ROOT).parts)
        if path.is_file() and path.suffix in TEXT and not parts & {"corpus", "__pycache__", "LICENSE"}:
            checked += 1
            check(path, problems)
    finish("tidy", problems, checked)


main()
