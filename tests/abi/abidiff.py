# SPDX-License-Identifier: Apache-2.0
r"""The library's ABI against the baseline: additions are fine, everything else is a break. Exit 77 without abidiff.

A release takes what it added into the baseline, from a build with debug information:

    abidw --exported-interfaces-only --drop-private-types --headers-dir include --type-id-style hash --short-locs \
        --no-show-locs --no-corpus-path --no-comp-dir-path --out-file tests/abi/imgassure-0.abi LIBRARY
"""
import shutil
import subprocess
import sys

baseline, library, headers = sys.argv[1:4]
if not shutil.which("abidiff"):
    print("abidiff is not installed")
    sys.exit(77)
run = subprocess.run(["abidiff", "--no-added-syms", "--headers-dir2", headers, baseline, library])
sys.exit(1 if run.returncode else 0)
