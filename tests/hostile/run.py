# SPDX-License-Identifier: Apache-2.0
"""run.py cases TOOL ADAPTER | run.py mutations MUTATE, both with [--sanitized] [--only TEXT] [--keep FOLDER].

cases: every case through the adapter, and once more as a table, with what must hold whatever the input: see check_case.
mutations: every case cut and flipped at seeded places, and layers damaged below right digests: see check_mutations.
One line of TAP for each. Under a sanitizer memory is not judged and time is judged loosely."""
import argparse
import concurrent.futures
import contextlib
import importlib
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unicodedata

from case import CASES

AREAS = ["tar", "compression", "manifest", "merge", "packages", "limits", "toc"]
PATIENCE = 300  # seconds on the wall before a program is killed
SLOWER = 12     # how much slower a sanitized program may be
ENDED = {0, 1, 3, 4}


class Wrong(Exception):
    """What does not hold, in words."""


class Run:
    """One program in an empty folder of its own: what it printed, how it ended, what it cost."""

    def __init__(self, command, work, environment=None):
        here, temporary = work / "here", work / "tmp"
        for folder in (here, temporary):
            folder.mkdir(exist_ok=True)
        environment = dict(os.environ, TMPDIR=str(temporary), HOME=str(here), LC_ALL="C.UTF-8", **(environment or {}))
        with open(work / "out", "w+b") as out, open(work / "err", "w+b") as err:
            program = subprocess.Popen(command, cwd=here, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=err, start_new_session=True)
            late = threading.Timer(PATIENCE, os.killpg, (program.pid, signal.SIGKILL))
            late.start()
            _, status, usage = os.wait4(program.pid, 0)
            late.cancel()
            program.returncode = os.waitstatus_to_exitcode(status)
            self.output, self.complaints = reread(out), reread(err)
        self.code = program.returncode
        self.seconds = usage.ru_utime + usage.ru_stime
        self.left = sorted(str(p) for folder in (here, temporary) for p in folder.rglob("*"))


def reread(file):
    file.seek(0)
    return file.read()


def must(truth, text):
    if not truth:
        raise Wrong(text)


def last_words(run):
    return run.complaints[-600:].decode("utf-8", "backslashreplace")


def steers(text):
    """The first character that a terminal or a reader would obey instead of showing, or None."""
    for character in text:
        if character != "\n" and unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp"):
            return f"U+{ord(character):04X}"
    return None


def check_text(run):
    for name, data in (("output", run.output), ("errors", run.complaints)):
        try:
            found = steers(data.decode("utf-8"))
        except UnicodeDecodeError as problem:
            raise Wrong(f"{name}: not UTF-8: {problem}") from problem
        must(found is None, f"{name}: raw {found}")


def check_peak(case, peaks):
    most = max(int(line.rsplit(None, 1)[1]) for line in peaks.read_text().splitlines())
    must(most <= case.mib, f"{most} MiB of memory, {case.mib} allowed")
    return most


def adapted(case, options, work, image):
    """The outcome as the adapter tells it."""
    peaks = work / "peaks"
    run = Run([sys.executable, options.programs[1], case.kind, image], work,
              {"IMGASSURE": options.programs[0], "IMGASSURE_PEAKS": str(peaks)})
    must(run.code == 0, f"the adapter ended with {run.code}: {last_words(run)}")
    must(not run.left, f"files were left: {run.left}")
    allowed = case.seconds * (SLOWER if options.sanitized else 1)
    must(run.seconds <= allowed, f"{run.seconds:.1f} s of processor time, {allowed} allowed")
    mib = 0 if options.sanitized else check_peak(case, peaks)
    return json.loads(run.output), f"{run.seconds:.1f} s, {mib} MiB"


def check_outcome(case, found):
    reasons = [outcome.why_not(found) for outcome in case.outcomes]
    shown = {**found, "packages": found.get("packages", [])[:6]}
    must(None in reasons, f"{json.dumps(shown)[:600]}: {'; '.join(map(str, reasons))}")
    must(found["status"] != "complete" or found["packages"], "complete, and without packages")


