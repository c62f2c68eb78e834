# SPDX-License-Identifier: Apache-2.0
"""What the checks on form share: the tree, the headers' functions, and how a check ends."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(".")


def library_files(*suffixes):
    return sorted(p for p in (ROOT / "libimgassure").glob("*/**/*") if p.suffix in suffixes)


def public_headers():
    return sorted((ROOT / "include/imgassure").glob("*.h"))


def prototypes(header):
    """(comment, return type and name, parameters) of every IMGA_API function of a header."""
    text = header.read_text()
    pattern = re.compile(r"(/\*\*(?:(?!\*/).)*\*/\s*)?^IMGA_API\s+([^;(]*?)\b(imga_\w+)\(([^;]*)\);", re.S | re.M)
    return [(m[1] or "", m[2].strip(), m[3], " ".join(m[4].split())) for m in pattern.finditer(text)]


def finish(name, problems, checked):
    for problem in problems:
        print(problem)
    print(f"{name}: {checked} checked, {len(problems)} problems")
    if not checked:
        print(f"{name}: nothing was checked")
    sys.exit(1 if problems or not checked else 0)
