# SPDX-License-Identifier: Apache-2.0
"""rpm.py RPM_RECORDS IMAGES SHARED: what is read from every real rpm database equals what rpm said when the images were
made, what a short reader of headers in this script says of the SQLite ones, and what the rpm of this machine says, if
there is one (the root itself is no file here). The three formats of one system give the same records. Exit 77 when
images and databases are absent."""
import datetime
import json
import pathlib
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile

NAMES = {"sqlite": "rpmdb.sqlite", "ndb": "Packages.db", "bdb": "Packages"}
KEYS = ("kind", "name", "version", "arch", "source", "source_version", "license", "packager", "epoch", "release",
        "source_rpm", "vendor", "modularity", "key", "install_time")
SIGNATURES = "RSAHEADER DSAHEADER SIGPGP SIGGPG".split()
QUERY = ("%{NAME}|%{EPOCH}|%{VERSION}|%{RELEASE}|%{ARCH}|%{SOURCERPM}|%{VENDOR}|%{MODULARITYLABEL}|%{LICENSE}|%{PACKAGER}|"
         "%{INSTALLTIME}|" + "".join("%|" + s + "?{%{" + s + ":pgpsig}}:{" for s in SIGNATURES) + "(none)" +
         "}|" * len(SIGNATURES) + "\\n[F%{FILENAMES}\\n]")


def read(tool, *paths):
    """The records, each with its files, and the damage."""
    done = subprocess.run([tool, *map(str, paths)], capture_output=True, check=True)
    records, damage = [], []
    for line in done.stdout.decode(errors="surrogateescape").splitlines():
        tag, *values = line.split("\t")
        if tag == "P":
            records.append(dict(zip(KEYS, values, strict=True), files=[]))
        elif tag == "F":
            records[-1]["files"].append(values[0])
        else:
            damage.append(line)
    return sorted(records, key=lambda r: (r["name"], r["version"], r["arch"])), damage


def rows(values):
    """What the inventory must hold for name, epoch, version, release, arch, source rpm, vendor and modularity label."""
    name, epoch, version, release, arch, source, vendor, module = ("" if v == "(none)" else v for v in values)
    parts = source.rsplit(".", 2)[0].rsplit("-", 2) if source else [name, version, release]
    return {"kind": "key" if name == "gpg-pubkey" else "package", "name": name, "epoch": epoch, "release": release,
            "version": (epoch + ":" if epoch else "") + version + "-" + release, "arch": arch, "vendor": vendor,
            "modularity": module, "source_rpm": source, "source": parts[0], "source_version": "-".join(parts[1:])}


def compare(what, found, wanted):
    problems = []
    if len(found) != len(wanted):
        problems.append(f"{what}: {len(found)} records, not {len(wanted)}")
    for one, other in zip(found, sorted(wanted, key=lambda r: (r["name"], r["version"], r["arch"]))):
        for key in other:
            if one[key] != other[key]:
                values = [repr(str(r[key])[:200]) for r in (one, other)]
                problems.append(f"{what}: {other['name']}: {key}: {values[0]}, not {values[1]}")
    return problems


# ---- a second reader of headers ----


def header(blob):
    entries, size = struct.unpack(">II", blob[:8])
    data, values = blob[8 + 16 * entries :], {}
    assert len(data) == size
    for i in range(entries):
        tag, kind, offset, count = struct.unpack(">IIII", blob[8 + 16 * i : 24 + 16 * i])
        if kind == 4:
            values[tag] = list(struct.unpack(f">{count}I", data[offset : offset + 4 * count]))
        elif kind in (6, 8, 9):
            values[tag] = [v.decode(errors="surrogateescape") for v in data[offset:].split(b"\0", count)[:count]]
        elif kind == 7:
            values[tag] = data[offset : offset + count]
    return values


def key_id(packet):
    """Of a signature of version 3, or of version 4 with a subpacket 16 of ten bytes, which is what gpg writes."""
    if not packet:
        return ""
    start = 2 + (1, 2, 4)[packet[0] & 3] - 1
    if packet[start] == 3:
        return packet[start + 7 : start + 15].hex()
    at = packet.find(b"\x09\x10", start)
    return packet[at + 2 : at + 10].hex() if at > 0 else ""


