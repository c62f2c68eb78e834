# SPDX-License-Identifier: Apache-2.0
"""list_gnu.py ARCHIVES LISTING [TAR]: what GNU tar lists of each archive of a batch, one process for each.

--quoting-style=c writes names in double quotes with every odd byte escaped, so that a line is one entry and has one
reading; --block-number gives the place of the header. "messages" is what it says on the error stream."""
import concurrent.futures
import os
import re
import subprocess
import sys

from tar_archives import read_archives, write_listing

OPTIONS = ["--list", "--verbose", "--absolute-names", "--block-number", "--quoting-style=c", "--numeric-owner",
           "--full-time", "--file=-"]
QUOTED = r'"(?:[^"\\]|\\.)*"'
TIME = r"(?:[-+]?\d+-\d\d-\d\d \d\d:\d\d:\d\d|-?\d+)(?:\.\d+)?"
LINE = re.compile(
    r"(?:block \d+: )*block (\d+): (.)([-rwxsStT]{9}) -?\d+/-?\d+ +(-?\d+|\d+,\d+) "
    rf"{TIME} +({QUOTED})(?: (?:->|link to) ({QUOTED}))?(.*)", re.S)
NOT_AN_ENTRY = re.compile(r"(?:block \d+: )+(\*\* (Block of NULs|End of File) \*\*)?")
ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.S)
LETTERS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def unquote(text):
    def replace(match):
        code = match[1]
        return bytes([int(code, 8)]) if len(code) == 3 else LETTERS.get(code, code)
    return ESCAPE.sub(replace, text[1:-1].encode("ascii")).hex() if text else ""


def parse(line):
    match = LINE.fullmatch(line)
    if not match:
        raise ValueError(f"a line of GNU tar is not understood: {line!r}")
    block, letter, _, size, name, link, rest = match.groups()
    return {"type": letter, "name": unquote(name), "link": unquote(link), "size": None if "," in size else int(size),
            "header": int(block) * 512, "rest": rest.strip()}


def show(tar, archive):
    run = subprocess.run([tar, *OPTIONS], input=archive, capture_output=True, timeout=60, check=False,
                         env={"LC_ALL": "C", "TZ": "UTC0", "PATH": os.environ["PATH"]})
    lines = run.stdout.decode("ascii").splitlines()
    messages = run.stderr.decode("ascii", "backslashreplace").splitlines()
    return {"entries": [parse(line) for line in lines if not NOT_AN_ENTRY.fullmatch(line)],
            "end": "ok" if run.returncode == 0 else str(run.returncode), "messages": messages}


def main():
    tar = sys.argv[3] if len(sys.argv) > 3 else "tar"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        write_listing(sys.argv[2], pool.map(lambda archive: show(tar, archive), read_archives(sys.argv[1])))


if __name__ == "__main__":
    main()
