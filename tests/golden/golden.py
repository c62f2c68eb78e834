#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""golden.py INPUTS GOLDEN SOURCE [--update | --keep FOLDER]

Makes the inputs, runs the C program twice, and compares what it writes with SOURCE/expected, byte by byte. A wanted
change of output is taken over with --update, from a build folder:

    python3 tests/golden/golden.py build/tests/golden/golden-inputs build/tests/golden/golden-c tests/golden --update

--keep leaves inputs (FOLDER/inputs) and results (FOLDER/c) for the tests of the bindings and compares nothing.
"""
import difflib
import pathlib
import shutil
import subprocess
import sys
import tempfile

NOT_COMMITTED = {"advisories.db"}  # its identity is in rows.jsonl


def produce(inputs_program, golden_program, source, folder):
    inputs, out = folder / "inputs", folder / "c"
    inputs.mkdir(parents=True)
    out.mkdir()
    subprocess.run([inputs_program, inputs], check=True)
    subprocess.run([golden_program, source / "cases.tsv", out], cwd=inputs, check=True)
    return out


def differences(name, expected, got):
    if expected == got:
        return []
    return list(difflib.unified_diff(expected.decode().splitlines(), got.decode().splitlines(), f"expected/{name}",
                                     f"now/{name}", lineterm="", n=1)) or [f"{name}: other line ends"]


def compare(expected, first, second):
    problems = []
    names = {path.name for path in first.iterdir()} - NOT_COMMITTED
    for name in sorted(names ^ {path.name for path in expected.iterdir()}):
        problems.append(f"{name}: only in one of expected/ and now")
    for name in sorted(names):
        got = (first / name).read_bytes()
        if (expected / name).is_file():
            problems += differences(name, (expected / name).read_bytes(), got)
    for path in sorted(first.iterdir()):
        if path.read_bytes() != (second / path.name).read_bytes():
            problems.append(f"{path.name}: the second run wrote other bytes")
    return problems


def main(inputs_program, golden_program, source, option=None, keep=None):
    programs = [pathlib.Path(inputs_program).resolve(), pathlib.Path(golden_program).resolve()]
    source = pathlib.Path(source).resolve()
    if option == "--keep":
        produce(*programs, source, pathlib.Path(keep))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        first, second = (produce(*programs, source, pathlib.Path(folder) / run) for run in ("1", "2"))
        if option == "--update":
            for path in first.iterdir():
                if path.name not in NOT_COMMITTED:
                    shutil.copyfile(path, source / "expected" / path.name)
            return 0
        problems = compare(source / "expected", first, second)
    print("\n".join(problems) or "golden: all files are as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
