# SPDX-License-Identifier: Apache-2.0
"""What the tests of the installed library share: installing a build below a folder, compiling with pkg-config alone."""
import os
import shlex
import shutil
import subprocess
import sys

os.environ.pop("LD_LIBRARY_PATH", None)  # meson points it at the build's library, which is not the one under test


def run(command, **more):
    """Output of a program that must succeed."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **more)
    if done.returncode != 0:
        sys.exit(f"{shlex.join(map(str, command))}: exit {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


def expect(truth, text):
    if not truth:
        sys.exit(text)


class Stage:
    """A build, installed below a folder of its own."""

    def __init__(self, build, folder):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", folder])
        config = self.one("imgassure.pc")
        self.environment = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=folder, PKG_CONFIG_PATH=os.path.dirname(config))

    def all(self, name):
        return sorted(os.path.join(path, name) for path, _, names in os.walk(self.folder) if name in names)

    def one(self, name):
        found = self.all(name)
        expect(len(found) == 1, f"{len(found)} files named {name} were installed")
        return found[0]

    def flags(self, *options):
        return shlex.split(run(["pkg-config", *options, "imgassure"], env=self.environment))

    def compile(self, compiler, source, program, static=False, more=()):
        """The libraries below this one stay shared when it is linked statically: Debian has no static ISA-L."""
        strict = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
        flags = self.flags(*(["--static"] if static else []), "--cflags", "--libs")
        libraries = [flag for flag in flags if not flag.startswith(("-I", "-L"))]
        expect(static or libraries == ["-limgassure"], f"more than the library itself: {flags}")
        if static:
            flags = ["-l:libimgassure.a" if flag == "-limgassure" else flag for flag in flags]
        run([*compiler, *strict, source, "-o", program, *more, *flags])
        return program
