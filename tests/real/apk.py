# SPDX-License-Identifier: Apache-2.0
"""apk.py TOOL IMAGES: for every Alpine image in the folder IMAGES, what the inventory says of each package equals what
a few lines of Python read from lib/apk/db/installed and etc/apk/world: files, licence, origin, what was asked for. Exit
77 without images."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from part_of_root import unpack


def packages(root):
    world = {re.split("[<>=~@]", w)[0] for w in (root / "etc/apk/world").read_text().split() if not w.startswith("!")}
    for text in (root / "lib/apk/db/installed").read_text().split("\n\n"):
        if not text.strip():
            continue
        lines = [line.split(":", 1) for line in text.splitlines()]
        head = dict(reversed(lines))
        files, folder = set(), ""
        for letter, value in lines:
            if letter == "F":
                folder = value
            elif letter == "R":
                files.add(f"{folder}/{value}" if folder else value)
        yield {"name": head["P"], "version": head["V"], "architecture": head["A"], "license": head["L"],
               "source": head.get("o", head["P"]), "maintainer": head.get("m", ""),
               "files": sorted(files, key=lambda f: f.encode()), "asked": head["P"] in world}


def compare(tool, image, root):
    done = subprocess.run([tool, "inventory", str(image), "-q", "-o", "json"], capture_output=True, check=True)
    found = {p["name"]: p for p in json.loads(done.stdout)["packages"] if p["how"] == "apk"}
    unpack(image, root, "lib/apk/", "etc/apk/")
    problems, count, asked, files = [], 0, 0, 0
    for wanted in packages(root):
        p = found.pop(wanted["name"], {})
        count, asked, files = count + 1, asked + wanted["asked"], files + len(wanted["files"])
        if wanted.pop("asked") != (p.get("properties", {}).get("explicit") == "1"):
            problems.append(f"{wanted['name']}: asked for, or not")
        problems += [f"{wanted['name']}: {k} is not {value!r}" for k, value in wanted.items() if p.get(k) != value]
    problems += [f"{name}: not in the database" for name in found]
    print(f"{image.name}: {count} packages, {asked} asked for, {files} files, {len(problems)} problems")
    return [f"{image.name}: {p}" for p in problems]


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    problems, checked = [], 0
    for image in sorted(folder.glob("*alpine*")):
        if not (image / "index.json").is_file() or image.name.startswith("multi-"):
            continue
        with tempfile.TemporaryDirectory() as root:
            problems += compare(tool, image, pathlib.Path(root))
            checked += 1
    for problem in problems[:50]:
        print(problem)
    sys.exit(77 if not checked else 1 if problems else 0)


main()
