# SPDX-License-Identifier: Apache-2.0
"""Every public header stands alone in C99, C11, C17, C++11 and C++17; every internal one in C11."""
import subprocess
import sys

from common import ROOT, finish, library_files, public_headers

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]


def compiles(command, name):
    text = f"#include {name}\ntypedef int translation_unit_is_not_empty;\n"
    run = subprocess.run(command + ["-"], input=text, text=True, capture_output=True)
    return run.returncode == 0, run.stderr


def main():
    compiler = sys.argv[2]
    problems, checked = [], 0
    include = f"-I{ROOT}/include"
    for header in public_headers():
        for language, standard in (("c", "c99"), ("c", "c11"), ("c", "c17"), ("c++", "c++11"), ("c++", "c++17")):
            cc = "g++" if language == "c++" else compiler
            ok, output = compiles([cc, f"-std={standard}", "-x", language, include] + STRICT, f"<imgassure/{header.name}>")
            checked += 1
            if not ok:
                problems.append(f"{header.name} in {standard}: {output}")
    for header in library_files(".h"):
        name = '"%s"' % header.relative_to(ROOT / "libimgassure")
        command = [compiler, "-std=c11", "-D_POSIX_C_SOURCE=200809L", "-x", "c", include, f"-I{ROOT}/libimgassure"]
        ok, output = compiles(command + STRICT, name)
        checked += 1
        if not ok:
            problems.append(f"{name}: {output}")
    finish("headers", problems, checked)


main()
