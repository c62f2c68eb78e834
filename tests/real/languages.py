# SPDX-License-Identifier: Apache-2.0
"""languages.py TOOL IMAGES: the packages of npm, Python, conda, Composer, NuGet and RubyGems in real images equal what
lang_listing.py finds in their unpacked roots (gems: the names of the specifications), and what npm itself listed where
that stands beside the image as NAME.npm.tsv (name, version, path of the folder). Exit 77 without images."""
import json
import pathlib
import subprocess
import sys
import tempfile

import lang_listing
import part_of_root

IMAGES = ("node-alpine", "vuln-bullseye", "java-bookworm", "large-bookworm")
TYPES = {"npm", "pypi", "conda", "composer", "nuget", "gem"}


def found(tool, image):
    done = subprocess.run([tool, "inventory", str(image), "-q", "-o", "json"], capture_output=True, check=True)
    packages = json.loads(done.stdout)["packages"]
    return {(p["type"], p["name"], p["version"], p["path"]) for p in packages
            if p["type"] in TYPES and p["how"] != "note-package"}


def gems(root):
    """RubyGems names a specification NAME-VERSION[-PLATFORM].gemspec."""
    for path in sorted(root.rglob("specifications/**/*.gemspec")):
        if path.is_file() and not path.is_symlink():
            name, _, version = path.stem.rpartition("-")
            yield "gem", name, version, str(path.relative_to(root))


def listed(image):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        part_of_root.unpack(image, root, "")
        return {tuple(row) for row in lang_listing.listing(root)} | set(gems(root))


def by_npm(path):
    rows = (line.split("\t") for line in path.read_text().splitlines())
    return {("npm", name, version, place.strip("/") + "/package.json") for name, version, place in rows}


def compare(what, ours, theirs):
    problems = [f"{what}: missing {row}" for row in sorted(theirs - ours)]
    problems += [f"{what}: not there {row}" for row in sorted(ours - theirs)]
    print(f"{what}: {len(theirs)} packages, {len(problems)} problems")
    return problems


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    problems, checked = [], 0
    for name in IMAGES:
        if not (folder / name).is_dir():
            continue
        ours = found(tool, folder / name)
        problems += compare(name, ours, listed(folder / name))
        truth = folder / f"{name}.npm.tsv"
        if truth.exists():
            problems += compare(truth.name, {row for row in ours if row[0] == "npm"}, by_npm(truth))
        checked += 1
    for problem in problems[:50]:
        print(problem)
    if not checked:
        print("no images")
        sys.exit(77)
    sys.exit(1 if problems else 0)


main()
