# SPDX-License-Identifier: Apache-2.0
"""Headers = version map = exported symbols, each with its version node; inside, only ia_ and imga_ names are global."""
import re
import subprocess
import sys

from common import ROOT, finish, prototypes, public_headers


def nm(*args):
    return subprocess.run(["nm", *args], capture_output=True, text=True, check=True).stdout.splitlines()


def main():
    library, core = sys.argv[2], sys.argv[3]
    headers = {name for h in public_headers() for _, _, name, _ in prototypes(h)}
    text = (ROOT / "libimgassure/imgassure.map").read_text()
    mapped = set(re.findall(r"^\s+(imga_\w+);", text, re.M))
    exported = {}
    for line in nm("-D", "--defined-only", "--with-symbol-versions", library):
        name = line.split()[-1]
        if line.split()[1] != "A":
            exported[name.split("@")[0]] = name
    problems = [f"in a header but not in the map: {n}" for n in sorted(headers - mapped)]
    problems += [f"in the map but in no header: {n}" for n in sorted(mapped - headers)]
    problems += [f"in the map but not exported: {n}" for n in sorted(mapped - set(exported))]
    problems += [f"exported but not in the map: {n}" for n in sorted(set(exported) - mapped)]
    problems += [f"without version node: {v}" for v in exported.values() if "@@IMGASSURE_0.1" not in v]
    internal = 0
    for line in nm("--defined-only", "--extern-only", core):
        parts = line.split()
        if len(parts) == 3 and parts[1] in "TDBRVWC":
            internal += 1
            if not re.match(r"(ia|imga)_", parts[2]) and not parts[2].startswith(("__asan", "__ubsan", "__odr")):
                problems.append(f"global symbol without prefix: {parts[2]}")
    finish("symbols", problems, len(headers) + internal)


main()