def check_shown(options, work, image, found):
    """Document and table in one run: same packages as before, and nothing that steers a terminal."""
    run = Run([options.programs[0], "inventory", image, "-o", "json", "-o", "table", "-v"], work)
    must(run.code in ENDED, f"the tool ended with {run.code}: {last_words(run)}")
    must(not run.left, f"files were left: {run.left}")
    check_text(run)
    if found["status"] == "error":
        must(run.code in (1, 4) and re.search(rb"\[[a-z-]+\]\n$", run.complaints), f"no error: {last_words(run)}")
        must(not run.output, "an error with output")
        return
    must(run.code in (0, 3), f"the tool ended with {run.code}: {last_words(run)}")
    document = json.loads(run.output.split(b"\n", 1)[0])
    must(document["complete"] == (run.code == 0), "the exit code and the document disagree")
    packages = [[p["name"], p["version"]] for p in document["packages"]]
    must(packages == found["packages"], "two runs, two inventories")


def check_case(case, options, work):
    image = work / "image"
    image.write_bytes(case.make())
    before = image.stat()
    found, cost = adapted(case, options, work, str(image))
    check_outcome(case, found)
    check_shown(options, work, str(image), found)
    after = image.stat()
    must((before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns), "the image was changed")
    return cost


def attempts(run):
    """The lines of mutate: what, place, status, complete, packages."""
    lines = [line.split() for line in run.output.decode().splitlines()]
    must(run.code == 0, f"ended with {run.code} after {' '.join(lines[-1]) if lines else 'nothing'}: {last_words(run)}")
    must(not run.left, f"files were left: {run.left}")
    return [(line[0], *map(int, line[1:])) for line in lines]


def check_mutations(case, options, work):
    """A damaged copy ends in an error, or in the packages of the intact image, or is incomplete."""
    image = work / "image"
    image.write_bytes(case.make())
    cuts, flips = (4, 6) if case.heavy else (16, 24)
    seed = sum(case.name.encode())
    intact, *damaged = attempts(Run([options.programs[0], str(image), str(seed), str(cuts), str(flips)], work))
    must(len(damaged) == cuts + flips, f"{len(damaged)} attempts")
    for what, place, status, complete, packages in damaged:
        if status == 0 and complete and intact[2] == 0:
            must(packages == intact[4], f"{what} {place}: complete with {packages} packages, intact with {intact[4]}")
        must(not (status == 0 and complete and packages == 0), f"{what} {place}: complete, and without packages")
    refused = sum(status < 0 for _, _, status, _, _ in damaged)
    return f"{len(damaged)} copies, {refused} refused"


def selected(options):
    for area in AREAS:
        importlib.import_module("cases_" + area)
    importlib.import_module("layer_damage")
    wanted = CASES if options.mode == "cases" else CASES + importlib.import_module("layer_damage").JOBS
    return [case for case in wanted if options.only in case.name]


def judge(case, options):
    """(whether it is right, words about it)"""
    check = check_case if options.mode == "cases" else getattr(case, "check", None) or check_mutations
    with contextlib.ExitStack() as stack:
        if options.keep:
            work = pathlib.Path(options.keep) / re.sub(r"[^\w]+", "-", f"{case.area} {case.name}")
            work.mkdir(parents=True, exist_ok=True)
        else:
            work = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        try:
            return True, check(case, options, work)
        except Wrong as problem:
            return False, str(problem)
        except Exception as problem:  # a mistake in a case must not hide the others
            return False, f"the case itself: {problem!r}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["cases", "mutations"])
    parser.add_argument("programs", nargs="+", type=os.path.abspath)
    parser.add_argument("--sanitized", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--keep")
    options = parser.parse_args()
    cases = selected(options)
    names = {(case.area, case.name) for case in cases}
    print(f"1..{len(cases)}", flush=True)
    failed = len(cases) - len(names)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda case: judge(case, options), cases)
        for number, (case, (right, words)) in enumerate(zip(cases, results), 1):
            failed += not right
            print(f"{'ok' if right else 'not ok'} {number} - {case.area}: {case.name}")
            print("# " + words.replace("\n", "\n# "), flush=True)
    sys.exit(1 if failed or not cases else 0)


if __name__ == "__main__":
    main()
