# SPDX-License-Identifier: Apache-2.0
"""subproject.py SOURCE INPUTS WORK VERSION SANITIZER COMPILER...: the project in pkgconfig/consumer with the sources as
its subproject, linked with the shared and with the static library, and a program that links the installed static one."""
import os
import shutil
import subprocess
import sys

from staged import Stage, expect, run

SOURCE, INPUTS, WORK, VERSION, SANITIZER, *COMPILER = sys.argv[1:]
INPUTS = os.path.abspath(INPUTS)
CONSUMER = os.path.join(SOURCE, "pkgconfig", "consumer")
SAID = f"imgassure {VERSION}: 3 packages\n"


def only_the_dependency():
    """The project says nothing about the library but its one dependency."""
    with open(os.path.join(CONSUMER, "meson.build"), encoding="utf-8") as file:
        lines = [line for line in file if "imgassure" in line and not line.startswith("#")]
    expect(len(lines) == 1 and "dependency('imgassure', fallback: 'imgassure')" in lines[0], f"{lines}")


def build(kind):
    """The consumer, built afresh, and run."""
    folder = os.path.join(WORK, kind)
    run(["meson", "setup", folder, os.path.join(WORK, "project"), f"-Ddefault_library={kind}", "-Dbuildtype=debug",
         "--force-fallback-for=imgassure"])
    run(["meson", "compile", "-C", folder])
    said = run([os.path.join(folder, "consumer"), os.path.join(WORK, "docker.tar")])
    expect(said == SAID, f"{kind}: it said {said!r}, not {SAID!r}")
    expect(not os.path.exists(os.path.join(folder, "subprojects/imgassure/tests")), "a subproject built its tests")
    return folder


def needed(program):
    return run(["readelf", "-d", program])


def main():
    only_the_dependency()
    if SANITIZER != "none":
        print("skipped: it builds the library itself, without a sanitizer, as the plain build's test has done")
        sys.exit(77)
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(os.path.join(WORK, "project", "subprojects"))
    for name in ("meson.build", "consumer.c"):
        shutil.copy(os.path.join(CONSUMER, name), os.path.join(WORK, "project"))
    os.symlink(SOURCE, os.path.join(WORK, "project", "subprojects", "imgassure"))
    run([INPUTS, WORK])
    shared, static = build("shared"), build("static")
    expect("libimgassure.so.0" in needed(os.path.join(shared, "consumer")), "the shared library is not used")
    expect("libimgassure" not in needed(os.path.join(static, "consumer")), "the static library is not used")
    stage = Stage(static, os.path.join(WORK, "stage"))
    expect(stage.one("libimgassure.a") and not stage.all("libimgassure.so"), "not a static installation")
    source = os.path.join(CONSUMER, "consumer.c")
    program = stage.compile(COMPILER, source, os.path.join(WORK, "installed"), static=True)
    said = subprocess.run([program, os.path.join(WORK, "docker.tar")], capture_output=True, text=True).stdout
    expect(said == SAID, f"installed, static: it said {said!r}")
    print("as a subproject: shared, static; installed: static")


main()
