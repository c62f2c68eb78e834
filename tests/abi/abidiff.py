# SPDX-License-Identifier: Apache-2.0
"""The library's ABI against the baseline: additions are fine, everything else is a break. Exit 77 without abidiff."""
import shutil
import subprocess
import sys

baseline, library, headers = sys.argv[1:4]
if not shutil.which("abidiff"):
    print("abidiff is not installed")
    sys.exit(77)
run = subprocess.run(["abidiff", "--no-added-syms", "--headers-dir2", headers, baseline, library])
sys.exit(1 if run.returncode else 0)