def instant(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_headers(database):
    records = []
    connection = sqlite3.connect(f"file:{database}?immutable=1", uri=True)
    for (blob,) in connection.execute("SELECT blob FROM Packages"):
        h = header(blob)
        first = lambda tag: str(h[tag][0]) if tag in h else "(none)"
        record = rows([first(t) for t in (1000, 1003, 1001, 1002, 1022, 1044, 1011, 5096)])
        record.update(license=first(1014).replace("(none)", ""), packager=first(1015).replace("(none)", ""),
                      install_time=instant(h[1008][0]) if 1008 in h else "",
                      key=next(filter(None, (key_id(h.get(t, b"")) for t in (268, 267, 259, 262))), ""),
                      files=[h[1118][d] + n for n, d in zip(h.get(1117, []), h.get(1116, [])) if n])
        records.append(record)
    connection.close()
    return records


# ---- rpm itself ----


def from_rpm(database, form, folder):
    """None where rpm is absent or cannot read the format (Debian's has no ndb)."""
    backend = {"sqlite": "sqlite", "bdb": "bdb_ro", "ndb": "ndb"}[form]
    if not shutil.which("rpm") or form == "ndb":
        return None
    target = folder / "native"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copy(database, target / NAMES[form])
    (target / NAMES[form]).chmod(0o644)
    done = subprocess.run(["rpm", "--dbpath", str(target), "--define", f"_db_backend {backend}", "-qa", "--qf", QUERY],
                          capture_output=True)
    records = []
    for line in done.stdout.decode(errors="surrogateescape").splitlines():
        if line.startswith("F/"):
            records[-1]["files"] += [line[1:]] if line != "F/" else []
        elif line != "F(none)":
            *values, license, packager, seconds, signature = line.split("|")
            record = rows(values)
            record.update(license=license.replace("(none)", ""), packager=packager.replace("(none)", ""), files=[],
                          install_time=instant(int(seconds)) if seconds.isdigit() else "",
                          key=signature.rpartition("Key ID ")[2].replace("(none)", ""))
            records.append(record)
    return records


def check(tool, database, form, folder):
    """Problems of one database, its records."""
    found, damage = read(tool, database)
    problems = [f"{database.name}: damage {d}" for d in damage]
    if not found:
        problems.append(f"{database.name}: no record")
    if form == "sqlite":
        problems += compare(f"{database.name} (headers)", found, from_headers(database))
    native = from_rpm(database, form, folder)
    if native is not None:
        problems += compare(f"{database.name} (rpm)", found, native)
    print(f"{database.name}: {len(found)} records, {sum(len(r['files']) for r in found)} files, "
          f"{'as rpm lists them, ' if native is not None else ''}{len(problems)} problems")
    return problems, found


def unpack(image, folder):
    """The database of a finished image: of its only layer."""
    index = json.loads((image / "index.json").read_text())
    blob = lambda descriptor: image / "blobs" / descriptor["digest"].replace(":", "/")
    manifest = json.loads(blob(index["manifests"][0]).read_text())
    form = image.name.rpartition("-")[2]
    for layer in manifest["layers"]:
        with tarfile.open(blob(layer)) as tar:
            for member in tar:
                if member.isfile() and pathlib.PurePath(member.name).name == NAMES[form]:
                    path = folder / f"{image.name}.{NAMES[form]}"
                    path.write_bytes(tar.extractfile(member).read())
                    return path, form
    return None, form


def check_images(tool, images, folder):
    problems, systems = [], {}
    for truth in sorted(images.glob("rpm-*.expected.tsv")):
        image = truth.parent / truth.name[: -len(".expected.tsv")]
        database, form = unpack(image, folder)
        if not database:
            problems.append(f"{image.name}: no database")
            continue
        more, found = check(tool, database, form, folder)
        wanted = [rows(line.split("\t")[:8]) for line in truth.read_text().splitlines()]
        problems += more + compare(image.name, found, wanted)
        first = systems.setdefault(image.name.rpartition("-")[0], found)
        if found != first:
            problems.append(f"{image.name}: other records than in another format")
    return problems, systems


def check_archive(tool, archive, folder):
    problems = []
    subprocess.run(["tar", "--zstd", "-C", str(folder), "-xf", str(archive)], check=True)
    for database in sorted(p for p in (folder / "rpmdb").rglob("*") if p.is_file()):
        begin = database.read_bytes()[:16]
        form = ("sqlite" if begin.startswith(b"SQLite") else "ndb" if begin.startswith(b"RpmP") else
                "bdb" if begin[12:16] in (b"\x61\x15\x06\0", b"\0\x06\x15\x61") else None)
        if form:
            problems += check(tool, database, form, folder)[0]
    return problems


def main():
    tool, images, shared = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    archive = shared / "data/rpmdb/rpmdb.tar.zst"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        problems, systems = check_images(tool, images, folder)
        if archive.exists():
            problems += check_archive(tool, archive, folder)
    for problem in problems[:50]:
        print(problem)
    if not systems and not archive.exists():
        print("no databases")
        sys.exit(77)
    sys.exit(1 if problems else 0)


main()
