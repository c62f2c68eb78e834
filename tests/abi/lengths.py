# SPDX-License-Identifier: Apache-2.0
"""Functions: at most 80 lines and 5 parameters, half of them at most 15 lines. Files: at most 600 lines (1000 for tests)."""
import json
import statistics
import subprocess

from common import ROOT, finish, library_files, public_headers

IMPOSED = {"authorize"}  # callbacks whose parameters a library sets: SQLite's authorizer
HARD, WISHED, PARAMETERS, MEDIAN, FILE, HEADER = 80, 60, 5, 15, 600, 300


def functions(paths):
    command = ["ctags", "--output-format=json", "--fields=+neS", "--kinds-c=f", "-f", "-", *map(str, paths)]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def parameters(signature):
    inside = signature.strip()[1:-1].strip()
    return 0 if inside in ("", "void") else inside.count(",") + 1 - inside.endswith("...")


def main():
    problems, lengths, long_ones = [], [], 0
    sources = library_files(".c") + sorted((ROOT / "tools").glob("*.c"))
    for f in functions(sources):
        length = f["end"] - f["line"] + 1
        lengths.append(length)
        place = f"{f['path']}:{f['line']}: {f['name']}"
        long_ones += length > WISHED
        if length > HARD:
            problems.append(f"{place}: {length} lines")
        if parameters(f.get("signature", "()")) > PARAMETERS and "(*" not in f.get("signature", "") \
                and f["name"] not in IMPOSED:
            problems.append(f"{place}: {parameters(f['signature'])} parameters")
    if lengths and statistics.median(lengths) > MEDIAN:
        problems.append(f"the median function has {statistics.median(lengths)} lines")
    headers = library_files(".h")
    for path in sources + headers + sorted((ROOT / "fuzz").glob("*.c")):
        n = len(path.read_text().splitlines())
        if n > FILE:
            problems.append(f"{path}: {n} lines")
        if any(len(line) > 120 for line in path.read_text().splitlines()):
            problems.append(f"{path}: a line over 120 columns")
    for path in public_headers():
        if len(path.read_text().splitlines()) > HEADER:
            problems.append(f"{path}: over {HEADER} lines")
    print(f"functions: {len(lengths)}, median {statistics.median(lengths) if lengths else 0}, longest {max(lengths, default=0)}, "
          f"over {WISHED} lines: {long_ones}")
    finish("lengths", problems, len(lengths))


main()
