# SPDX-License-Identifier: Apache-2.0
"""installed.py BUILD SOURCE INPUTS TOOL SANITIZER COMPILER...: examples/gate.c against the installed library, found by
pkg-config alone; every verdict, and what it says when something is missing."""
import os
import subprocess
import sys
import tempfile

from staged import Stage, expect, run

BUILD, SOURCE, INPUTS, TOOL, SANITIZER, *COMPILER = sys.argv[1:]
INPUTS, TOOL = os.path.abspath(INPUTS), os.path.abspath(TOOL)
POLICY = "imgassure: 1\npolicy: {name}\nrules: [{{id: r, check: package, action: {action}, deny: [{package}]}}]\n"
VERDICTS = [ # policy, action, denied package, database, what is said
    ("pass", "deny", "telnetd", "advisories.db", "pass: 1 items\n"),
    ("warn", "warn", "tar", "advisories.db", "warn: 1 items\n"),
    ("fail", "deny", "tar", "advisories.db", "fail: 1 items\n"),
    ("both", "deny", '"*"', "advisories.db", "fail: 3 items\n"),
    ("incomplete", "deny", "telnetd", "alpine.db", "incomplete: 2 items\n"),
]
ABSENT = [("absent", "advisories.db", "pass.yaml"), ("docker.tar", "absent", "pass.yaml"),
          ("docker.tar", "advisories.db", "absent"), ("policy.yaml", "advisories.db", "pass.yaml")]


def gate(program, environment, *arguments):
    return subprocess.run([program, *arguments], env=environment, capture_output=True, text=True)


def check(program, environment):
    for policy, _, _, database, said in VERDICTS:
        for image in ("docker.tar", "oci.tar", "layout"):
            done = gate(program, environment, image, database, policy + ".yaml")
            expect((done.returncode, done.stdout, done.stderr) == (0, said, ""), f"{policy}, {image}: {done}")
    for arguments in ABSENT:
        done = gate(program, environment, *arguments)
        expect(done.returncode == 1 and not done.stdout and len(done.stderr) > 4, f"{arguments}: {done}")
    expect(gate(program, environment).returncode == 1, "no arguments, and no failure")


def main():
    with tempfile.TemporaryDirectory() as work:
        stage = Stage(BUILD, os.path.join(work, "stage"))
        os.chdir(work)
        run([INPUTS, work])
        run([TOOL, "db", "build", "-q", "-o", "alpine.db", "secdb.json"])
        for name, action, package, _, _ in VERDICTS:
            with open(name + ".yaml", "w", encoding="utf-8") as file:
                file.write(POLICY.format(name=name, action=action, package=package))
        source = os.path.join(SOURCE, "examples", "gate.c")
        sanitizer = [] if SANITIZER == "none" else [f"-fsanitize={SANITIZER}"]
        found = stage.all("libimgassure.so")
        if found:
            check(stage.compile(COMPILER, source, "./gate", more=sanitizer),
                  dict(os.environ, LD_LIBRARY_PATH=os.path.dirname(found[0])))
            print("the example runs with the shared library")
        if stage.all("libimgassure.a") and SANITIZER == "none":
            check(stage.compile(COMPILER, source, "./gate-static", static=True), dict(os.environ))
            print("the example runs, linked statically")
        else:
            print("this build has no static library: the test \"subproject\" links one")
        expect(len(stage.all("imgassure")) >= 1, "the tool was not installed")
        expect(len(stage.all("imgassure.1")) == 1, "the manual page was not installed")


main()
