# SPDX-License-Identifier: Apache-2.0
"""Makes the C module imgassure._cffi.

The declarations come from the installed headers (pkg-config imgassure), through the C preprocessor: there is no copy to
keep. The C compiler checks them against the same headers when the module is built.
"""
import os
import re
import shlex
import subprocess

from cffi import FFI

INCLUDE = "#include <imgassure/imgassure.h>\n"

CALLBACKS = """
extern "Python" {
    void imga_py_log(void *, int32_t, const char *);
    int imga_py_progress(void *, int32_t, uint64_t, uint64_t);
    int64_t imga_py_read_at(void *, uint64_t, void *, size_t);
    int64_t imga_py_read(void *, void *, size_t);
    void imga_py_close(void *);
    int imga_py_write(void *, const void *, size_t);
    int imga_py_cache_get(void *, const char *, int (*)(void *, const void *, size_t), void *);
    int imga_py_cache_put(void *, const char *, const void *, size_t);
}
"""


def pkg_config(option):
    command = [os.environ.get("PKG_CONFIG", "pkg-config"), option, "imgassure"]
    return shlex.split(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def preprocess(flags, *options):
    command = shlex.split(os.environ.get("CC", "cc")) + ["-E", "-DIMGA_API=", *options, *flags, "-x", "c", "-"]
    return subprocess.run(command, check=True, input=INCLUDE, stdout=subprocess.PIPE, text=True).stdout


def declarations(flags):
    """What our own headers declare, without what they include from libc."""
    ours, lines = False, []
    for line in preprocess(flags).splitlines():
        marker = re.match(r'#(?:line)? *\d+ "([^"]*)"', line)
        if marker:
            ours = "/imgassure/" in marker.group(1)
        elif ours:
            lines.append(line)
    return "\n".join(lines) + "\n"


def constants(flags):
    """The macros that are plain numbers."""
    found = re.findall(r"^#define (IMGA_\w+) +(\d+)$", preprocess(flags, "-dM"), re.MULTILINE)
    return "".join(f"#define {name} {value}\n" for name, value in found)


def build():
    flags = pkg_config("--cflags")
    links = pkg_config("--libs")
    builder = FFI()
    builder.cdef(declarations(flags) + constants(flags) + CALLBACKS)
    builder.set_source(
        "imgassure._cffi",
        INCLUDE + """
#if IMGA_VERSION_NUMBER < 1000 || IMGA_VERSION_NUMBER >= 1000000
#error "this binding needs libimgassure 0.1 or later, before 1.0"
#endif
""",
        include_dirs=[flag[2:] for flag in flags if flag.startswith("-I")],
        library_dirs=[flag[2:] for flag in links if flag.startswith("-L")],
        libraries=[flag[2:] for flag in links if flag.startswith("-l")],
    )
    return builder


ffibuilder = build()

if __name__ == "__main__":
    ffibuilder.compile(verbose=True)
