# SPDX-License-Identifier: Apache-2.0
"""lang_listing.py ROOT: the packages of npm, Python, conda, Composer and NuGet in an unpacked root file system, as their
own tools would list them, one a line: type, name, version, path of the file that says so (relative, in ROOT).

It goes the way of the tools, not that of the library: npm from folder to folder below each node_modules that no other
holds (what Arborist calls the actual tree), Python through importlib.metadata for each folder that the interpreter
searches, the others through their one JSON document. Links are not followed: what they lead to is listed where it is.
"""
import importlib.metadata
import json
import os
import pathlib
import re
import sys

LIBRARIES = {"site-packages", "dist-packages"}


def document(path):
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig", errors="replace"))
    except (OSError, ValueError, RecursionError):
        return None


def folders(path):
    """Folders in a folder, without links."""
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        return []
    return [pathlib.Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]


def files(root, ends):
    for folder, inner, names in os.walk(root):
        inner.sort()
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if name.endswith(ends) and path.is_file() and not path.is_symlink():
                yield path


# ---- npm ----

def modules(folder):
    """The packages in a folder node_modules, then those in their own ones."""
    for entry in folders(folder):
        if entry.name == ".pnpm":
            for store in folders(entry):
                yield from modules(store / "node_modules")
        elif entry.name.startswith("@"):
            for scoped in folders(entry):
                yield from module(scoped)
        elif not entry.name.startswith("."):
            yield from module(entry)


def module(folder):
    path = folder / "package.json"
    manifest = document(path) if not path.is_symlink() else None
    if isinstance(manifest, dict) and manifest.get("name") and manifest.get("version"):
        yield "npm", manifest["name"], manifest["version"], path
    yield from modules(folder / "node_modules")


def npm(root):
    for folder, inner, _ in os.walk(root):
        path = pathlib.Path(folder)
        if path.name == "node_modules":
            inner.clear()
            yield from modules(path)
        elif path.name == "nodejs" and path.parent.name in ("share", "lib"): # where Debian puts modules
            inner.clear()
            yield from modules(path)


# ---- Python ----

def metadata_path(distribution):
    path = pathlib.Path(distribution._path) # importlib has no other way to ask
    for name in ("METADATA", "PKG-INFO"):
        if (path / name).is_file():
            return path / name
    return path


def python(root):
    for folder, inner, names in os.walk(root):
        if pathlib.Path(folder).name not in LIBRARIES:
            continue
        inner.sort()
        eggs = [os.path.join(folder, name) for name in inner + names if name.endswith(".egg")]
        for place in [folder] + eggs:
            for found in importlib.metadata.distributions(path=[place]):
                name, version = found.metadata["Name"], found.metadata["Version"]
                path = metadata_path(found)
                if path.parent.name == "EGG-INFO" and not path.exists(): # in a zip
                    path = pathlib.Path(place)
                if name and version:
                    yield "pypi", re.sub(r"[-_.]+", "-", name).lower(), version, path


# ---- one document each ----

def conda(root):
    for path in files(root, ".json"):
        if path.parent.name == "conda-meta":
            record = document(path)
            if isinstance(record, dict):
                yield "conda", record["name"], record["version"], path


def composer(root):
    for path in files(root, "installed.json"):
        if path.parent.name == "composer":
            installed = document(path)
            packages = installed.get("packages", []) if isinstance(installed, dict) else installed
            for package in packages or []:
                yield "composer", package["name"], package["version"], path


def dotnet(root):
    for path in files(root, ".deps.json"):
        libraries = (document(path) or {}).get("libraries", {})
        for key, library in libraries.items():
            if library["type"] in ("package", "project", "runtimepack"):
                name, version = key.split("/", 1)
                yield "nuget", name.removeprefix("runtimepack."), version, path


def listing(root):
    rows = set()
    for lister in (npm, python, conda, composer, dotnet):
        for kind, name, version, path in lister(root):
            rows.add((kind, name, version, path.relative_to(root).as_posix()))
    return sorted(rows)


def main():
    for row in listing(pathlib.Path(sys.argv[1])):
        print("\t".join(row))


if __name__ == "__main__":
    main()
