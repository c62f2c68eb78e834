# SPDX-License-Identifier: Apache-2.0
"""damage.py DAMAGE SHARED [--every N] [--only ID,...] [--seed N]: each generated hostile image, cut at 64 places,
flipped at 200, and flipped at 200 more below digests that are right again, those with gzip layers unpacked; with
--every one N-th of those numbers. What must hold stands in damage.c. Exit 77 when the generator is absent."""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from hostile import concerns  # noqa: E402
from unpacked import unpacked  # noqa: E402

CUTS, FLIPS, MENDED = 64, 200, 200
PATIENCE = 3600  # seconds for one case; the program itself ends an attempt that hangs
COUNTS = ("copies", "refused", "incomplete", "complete")


def generated(generator, work, only):
    """The files of the cases that are images."""
    listing = subprocess.run([sys.executable, generator, "--list"], check=True, capture_output=True, text=True).stdout
    known = [line.split()[:2] for line in listing.splitlines() if len(line.split()) >= 3]
    wanted = [name for name, kind in known if kind in ("oci-archive", "docker-archive") and concerns(name)]
    wanted = [name for name in wanted if not only or name in only or name.split("_")[0] in only]
    subprocess.run([sys.executable, generator, "-o", work, "--only", ",".join(wanted)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [next(pathlib.Path(work, "cases").glob(name + ".*")) for name in wanted]


def run(program, image, seed, numbers):
    """(the summary as numbers, zeros if there is none; whether only the hard limits refuse the image; what is wrong)"""
    nothing = [0] * (len(COUNTS) + 2)
    try:
        done = subprocess.run([program, image, str(seed), *map(str, numbers)], capture_output=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as late:
        return nothing, False, [f"killed after {PATIENCE} s at {(late.stdout or b'').splitlines()[-1:]}"]
    lines = done.stdout.decode("utf-8", "backslashreplace").splitlines() or [""]
    wrong = [line for line in lines if "WRONG" in line]
    if done.returncode and not wrong:
        wrong = [f"ended with {done.returncode} at {lines[-1]}", done.stderr[-4000:].decode("utf-8", "replace")]
    if not lines[-1].startswith("summary "):
        return nothing, False, wrong or ["no summary"]
    return [int(n) for n in lines[-1].split()[1:]], "bounded" in lines, wrong


def damaged(image, options):
    """The same of both forms of a case."""
    cuts, flips, mended = (max(1, n // options.every) for n in (CUTS, FLIPS, MENDED))
    seed = sum(image.name.encode()) + options.seed
    plain = unpacked(image.read_bytes())
    if plain is None:
        return run(options.program, image, seed, (cuts, flips, mended))
    other = image.with_suffix(".plain")
    other.write_bytes(plain)
    first = run(options.program, image, seed, (cuts, flips, 0))
    second = run(options.program, other, seed, (0, 0, mended))
    sums = [a + b for a, b in zip(first[0], second[0])]
    sums[4] = max(first[0][4], second[0][4])
    return sums, first[1] or second[1], first[2] + ["unpacked: " + line for line in second[2]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("shared", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    generator = options.shared / "hostile/gen.py"
    if not generator.exists():
        print("no generator")
        sys.exit(77)
    began, totals, bounded, slowest, failed = time.monotonic(), [0] * len(COUNTS), [], (0, ""), 0
    with tempfile.TemporaryDirectory() as work:
        images = generated(generator, work, set(filter(None, options.only.split(","))))
        for image in images:
            name = image.name.split(".")[0]
            summary, is_bounded, wrong = damaged(image, options)
            if wrong:
                failed += 1
                print(f"not ok {name}:", *wrong, sep="\n  ", flush=True)
            totals = [a + b for a, b in zip(totals, summary)]
            slowest = max(slowest, (summary[4], name))
            bounded += [name] * is_bounded
    print(f"{len(images)} cases:", ", ".join(f"{n} {what}" for n, what in zip(totals, COUNTS)))
    print(f"slowest copy {slowest[0]} ms ({slowest[1]}), {time.monotonic() - began:.0f} s in all")
    print("intact refused under the hard limits only:", ", ".join(bounded) or "none")
    print(f"{failed} cases failed")
    sys.exit(1 if failed or not images else 0)


if __name__ == "__main__":
    main()
