# SPDX-License-Identifier: Apache-2.0
"""images.py TOOL IMAGES: the inventory of every real image in the folder IMAGES equals what the native tool said, which
stands beside it as NAME.expected.tsv. dpkg and apk: name, version, architecture, source, source version. rpm: name,
epoch, version, release, architecture, source rpm, vendor, modularity, MD5. Exit 77 without images."""
import json
import pathlib
import subprocess
import sys

NOT_INSTALLED = {"config-files", "not-installed"}
DATABASES = {"dpkg", "apk", "rpm"}
NONE = "(none)"


def expected(path):
    rows = set()
    if path.name.startswith("rpm-"):
        return {tuple(line.split("\t")[:9]) for line in path.read_text().splitlines()}
    for line in path.read_text().splitlines():
        fields = line.split("\t")
        if len(fields) >= 6 and fields[5] and fields[5].split()[-1] in NOT_INSTALLED:
            continue
        rows.add(tuple(fields[:5]) if len(fields) >= 6 else tuple(fields[:4]))
    return rows


def inventory(tool, image, *options):
    done = subprocess.run([tool, "inventory", str(image), "-q", "-o", "json", *options], capture_output=True)
    if done.returncode != 0:
        print(done.stderr.decode(errors="replace"))
        return None
    return json.loads(done.stdout)


def rpm_row(package):
    known = package["properties"]
    version = package["version"].rpartition(":")[2].rpartition("-")[0]
    return (package["name"], known.get("epoch", NONE), version, known.get("release", ""),
            package["architecture"] or NONE, known.get("source-rpm", NONE), known.get("vendor", NONE),
            known.get("modularity", NONE), known.get("md5", NONE))


def row_of(package):
    if package["how"] == "rpm":
        return rpm_row(package)
    row = (package["name"], package["version"], package["architecture"], package["source"])
    return row if package["type"] == "apk" else row + (package["sourceVersion"],)


def installed(document):
    """What the databases of the system list, with the keys that rpm trusts."""
    return [p for p in document["packages"] if p["how"] in DATABASES]


def compare(tool, image, truth, *options):
    document = inventory(tool, image, *options)
    if document is None:
        return [f"{image.name}: no inventory"]
    packages = installed(document)
    found, wanted = {row_of(p) for p in packages}, expected(truth)
    problems = [f"{image.name}: missing {row}" for row in sorted(wanted - found)]
    problems += [f"{image.name}: not there {row}" for row in sorted(found - wanted)]
    if len(packages) != len(found):
        problems.append(f"{image.name}: a package is listed twice")
    if any(p["layer"] < 0 for p in document["packages"]):
        problems.append(f"{image.name}: a package without layer")
    print(f"{image.name}{' ' + ' '.join(options) if options else ''}: {len(wanted)} packages, {len(problems)} problems")
    return problems


def main():
    tool, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    problems, checked = [], 0
    for truth in sorted(folder.glob("*.expected.tsv")):
        name = truth.name[: -len(".expected.tsv")]
        if name.endswith(".arm64"):
            continue
        for form in ("", ".docker.tar", ".oci.tar", "-zstd"):
            if (folder / (name + form)).exists():
                problems += compare(tool, folder / (name + form), truth)
                checked += 1
        other = folder / f"{name}.arm64.expected.tsv"
        if other.exists():
            problems += compare(tool, folder / name, other, "--platform", "linux/arm64")
            checked += 1
    for problem in problems[:50]:
        print(problem)
    if not checked:
        print("no images")
        sys.exit(77)
    sys.exit(1 if problems else 0)


main()
