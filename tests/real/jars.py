# SPDX-License-Identifier: Apache-2.0
"""jars.py JAVA_LIST IMAGES: the archives of Java in the image java-bookworm, against a listing of its own made with
Python's zipfile: every archive, also inside others, is a package; every pom.properties is one with its group, artifact and
version; without one, the version is that of the file's name or one of the manifest. No archive carries a remark. Exit 77
without the image."""
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import zipfile

ARCHIVE = re.compile(r"\.(jar|war|ear)$")
POM = re.compile(r"(^|/)META-INF/maven/[^/]+/[^/]+/pom\.properties$")
VERSIONS = ("Plugin-Version", "Implementation-Version", "Bundle-Version", "Specification-Version")


def blob(layout, digest):
    return layout / "blobs" / digest.replace(":", "/")


def unpack(layout, folder):
    """Files of the layers that are archives or the release file of a runtime; this image deletes none."""
    index = json.loads((layout / "index.json").read_text())
    manifest = json.loads(blob(layout, index["manifests"][0]["digest"]).read_text())
    for layer in manifest["layers"]:
        with tarfile.open(blob(layout, layer["digest"])) as archive:
            for member in archive:
                if member.isfile() and (ARCHIVE.search(member.name) or member.name.endswith("/release")):
                    path = folder / member.name
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(archive.extractfile(member).read())
    return sorted(path for path in folder.rglob("*") if path.is_file())


def properties(data):
    pairs = (line.split("=", 1) for line in data.decode().splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): value.strip() for key, value in pairs}


def main_section(data):
    text = re.sub(r"\r?\n ", "", data.decode("utf-8", "replace")).replace("\r\n", "\n").split("\n\n")[0]
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def expected(data, name, inside):
    """(place, group:artifact or None, versions that are right) for an archive and what is in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        poms = [(n, properties(archive.read(n))) for n in names if POM.search(n)]
        manifest = main_section(archive.read("META-INF/MANIFEST.MF")) if "META-INF/MANIFEST.MF" in names else {}
        for path, pom in poms:
            yield "!".join(filter(None, (inside, path))), f"{pom['groupId']}:{pom['artifactId']}", {pom["version"]}
        if not poms:
            stem = pathlib.PurePosixPath(name).stem
            versions = {v for key in VERSIONS if (v := manifest.get(key)) and stem.endswith("-" + v)}
            versions = versions or {manifest[key] for key in VERSIONS if key in manifest} | set(re.findall(r"-(\d[\d.]*)$", stem))
            yield inside, None, versions or {"-"}
        for n in names:
            if ARCHIVE.search(n):
                yield from expected(archive.read(n), n, "!".join(filter(None, (inside, n))))


def found(output):
    """{file: [(type, name, version, place, rest)]}, notes included as ("note", ...)."""
    files, current = {}, None
    for line in output.splitlines():
        words = line.split(" ")
        if words[0] == "file":
            current = files.setdefault(line[5:], [])
        elif words[0] == "package":
            place = next((w[3:] for w in words[4:] if w.startswith("in=")), "")
            current.append((words[1], *(urllib.parse.unquote(w) for w in (words[2], words[3], place)), words[4:]))
        else:
            current.append(tuple(words))
    return files


def check(path, rows):
    problems = [f"{path}: {row}" for row in rows if row[0] == "note"]
    packages = {(row[3], row[1]): row for row in rows if row[0] == "maven"}
    by_place = {row[3].removesuffix("!META-INF/MANIFEST.MF").removesuffix("META-INF/MANIFEST.MF"): row for row in packages.values()}
    wanted = list(expected(path.read_bytes(), path.name, ""))
    for place, name, versions in wanted:
        row = packages.get((place, name)) if name else by_place.get(place)
        if not row or row[2] not in versions:
            problems.append(f"{path}: {place} {name} {versions}, not {row}")
    # A shaded archive has one more: itself.
    extra = len(packages) - len(wanted)
    if extra and not any("shaded=yes" in row[4] for row in packages.values()):
        problems.append(f"{path}: {extra} packages too many")
    return problems, len(wanted)


def main():
    layout = pathlib.Path(sys.argv[2]) / "java-bookworm"
    if not layout.is_dir():
        return 77
    problems, archives, packages = [], 0, 0
    with tempfile.TemporaryDirectory() as folder:
        paths = unpack(layout, pathlib.Path(folder))
        run = subprocess.run([sys.argv[1], *map(str, paths)], capture_output=True, check=True, text=True)
        listed = found(run.stdout)
        for path in paths:
            rows = listed[str(path)]
            if path.name == "release":
                version = properties(path.read_bytes())["JAVA_VERSION"].strip('"')
                if not any(row[:3] == ("generic", "openjdk", version) for row in rows):
                    problems.append(f"{path}: no openjdk {version}: {rows}")
                continue
            more, count = check(path, rows)
            problems += more
            archives += 1
            packages += count
    print(f"{archives} archives, {packages} packages compared, {len(problems)} problems", *problems, sep="\n")
    return 1 if problems or archives < 40 else 0


if __name__ == "__main__":
    sys.exit(main())
