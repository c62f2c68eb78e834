# SPDX-License-Identifier: Apache-2.0
"""dpkg.py TOOL IMAGES: for every image in the folder IMAGES with dpkg's database, states, holds and lists of files
equal what dpkg-query says of the same database, and licences what a reading of the copyright files by other means says.
The database and the files come out of the layers here, not by the tool. Exit 77 without images or dpkg-query."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from part_of_root import unpack

DATABASE, DOCUMENTS = "var/lib/dpkg", "usr/share/doc"


def inventory(tool, image):
    done = subprocess.run([tool, "inventory", str(image), "-q", "-o", "json"], capture_output=True, check=True)
    return [p for p in json.loads(done.stdout)["packages"] if p["how"] == "dpkg"]


def query(root, *arguments):
    command = ["dpkg-query", f"--admindir={root / DATABASE}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="surrogateescape").stdout


def native_files(root, package):
    """The files of dpkg-query -L, each where it really is."""
    files = []
    for line in query(root, "-L", package).splitlines():
        diverted = re.match(r"(?:locally diverted|diverted by \S+) to: (.*)", line)
        if diverted:
            files[-1] = diverted[1]
        elif line.startswith("/") and line != "/.":
            files.append(line)
    return sorted({f[1:] for f in files})


def native_states(root):
    """"name architecture" to ("want", "state")."""
    states = {}
    rows = query(root, "-W", "-f", "${binary:Package}\t${Architecture}\t${db:Status-Want}\t${db:Status-Status}\n")
    for row in rows.splitlines():
        name, architecture, want, state = row.split("\t")
        if state not in ("config-files", "not-installed"):
            states[name.split(":")[0], architecture] = (name, want, state)
    return states


def joined(names):
    parts = sorted({n.strip() for n in names if n.strip()}, key=lambda n: n.encode())
    choice = re.compile(r"(?:^|\s)(?:or|\|)(?:\s|$)", re.IGNORECASE)
    if len(parts) > 1:
        parts = [f"({n})" if choice.search(n) else n for n in parts]
    return " AND ".join(parts)


def declared(text):
    """The licences of a copyright file by regular expressions."""
    text = re.sub(r"^[#-].*\n", "", text.replace("\r\n", "\n"), flags=re.MULTILINE)
    paragraphs = [p for p in re.split(r"\n(?:[ \t]*\n)+", text.strip("\n")) if p.strip()]
    if not paragraphs or not re.search(r"^Format(-Specification)?:", paragraphs[0], re.MULTILINE | re.IGNORECASE):
        return ""
    license_of = re.compile(r"^License:[ \t]*(?:\n[ \t]+)?(.*)", re.MULTILINE | re.IGNORECASE)
    names = [m[1] for p in paragraphs if re.search(r"^Files:", p, re.MULTILINE | re.IGNORECASE)
             for m in [license_of.search(p)] if m]
    whole = license_of.search(paragraphs[0])
    return joined(names) or (whole[1].strip() if whole else "")


def license_of(root, name):
    path = root / DOCUMENTS / name / "copyright"
    if (root / DOCUMENTS / name).is_symlink() or path.is_symlink() or not path.is_file():
        return None
    return declared(path.read_bytes().decode("utf-8", "replace"))


def compare_package(root, found, state):
    binary, want, status = state
    place = f"{found['name']}:{found['architecture']}"
    properties = found["properties"]
    problems = []
    files = native_files(root, binary) if not found["path"].startswith(DATABASE + "/status.d") else found["files"]
    if files != found["files"]:
        odd = sorted(set(files) ^ set(found["files"]))
        problems.append(f"{place}: {len(odd)} files differ: {odd[:3]}")
    if properties.get("state", "installed") != status or (properties.get("hold") == "1") != (want == "hold"):
        problems.append(f"{place}: {want} {status}, but {properties}")
    licenses = license_of(root, found["name"])
    if licenses is not None and licenses != found["license"]:
        problems.append(f"{place}: licence {found['license']!r}, not {licenses!r}")
    return problems


def compare(tool, image, root):
    problems, packages = [], inventory(tool, image)
    unpack(image, root, DATABASE + "/", DOCUMENTS + "/")
    if not (root / DATABASE / "status").is_file():
        return None
    states = native_states(root)
    for found in packages:
        state = states.pop((found["name"], found["architecture"]), None)
        problems += compare_package(root, found, state) if state else [f"{found['name']}: dpkg-query has it not"]
    problems += [f"{name}: not found" for name in states]
    diverted = (root / DATABASE / "diversions").read_text().count("\n") // 3
    files = sum(len(p["files"]) for p in packages)
    licenses = sum(1 for p in packages if p["license"])
    print(f"{image.name}: {len(packages)} packages, {files} files, {diverted} diversions, {licenses} licences, "
          f"{len(problems)} problems")
    return [f"{image.name}: {p}" for p in problems]


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    problems, checked = [], 0
    for image in sorted(folder.iterdir()) if folder.is_dir() and shutil.which("dpkg-query") else []:
        if not (image / "index.json").is_file() or image.name.startswith(("rpm-", "large-")) or "alpine" in image.name:
            continue
        with tempfile.TemporaryDirectory() as root:
            found = compare(tool, image, pathlib.Path(root))
            checked += found is not None
            problems += found or []
    for problem in problems[:50]:
        print(problem)
    sys.exit(77 if not checked else 1 if problems else 0)


main()
